// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {CollateralAttestations} from "../src/CollateralAttestations.sol";
import {Claim, Reason, Status} from "../src/ICollateralAttestations.sol";
import {CreditDesk} from "../src/examples/CreditDesk.sol";
import {PriceBoard} from "../src/oracle/PriceBoard.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Policy} from "../src/lib/Policies.sol";
import {PolicyBook} from "../src/registry/PolicyBook.sol";
import {Credit} from "../src/registry/Credit.sol";
import {MockToken} from "./mocks/MockToken.sol";
import {Registry} from "./support/Registry.sol";

/// @dev Borrowing and liquidation follow the status, and nothing else.
contract CreditDeskTest is Registry {
    address private constant LIQUIDATOR = address(0x11);
    address private constant TREASURY = address(0x22);
    MockToken private token;
    CreditDesk private desk;

    function setUp() public override {
        super.setUp();
        token = new MockToken();
        desk = new CreditDesk(registry, policyId, token, 1, TREASURY);
        token.mint(address(desk), 1000);
        token.mint(LIQUIDATOR, 1000);
        vm.prank(LIQUIDATOR);
        token.approve(address(desk), type(uint256).max);
        vm.prank(SUBJECT);
        token.approve(address(desk), type(uint256).max);
    }

    function claimFor(uint128 amount) private view returns (Claim memory c) {
        c = claimWithCredit(amount);
        c.lender = address(desk);
    }

    function borrow(uint128 amount) private {
        vm.prank(SUBJECT);
        desk.borrow(amount);
    }

    function refusedBorrow(uint128 amount, bytes memory reason) private {
        vm.expectRevert(reason);
        borrow(amount);
    }

    function refusedLiquidation(bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(LIQUIDATOR);
        desk.liquidate(SUBJECT);
    }

    function liquidate() private {
        vm.prank(LIQUIDATOR);
        desk.liquidate(SUBJECT);
    }

    function test_a_healthy_subject_borrows_up_to_its_line_and_repays() public {
        refusedBorrow(1, abi.encodeWithSelector(CreditDesk.OtherAsset.selector, 1, 0));
        attest(claimFor(100));
        refusedBorrow(101, abi.encodeWithSelector(Credit.CreditExceeded.selector, 100, 101));
        borrow(100);
        assertEq(token.balanceOf(SUBJECT), 100, "tokens");
        assertEq(desk.debt(SUBJECT), 100, "debt");
        vm.prank(SUBJECT);
        desk.repay(SUBJECT, 150);
        assertEq(desk.debt(SUBJECT), 0, "repaid");
        assertEq(token.balanceOf(SUBJECT), 0, "no more than was owed");
        refusedBorrow(1, abi.encodeWithSelector(Credit.CreditExceeded.selector, 0, 1));
        vm.expectRevert(abi.encodeWithSelector(CreditDesk.NoDebt.selector, SUBJECT));
        desk.repay(SUBJECT, 1);
        refusedLiquidation(abi.encodeWithSelector(CreditDesk.NoDebt.selector, SUBJECT));
    }

    function test_a_line_for_another_lender_or_in_another_asset_is_no_line_here() public {
        attest(claimWithCredit(100));
        refusedBorrow(1, abi.encodeWithSelector(Credit.NotLender.selector, LENDER));
        Claim memory c = claimFor(100);
        c.creditAsset = 0;
        attest(c);
        refusedBorrow(1, abi.encodeWithSelector(CreditDesk.OtherAsset.selector, 1, 0));
    }

    function test_neither_borrowing_nor_liquidation_while_unknown() public {
        attest(claimFor(100));
        borrow(50);
        vm.warp(NOW + MAX_AGE + 1);
        refusedBorrow(1, abi.encodeWithSelector(PriceBoard.TooFewSources.selector, 0, 0, 2));
        bytes memory unknown =
            abi.encodeWithSelector(CreditDesk.NotLapsed.selector, Status.Unknown, Reason.OracleUnusable);
        refusedLiquidation(unknown);
        // Valid-until and grace pass in the outage.
        vm.warp(NOW + 30 days);
        refusedLiquidation(unknown);
        // Repaying is always possible.
        vm.prank(LIQUIDATOR);
        desk.repay(SUBJECT, 10);
        refreshAt(HUNDRED);
        refusedLiquidation(abi.encodeWithSelector(CreditDesk.InGrace.selector, block.timestamp + 1 hours));
        pass(1 hours + 1);
        liquidate();
        assertEq(desk.claims(SUBJECT, LIQUIDATOR), 40, "claim");
    }

    /// @dev The board still has the price of before, and the status is Healthy.
    function test_nothing_is_lent_at_a_price_that_the_sources_have_left() public {
        attest(claimFor(100));
        setPrice(0, 89e8);
        assertStatus(Status.Healthy, Reason.None);
        refusedBorrow(
            1,
            abi.encodeWithSelector(CollateralAttestations.NotHealthy.selector, Status.Lapsed, Reason.PriceBeyondBound)
        );
        setPrice(0, HUNDRED);
        borrow(100);
    }

    function test_nothing_is_lent_while_the_sources_give_no_price_however_young_the_last_one_is() public {
        attest(claimFor(100));
        first[0].set(90e8);
        assertStatus(Status.Healthy, Reason.None);
        refusedBorrow(
            1, abi.encodeWithSelector(CollateralAttestations.NotHealthy.selector, Status.Unknown, Reason.OracleUnusable)
        );
    }

    /// @dev An owner that retires a policy with loans under it gives a week, in which they can be repaid, and ends
    /// lending.
    function test_a_policy_retired_while_money_is_lent_gives_time_to_repay() public {
        Claim memory c = claimFor(100);
        c.validUntil = uint64(NOW + VALIDITY);
        attest(c);
        borrow(50);
        vm.prank(OWNER);
        registry.retire(policyId);
        refusedBorrow(
            1, abi.encodeWithSelector(CollateralAttestations.NotHealthy.selector, Status.Lapsed, Reason.PolicyRetired)
        );
        refusedLiquidation(abi.encodeWithSelector(CreditDesk.LapseNotRecorded.selector, Reason.PolicyRetired));
        registry.recordLapse(SUBJECT, policyId);
        pass(7 days);
        refusedLiquidation(abi.encodeWithSelector(CreditDesk.InGrace.selector, NOW + 7 days));
        vm.prank(SUBJECT);
        desk.repay(SUBJECT, 20);
        pass(1);
        liquidate();
        assertEq(desk.claims(SUBJECT, LIQUIDATOR), 30, "claim");
    }

    /// @dev A successor of the desk's policy, which is retired while money is lent.
    function succeed() private returns (bytes32 successor) {
        Policy memory p = thePolicy();
        p.name = "The successor";
        successor = publish(p);
        vm.startPrank(OWNER);
        registry.retire(policyId);
        registry.nameSuccessor(policyId, successor);
        vm.stopPrank();
    }

    function test_a_solvent_borrower_moves_to_the_successor_and_the_desk_follows() public {
        attest(claimFor(100));
        borrow(50);
        bytes32 first = policyId;
        bytes32 successor = succeed();
        registry.recordLapse(SUBJECT, first);
        Claim memory c = claimFor(49);
        c.policyId = successor;
        c.validUntil = uint64(NOW + VALIDITY);
        // What was lent under the one is lent under the other.
        refused(c, abi.encodeWithSelector(Credit.DrawnCreditNotCovered.selector, first, 50));
        c.creditAmount = 100;
        attest(c);
        borrow(50);
        refusedBorrow(1, abi.encodeWithSelector(Credit.CreditExceeded.selector, 0, 1));
        pass(VALIDITY);
        refusedLiquidation(abi.encodeWithSelector(CreditDesk.NotLapsed.selector, Status.Healthy, Reason.None));
        pass(GRACE + 1);
        liquidate();
    }

    function test_a_crash_after_a_policy_is_retired_has_the_grace_period_alone() public {
        Claim memory c = claimFor(100);
        c.validUntil = uint64(NOW + VALIDITY);
        attest(c);
        borrow(50);
        succeed();
        registry.recordLapse(SUBJECT, policyId);
        refreshAt(89e8);
        registry.recordLapse(SUBJECT, policyId);
        pass(GRACE + 1);
        liquidate();
    }

    function test_a_frozen_verifier_gives_a_week_too() public {
        attest(claimFor(100));
        borrow(50);
        vm.prank(OWNER);
        registry.freezeRoute(address(verifier));
        registry.recordLapse(SUBJECT, policyId);
        pass(7 days);
        refusedLiquidation(abi.encodeWithSelector(CreditDesk.InGrace.selector, NOW + 7 days));
        pass(1);
        liquidate();
    }

    function test_a_successor_is_over_the_same_market_of_a_retired_policy_and_named_once() public {
        Policy memory p = thePolicy();
        p.name = "The successor";
        bytes32 successor = publish(p);
        bytes memory refusal = abi.encodeWithSelector(PolicyBook.NotSuccessor.selector, policyId, successor);
        vm.startPrank(OWNER);
        vm.expectRevert(refusal);
        registry.nameSuccessor(policyId, successor);
        registry.retire(policyId);
        registry.nameSuccessor(policyId, successor);
        vm.expectRevert(refusal);
        registry.nameSuccessor(policyId, successor);
        registry.retire(successor);
        vm.expectRevert(abi.encodeWithSelector(PolicyBook.NotSuccessor.selector, successor, policyId));
        registry.nameSuccessor(successor, policyId);
        vm.stopPrank();
        vm.expectPartialRevert(Ownable.OwnableUnauthorizedAccount.selector);
        registry.nameSuccessor(successor, policyId);
    }

    function test_grace_runs_from_the_recorded_lapse() public {
        Claim memory c = claimFor(100);
        c.validUntil = uint64(NOW + VALIDITY);
        attest(c);
        borrow(100);
        refreshAt(89e8);
        refusedBorrow(
            1,
            abi.encodeWithSelector(CollateralAttestations.NotHealthy.selector, Status.Lapsed, Reason.PriceBeyondBound)
        );
        refusedLiquidation(abi.encodeWithSelector(CreditDesk.LapseNotRecorded.selector, Reason.PriceBeyondBound));
        pass(100);
        refreshAt(89e8);
        registry.recordLapse(SUBJECT, policyId);
        uint256 until = NOW + 100 + GRACE;
        refusedLiquidation(abi.encodeWithSelector(CreditDesk.InGrace.selector, until));
        pass(GRACE);
        refusedLiquidation(abi.encodeWithSelector(CreditDesk.InGrace.selector, until));
        // The price is back, and the lapse stays.
        pass(1);
        vm.expectEmit();
        emit CreditDesk.Liquidated(SUBJECT, LIQUIDATOR, 100);
        liquidate();
        assertEq(desk.debt(SUBJECT), 0, "debt");
        assertEq(desk.claims(SUBJECT, LIQUIDATOR), 100, "claim");
        assertEq(token.balanceOf(address(desk)), 1000, "the desk is whole");
    }

    function test_a_fresh_attestation_within_the_grace_period_prevents_liquidation() public {
        attest(claimFor(100));
        borrow(100);
        refreshAt(89e8);
        registry.recordLapse(SUBJECT, policyId);
        pass(1);
        publishAnchor(holdings(2, NOW + 1));
        Claim memory c = claimFor(1);
        c.validUntil = uint64(NOW + VALIDITY);
        attest(c);
        pass(GRACE + 1);
        refusedLiquidation(abi.encodeWithSelector(CreditDesk.NotLapsed.selector, Status.Healthy, Reason.None));
    }

    function test_grace_runs_from_valid_until_without_a_record() public {
        Claim memory c = claimFor(100);
        c.validUntil = uint64(NOW + 100);
        attest(c);
        borrow(100);
        pass(101);
        refusedLiquidation(abi.encodeWithSelector(CreditDesk.InGrace.selector, NOW + 100 + GRACE));
        pass(GRACE);
        liquidate();
    }

    function test_revoking_does_not_escape_liquidation() public {
        attest(claimFor(100));
        borrow(100);
        vm.prank(SUBJECT);
        registry.revoke(policyId);
        pass(GRACE + 1);
        liquidate();
    }

    function test_only_the_treasury_withdraws() public {
        vm.expectRevert(abi.encodeWithSelector(CreditDesk.NotTreasury.selector));
        desk.withdraw(1);
        vm.prank(TREASURY);
        desk.withdraw(1000);
        assertEq(token.balanceOf(TREASURY), 1000, "idle tokens");
    }
}
