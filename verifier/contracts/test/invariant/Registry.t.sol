// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Status} from "../../src/ICollateralAttestations.sol";
import {Market, Policies, Policy} from "../../src/lib/Policies.sol";
import {PackedPrice} from "../../src/oracle/IPriceBoard.sol";
import {PositionVerifier} from "../mocks/PositionVerifier.sol";
import {Registry} from "../support/Registry.sol";
import {Handler, World} from "./Handler.sol";

/// @dev What holds after any sequence of calls. `FOUNDRY_INVARIANT_RUNS` times `FOUNDRY_INVARIANT_DEPTH` calls are made.
contract RegistryInvariants is Registry {
    Handler private handler;
    bytes32[2] private policyIds;

    function setUp() public override {
        super.setUp();
        PositionVerifier positions = new PositionVerifier();
        vm.prank(OWNER);
        registry.addRoute(address(positions), KEY);
        Policy memory p = thePolicy();
        p.verifier = address(positions);
        p.name = "Invariants";
        policyIds[0] = publish(p);
        p.name = "Invariants, stricter";
        p.minimumRatio = 12_000;
        // Over a market of the same assets.
        Market memory other = theMarket();
        other.name = "The same assets";
        bytes32 market = p.market;
        p.market = Policies.marketId(other);
        vm.prank(OWNER);
        policyIds[1] = registry.publish(p, other);
        World memory w;
        w.registry = registry;
        w.verifier = positions;
        w.board = board;
        (w.collateralFeeds[0], w.collateralFeeds[1]) = (first[0], second[0]);
        (w.debtFeeds[0], w.debtFeeds[1]) = (first[1], second[1]);
        w.policyIds = policyIds;
        w.marketIds = [market, p.market];
        (w.attesterKeys[0], w.attesterKeys[1]) = (keys[0], keys[1]);
        // Pyth's prices do not follow the moves: without them two sources are left.
        pyth.setTime(pythId(0), 1);
        pyth.setTime(pythId(1), 1);
        handler = new Handler(w);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev No attestation for a false statement, no double credit, no subject kept out, no lapse that a price or an old
    /// proof ends; and whatever is Healthy is solvent at live prices.
    function invariant_the_registry_tells_the_truth() external view {
        assertTrue(bytes(handler.violation()).length == 0, handler.violation());
        (PackedPrice collateral, PackedPrice debt) = handler.prices();
        for (uint256 who = 0; who < 2; ++who) {
            for (uint256 i = 0; i < 2; ++i) {
                if (registry.status(handler.subjectAt(who), policyIds[i]) != Status.Healthy) continue;
                assertTrue(handler.solvent(who, collateral.low(), debt.high()), "solvent");
                assertTrue(handler.lapsedAt(handler.subjectAt(who), policyIds[i]) == 0, "no lapse on record");
            }
        }
    }

    /// @dev The invariants say nothing unless these happen; in one sequence of known calls all of them do.
    function test_the_handler_reaches_what_the_invariants_are_about() external {
        handler.attest(0, 0, 10, 5e6, 1 days);
        handler.attest(1, 1, 0, 0, 1 days);
        handler.sendAgain(0, 0);
        handler.sendAgain(0, 2);
        handler.draw(0, 0, 1, 1e6);
        handler.draw(0, 0, 0, 1e6);
        handler.movePrices(92, 100);
        handler.recordLapse(1, 1);
        handler.renew(1, 1);
        handler.newAnchor(0, 1e18, 20e6, false);
        handler.attest(0, 0, 0, 0, 1 days);
        handler.newAnchor(1, 1e18, 0, true);
        handler.drawTwice(1);
        assertEq(handler.attested(), 6, "attested");
        assertEq(handler.draws(), 2, "drawn");
        assertEq(handler.lapses(), 1, "lapsed");
        assertEq(handler.copies(), 2, "copied");
        assertTrue(handler.refused() >= 2, "refused");
        assertTrue(bytes(handler.violation()).length == 0, handler.violation());
    }
}
