// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {CollateralAttestations} from "../src/CollateralAttestations.sol";
import {Claim, CreditLine, Reason, Status} from "../src/ICollateralAttestations.sol";
import {Holdings, HoldingsStatement} from "../src/lib/Holdings.sol";
import {Market, Policies, Policy} from "../src/lib/Policies.sol";
import {PriceBoard} from "../src/oracle/PriceBoard.sol";
import {Credit} from "../src/registry/Credit.sol";
import {Registry} from "./support/Registry.sol";

/// @dev No collateral gives credit twice.
contract CreditTest is Registry {
    function draw(uint128 amount) private {
        vm.prank(LENDER);
        registry.draw(SUBJECT, policyId, amount);
    }

    function refusedDraw(uint128 amount, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(LENDER);
        registry.draw(SUBJECT, policyId, amount);
    }

    function exceeded(uint256 left, uint256 asked) private pure returns (bytes memory) {
        return abi.encodeWithSelector(Credit.CreditExceeded.selector, left, asked);
    }

    function test_no_more_than_the_line_is_drawn_in_all() public {
        attest(claimWithCredit(100));
        refusedDraw(0, exceeded(100, 0));
        refusedDraw(101, exceeded(100, 101));
        draw(60);
        refusedDraw(41, exceeded(40, 41));
        draw(40);
        refusedDraw(1, exceeded(0, 1));
        CreditLine memory line = registry.creditLine(SUBJECT, policyId);
        assertEq(line.drawn, 100, "drawn");
        assertStatus(Status.Healthy, Reason.None);
    }

    function test_without_a_line_nothing_is_lent() public {
        attest(claim());
        refusedDraw(1, abi.encodeWithSelector(Credit.NotLender.selector, address(0)));
    }

    function test_only_the_lender_that_the_subject_named_draws() public {
        attest(claimWithCredit(100));
        vm.expectRevert(abi.encodeWithSelector(Credit.NotLender.selector, LENDER));
        vm.prank(SUBJECT);
        registry.draw(SUBJECT, policyId, 1);
    }

    function test_only_what_is_healthy_is_lent_against() public {
        attest(claimWithCredit(100));
        refreshAt(89e8);
        bytes4 selector = CollateralAttestations.NotHealthy.selector;
        refusedDraw(1, abi.encodeWithSelector(selector, Status.Lapsed, Reason.PriceBeyondBound));
        vm.warp(NOW + MAX_AGE + 1);
        refusedDraw(1, abi.encodeWithSelector(PriceBoard.TooFewSources.selector, 0, 0, 2));
        vm.expectRevert(abi.encodeWithSelector(selector, Status.Unknown, Reason.OracleUnusable));
        vm.prank(LENDER);
        registry.drawWithin(SUBJECT, policyId, 1, type(uint256).max);
    }

    function test_another_statement_of_the_same_position_gives_no_second_line() public {
        attest(claimWithCredit(100));
        draw(100);
        Claim memory c = claimWithCredit(100);
        c.validUntil += 1;
        attest(c);
        refusedDraw(1, exceeded(0, 1));
        // A larger line gives the difference.
        c.validUntil += 1;
        c.creditAmount = 130;
        attest(c);
        draw(30);
        refusedDraw(1, exceeded(0, 1));
    }

    function test_a_statement_that_does_not_cover_what_was_drawn_is_refused() public {
        attest(claimWithCredit(100));
        draw(100);
        bytes memory reason = abi.encodeWithSelector(Credit.DrawnCreditNotCovered.selector, policyId, 100);
        Claim memory c = claimWithCredit(99);
        refused(c, reason);
        refused(claim(), reason);
        c = claimWithCredit(100);
        c.creditAsset = 0;
        refused(c, reason);
    }

    function test_a_position_as_of_a_later_time_contains_what_was_drawn() public {
        attest(claimWithCredit(100));
        pass(10);
        draw(100);
        // As of the second of the draw is not later.
        publishAnchor(holdings(2, NOW + 10));
        bytes memory reason = abi.encodeWithSelector(Credit.DrawnCreditNotCovered.selector, policyId, 100);
        refused(claimWithCredit(50), reason);
        pass(1);
        publishAnchor(holdings(3, NOW + 11));
        attest(claimWithCredit(50));
        assertEq(registry.creditLine(SUBJECT, policyId).drawn, 0, "in the position");
        draw(50);
        refusedDraw(1, exceeded(0, 1));
    }

    function test_another_policy_gives_no_second_line() public {
        attest(claimWithCredit(100));
        Policy memory p = thePolicy();
        p.name = "Another";
        bytes32 other = publish(p);
        Claim memory c = claimWithCredit(100);
        c.policyId = other;
        attest(c);
        draw(1);
        // The other attestation does not cover the draw: it lapses, and cannot be renewed before the position is newer.
        (Status status, Reason reason,,) = registry.statusInFull(SUBJECT, other);
        assertTrue(status == Status.Lapsed && reason == Reason.CreditNotCovered, "lapsed");
        vm.expectRevert(
            abi.encodeWithSelector(CollateralAttestations.NotHealthy.selector, Status.Lapsed, Reason.CreditNotCovered)
        );
        vm.prank(LENDER);
        registry.draw(SUBJECT, other, 1);
        c.validUntil += 1;
        refused(c, abi.encodeWithSelector(Credit.DrawnCreditNotCovered.selector, policyId, 1));
        pass(1);
        publishAnchor(holdings(2, NOW + 1));
        c.anchor = claim().anchor;
        attest(c);
        vm.prank(LENDER);
        registry.draw(SUBJECT, other, 100);
    }

    /// @dev Two markets with the same assets, so that both attestations count the same collateral.
    function test_another_market_gives_no_second_line() public {
        Market memory market = theMarket();
        market.name = "The same assets";
        Policy memory p = thePolicy();
        p.market = Policies.marketId(market);
        vm.prank(OWNER);
        bytes32 other = registry.publish(p, market);
        Claim memory c = claimWithCredit(100);
        c.policyId = other;
        c.anchor = publishAnchorOf(other, p.market, 1, NOW);
        attest(c);
        attest(claimWithCredit(100));
        draw(100);
        (Status status, Reason reason,,) = registry.statusInFull(SUBJECT, other);
        assertTrue(status == Status.Lapsed && reason == Reason.CreditNotCovered, "lapsed");
        vm.expectRevert(
            abi.encodeWithSelector(CollateralAttestations.NotHealthy.selector, Status.Lapsed, Reason.CreditNotCovered)
        );
        vm.prank(LENDER);
        registry.draw(SUBJECT, other, 1);
        c.validUntil += 1;
        refused(c, abi.encodeWithSelector(Credit.DrawnCreditNotCovered.selector, policyId, 100));
        // Of a later second, the position has the loan in it.
        pass(1);
        c.anchor = publishAnchorOf(other, p.market, 2, NOW + 1);
        attest(c);
        vm.prank(LENDER);
        registry.draw(SUBJECT, other, 100);
    }

    /// @dev A newer statement can be as of an earlier time. What was lent between both is in neither its position nor
    /// the account, which began anew.
    function test_a_newer_statement_as_of_before_the_account_began_is_refused() public {
        attest(claimWithCredit(100));
        pass(10);
        draw(100);
        pass(10);
        publishAnchor(holdings(2, NOW + 20));
        attest(claimWithCredit(1));
        draw(1);
        publishAnchor(holdings(3, NOW + 19));
        refused(claimWithCredit(100), abi.encodeWithSelector(Credit.DrawnCreditNotCovered.selector, policyId, 1));
        // As of the second in which it began, the account is whole.
        publishAnchor(holdings(4, NOW + 20));
        attest(claimWithCredit(100));
        refusedDraw(100, exceeded(99, 100));
        draw(99);
    }

    function publishAnchorOf(bytes32 policy, bytes32 market, uint64 sequence, uint256 asOf)
        private
        returns (bytes32 hash)
    {
        HoldingsStatement memory h = holdings(sequence, asOf);
        h.marketId = market;
        hash = Holdings.hash(h);
        registry.publishAnchor(policy, h, signedBy(0, 1, hash));
    }

    function test_another_lender_shares_the_line() public {
        attest(claimWithCredit(100));
        draw(70);
        Claim memory c = claimWithCredit(100);
        c.validUntil += 1;
        c.lender = address(0x2);
        attest(c);
        refusedDraw(1, abi.encodeWithSelector(Credit.NotLender.selector, address(0x2)));
        vm.startPrank(address(0x2));
        vm.expectRevert(exceeded(30, 31));
        registry.draw(SUBJECT, policyId, 31);
        registry.draw(SUBJECT, policyId, 30);
        vm.stopPrank();
    }

    /// @dev However the subject attests and the lender draws under one position, the draws stay within the largest line.
    function testFuzz_draws_stay_within_the_lines(uint128[6] memory lines, uint128[6] memory amounts) public {
        uint256 drawn = 0;
        uint256 largest = 0;
        for (uint256 i = 0; i < 6; ++i) {
            Claim memory c = claimWithCredit(uint128(bound(lines[i], 1, 1000)));
            c.validUntil += uint64(i);
            if (c.creditAmount < drawn) {
                refused(c, abi.encodeWithSelector(Credit.DrawnCreditNotCovered.selector, policyId, drawn));
                continue;
            }
            attest(c);
            if (c.creditAmount > largest) largest = c.creditAmount;
            uint128 amount = uint128(bound(amounts[i], 1, 1000));
            if (drawn + amount > c.creditAmount) {
                refusedDraw(amount, exceeded(c.creditAmount - drawn, amount));
            } else {
                draw(amount);
                drawn += amount;
            }
            assertTrue(drawn <= largest, "within");
        }
    }
}
