// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {CollateralAttestations} from "../src/CollateralAttestations.sol";
import {Claim, CreditLine, Reason, Status} from "../src/ICollateralAttestations.sol";
import {Holdings, HoldingsStatement} from "../src/lib/Holdings.sol";
import {Policies, Policy} from "../src/lib/Policies.sol";
import {Anchors} from "../src/registry/Anchors.sol";
import {Routes} from "../src/registry/Routes.sol";
import {Registry} from "./support/Registry.sol";

/// @dev What must not hurt an honest borrower or lender.
contract FairnessTest is Registry {
    function before(uint256 lapsed, uint256 asOf) private pure returns (bytes memory) {
        return abi.encodeWithSelector(CollateralAttestations.StatementBeforeLapse.selector, lapsed, asOf);
    }

    // ------------------------------------------------------------------------------------------------ ceilings

    /// @dev The debt weight of what is never owed is the largest there is, so that its ceiling may count for nothing.
    function collateralMayRise(Policy memory p, uint256 price) private {
        policyId = publish(p);
        Claim memory c = claim();
        assertEq(registry.publicInputs(SUBJECT, c)[11], (1 << 120) - 1, "the debt weight of the collateral");
        attest(c);
        int256 high = int256(bound(price, 90e8, 1e12));
        refreshAt(high);
        assertStatus(Status.Healthy, Reason.None);
        refreshAt(90e8 - 1);
        assertStatus(Status.Lapsed, Reason.PriceBeyondBound);
        refreshAt(high);
        setPrice(1, 111e8);
        board.refreshAll();
        assertStatus(Status.Lapsed, Reason.PriceBeyondBound);
    }

    function test_a_collateral_that_rises_lapses_nothing_under_a_profile_with_one_debt_asset(uint256 price) public {
        Policy memory p = thePolicy();
        p.profile = "morpho-blue";
        collateralMayRise(p, price);
    }

    function test_a_collateral_that_is_never_owed_lapses_nothing_as_it_rises(uint256 price) public {
        Policy memory p = thePolicy();
        p.assets[0].borrowFactor = 0;
        collateralMayRise(p, price);
    }

    function test_a_policy_under_which_nothing_can_be_owed_is_refused() public {
        Policy memory p = thePolicy();
        (p.assets[0].borrowFactor, p.assets[1].borrowFactor) = (0, 0);
        vm.expectRevert(abi.encodeWithSelector(Policies.PolicyField.selector, "borrowFactor"));
        vm.prank(OWNER);
        registry.publish(p, theMarket());
    }

    // ------------------------------------------------------------------------------------------------ renewal

    function test_a_recorded_lapse_is_not_ended_on_prices_that_the_sources_have_left() public {
        attest(claim());
        refreshAt(89e8);
        registry.recordLapse(SUBJECT, policyId);
        pass(1);
        publishAnchor(holdings(2, NOW + 1));
        Claim memory c = claim();
        setTrue(c);
        setPrice(0, 89e8);
        vm.expectRevert(abi.encodeWithSelector(CollateralAttestations.PriceBeyondBound.selector, 0));
        vm.prank(SUBJECT);
        registry.attest(c, PROOF);
        setPrice(0, HUNDRED);
        attest(c);
        assertStatus(Status.Healthy, Reason.None);
    }

    function test_what_expired_is_not_renewed_on_prices_that_the_sources_have_left() public {
        attest(claim());
        pass(1 days + 1);
        Claim memory c = claim();
        setTrue(c);
        setPrice(0, 89e8);
        vm.expectRevert(abi.encodeWithSelector(CollateralAttestations.PriceBeyondBound.selector, 0));
        vm.prank(SUBJECT);
        registry.attest(c, PROOF);
    }

    function test_anchor_and_attestation_are_renewed_in_one_call() public {
        attest(claim());
        pass(1);
        HoldingsStatement memory h = holdings(2, NOW + 1);
        bytes32 hash = Holdings.hash(h);
        Claim memory c = claim();
        c.anchor = hash;
        // The inputs are known when the statement is published: look, and go back.
        uint256 snapshot = vm.snapshotState();
        publishAnchor(h);
        uint256[] memory inputs = registry.publicInputs(SUBJECT, c);
        assertTrue(vm.revertToState(snapshot), "back");
        verifier.setTrue(inputs);
        vm.prank(SUBJECT);
        registry.publishAndAttest(h, signedBy(0, 1, hash), c, PROOF);
        assertStatus(Status.Healthy, Reason.None);
    }

    function test_an_expired_holdings_statement_supersedes_nothing_and_hides_nothing() public {
        attest(claimWithCredit(100));
        HoldingsStatement memory h = holdings(7, NOW);
        h.expiry = uint64(NOW + 10);
        pass(11);
        publishAnchor(h);
        assertStatus(Status.Healthy, Reason.None);
        // Nothing new under the older one, which a worse newer one might be hidden from.
        bytes32 older = registry.anchorOf(SUBJECT, policyId).hash;
        refusedWithoutInputs(claim(), abi.encodeWithSelector(CollateralAttestations.AnchorIsOutdated.selector, older));
        vm.expectRevert(abi.encodeWithSelector(CollateralAttestations.AnchorIsOutdated.selector, older));
        vm.prank(LENDER);
        registry.draw(SUBJECT, policyId, 1);
        HoldingsStatement memory between = holdings(7, NOW + 1);
        vm.expectRevert(abi.encodeWithSelector(Anchors.AnchorOutdated.selector, 7, 7));
        registry.publishAnchor(policyId, between, signedBy(0, 1, Holdings.hash(between)));
        publishAnchor(holdings(8, NOW + 11));
        attest(claim());
        assertStatus(Status.Healthy, Reason.None);
    }

    function refusedWithoutInputs(Claim memory c, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(SUBJECT);
        registry.attest(c, PROOF);
    }

    function test_a_policy_with_a_grace_period_of_less_than_an_hour_is_refused() public {
        Policy memory p = thePolicy();
        p.gracePeriod = 1 hours - 1;
        vm.expectRevert(abi.encodeWithSelector(Policies.PolicyField.selector, "gracePeriod"));
        vm.prank(OWNER);
        registry.publish(p, theMarket());
        p.gracePeriod = 1 hours;
        publish(p);
    }

    // ------------------------------------------------------------------------------------------------ crossings

    /// @dev No statement from before the crash is good after it.
    function crashCounts(uint256 crash) private {
        refreshAt(89e8);
        registry.recordLapse(SUBJECT, policyId);
        pass(1);
        refusedWithoutInputs(claim(), before(crash, registry.anchorOf(SUBJECT, policyId).asOf));
        publishAnchor(holdings(8, crash));
        refusedWithoutInputs(claim(), before(crash, crash));
        publishAnchor(holdings(9, crash + 1));
        attest(claim());
        assertStatus(Status.Healthy, Reason.None);
        // Nor later, under a statement with a higher sequence as of a time before it.
        publishAnchor(holdings(10, crash));
        refusedWithoutInputs(claim(), before(crash, crash));
    }

    function test_a_crash_after_expiry_counts() public {
        attest(claim());
        pass(1 days + 1);
        crashCounts(block.timestamp);
        assertEq(lapsedSince(), 0, "renewed");
    }

    function test_a_crash_after_a_newer_anchor_counts() public {
        attest(claim());
        pass(10);
        publishAnchor(holdings(7, NOW + 5));
        registry.recordLapse(SUBJECT, policyId);
        assertStatus(Status.Lapsed, Reason.AnchorSuperseded);
        pass(10);
        crashCounts(NOW + 20);
    }

    function test_a_crash_does_not_move_the_grace_period_and_keeps_nobody_out() public {
        attest(claim());
        pass(10);
        publishAnchor(holdings(7, NOW + 5));
        registry.recordLapse(SUBJECT, policyId);
        pass(10);
        refreshAt(89e8);
        registry.recordLapse(SUBJECT, policyId);
        assertEq(lapsedSince(), NOW + 10, "the first record");
        // A price that stays there: nobody makes the subject's next statement worthless within the grace period.
        pass(GRACE);
        refreshAt(89e8);
        vm.expectRevert(
            abi.encodeWithSelector(CollateralAttestations.NoLapse.selector, Status.Lapsed, Reason.PriceBeyondBound)
        );
        registry.recordLapse(SUBJECT, policyId);
        vm.warp(block.timestamp + 1);
        registry.recordLapse(SUBJECT, policyId);
    }

    // ------------------------------------------------------------------------------------------------ outages

    function graceUntil() private view returns (uint256 until) {
        (,,, until) = registry.statusInFull(SUBJECT, policyId);
    }

    function test_a_dead_feed_does_not_keep_expired_debt_untouchable_for_ever() public {
        attest(claim());
        uint256 last = NOW + 1 days + registry.OUTAGE_LIMIT();
        vm.warp(last);
        assertStatus(Status.Unknown, Reason.OracleUnusable);
        vm.warp(last + 1);
        assertStatus(Status.Lapsed, Reason.Expired);
        assertTrue(graceUntil() < block.timestamp, "the grace period is over");
        vm.warp(NOW + 3650 days);
        assertStatus(Status.Lapsed, Reason.Expired);
    }

    function test_after_an_outage_there_is_time_to_renew(uint256 time) public {
        attest(claim());
        time = bound(time, NOW + 1 days + GRACE + 1, NOW + 60 days);
        vm.warp(time);
        refreshAt(HUNDRED);
        assertStatus(Status.Lapsed, Reason.Expired);
        assertEq(graceUntil(), time + registry.RENEWAL_PERIOD(), "an hour");
        // Whoever refreshes within the two hours that are no outage does not begin it anew.
        vm.warp(time + registry.RENEWAL_PERIOD() + 1);
        refreshAt(HUNDRED);
        assertEq(graceUntil(), time + registry.RENEWAL_PERIOD(), "still");
    }

    function test_an_outage_shortens_no_grace_period_of_a_recorded_lapse() public {
        Claim memory c = claim();
        c.validUntil = uint64(NOW + VALIDITY);
        attest(c);
        refreshAt(89e8);
        registry.recordLapse(SUBJECT, policyId);
        assertEq(graceUntil(), NOW + GRACE, "the policy's");
        vm.warp(NOW + GRACE + 1);
        refreshAt(89e8);
        assertEq(graceUntil(), block.timestamp + registry.RENEWAL_PERIOD(), "an hour more");
    }

    /// @dev The first and the second source and Pyth.
    function disagree(int256 a, int256 b, int256 c) private {
        first[0].set(a);
        second[0].set(b);
        pyth.set(pythId(0), int64(c), 0, -8);
        board.refreshAll();
    }

    function test_sources_that_disagree_lapse_what_all_of_them_are_beyond(uint256 a, uint256 b, uint256 c) public {
        attest(claimWithCredit(100));
        int256[3] memory says =
            [int256(bound(a, 50e8, 150e8)), int256(bound(b, 50e8, 150e8)), int256(bound(c, 50e8, 150e8))];
        disagree(says[0], says[1], says[2]);
        (int256 low, int256 high) = (says[0], says[0]);
        for (uint256 i = 1; i < 3; ++i) {
            if (says[i] < low) low = says[i];
            if (says[i] > high) high = says[i];
        }
        vm.assume((high - low) * 10_000 > low * 500);
        if (high < 90e8 || low > 110e8) assertStatus(Status.Lapsed, Reason.PriceBeyondBound);
        else assertStatus(Status.Unknown, Reason.OracleUnusable);
        vm.expectPartialRevert(CollateralAttestations.NotHealthy.selector);
        vm.prank(LENDER);
        registry.draw(SUBJECT, policyId, 1);
        Claim memory again = claim();
        vm.expectRevert(abi.encodeWithSelector(CollateralAttestations.PricesUnusable.selector));
        registry.publicInputs(SUBJECT, again);
    }

    // ------------------------------------------------------------------------------------------------ drawing

    function test_a_line_is_drawn_at_the_prices_of_the_sources() public {
        attest(claimWithCredit(100));
        setPrice(0, 89e8);
        vm.expectRevert(
            abi.encodeWithSelector(CollateralAttestations.NotHealthy.selector, Status.Lapsed, Reason.PriceBeyondBound)
        );
        vm.prank(LENDER);
        registry.draw(SUBJECT, policyId, 1);
    }

    function test_a_line_is_drawn_at_prices_no_older_than_the_caller_says(uint256 age, uint256 maxAge) public {
        attest(claimWithCredit(100));
        (age, maxAge) = (bound(age, 0, MAX_AGE), bound(maxAge, 0, 2 * MAX_AGE));
        vm.warp(NOW + age);
        if (age > maxAge) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    CollateralAttestations.NotHealthy.selector, Status.Unknown, Reason.OracleUnusable
                )
            );
        }
        vm.prank(LENDER);
        registry.drawWithin(SUBJECT, policyId, 1, maxAge);
        CreditLine memory line = registry.creditLine(SUBJECT, policyId);
        assertEq(line.drawn, age > maxAge ? 0 : 1, "drawn");
    }

    // ------------------------------------------------------------------------------------------------ the owner

    function test_the_registry_keeps_an_owner_who_can_freeze() public {
        vm.expectRevert(abi.encodeWithSelector(Routes.OwnerNeeded.selector));
        vm.prank(OWNER);
        registry.renounceOwnership();
        assertEq(registry.owner(), OWNER, "owner");
    }
}
