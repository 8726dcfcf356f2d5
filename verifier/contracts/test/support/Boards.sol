// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Feed, Source} from "../../src/lib/Policies.sol";
import {PriceBoard} from "../../src/oracle/PriceBoard.sol";
import {MockAggregator, MockPyth} from "../mocks/Oracles.sol";
import {Test} from "./Test.sol";

/// @dev A board whose assets each have two Chainlink aggregators and a price on Pyth, all at a hundred.
abstract contract Boards is Test {
    uint256 internal constant NOW = 1_700_000_000;
    uint32 internal constant MAX_AGE = 3600;
    int256 internal constant HUNDRED = 100e8;

    MockAggregator[64] internal first;
    MockAggregator[64] internal second;
    MockPyth internal pyth;

    function pythId(uint256 asset) internal pure returns (bytes32) {
        return keccak256(abi.encode("pyth", asset));
    }

    /// @dev Makes the sources at the time `NOW`.
    function makeSources(uint256 count) internal returns (Source[] memory sources) {
        vm.warp(NOW);
        pyth = new MockPyth();
        sources = new Source[](3);
        sources[0] = source("chainlink-a", 1, address(0), 0, count);
        sources[1] = source("chainlink-b", 1, address(0), 0, count);
        sources[2] = source("pyth", 2, address(pyth), 50, count);
        for (uint256 i = 0; i < count; ++i) {
            first[i] = new MockAggregator(8, HUNDRED);
            second[i] = new MockAggregator(8, HUNDRED);
            pyth.set(pythId(i), int64(HUNDRED), 0, -8);
            sources[0].feeds[i] = feed(bytes32(uint256(uint160(address(first[i])))));
            sources[1].feeds[i] = feed(bytes32(uint256(uint160(address(second[i])))));
            sources[2].feeds[i] = feed(pythId(i));
        }
    }

    function configuration(Source[] memory sources, uint256 count)
        internal
        pure
        returns (PriceBoard.Configuration memory c)
    {
        c.sources = sources;
        c.priceDecimals = new uint8[](count);
        for (uint256 i = 0; i < count; ++i) {
            c.priceDecimals[i] = 8;
        }
        c.minimumSources = 2;
        c.maxDeviation = 500;
    }

    /// @dev All three sources of an asset say `price` now.
    function setPrice(uint256 asset, int256 price) internal {
        first[asset].set(price);
        second[asset].set(price);
        pyth.set(pythId(asset), int64(price), 0, -8);
    }

    function source(string memory name, uint8 kind, address provider, uint16 confidence, uint256 count)
        private
        view
        returns (Source memory)
    {
        return Source({
            name: name,
            kind: kind,
            chainId: uint64(block.chainid),
            provider: provider,
            maxConfidence: confidence,
            feeds: new Feed[](count)
        });
    }

    function feed(bytes32 id) internal pure returns (Feed memory) {
        return Feed({id: id, decimals: 8, maxAge: MAX_AGE});
    }
}
