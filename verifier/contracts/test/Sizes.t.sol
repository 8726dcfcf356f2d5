// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Claim, Reason, Status} from "../src/ICollateralAttestations.sol";
import {HoldingsStatement} from "../src/lib/Holdings.sol";
import {Asset, Market, Policies, Policy, Risk, Source} from "../src/lib/Policies.sol";
import {PriceBoard} from "../src/oracle/PriceBoard.sol";
import {Registry} from "./support/Registry.sol";

/// @dev Markets of 1 to 64 assets: the smallest circuit that fits a market is the one whose public inputs are derived.
/// Every call is a transaction of its own.
/// forge-config: default.isolate = true
contract SizesTest is Registry {
    bytes32 private marketId;

    /// @dev A policy over `count` assets with a board of their prices, and the subject's statement.
    function publishMarketOf(uint256 count) private {
        PriceBoard.Configuration memory c = configuration(makeSources(count), count);
        board = new PriceBoard(c);
        board.refreshAll();
        Policy memory p = thePolicy();
        Market memory m;
        m.name = "Many assets";
        m.assets = new Asset[](count);
        p.assets = new Risk[](count);
        for (uint256 i = 0; i < count; ++i) {
            m.assets[i] = Asset(string(abi.encodePacked("A", bytes1(uint8(48 + i)))), "eip155:1", address(0xee), "", 18);
            p.assets[i] = Risk(8000, 0, 0, 0, 10_000, 2000, 8);
        }
        marketId = Policies.marketId(m);
        (p.market, p.sources, p.priceBoard) = (marketId, c.sources, address(board));
        vm.prank(OWNER);
        policyId = registry.publish(p, m);
        HoldingsStatement memory h = holdings(1, NOW);
        h.marketId = marketId;
        publishAnchor(h);
    }

    function claimOf(uint256 count) private view returns (Claim memory c) {
        c = claim();
        (c.floors, c.ceilings) = (new uint128[](count), new uint128[](count));
        for (uint256 i = 0; i < count; ++i) {
            (c.floors[i], c.ceilings[i]) = (90e8, 110e8);
        }
    }

    function check(uint256 count, uint256 size) private {
        publishMarketOf(count);
        Claim memory c = claimOf(count);
        uint256[] memory inputs = registry.publicInputs(SUBJECT, c);
        assertEq(inputs.length, 3 + 2 * size, "public inputs");
        for (uint256 i = 0; i < size; ++i) {
            assertTrue(i < count == inputs[3 + i] > 0, "collateral weights");
            assertTrue(i < count == inputs[3 + size + i] < (1 << 120) - 1, "debt weights");
        }
        attest(c);
        assertStatus(Status.Healthy, Reason.None);
        setPrice(count - 1, 89e8);
        uint256[] memory last = new uint256[](1);
        last[0] = count - 1;
        board.refresh(last);
        (Status found,,,) = registry.statusInFull{gas: count <= 8 ? 400_000 : 800_000}(SUBJECT, policyId);
        assertTrue(found == Status.Lapsed, "with the gas that the book says");
    }

    function test_one_asset_has_eight_slots() public {
        check(1, 8);
    }

    function test_eight_assets_have_eight_slots() public {
        check(8, 8);
    }

    function test_nine_assets_have_sixteen_slots() public {
        check(9, 16);
    }

    function test_sixteen_assets_have_sixteen_slots() public {
        check(16, 16);
    }

    function test_seventeen_assets_have_32_slots() public {
        check(17, 32);
    }

    function test_32_assets_have_32_slots() public {
        check(32, 32);
    }

    function test_33_assets_have_64_slots() public {
        check(33, 64);
    }

    function test_64_assets_have_64_slots() public {
        check(64, 64);
    }

    function test_a_board_of_64_assets_with_five_sources_each_can_be_made() public {
        Source[] memory made = makeSources(64);
        Source[] memory sources = new Source[](5);
        for (uint256 i = 0; i < 5; ++i) {
            sources[i] = abi.decode(abi.encode(made[0]), (Source));
            for (uint256 j = 0; j < 64; ++j) {
                sources[i].feeds[j].id = bytes32(64 * i + j + 1);
            }
        }
        board = new PriceBoard(configuration(sources, 64));
        assertEq(board.reports(63).length, 5, "reports");
    }
}
