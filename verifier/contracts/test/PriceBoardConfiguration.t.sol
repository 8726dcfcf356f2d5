// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Policies, Policy, Risk, Source} from "../src/lib/Policies.sol";
import {PriceBoard} from "../src/oracle/PriceBoard.sol";
import {Boards} from "./support/Boards.sol";

/// @dev What a board can be made of.
contract PriceBoardConfigurationTest is Boards {
    function valid() private returns (PriceBoard.Configuration memory) {
        return configuration(makeSources(2), 2);
    }

    function refused(PriceBoard.Configuration memory c, bytes memory reason) private {
        vm.expectRevert(reason);
        new PriceBoard(c);
    }

    function refusedField(PriceBoard.Configuration memory c, string memory field) private {
        refused(c, abi.encodeWithSelector(PriceBoard.ConfigurationField.selector, field));
    }

    function test_limits_outside_their_ranges_are_refused() public {
        PriceBoard.Configuration memory c = valid();
        c.minimumSources = 0;
        refusedField(c, "minimumSources");
        c = valid();
        c.minimumSources = 4;
        refused(c, abi.encodeWithSelector(PriceBoard.TooFewSources.selector, 0, 3, 4));
        c = valid();
        c.maxDeviation = 10_001;
        refusedField(c, "maxDeviation");
        c = valid();
        c.sequencerGrace = 1;
        refusedField(c, "sequencerGrace");
        c = valid();
        c.priceDecimals = new uint8[](0);
        refusedField(c, "priceDecimals");
        c.priceDecimals = new uint8[](65);
        refusedField(c, "priceDecimals");
        c = valid();
        c.priceDecimals[1] = 37;
        refusedField(c, "priceDecimals");
    }

    function test_sources_that_cannot_be_read_here_are_refused() public {
        bytes memory a = abi.encodeWithSelector(PriceBoard.SourceUnsupported.selector, "chainlink-a");
        bytes memory p = abi.encodeWithSelector(PriceBoard.SourceUnsupported.selector, "pyth");
        PriceBoard.Configuration memory c = valid();
        c.sources[0].chainId = uint64(block.chainid) + 1;
        refused(c, a);
        c = valid();
        c.sources[0].kind = 3;
        refused(c, a);
        c = valid();
        c.sources[0].kind = 0;
        refused(c, a);
        c = valid();
        c.sources[0].provider = address(1);
        refused(c, a);
        c = valid();
        c.sources[2].provider = address(0);
        refused(c, p);
    }

    function test_feeds_outside_their_ranges_are_refused() public {
        PriceBoard.Configuration memory c = valid();
        c.sources[0].feeds[1].id |= bytes32(uint256(1) << 160);
        refusedField(c, "id");
        c = valid();
        c.sources[0].feeds[1].id = 0;
        refusedField(c, "id");
        c = valid();
        c.sources[0].feeds[1].decimals = 37;
        refusedField(c, "decimals");
        c = valid();
        c.sources[0].feeds[1].maxAge = 0;
        refusedField(c, "maxAge");
        c = valid();
        c.sources[2].maxConfidence = 10_000;
        refusedField(c, "maxConfidence");
        c = valid();
        c.sources[1].feeds = c.sources[0].feeds;
        refused(c, abi.encodeWithSelector(PriceBoard.FeedTwice.selector, 0));
        // Pyth's price under an id is one price, also in another contract.
        c = valid();
        Source memory again = abi.decode(abi.encode(c.sources[2]), (Source));
        again.provider = address(1);
        c.sources[1] = again;
        refused(c, abi.encodeWithSelector(PriceBoard.FeedTwice.selector, 0));
        c = configuration(makeSources(2), 1);
        refusedField(c, "feeds");
    }

    function test_an_asset_with_more_than_five_feeds_is_refused() public {
        PriceBoard.Configuration memory c = valid();
        Source[] memory sources = new Source[](6);
        for (uint256 i = 0; i < 6; ++i) {
            sources[i] = abi.decode(abi.encode(c.sources[0]), (Source));
            sources[i].feeds[0].id = bytes32(i + 1);
            sources[i].feeds[1].id = bytes32(i + 1);
        }
        c.sources = sources;
        refusedField(c, "sources");
    }

    function test_a_source_need_not_price_every_asset() public {
        PriceBoard.Configuration memory c = valid();
        delete c.sources[1].feeds[0];
        PriceBoard board = new PriceBoard(c);
        assertEq(board.reports(0).length, 2, "two feeds");
        assertEq(board.reports(1).length, 3, "three feeds");
        board.refreshAll();
        delete c.sources[2].feeds[0];
        refused(c, abi.encodeWithSelector(PriceBoard.TooFewSources.selector, 0, 1, 2));
    }

    function test_the_configuration_is_that_of_the_policy() public {
        PriceBoard.Configuration memory c = valid();
        Policy memory policy;
        policy.sources = c.sources;
        policy.minimumSources = c.minimumSources;
        policy.maxDeviation = c.maxDeviation;
        policy.assets = new Risk[](2);
        (policy.assets[0].priceDecimals, policy.assets[1].priceDecimals) = (8, 8);
        bytes32 expected = Policies.configuration(policy);
        assertEq(new PriceBoard(c).configuration(), expected, "equal");
        policy.assets[1].priceDecimals = 9;
        assertTrue(Policies.configuration(policy) != expected, "decimals");
        policy.assets[1].priceDecimals = 8;
        policy.minimumSources = 3;
        assertTrue(Policies.configuration(policy) != expected, "sources");
        policy.minimumSources = c.minimumSources;
        ++policy.maxDeviation;
        assertTrue(Policies.configuration(policy) != expected, "deviation");
        --policy.maxDeviation;
        ++policy.sources[2].feeds[1].maxAge;
        assertTrue(Policies.configuration(policy) != expected, "age");
    }
}
