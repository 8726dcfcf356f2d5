// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {CollateralAttestations} from "../src/CollateralAttestations.sol";
import {Claim, Reason, Status} from "../src/ICollateralAttestations.sol";
import {Policy} from "../src/lib/Policies.sol";
import {PriceBoard} from "../src/oracle/PriceBoard.sol";
import {PolicyBook} from "../src/registry/PolicyBook.sol";
import {Routes} from "../src/registry/Routes.sol";
import {MockAggregator} from "./mocks/Oracles.sol";
import {DeadBoard, UnpricedBoard} from "./mocks/Parties.sol";
import {Registry} from "./support/Registry.sol";

/// @dev Healthy, Lapsed or Unknown over time, with no new proof.
contract StatusTest is Registry {
    function noLapse(Status status, Reason reason) private {
        vm.expectRevert(abi.encodeWithSelector(CollateralAttestations.NoLapse.selector, status, reason));
        registry.recordLapse(SUBJECT, policyId);
    }

    function test_a_price_at_its_bound_holds_and_one_unit_beyond_it_lapses() public {
        attest(claim());
        refreshAt(90e8);
        assertStatus(Status.Healthy, Reason.None);
        refreshAt(90e8 - 1);
        assertStatus(Status.Lapsed, Reason.PriceBeyondBound);
        refreshAt(110e8);
        assertStatus(Status.Healthy, Reason.None);
        refreshAt(110e8 + 1);
        assertStatus(Status.Lapsed, Reason.PriceBeyondBound);
    }

    function test_the_floor_of_what_is_no_collateral_never_matters() public {
        attest(claim());
        setPrice(1, 1e8);
        board.refreshAll();
        assertStatus(Status.Healthy, Reason.None);
        setPrice(1, 110e8 + 1);
        board.refreshAll();
        assertStatus(Status.Lapsed, Reason.PriceBeyondBound);
    }

    function test_a_range_is_compared_low_with_floor_and_high_with_ceiling() public {
        attest(claim());
        // Two count: the lower one is low, the higher one high.
        pyth.setTime(pythId(0), 1);
        first[0].set(90e8 - 1);
        second[0].set(92e8);
        board.refreshAll();
        assertStatus(Status.Lapsed, Reason.PriceBeyondBound);
        first[0].set(108e8);
        second[0].set(110e8 + 1);
        board.refreshAll();
        assertStatus(Status.Lapsed, Reason.PriceBeyondBound);
    }

    function test_a_lapse_that_nobody_recorded_ends_with_the_price() public {
        attest(claim());
        refreshAt(89e8);
        assertStatus(Status.Lapsed, Reason.PriceBeyondBound);
        assertEq(lapsedSince(), 0, "no record");
        refreshAt(HUNDRED);
        assertStatus(Status.Healthy, Reason.None);
        noLapse(Status.Healthy, Reason.None);
    }

    function test_a_recorded_lapse_does_not_end_because_the_price_came_back() public {
        attest(claim());
        refreshAt(89e8);
        vm.expectEmit();
        emit CollateralAttestations.LapseRecorded(SUBJECT, policyId, Reason.PriceBeyondBound);
        vm.prank(address(0xa11));
        registry.recordLapse(SUBJECT, policyId);
        refreshAt(HUNDRED);
        assertStatus(Status.Lapsed, Reason.PriceBeyondBound);
        assertEq(lapsedSince(), NOW, "since");
        pass(100);
        noLapse(Status.Lapsed, Reason.PriceBeyondBound);
        assertEq(lapsedSince(), NOW, "a second record does not move it");
    }

    function test_a_recorded_lapse_ends_with_a_statement_as_of_a_later_time_alone() public {
        Claim memory replayed = claim();
        attest(replayed);
        // Made before the lapse and kept back.
        Claim memory kept = claim();
        kept.validUntil += 1;
        setTrue(kept);
        pass(100);
        refreshAt(89e8);
        registry.recordLapse(SUBJECT, policyId);
        pass(100);
        refused(replayed, abi.encodeWithSelector(CollateralAttestations.StatementBeforeLapse.selector, NOW + 100, NOW));
        refused(kept, abi.encodeWithSelector(CollateralAttestations.StatementBeforeLapse.selector, NOW + 100, NOW));
        // As of the second of the lapse is not later.
        publishAnchor(holdings(2, NOW + 100));
        refused(
            claim(), abi.encodeWithSelector(CollateralAttestations.StatementBeforeLapse.selector, NOW + 100, NOW + 100)
        );
        publishAnchor(holdings(3, NOW + 101));
        attest(claim());
        assertStatus(Status.Healthy, Reason.None);
        assertEq(lapsedSince(), 0, "no lapse any more");
    }

    function test_time_runs_out_after_valid_until() public {
        Claim memory c = claim();
        c.validUntil = uint64(NOW + 1000);
        attest(c);
        pass(1000);
        assertStatus(Status.Healthy, Reason.None);
        pass(1);
        assertStatus(Status.Lapsed, Reason.Expired);
        assertEq(lapsedSince(), NOW + 1000, "from valid-until");
    }

    /// @dev Otherwise anyone could make a renewal harder by recording the second between two attestations.
    function test_an_expiry_cannot_be_recorded_and_a_renewal_under_the_same_anchor_is_accepted() public {
        attest(claim());
        pass(1 days + 1);
        noLapse(Status.Lapsed, Reason.Expired);
        attest(claim());
        assertStatus(Status.Healthy, Reason.None);
    }

    function test_the_earlier_of_record_and_valid_until_counts() public {
        attest(claim());
        refreshAt(89e8);
        registry.recordLapse(SUBJECT, policyId);
        pass(2 days);
        assertEq(lapsedSince(), NOW, "the record came first");
    }

    /// @dev A policy retired after an attestation has expired gives no second grace period.
    function test_a_record_after_valid_until_does_not_begin_the_grace_period_anew() public {
        attest(claim());
        pass(2 days);
        vm.prank(OWNER);
        registry.retire(policyId);
        registry.recordLapse(SUBJECT, policyId);
        assertStatus(Status.Lapsed, Reason.PolicyRetired);
        assertEq(lapsedSince(), NOW + 1 days, "valid-until came first");
    }

    function test_stale_prices_are_unknown_whatever_else() public {
        attest(claim());
        vm.warp(NOW + MAX_AGE);
        assertStatus(Status.Healthy, Reason.None);
        vm.warp(NOW + MAX_AGE + 1);
        assertStatus(Status.Unknown, Reason.OracleUnusable);
        noLapse(Status.Unknown, Reason.OracleUnusable);
        // One asset alone stays stale.
        setPrice(0, HUNDRED);
        uint256[] memory list = new uint256[](1);
        board.refresh(list);
        assertStatus(Status.Unknown, Reason.OracleUnusable);
        vm.warp(NOW + 30 days);
        assertStatus(Status.Unknown, Reason.OracleUnusable);
    }

    /// @dev A price of zero is above no ceiling, and a time of zero is not too old for the greatest age.
    function test_an_asset_that_never_had_a_price_is_unknown_whatever_age_the_policy_permits() public {
        Policy memory p = thePolicy();
        p.maxPriceAge = type(uint32).max;
        PriceBoard fresh = new PriceBoard(configuration(p.sources, 2));
        p.priceBoard = address(fresh);
        policyId = publish(p);
        uint256[] memory list = new uint256[](1);
        fresh.refresh(list);
        Claim memory c = claim();
        (c.floors[1], c.ceilings[1]) = (0, 1);
        vm.expectRevert(abi.encodeWithSelector(CollateralAttestations.PricesUnusable.selector));
        registry.publicInputs(SUBJECT, c);
        fresh.refreshAll();
        attest(claim());
        vm.etch(address(fresh), address(new UnpricedBoard(2)).code);
        assertStatus(Status.Unknown, Reason.OracleUnusable);
    }

    function test_an_outage_does_not_end_a_recorded_lapse() public {
        attest(claim());
        refreshAt(89e8);
        registry.recordLapse(SUBJECT, policyId);
        vm.warp(NOW + MAX_AGE + 1);
        assertStatus(Status.Unknown, Reason.OracleUnusable);
        refreshAt(HUNDRED);
        assertStatus(Status.Lapsed, Reason.PriceBeyondBound);
    }

    function test_a_stale_price_beyond_a_bound_cannot_be_recorded() public {
        attest(claim());
        refreshAt(89e8);
        vm.warp(NOW + MAX_AGE + 1);
        noLapse(Status.Unknown, Reason.OracleUnusable);
    }

    function test_a_board_that_does_not_answer_is_unknown() public {
        attest(claim());
        bytes memory code = address(board).code;
        vm.etch(address(board), hex"fe");
        assertStatus(Status.Unknown, Reason.OracleUnusable);
        vm.etch(address(board), address(new DeadBoard(0)).code);
        assertStatus(Status.Unknown, Reason.OracleUnusable);
        vm.etch(address(board), code);
        assertStatus(Status.Healthy, Reason.None);
    }

    function test_a_board_with_another_number_of_assets_is_unknown() public {
        attest(claim());
        PriceBoard other = new PriceBoard(configuration(makeSources(3), 3));
        other.refreshAll();
        vm.etch(address(board), address(other).code);
        assertStatus(Status.Unknown, Reason.OracleUnusable);
    }

    function test_a_sequencer_that_is_down_is_unknown() public {
        attest(claim());
        PriceBoard.Configuration memory c = configuration(makeSources(2), 2);
        MockAggregator uptime = new MockAggregator(0, 0);
        (c.sequencerFeed, c.sequencerGrace) = (address(uptime), 60);
        vm.etch(address(board), address(new PriceBoard(c)).code);
        uptime.setTimes(NOW - 61, NOW);
        assertStatus(Status.Healthy, Reason.None);
        uptime.set(1);
        uptime.setTimes(NOW - 61, NOW);
        assertStatus(Status.Unknown, Reason.OracleUnusable);
    }

    function test_revoked_by_its_subject_it_has_lapsed() public {
        attest(claim());
        vm.expectRevert(abi.encodeWithSelector(CollateralAttestations.NoAttestation.selector));
        registry.revoke(policyId);
        vm.warp(NOW + 10);
        vm.prank(SUBJECT);
        registry.revoke(policyId);
        assertStatus(Status.Lapsed, Reason.RevokedBySubject);
        assertEq(lapsedSince(), NOW + 10, "since");
        noLapse(Status.Lapsed, Reason.RevokedBySubject);
    }

    /// @dev A subject cannot gain time by revoking what has lapsed.
    function test_revoking_does_not_move_a_recorded_lapse() public {
        attest(claim());
        refreshAt(89e8);
        registry.recordLapse(SUBJECT, policyId);
        pass(10);
        vm.prank(SUBJECT);
        registry.revoke(policyId);
        assertEq(lapsedSince(), NOW, "since");
        Claim memory c = claim();
        setTrueUnchecked(c);
        refused(c, abi.encodeWithSelector(CollateralAttestations.StatementBeforeLapse.selector, NOW + 10, NOW));
    }

    /// @dev Public inputs of what is refused cannot be asked for, so there is nothing to be true.
    function setTrueUnchecked(Claim memory c) private {
        vm.expectRevert();
        registry.publicInputs(SUBJECT, c);
    }

    function test_a_retired_policy_lapses_even_in_an_outage() public {
        attest(claim());
        vm.prank(OWNER);
        registry.retire(policyId);
        assertStatus(Status.Lapsed, Reason.PolicyRetired);
        refused(claim(), abi.encodeWithSelector(PolicyBook.PolicyIsRetired.selector, policyId));
        vm.warp(NOW + MAX_AGE + 1);
        assertStatus(Status.Lapsed, Reason.PolicyRetired);
        assertEq(lapsedSince(), 0, "no record yet");
        registry.recordLapse(SUBJECT, policyId);
        assertEq(lapsedSince(), NOW + MAX_AGE + 1, "since the record");
    }

    function test_a_frozen_route_lapses() public {
        attest(claim());
        vm.prank(OWNER);
        registry.freezeRoute(address(verifier));
        assertStatus(Status.Lapsed, Reason.RouteFrozen);
        Claim memory c = claim();
        c.validUntil += 1;
        refused(c, abi.encodeWithSelector(Routes.RouteIsFrozen.selector, address(verifier)));
        registry.recordLapse(SUBJECT, policyId);
    }

    function test_policies_do_not_touch_each_other() public {
        attest(claim());
        Policy memory p = thePolicy();
        p.name = "Another";
        bytes32 other = publish(p);
        assertTrue(other != policyId, "ids");
        assertTrue(registry.status(SUBJECT, other) == Status.Unknown, "the other is unknown");
        vm.prank(OWNER);
        registry.retire(other);
        assertStatus(Status.Healthy, Reason.None);
    }

    function test_an_unknown_policy_is_unknown() public {
        assertTrue(registry.status(SUBJECT, keccak256("nothing")) == Status.Unknown, "unknown");
        vm.expectRevert(abi.encodeWithSelector(PolicyBook.PolicyUnknown.selector, keccak256("nothing")));
        registry.gracePeriod(keccak256("nothing"));
    }
}
