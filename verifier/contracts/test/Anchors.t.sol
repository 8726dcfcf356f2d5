// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {CollateralAttestations} from "../src/CollateralAttestations.sol";
import {Claim, Reason, Status} from "../src/ICollateralAttestations.sol";
import {Holdings, HoldingsStatement, Signed} from "../src/lib/Holdings.sol";
import {Policy} from "../src/lib/Policies.sol";
import {Anchors} from "../src/registry/Anchors.sol";
import {BoundedCall} from "../src/oracle/BoundedCall.sol";
import {GasBurner, ReturnBomb, ShortAnswer} from "./mocks/Oracles.sol";
import {ContractAttester, MockRecorder, WideRecorder} from "./mocks/Parties.sol";
import {Registry} from "./support/Registry.sol";

/// @dev Which holdings statements bind a commitment.
contract AnchorsTest is Registry {
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function refusedAnchor(HoldingsStatement memory h, Signed[] memory signatures, bytes memory reason) private {
        vm.expectRevert(reason);
        registry.publishAnchor(policyId, h, signatures);
    }

    function refusedField(HoldingsStatement memory h, string memory field) private {
        refusedAnchor(
            h, signedBy(0, 1, Holdings.hash(h)), abi.encodeWithSelector(Anchors.OtherStatement.selector, field)
        );
    }

    function test_anyone_may_publish_a_newer_statement_and_the_attestation_lapses() public {
        attest(claim());
        HoldingsStatement memory h = holdings(2, NOW);
        vm.prank(address(0xa11));
        registry.publishAnchor(policyId, h, signedBy(1, 2, Holdings.hash(h)));
        assertStatus(Status.Lapsed, Reason.AnchorSuperseded);
        // Its renewal needs the newer one, whether or not the lapse was recorded.
        registry.recordLapse(SUBJECT, policyId);
        attest(claim());
        assertStatus(Status.Healthy, Reason.None);
    }

    function test_an_older_statement_and_another_of_the_same_sequence_are_refused() public {
        HoldingsStatement memory newer = holdings(5, NOW);
        bytes32 latest = publishAnchor(newer);
        HoldingsStatement memory h = holdings(4, NOW);
        refusedAnchor(
            h, signedBy(0, 1, Holdings.hash(h)), abi.encodeWithSelector(Anchors.AnchorOutdated.selector, 5, 4)
        );
        h = holdings(5, NOW);
        h.commitment = bytes32(uint256(1));
        bytes32 hash = Holdings.hash(h);
        refusedAnchor(h, signedBy(0, 1, hash), abi.encodeWithSelector(Anchors.AnchorEquivocal.selector, latest, hash));
        // The same again changes nothing.
        publishAnchor(newer);
        assertEq(registry.anchorOf(SUBJECT, policyId).hash, latest, "the same");
    }

    function test_a_claim_under_an_older_anchor_is_refused() public {
        Claim memory c = claim();
        setTrue(c);
        bytes32 latest = publishAnchor(holdings(2, NOW));
        refused(c, abi.encodeWithSelector(CollateralAttestations.AnchorNotLatest.selector, latest, c.anchor));
    }

    function test_another_market_beneficiary_or_chain_is_refused() public {
        HoldingsStatement memory h = holdings(2, NOW);
        h.marketId = bytes32(uint256(1));
        refusedField(h, "marketId");
        h = holdings(2, NOW);
        h.beneficiary = address(1);
        refusedField(h, "beneficiary");
        h.beneficiary = address(0);
        h.beneficiaryChainId = 0;
        refusedField(h, "beneficiary");
        h = holdings(2, NOW);
        h.beneficiaryChainId += 1;
        refusedField(h, "beneficiaryChainId");
    }

    function test_a_statement_from_the_future_or_without_duration_is_refused() public {
        HoldingsStatement memory h = holdings(2, NOW + 1);
        bytes memory reason = abi.encodeWithSelector(Anchors.StatementTimes.selector, NOW + 1, h.expiry);
        refusedAnchor(h, signedBy(0, 1, Holdings.hash(h)), reason);
        h = holdings(2, NOW);
        h.expiry = uint64(NOW - 1);
        reason = abi.encodeWithSelector(Anchors.StatementTimes.selector, NOW, NOW - 1);
        refusedAnchor(h, signedBy(0, 1, Holdings.hash(h)), reason);
    }

    function test_too_few_repeated_or_foreign_signers_are_refused() public {
        HoldingsStatement memory h = holdings(2, NOW);
        bytes32 hash = Holdings.hash(h);
        Signed[] memory one = new Signed[](1);
        one[0] = sign(keys[0], hash);
        refusedAnchor(h, one, abi.encodeWithSelector(Anchors.TooFewSignatures.selector, 2, 1));
        refusedAnchor(h, new Signed[](0), abi.encodeWithSelector(Anchors.TooFewSignatures.selector, 2, 0));
        refusedAnchor(
            h, signedBy(0, 0, hash), abi.encodeWithSelector(Anchors.SignerNotExpected.selector, vm.addr(keys[0]))
        );
        refusedAnchor(
            h, signedBy(1, 0, hash), abi.encodeWithSelector(Anchors.SignerNotExpected.selector, vm.addr(keys[0]))
        );
        Signed[] memory foreign = signedBy(0, 1, hash);
        foreign[1] = sign(0xbad, hash);
        refusedAnchor(h, foreign, abi.encodeWithSelector(Anchors.SignerNotExpected.selector, vm.addr(0xbad)));
    }

    function test_signatures_have_one_spelling() public {
        HoldingsStatement memory h = holdings(2, NOW);
        bytes32 hash = Holdings.hash(h);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[1], Holdings.digest(hash));
        bytes[5] memory spellings = [
            abi.encodePacked(r, bytes32(ORDER - uint256(s)), v == 27 ? 28 : 27),
            abi.encodePacked(r, s, v - 27),
            abi.encodePacked(r, s),
            abi.encodePacked(r, s, v, uint8(0)),
            abi.encodePacked(r, bytes32(uint256(s) | uint256(v - 27) << 255))
        ];
        assertTrue(uint256(s) <= HALF_ORDER, "low");
        for (uint256 i = 0; i < spellings.length; ++i) {
            Signed[] memory signatures = signedBy(0, 1, hash);
            signatures[1].signature = spellings[i];
            refusedAnchor(h, signatures, abi.encodeWithSelector(Anchors.SignatureInvalid.selector, vm.addr(keys[1])));
        }
    }

    function test_a_signature_of_another_statement_is_refused() public {
        HoldingsStatement memory h = holdings(2, NOW);
        refusedAnchor(
            h,
            signedBy(0, 1, Holdings.hash(holdings(3, NOW))),
            abi.encodeWithSelector(Anchors.SignatureInvalid.selector, vm.addr(keys[0]))
        );
    }

    function test_an_attester_that_revokes_leaves_too_few() public {
        attest(claim());
        bytes32 hash = claim().anchor;
        vm.prank(vm.addr(keys[1]));
        registry.revokeAnchor(hash);
        assertStatus(Status.Lapsed, Reason.AnchorRevoked);
        Claim memory c = claim();
        c.validUntil += 1;
        refused(c, abi.encodeWithSelector(CollateralAttestations.AnchorIsRevoked.selector, hash));
        // The third one's signature makes two again; the withdrawn one cannot come back.
        HoldingsStatement memory h = holdings(1, NOW);
        refusedAnchor(
            h, signedBy(0, 1, hash), abi.encodeWithSelector(Anchors.SignatureRevoked.selector, vm.addr(keys[1]))
        );
        registry.publishAnchor(policyId, h, signedBy(0, 2, hash));
        assertStatus(Status.Healthy, Reason.None);
    }

    /// @dev Nobody takes a signature from a statement by publishing it again with others.
    function test_signers_of_one_statement_add_up() public {
        HoldingsStatement memory h = holdings(1, NOW);
        bytes32 hash = Holdings.hash(h);
        registry.publishAnchor(policyId, h, signedBy(1, 2, hash));
        assertEq(registry.anchorOf(SUBJECT, policyId).signers, 7, "all three");
        attest(claim());
        vm.prank(vm.addr(keys[2]));
        registry.revokeAnchor(hash);
        assertStatus(Status.Healthy, Reason.None);
        vm.prank(vm.addr(keys[0]));
        registry.revokeAnchor(hash);
        assertStatus(Status.Lapsed, Reason.AnchorRevoked);
    }

    /// @dev A signature that nobody made recovers to the zero address.
    function test_a_revocation_by_nobody_is_none() public {
        bytes32 hash = registry.anchorOf(SUBJECT, policyId).hash;
        vm.expectRevert(abi.encodeWithSelector(Anchors.SignatureInvalid.selector, address(0)));
        registry.revokeAnchorBySignature(hash, Signed(address(0), new bytes(65)));
        assertTrue(!registry.revoked(hash, address(0)), "nobody's");
    }

    function test_a_recorded_revocation_needs_a_later_position() public {
        attest(claim());
        bytes32 hash = claim().anchor;
        vm.prank(vm.addr(keys[1]));
        registry.revokeAnchor(hash);
        registry.recordLapse(SUBJECT, policyId);
        HoldingsStatement memory h = holdings(1, NOW);
        registry.publishAnchor(policyId, h, signedBy(0, 2, hash));
        Claim memory c = claim();
        c.validUntil += 1;
        refused(c, abi.encodeWithSelector(CollateralAttestations.StatementBeforeLapse.selector, NOW, NOW));
    }

    function test_a_signed_revocation_may_be_brought_by_anyone() public {
        attest(claim());
        bytes32 hash = claim().anchor;
        Signed memory signed = sign(keys[0], Holdings.revocationHash(hash));
        Signed memory forged = sign(keys[2], Holdings.revocationHash(hash));
        forged.signer = vm.addr(keys[0]);
        vm.expectRevert(abi.encodeWithSelector(Anchors.SignatureInvalid.selector, forged.signer));
        registry.revokeAnchorBySignature(hash, forged);
        // A signature of the statement is none of its revocation.
        vm.expectRevert(abi.encodeWithSelector(Anchors.SignatureInvalid.selector, forged.signer));
        registry.revokeAnchorBySignature(hash, sign(keys[0], hash));
        registry.revokeAnchorBySignature(hash, signed);
        assertStatus(Status.Lapsed, Reason.AnchorRevoked);
    }

    function test_nobody_else_can_revoke() public {
        attest(claim());
        bytes32 hash = claim().anchor;
        vm.prank(SUBJECT);
        registry.revokeAnchor(hash);
        vm.prank(vm.addr(keys[2]));
        registry.revokeAnchor(hash);
        assertStatus(Status.Healthy, Reason.None);
    }

    /// @dev Whoever is no attester of the policy cannot supersede its anchors, also not under a policy of their own
    /// attesters over the same market.
    function test_other_attesters_do_not_touch_the_anchors() public {
        attest(claim());
        Policy memory p = thePolicy();
        p.attesters = new address[](1);
        p.attesters[0] = vm.addr(0xbad);
        p.minimumAttesters = 1;
        bytes32 other = publish(p);
        HoldingsStatement memory h = holdings(type(uint64).max, NOW);
        Signed[] memory signatures = new Signed[](1);
        signatures[0] = sign(0xbad, Holdings.hash(h));
        registry.publishAnchor(other, h, signatures);
        assertStatus(Status.Healthy, Reason.None);
        publishAnchor(holdings(2, NOW));
    }

    function test_a_contract_attests_by_erc_1271() public {
        ContractAttester attester = new ContractAttester();
        Policy memory p = thePolicy();
        p.attesters = new address[](1);
        p.attesters[0] = address(attester);
        p.minimumAttesters = 1;
        policyId = publish(p);
        HoldingsStatement memory h = holdings(1, NOW);
        Signed[] memory signatures = new Signed[](1);
        signatures[0] = Signed(address(attester), "");
        bytes memory invalid = abi.encodeWithSelector(Anchors.SignatureInvalid.selector, address(attester));
        refusedAnchor(h, signatures, invalid);
        attester.sign(Holdings.digest(Holdings.hash(h)));
        attester.setAnswer(0x1626ba7f);
        refusedAnchor(h, signatures, invalid);
        attester.setAnswer(0x1626ba7e);
        registry.publishAnchor(policyId, h, signatures);
        attest(claim());
        assertStatus(Status.Healthy, Reason.None);
    }

    /// @dev As of EIP-7702 an account with a key can have code.
    function test_a_key_whose_account_has_code_still_signs() public {
        vm.etch(vm.addr(keys[0]), hex"ef0100000000000000000000000000000000000000000a");
        publishAnchor(holdings(2, NOW));
    }

    function withRecorder() private returns (MockRecorder recorder) {
        recorder = new MockRecorder();
        Policy memory p = thePolicy();
        p.attesters = new address[](0);
        p.minimumAttesters = 0;
        p.recorder = address(recorder);
        policyId = publish(p);
    }

    function test_a_recorder_that_answers_anything_else_is_unusable() public {
        MockRecorder recorder = withRecorder();
        recorder.record(COMMITMENT, uint64(NOW));
        Claim memory c = claim();
        c.anchor = COMMITMENT;
        attest(c);
        c.validUntil += 1;
        address[4] memory others =
            [address(new ShortAnswer()), address(new WideRecorder()), address(new ReturnBomb()), address(0xe0a)];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.etch(address(recorder), others[i].code);
            assertStatus(Status.Unknown, Reason.RecorderUnusable);
            refused(c, abi.encodeWithSelector(CollateralAttestations.RecorderDoesNotAnswer.selector, recorder));
        }
        // One that burns all gas that it is given leaves the rest to whoever asks.
        vm.etch(address(recorder), address(new GasBurner()).code);
        uint256 before = gasleft();
        assertTrue(registry.status{gas: 10_000_000}(SUBJECT, policyId) == Status.Unknown, "unknown");
        assertTrue(before - gasleft() < 500_000, "gas");
        // And whoever asks cannot make one fail that would answer.
        vm.etch(address(recorder), address(new MockRecorder()).code);
        assertStatus(Status.Healthy, Reason.None);
        vm.expectRevert(abi.encodeWithSelector(BoundedCall.GasTooLow.selector));
        registry.status{gas: 200_000}(SUBJECT, policyId);
    }

    function test_a_recorder_binds_what_it_records_now() public {
        MockRecorder recorder = withRecorder();
        HoldingsStatement memory h = holdings(1, NOW);
        refusedAnchor(h, new Signed[](0), abi.encodeWithSelector(Anchors.NoAttesters.selector, policyId));

        Claim memory c = claim();
        c.anchor = 0;
        refused(c, abi.encodeWithSelector(CollateralAttestations.AnchorNotLatest.selector, 0, 0));
        recorder.record(COMMITMENT, uint64(NOW + 1));
        c.anchor = COMMITMENT;
        refused(c, abi.encodeWithSelector(CollateralAttestations.NotYet.selector, NOW + 1));
        recorder.record(COMMITMENT, uint64(NOW));
        attest(c);
        assertStatus(Status.Healthy, Reason.None);
        recorder.setBroken(true);
        assertStatus(Status.Unknown, Reason.RecorderUnusable);
        c.validUntil += 1;
        refused(c, abi.encodeWithSelector(CollateralAttestations.RecorderDoesNotAnswer.selector, recorder));
        recorder.setBroken(false);
        recorder.record(bytes32(uint256(1)), uint64(NOW));
        assertStatus(Status.Lapsed, Reason.AnchorSuperseded);
        refused(c, abi.encodeWithSelector(CollateralAttestations.AnchorNotLatest.selector, uint256(1), COMMITMENT));
    }
}
