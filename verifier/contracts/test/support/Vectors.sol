// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Asset, Feed, Market, Policy, Risk, Source} from "../../src/lib/Policies.sol";
import {Test} from "./Test.sol";

/// @dev The vectors that `verifier/tests/vectors/encodings.mjs` computed with ethers; Rust is tested against them too.
abstract contract Vectors is Test {
    string internal vectors = vm.readFile("../tests/vectors/encodings.json");

    function countOf(string memory list, string memory member) internal view returns (uint256 count) {
        while (vm.keyExistsJson(vectors, string.concat(element(list, count), member))) ++count;
    }

    function element(string memory list, uint256 index) internal pure returns (string memory) {
        return string.concat(list, "[", decimal(index), "]");
    }

    function marketOf(string memory key) internal view returns (Market memory market) {
        market.name = vm.parseJsonString(vectors, string.concat(key, ".name"));
        string memory list = string.concat(key, ".assets");
        market.assets = new Asset[](countOf(list, ".symbol"));
        for (uint256 i = 0; i < market.assets.length; ++i) {
            string memory item = element(list, i);
            market.assets[i] = Asset({
                symbol: vm.parseJsonString(vectors, string.concat(item, ".symbol")),
                chain: vm.parseJsonString(vectors, string.concat(item, ".chain")),
                token: vm.parseJsonAddress(vectors, string.concat(item, ".token")),
                id: vm.parseJsonString(vectors, string.concat(item, ".id")),
                decimals: uint8(number(item, ".decimals"))
            });
        }
    }

    function policyOf(string memory key, bytes32 market) internal view returns (Policy memory policy) {
        policy.name = vm.parseJsonString(vectors, string.concat(key, ".name"));
        policy.market = market;
        policy.quote = vm.parseJsonString(vectors, string.concat(key, ".quote"));
        policy.profile = vm.parseJsonString(vectors, string.concat(key, ".profile"));
        policy.minimumRatio = uint32(number(key, ".minimumRatio"));
        policy.scale = uint128(number(key, ".scale"));
        policy.assets = risksOf(string.concat(key, ".assets"));
        policy.maxPriceAge = uint32(number(key, ".maxPriceAge"));
        policy.maxValidity = uint32(number(key, ".maxValidity"));
        policy.maxStatementAge = uint32(number(key, ".maxStatementAge"));
        uint256[] memory buffers = vm.parseJsonUintArray(vectors, string.concat(key, ".buffers"));
        policy.buffers = new uint8[](buffers.length);
        for (uint256 i = 0; i < buffers.length; ++i) {
            policy.buffers[i] = uint8(buffers[i]);
        }
        policy.sources = sourcesOf(string.concat(key, ".sources"));
        policy.minimumSources = uint8(number(key, ".minimumSources"));
        policy.maxDeviation = uint16(number(key, ".maxDeviation"));
        policy.attesters = vm.parseJsonAddressArray(vectors, string.concat(key, ".attesters"));
        policy.minimumAttesters = uint8(number(key, ".minimumAttesters"));
        policy.recorder = vm.parseJsonAddress(vectors, string.concat(key, ".recorder"));
        policy.verifyingKey = vm.parseJsonBytes32(vectors, string.concat(key, ".verifyingKey"));
        policy.verifier = vm.parseJsonAddress(vectors, string.concat(key, ".verifier"));
        policy.priceBoard = vm.parseJsonAddress(vectors, string.concat(key, ".priceBoard"));
        policy.gracePeriod = uint32(number(key, ".gracePeriod"));
    }

    function risksOf(string memory list) internal view returns (Risk[] memory risks) {
        risks = new Risk[](countOf(list, ".priceDecimals"));
        for (uint256 i = 0; i < risks.length; ++i) {
            string memory item = element(list, i);
            risks[i] = Risk({
                liquidationThreshold: uint16(number(item, ".liquidationThreshold")),
                haircut: uint16(number(item, ".haircut")),
                volatilityBuffer: uint16(number(item, ".volatilityBuffer")),
                yieldDecay: uint32(number(item, ".yieldDecay")),
                borrowFactor: uint32(number(item, ".borrowFactor")),
                debtInterest: uint32(number(item, ".debtInterest")),
                priceDecimals: uint8(number(item, ".priceDecimals"))
            });
        }
    }

    function sourcesOf(string memory list) private view returns (Source[] memory sources) {
        sources = new Source[](countOf(list, ".name"));
        for (uint256 i = 0; i < sources.length; ++i) {
            string memory item = element(list, i);
            sources[i].name = vm.parseJsonString(vectors, string.concat(item, ".name"));
            sources[i].kind = uint8(number(item, ".kind"));
            sources[i].chainId = uint64(number(item, ".chainId"));
            sources[i].provider = vm.parseJsonAddress(vectors, string.concat(item, ".provider"));
            sources[i].maxConfidence = uint16(number(item, ".maxConfidence"));
            string memory feeds = string.concat(item, ".feeds");
            sources[i].feeds = new Feed[](countOf(feeds, ".id"));
            for (uint256 j = 0; j < sources[i].feeds.length; ++j) {
                string memory feed = element(feeds, j);
                sources[i].feeds[j] = Feed({
                    id: vm.parseJsonBytes32(vectors, string.concat(feed, ".id")),
                    decimals: uint8(number(feed, ".decimals")),
                    maxAge: uint32(number(feed, ".maxAge"))
                });
            }
        }
    }

    function number(string memory key, string memory member) internal view returns (uint256) {
        return vm.parseJsonUint(vectors, string.concat(key, member));
    }

    function word(string memory key, string memory member) internal view returns (bytes32) {
        return vm.parseJsonBytes32(vectors, string.concat(key, member));
    }

    function account(string memory key, string memory member) internal view returns (address) {
        return vm.parseJsonAddress(vectors, string.concat(key, member));
    }

    function list128(string memory key, string memory member) internal view returns (uint128[] memory list) {
        uint256[] memory wide = vm.parseJsonUintArray(vectors, string.concat(key, member));
        list = new uint128[](wide.length);
        for (uint256 i = 0; i < wide.length; ++i) {
            list[i] = uint128(wide[i]);
        }
    }

    function decimal(uint256 value) private pure returns (string memory) {
        return value < 10
            ? string(abi.encodePacked(uint8(48 + value)))
            : string.concat(decimal(value / 10), decimal(value % 10));
    }
}
