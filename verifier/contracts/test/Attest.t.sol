// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {CollateralAttestations} from "../src/CollateralAttestations.sol";
import {Claim, Reason, Status} from "../src/ICollateralAttestations.sol";
import {Bounds} from "../src/lib/Bounds.sol";
import {HoldingsStatement} from "../src/lib/Holdings.sol";
import {Policy} from "../src/lib/Policies.sol";
import {Weights} from "../src/lib/Weights.sol";
import {Terms} from "../src/lib/Terms.sol";
import {Credit} from "../src/registry/Credit.sol";
import {Routes} from "../src/registry/Routes.sol";
import {Registry} from "./support/Registry.sol";

/// @dev What is recorded and what is refused, and that each public input follows from what the registry expects.
contract AttestTest is Registry {
    function test_nothing_is_known_before_an_attestation() public view {
        assertStatus(Status.Unknown, Reason.NoAttestation);
    }

    function test_a_true_statement_is_recorded_and_healthy() public {
        Claim memory c = claimWithCredit(5e6);
        setTrue(c);
        bytes32 expected = registry.preview(SUBJECT, c, PROOF);
        vm.expectEmit();
        emit CollateralAttestations.Attested(SUBJECT, policyId, expected, NOW, c);
        vm.prank(SUBJECT);
        assertEq(registry.attest(c, PROOF), expected, "statement");
        assertStatus(Status.Healthy, Reason.None);
        (CollateralAttestations.Attestation memory a, uint256[] memory bounds) =
            registry.attestationOf(SUBJECT, policyId);
        assertEq(a.asOf, NOW, "as of");
        assertEq(a.validUntil, c.validUntil, "valid until");
        assertEq(a.anchor, c.anchor, "anchor");
        (uint256 floor, uint256 ceiling) = Bounds.ofAsset(bounds, 0);
        assertTrue(floor == 90e8 && ceiling == 110e8, "bounds of the collateral");
        (floor, ceiling) = Bounds.ofAsset(bounds, 1);
        assertTrue(floor == 0 && ceiling == 110e8, "no floor where there is no collateral weight");
        assertEq(registry.creditLine(SUBJECT, policyId).amount, 5e6, "credit line");
        assertEq(registry.creditLine(SUBJECT, policyId).lender, LENDER, "lender");
    }

    function test_a_false_statement_is_refused() public {
        refused(claim(), abi.encodeWithSelector(Routes.ProofInvalid.selector));
        assertStatus(Status.Unknown, Reason.NoAttestation);
    }

    function test_another_proof_of_a_true_statement_is_refused() public {
        Claim memory c = claim();
        setTrue(c);
        vm.expectRevert(abi.encodeWithSelector(Routes.ProofInvalid.selector));
        vm.prank(SUBJECT);
        registry.attest(c, "another proof");
    }

    /// @dev A proof copied from the mempool credits nobody and blocks nobody.
    function test_another_sender_is_refused_and_the_subject_is_not_blocked() public {
        Claim memory c = claim();
        setTrue(c);
        address thief = address(0xbad);
        vm.expectRevert(abi.encodeWithSelector(CollateralAttestations.AnchorNotLatest.selector, 0, c.anchor));
        vm.prank(thief);
        registry.attest(c, PROOF);
        // Also with an anchor of the thief's own for the same commitment.
        HoldingsStatement memory h = holdings(1, NOW);
        h.subject = thief;
        Claim memory stolen = claim();
        stolen.anchor = publishAnchor(h);
        vm.expectRevert(abi.encodeWithSelector(Routes.ProofInvalid.selector));
        vm.prank(thief);
        registry.attest(stolen, PROOF);
        vm.prank(SUBJECT);
        registry.attest(c, PROOF);
        assertStatus(Status.Healthy, Reason.None);
    }

    /// @dev Nor does it give a second line, to whichever lender.
    function test_the_same_statement_recorded_again_says_the_same() public {
        Claim memory c = claimWithCredit(100);
        bytes32 statement = attest(c);
        vm.prank(LENDER);
        registry.draw(SUBJECT, policyId, 100);
        c.lender = address(0x0e4e);
        vm.prank(SUBJECT);
        assertEq(registry.attest(c, PROOF), statement, "the same statement");
        vm.expectRevert(abi.encodeWithSelector(Credit.CreditExceeded.selector, 0, 1));
        vm.prank(c.lender);
        registry.draw(SUBJECT, policyId, 1);
    }

    /// @dev Never wider than what was proven, and hardly narrower.
    function test_bounds_are_kept_rounded_towards_each_other(uint128 floor, uint128 ceiling, uint8 count) public view {
        uint256 assets = bound(count, 1, 64);
        Terms memory terms = registry.termsOf(policyId);
        uint256 word = terms.assets[0];
        terms.assets = new uint256[](assets);
        (uint128[] memory floors, uint128[] memory ceilings) = (new uint128[](assets), new uint128[](assets));
        uint256[] memory collateral = new uint256[](assets);
        for (uint256 i = 0; i < assets; ++i) {
            (floors[i], ceilings[i]) = (floor >> i, ceiling >> i);
            (terms.assets[i], collateral[i]) = (word, 1);
        }
        uint256[] memory words = Bounds.pack(terms, floors, ceilings, collateral);
        for (uint256 i = 0; i < assets; ++i) {
            (uint256 low, uint256 high) = Bounds.ofAsset(words, i);
            assertTrue(low >= floors[i] && low - floors[i] <= floors[i] >> 24, "floor");
            assertTrue(high <= ceilings[i] && ceilings[i] - high <= ceilings[i] >> 24, "ceiling");
        }
    }

    function test_another_chain_is_another_statement() public {
        Claim memory c = claim();
        setTrue(c);
        uint256[] memory here = registry.publicInputs(SUBJECT, c);
        vm.chainId(block.chainid + 1);
        assertTrue(registry.publicInputs(SUBJECT, c)[1] != here[1], "context");
        refused(c, abi.encodeWithSelector(Routes.ProofInvalid.selector));
    }

    function test_another_registry_is_another_statement() public {
        Claim memory c = claim();
        setTrue(c);
        CollateralAttestations other = new CollateralAttestations(OWNER);
        vm.startPrank(OWNER);
        other.addRoute(address(verifier), KEY);
        other.publish(thePolicy(), theMarket());
        vm.stopPrank();
        // The holdings statement names its beneficiary, so the other registry has none.
        vm.expectRevert(abi.encodeWithSelector(CollateralAttestations.AnchorNotLatest.selector, 0, c.anchor));
        vm.prank(SUBJECT);
        other.attest(c, PROOF);
    }

    function test_each_part_of_a_claim_changes_the_public_inputs() public {
        attest(claim());
        Claim memory c = claim();
        c.validUntil += 1;
        refused(c, abi.encodeWithSelector(Routes.ProofInvalid.selector));
        c = claim();
        c.floors[0] += 1;
        refused(c, abi.encodeWithSelector(Routes.ProofInvalid.selector));
        c = claim();
        c.floors[1] += 1;
        refused(c, abi.encodeWithSelector(Routes.ProofInvalid.selector));
        c = claim();
        c.ceilings[0] += 1;
        refused(c, abi.encodeWithSelector(Routes.ProofInvalid.selector));
        c = claimWithCredit(1);
        refused(c, abi.encodeWithSelector(Routes.ProofInvalid.selector));
        c.creditAsset = 0;
        refused(c, abi.encodeWithSelector(Routes.ProofInvalid.selector));
    }

    function test_valid_until_is_the_last_second_and_within_every_limit() public {
        Claim memory c = claim();
        c.validUntil = uint64(NOW);
        attest(c);
        assertStatus(Status.Healthy, Reason.None);
        c.validUntil = uint64(NOW - 1);
        refused(c, abi.encodeWithSelector(CollateralAttestations.Expired.selector, NOW - 1));
        // Of a verification.
        c.validUntil = uint64(NOW + VALIDITY);
        attest(c);
        c.validUntil += 1;
        refused(c, abi.encodeWithSelector(CollateralAttestations.ValidTooLong.selector, NOW + VALIDITY, c.validUntil));
        // Of the position's age.
        pass(10 days);
        c.validUntil = uint64(NOW + STATEMENT_AGE);
        attest(c);
        c.validUntil += 1;
        refused(
            c, abi.encodeWithSelector(CollateralAttestations.ValidTooLong.selector, NOW + STATEMENT_AGE, c.validUntil)
        );
        // Of the anchor.
        HoldingsStatement memory h = holdings(2, block.timestamp);
        h.expiry = uint64(block.timestamp + 1 hours);
        c.anchor = publishAnchor(h);
        c.validUntil = h.expiry;
        attest(c);
        c.validUntil += 1;
        refused(c, abi.encodeWithSelector(CollateralAttestations.ValidTooLong.selector, h.expiry, c.validUntil));
    }

    function test_live_prices_must_be_within_the_bounds() public {
        Claim memory c = claim();
        c.floors[0] = 100e8;
        c.ceilings[0] = 100e8;
        c.ceilings[1] = 100e8;
        attest(c);
        c.validUntil += 1;
        c.floors[0] = 100e8 + 1;
        c.ceilings[0] = 200e8;
        refused(c, abi.encodeWithSelector(CollateralAttestations.PriceBeyondBound.selector, 0));
        c = claim();
        c.ceilings[1] = 100e8 - 1;
        refused(c, abi.encodeWithSelector(CollateralAttestations.PriceBeyondBound.selector, 1));
        // The second asset is no collateral: its floor is free.
        c = claim();
        c.floors[1] = 105e8;
        attest(c);
    }

    function test_bounds_are_for_each_asset_and_hold_a_price() public {
        Claim memory c = claim();
        c.floors = new uint128[](1);
        refused(c, abi.encodeWithSelector(Weights.BoundsLength.selector, 2));
        c = claim();
        c.ceilings = new uint128[](3);
        refused(c, abi.encodeWithSelector(Weights.BoundsLength.selector, 2));
        c = claim();
        (c.floors[1], c.ceilings[1]) = (1, 0);
        refused(c, abi.encodeWithSelector(Weights.BoundsEmpty.selector, 1));
        (c.floors[1], c.ceilings[1]) = (0, 0);
        refused(c, abi.encodeWithSelector(Weights.BoundsEmpty.selector, 1));
    }

    function test_a_weight_of_more_than_120_bits_is_refused() public {
        Claim memory c = claim();
        c.ceilings[1] = type(uint128).max;
        refused(c, abi.encodeWithSelector(Weights.WeightTooLarge.selector, 1));
    }

    function test_a_credit_line_in_an_asset_that_is_never_owed_is_refused() public {
        Policy memory p = thePolicy();
        p.assets[0].borrowFactor = 0;
        policyId = publish(p);
        Claim memory c = claimWithCredit(1);
        c.creditAsset = 0;
        refused(c, abi.encodeWithSelector(Weights.CreditOutOfRange.selector));
        c.creditAsset = 1;
        attest(c);
    }

    function test_a_credit_line_outside_its_range_is_refused() public {
        Claim memory c = claimWithCredit(1 << 120);
        refused(c, abi.encodeWithSelector(Weights.CreditOutOfRange.selector));
        c = claimWithCredit(1);
        c.creditAsset = 2;
        refused(c, abi.encodeWithSelector(Weights.CreditOutOfRange.selector));
        c = claim();
        c.creditAsset = 1;
        refused(c, abi.encodeWithSelector(Weights.CreditOutOfRange.selector));
        c = claimWithCredit(1);
        c.lender = address(0);
        refused(c, abi.encodeWithSelector(CollateralAttestations.LenderMismatch.selector));
        c = claim();
        c.lender = LENDER;
        refused(c, abi.encodeWithSelector(CollateralAttestations.LenderMismatch.selector));
    }

    function test_stale_prices_and_a_missing_board_are_refused() public {
        Claim memory c = claim();
        setTrue(c);
        vm.warp(NOW + MAX_AGE);
        registry.preview(SUBJECT, c, PROOF);
        vm.warp(NOW + MAX_AGE + 1);
        refused(c, abi.encodeWithSelector(CollateralAttestations.PricesUnusable.selector));
    }

    function test_a_verifier_without_code_or_with_other_code_is_refused() public {
        Claim memory c = claim();
        setTrue(c);
        bytes memory changed = abi.encodeWithSelector(Routes.VerifierChanged.selector, address(verifier));
        bytes memory code = address(verifier).code;
        vm.etch(address(verifier), "");
        refused(c, changed);
        vm.etch(address(verifier), hex"60015f5260205ff3");
        refused(c, changed);
        vm.etch(address(verifier), code);
        attest(c);
    }

    function test_the_commitment_is_that_of_the_anchor() public {
        Claim memory c = claim();
        uint256[] memory inputs = registry.publicInputs(SUBJECT, c);
        assertEq(inputs[0], uint256(COMMITMENT), "C");
        assertEq(inputs.length, 19, "nineteen");
        HoldingsStatement memory h = holdings(2, NOW);
        h.commitment = bytes32(uint256(7));
        c.anchor = publishAnchor(h);
        assertEq(registry.publicInputs(SUBJECT, c)[0], 7, "the newer one's");
    }
}
