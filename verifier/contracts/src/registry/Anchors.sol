// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ICommitmentRecorder} from "../ICommitmentRecorder.sol";
import {Holdings, HoldingsStatement, Signed} from "../lib/Holdings.sol";
import {Terms} from "../lib/Terms.sol";
import {BoundedCall} from "../oracle/BoundedCall.sol";
import {PolicyBook} from "./PolicyBook.sol";

/// @title What binds commitments to reality
/// @notice Attesters sign holdings statements whose beneficiary is this registry. Anyone may publish a newer one, and
/// only the newest of a subject counts. An attester may withdraw its signature.
/// @dev Statements are kept apart by the set of attesters that a policy names: what others sign changes nothing.
abstract contract Anchors is PolicyBook {
    using Holdings for HoldingsStatement;

    /// @notice A statement is now the newest of its subject, or has more signers than before.
    event AnchorPublished(
        bytes32 indexed attesterSet,
        address indexed subject,
        bytes32 indexed hash,
        HoldingsStatement statement,
        uint256 signers
    );
    /// @notice A statement had expired when it was published: it is not the newest, and its sequence is the highest.
    event AnchorOutlived(
        bytes32 indexed attesterSet, address indexed subject, bytes32 indexed hash, HoldingsStatement statement
    );
    /// @notice An attester withdrew its signature from a statement, published or not.
    event AnchorRevoked(bytes32 indexed hash, address indexed attester);

    /// @notice The policy names a recorder and no attesters.
    error NoAttesters(bytes32 policyId);
    /// @notice The statement is about another market, or for another beneficiary or chain.
    error OtherStatement(string field);
    /// @notice The statement is as of a time to come, or expires before it begins.
    error StatementTimes(uint256 asOf, uint256 expiry);
    /// @notice A statement with a higher sequence was published.
    error AnchorOutdated(uint256 latest, uint256 found);
    /// @notice Another statement with the same sequence was published.
    error AnchorEquivocal(bytes32 latest, bytes32 found);
    /// @notice Fewer attesters than the policy needs have signed.
    error TooFewSignatures(uint256 needed, uint256 found);
    /// @notice The signer is not an attester of the policy, or signers do not ascend.
    error SignerNotExpected(address signer);
    /// @notice The signature is not the signer's.
    error SignatureInvalid(address signer);
    /// @notice The attester has withdrawn its signature from the statement.
    error SignatureRevoked(address signer);

    struct Anchor {
        bytes32 hash;
        bytes32 commitment;
        uint48 asOf;
        uint64 sequence;
        // At most 2^48 − 1.
        uint48 expiry;
        // Bit i: the attester at index i has signed.
        uint32 signers;
        // The highest sequence that was seen, also of a statement that had expired.
        uint64 highest;
    }

    /// @dev What a commitment is bound by at this moment.
    struct Binding {
        // Struct hash of the newest statement, or the recorded commitment; zero where there is none.
        bytes32 id;
        // For the context: the struct hash, zero under a recorder.
        bytes32 hash;
        bytes32 commitment;
        uint256 asOf;
        uint256 expiry;
        bool revoked;
        // A statement with a higher sequence is known, which had expired.
        bool outdated;
        // The recorder did not answer, or with no such pair.
        bool unusable;
    }

    mapping(bytes32 attesterSet => mapping(bytes32 marketId => mapping(address subject => Anchor))) private anchors;

    /// @notice Whether an attester has withdrawn its signature from a statement.
    mapping(bytes32 hash => mapping(address attester => bool)) public revoked;

    /// @notice Makes a statement the newest of its subject, for all policies with the same attesters and market. Open to
    /// anyone. The newest again, with other signers, adds these. One that has expired supersedes nothing: what was attested
    /// before stands, and nothing can be attested or lent any more under one with a lower sequence.
    /// @param signatures At least the policy's minimum, in ascending order of the signers' addresses.
    function publishAnchor(bytes32 policyId, HoldingsStatement calldata statement, Signed[] calldata signatures)
        public
    {
        Terms memory terms = termsOf(policyId);
        if (terms.attesters.length == 0) revert NoAttesters(policyId);
        if (statement.marketId != terms.market) revert OtherStatement("marketId");
        if (statement.beneficiary != address(this)) revert OtherStatement("beneficiary");
        if (statement.beneficiaryChainId != block.chainid) revert OtherStatement("beneficiaryChainId");
        if (statement.asOf > block.timestamp || statement.expiry < statement.asOf) {
            revert StatementTimes(statement.asOf, statement.expiry);
        }
        bytes32 hash = statement.hash();
        Anchor storage latest = anchors[terms.attesterSet][terms.market][statement.subject];
        uint32 signers = signersOf(terms, hash, signatures);
        if (latest.hash == hash) {
            signers |= latest.signers;
        } else if (latest.hash != 0) {
            if (statement.sequence == latest.sequence) revert AnchorEquivocal(latest.hash, hash);
            if (statement.sequence <= latest.highest) revert AnchorOutdated(latest.highest, statement.sequence);
        }
        uint256 count = countSigners(terms, hash, signers);
        if (count < terms.minimumAttesters) revert TooFewSignatures(terms.minimumAttesters, count);
        if (block.timestamp > statement.expiry && latest.hash != hash && latest.hash != 0) {
            latest.highest = statement.sequence;
            emit AnchorOutlived(terms.attesterSet, statement.subject, hash, statement);
            return;
        }
        anchors[terms.attesterSet][terms.market][statement.subject] = Anchor({
            hash: hash,
            commitment: statement.commitment,
            asOf: uint48(statement.asOf),
            sequence: statement.sequence,
            expiry: uint48(Math.min(statement.expiry, type(uint48).max)),
            signers: signers,
            highest: latest.hash == hash ? latest.highest : statement.sequence
        });
        emit AnchorPublished(terms.attesterSet, statement.subject, hash, statement, signers);
    }

    /// @notice Withdraws the sender's signature, given or not, from the statement with this struct hash, for ever.
    function revokeAnchor(bytes32 hash) external {
        revoke(hash, msg.sender);
    }

    /// @notice As {revokeAnchor}, by the attester's EIP-712 signature of `Revocation(bytes32 statement)`. Open to anyone.
    function revokeAnchorBySignature(bytes32 hash, Signed calldata signed) external {
        if (!Holdings.isSignedBy(signed.signer, Holdings.revocationHash(hash), signed.signature)) {
            revert SignatureInvalid(signed.signer);
        }
        revoke(hash, signed.signer);
    }

    /// @notice The newest statement about a subject under the attesters of a policy; zero throughout where there is none.
    function anchorOf(address subject, bytes32 policyId) external view returns (Anchor memory) {
        Terms memory terms = termsOf(policyId);
        return anchors[terms.attesterSet][terms.market][subject];
    }

    /// @dev What binds the subject's commitment under these terms now.
    function bindingOf(Terms memory terms, address subject) internal view returns (Binding memory binding) {
        if (terms.recorder != address(0)) return recordedBinding(terms, subject);
        Anchor memory anchor = anchors[terms.attesterSet][terms.market][subject];
        binding.id = anchor.hash;
        binding.hash = anchor.hash;
        binding.commitment = anchor.commitment;
        binding.asOf = anchor.asOf;
        binding.expiry = anchor.expiry;
        binding.outdated = anchor.highest > anchor.sequence;
        binding.revoked = countSigners(terms, anchor.hash, anchor.signers) < terms.minimumAttesters;
    }

    function recordedBinding(Terms memory terms, address subject) private view returns (Binding memory binding) {
        (bool ok, uint256[5] memory words) = BoundedCall.read(
            terms.recorder, abi.encodeCall(ICommitmentRecorder.commitmentOf, (subject, terms.market)), 2
        );
        binding.unusable = !ok || words[1] > type(uint64).max;
        if (binding.unusable) return binding;
        binding.id = bytes32(words[0]);
        binding.commitment = binding.id;
        binding.asOf = words[1];
        binding.expiry = type(uint64).max;
    }

    /// @dev The set of those who signed, every one an attester with a signature that is valid and not withdrawn.
    function signersOf(Terms memory terms, bytes32 hash, Signed[] calldata signatures)
        private
        view
        returns (uint32 set)
    {
        uint256 index = 0;
        for (uint256 i = 0; i < signatures.length; ++i) {
            address signer = signatures[i].signer;
            // Both lists ascend, so what was passed over cannot come again.
            while (index < terms.attesters.length && terms.attesters[index] != signer) ++index;
            if (index == terms.attesters.length) revert SignerNotExpected(signer);
            if (revoked[hash][signer]) revert SignatureRevoked(signer);
            if (!Holdings.isSignedBy(signer, hash, signatures[i].signature)) revert SignatureInvalid(signer);
            set |= uint32(1) << uint32(index);
            ++index;
        }
    }

    /// @dev How many of the set have not withdrawn.
    function countSigners(Terms memory terms, bytes32 hash, uint32 set) private view returns (uint256 count) {
        for (uint256 i = 0; i < terms.attesters.length; ++i) {
            if (set >> i & 1 == 1 && !revoked[hash][terms.attesters[i]]) ++count;
        }
    }

    function revoke(bytes32 hash, address attester) private {
        revoked[hash][attester] = true;
        emit AnchorRevoked(hash, attester);
    }
}
