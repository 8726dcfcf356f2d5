// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Claim, CreditLine, ICollateralAttestations, Reason, Status} from "./ICollateralAttestations.sol";
import {Bounds} from "./lib/Bounds.sol";
import {ContextFields, Statements} from "./lib/Statements.sol";
import {Terms} from "./lib/Terms.sol";
import {WeightVector, Weights} from "./lib/Weights.sol";
import {BoundedCall} from "./oracle/BoundedCall.sol";
import {IPriceBoard, PackedPrice} from "./oracle/IPriceBoard.sol";
import {Anchors} from "./registry/Anchors.sol";
import {Credit} from "./registry/Credit.sol";
import {Routes} from "./registry/Routes.sol";

/// @title Registry of attestations that positions are over-collateralised
/// @notice A subject proves once that its committed position satisfies a policy at bounds around today's prices. From
/// then on anyone can ask for its status, which follows from live prices, the bounds, times and anchors, with no new
/// proof.
/// @dev Every public input is computed here. Nothing of a statement is taken from the proof, and nobody but its subject
/// can record it. States and transitions: `docs/`, page "Registry".
contract CollateralAttestations is ICollateralAttestations, Anchors, Credit {
    /// @notice A subject's attestation under a policy was recorded, in place of any before it.
    event Attested(
        address indexed subject, bytes32 indexed policyId, bytes32 indexed statement, uint256 asOf, Claim claim
    );
    /// @notice An attestation has lapsed and stays so until a fresh one is recorded.
    event LapseRecorded(address indexed subject, bytes32 indexed policyId, Reason reason);

    /// @notice The statement's anchor is not the newest one of its subject; `latest` is zero where there is none.
    error AnchorNotLatest(bytes32 latest, bytes32 found);
    /// @notice Attesters have withdrawn, so that too few remain.
    error AnchorIsRevoked(bytes32 hash);
    /// @notice The recorder does not answer.
    error RecorderDoesNotAnswer(address recorder);
    /// @notice The position is as of a time to come.
    error NotYet(uint256 asOf);
    /// @notice Valid-until has passed.
    error Expired(uint256 validUntil);
    /// @notice Valid-until is later than anchor and policy allow.
    error ValidTooLong(uint256 latest, uint256 found);
    /// @notice The statement was recorded before. A proof is good for one record.
    error StatementUsed(bytes32 statement);
    /// @notice After a recorded lapse a statement must be as of a later time.
    error StatementBeforeLapse(uint256 lapsedAt, uint256 asOf);
    /// @notice The board's prices are missing, older than the policy allows, or the sequencer is down.
    error PricesUnusable();
    /// @notice The price of the asset at `index` is beyond a bound.
    error PriceBeyondBound(uint256 index);
    /// @notice A credit line and a lender come together or not at all.
    error LenderMismatch();
    /// @notice There is no attestation.
    error NoAttestation();
    /// @notice There is no lapse that could be recorded.
    error NoLapse(Status status, Reason reason);
    /// @notice Only an attestation that is Healthy can be lent against.
    error NotHealthy(Status status, Reason reason);

    /// @notice An attestation on record.
    struct Attestation {
        // Data contract with the bounds; zero where there is no attestation.
        address bounds;
        uint48 asOf;
        uint48 validUntil;
        address lender;
        // When a lapse was recorded; zero where none was.
        uint48 lapsedAt;
        Reason lapse;
        uint8 creditAsset;
        uint128 creditAmount;
        // Id of the binding, see {Claim-anchor}.
        bytes32 anchor;
    }

    /// @dev All that follows from a claim: what is recorded, and what must be proven.
    struct Evaluation {
        Terms terms;
        bytes32 statement;
        uint256 asOf;
        uint256[] publicInputs;
        uint256[] bounds;
    }

    mapping(address subject => mapping(bytes32 policyId => Attestation)) private attestations;

    /// @notice Statements that were recorded.
    mapping(bytes32 statement => bool) public used;

    constructor(address owner) Routes(owner) {}

    // ---------------------------------------------------------------------------------------------- attesting

    /// @notice Records the sender's attestation.
    /// @param proof Proves the statement that {publicInputs} gives for the sender and the claim.
    /// @return statement Names the statement, whatever the bytes of its proof.
    function attest(Claim calldata claim, bytes calldata proof) external returns (bytes32 statement) {
        Evaluation memory e = evaluate(msg.sender, claim);
        requireProof(e.terms.verifier, proof, e.publicInputs);
        used[e.statement] = true;
        attestations[msg.sender][claim.policyId] = Attestation({
            bounds: Bounds.store(e.bounds),
            asOf: uint48(e.asOf),
            validUntil: uint48(claim.validUntil),
            lender: claim.lender,
            lapsedAt: 0,
            lapse: Reason.None,
            creditAsset: claim.creditAsset,
            creditAmount: claim.creditAmount,
            anchor: claim.anchor
        });
        emit Attested(msg.sender, claim.policyId, e.statement, e.asOf, claim);
        return e.statement;
    }

    /// @notice What {attest} would do for `subject` now: returns the statement's id, or reverts as it would.
    function preview(address subject, Claim calldata claim, bytes calldata proof) external view returns (bytes32) {
        Evaluation memory e = evaluate(subject, claim);
        requireProof(e.terms.verifier, proof, e.publicInputs);
        return e.statement;
    }

    /// @notice The public inputs that a proof of the claim must have, in the verifier's order. Reverts where no proof
    /// would help.
    function publicInputs(address subject, Claim calldata claim) external view returns (uint256[] memory) {
        return evaluate(subject, claim).publicInputs;
    }

    /// @notice Ends the sender's attestation. It counts as a recorded lapse.
    function revoke(bytes32 policyId) external {
        Attestation storage a = attestations[msg.sender][policyId];
        if (a.bounds == address(0)) revert NoAttestation();
        if (a.lapsedAt == 0) a.lapsedAt = uint48(block.timestamp);
        a.lapse = Reason.RevokedBySubject;
        emit LapseRecorded(msg.sender, policyId, Reason.RevokedBySubject);
    }

    // ---------------------------------------------------------------------------------------------- asking

    /// @inheritdoc ICollateralAttestations
    function status(address subject, bytes32 policyId) external view returns (Status found) {
        (found,) = assess(subject, policyId);
    }

    /// @inheritdoc ICollateralAttestations
    function statusInFull(address subject, bytes32 policyId)
        external
        view
        returns (Status found, Reason reason, uint256 lapsedSince)
    {
        (found, reason) = assess(subject, policyId);
        Attestation storage a = attestations[subject][policyId];
        lapsedSince = a.lapsedAt;
        uint256 validUntil = a.validUntil;
        if (block.timestamp > validUntil && (lapsedSince == 0 || validUntil < lapsedSince)) lapsedSince = validUntil;
    }

    /// @inheritdoc ICollateralAttestations
    function creditLine(address subject, bytes32 policyId) external view returns (CreditLine memory) {
        Attestation storage a = attestations[subject][policyId];
        uint128 drawn = drawnAfter(draws[subject], a.asOf);
        return CreditLine({lender: a.lender, asset: a.creditAsset, amount: a.creditAmount, drawn: drawn});
    }

    /// @inheritdoc ICollateralAttestations
    function gracePeriod(bytes32 policyId) external view returns (uint256) {
        return termsOf(policyId).gracePeriod;
    }

    /// @inheritdoc ICollateralAttestations
    function priceBoard(bytes32 policyId) external view returns (IPriceBoard) {
        return IPriceBoard(termsOf(policyId).priceBoard);
    }

    /// @notice The attestation on record, whatever its status; its bounds as words of floor and ceiling, floors of assets
    /// without collateral weight zero.
    function attestationOf(address subject, bytes32 policyId)
        external
        view
        returns (Attestation memory attestation, uint256[] memory bounds)
    {
        attestation = attestations[subject][policyId];
        if (attestation.bounds != address(0)) bounds = Bounds.load(attestation.bounds);
    }

    // ---------------------------------------------------------------------------------------------- changing

    /// @inheritdoc ICollateralAttestations
    /// @dev Time needs no record: the grace period of what expires runs from valid-until. A lapse that could be recorded
    /// after that would only make a renewal harder.
    function recordLapse(address subject, bytes32 policyId) external {
        Attestation storage a = attestations[subject][policyId];
        (Status found, Reason reason) = assess(subject, policyId);
        if (found != Status.Lapsed || reason == Reason.Expired || a.lapsedAt != 0) revert NoLapse(found, reason);
        a.lapsedAt = uint48(block.timestamp);
        a.lapse = reason;
        emit LapseRecorded(subject, policyId, reason);
    }

    /// @inheritdoc ICollateralAttestations
    function draw(address subject, bytes32 policyId, uint128 amount) external {
        (Status found, Reason reason) = assess(subject, policyId);
        if (found != Status.Healthy) revert NotHealthy(found, reason);
        Attestation storage a = attestations[subject][policyId];
        if (msg.sender != a.lender) revert NotLender(a.lender);
        Draws storage drawn = draws[subject];
        uint128 before = drawnAfter(drawn, a.asOf);
        uint128 left = a.creditAmount - before;
        if (amount == 0 || amount > left) revert CreditExceeded(left, amount);
        if (before == 0) drawn.since = a.asOf;
        drawn.policyId = policyId;
        drawn.asset = a.creditAsset;
        drawn.amount = before + amount;
        drawn.last = uint48(block.timestamp);
        emit CreditDrawn(subject, policyId, msg.sender, amount, before + amount);
    }

    // ---------------------------------------------------------------------------------------------- deciding

    /// @dev Facts that no fresh attestation could cure come first, then whether the prices can be known at all: while
    /// they cannot, nothing is known that anyone could act on. A price beyond its bound comes before what a newer anchor
    /// cures, so that it is the reason on record.
    function assess(address subject, bytes32 policyId) private view returns (Status, Reason) {
        Attestation storage a = attestations[subject][policyId];
        if (a.bounds == address(0)) return (Status.Unknown, Reason.NoAttestation);
        if (policies[policyId].retired) return (Status.Lapsed, Reason.PolicyRetired);
        Terms memory terms = termsOf(policyId);
        if (routes[terms.verifier].frozen) return (Status.Lapsed, Reason.RouteFrozen);
        (bool usable, PackedPrice[] memory prices) = livePrices(terms);
        if (!usable) return (Status.Unknown, Reason.OracleUnusable);
        if (a.lapsedAt != 0) return (Status.Lapsed, a.lapse);
        if (block.timestamp > a.validUntil) return (Status.Lapsed, Reason.Expired);
        (bool crossed,) = Bounds.crossed(Bounds.load(a.bounds), prices);
        if (crossed) return (Status.Lapsed, Reason.PriceBeyondBound);
        Binding memory binding = bindingOf(terms, subject);
        if (binding.unusable) return (Status.Unknown, Reason.RecorderUnusable);
        if (binding.id != a.anchor) return (Status.Lapsed, Reason.AnchorSuperseded);
        if (binding.revoked) return (Status.Lapsed, Reason.AnchorRevoked);
        if (!covers(draws[subject], policyId, a.asOf, a.creditAsset, a.creditAmount)) {
            return (Status.Lapsed, Reason.CreditNotCovered);
        }
        return (Status.Healthy, Reason.None);
    }

    /// @dev Everything about a claim but its proof, in the order: policy, anchor, times, credit, prices, replay.
    function evaluate(address subject, Claim calldata claim) private view returns (Evaluation memory e) {
        if (policies[claim.policyId].retired) revert PolicyIsRetired(claim.policyId);
        e.terms = termsOf(claim.policyId);
        Binding memory binding = bindingOf(e.terms, subject);
        if (binding.unusable) revert RecorderDoesNotAnswer(e.terms.recorder);
        if (binding.id != claim.anchor || binding.id == 0) revert AnchorNotLatest(binding.id, claim.anchor);
        if (binding.revoked) revert AnchorIsRevoked(binding.id);
        e.asOf = binding.asOf;
        checkTimes(e.terms, binding, claim.validUntil);
        checkHistory(e, subject, claim);
        WeightVector memory weights = Weights.derive(e.terms, claim.validUntil - e.asOf, claim.floors, claim.ceilings);
        checkPrices(e, claim, weights);
        uint256 margin = Weights.marginOf(e.terms, weights, claim.creditAsset, claim.creditAmount);
        uint256 context = contextOf(e, subject, claim, binding.hash);
        e.statement = Statements.id(context, binding.commitment);
        if (used[e.statement]) revert StatementUsed(e.statement);
        e.publicInputs = Weights.publicInputs(binding.commitment, context, margin, weights);
    }

    function checkTimes(Terms memory terms, Binding memory binding, uint256 validUntil) private view {
        if (binding.asOf > block.timestamp) revert NotYet(binding.asOf);
        if (block.timestamp > validUntil) revert Expired(validUntil);
        uint256 latest = binding.expiry;
        uint256 byAge = binding.asOf + terms.maxStatementAge;
        uint256 byValidity = block.timestamp + terms.maxValidity;
        if (byAge < latest) latest = byAge;
        if (byValidity < latest) latest = byValidity;
        if (validUntil > latest) revert ValidTooLong(latest, validUntil);
    }

    /// @dev What went before: a recorded lapse, and what was lent.
    function checkHistory(Evaluation memory e, address subject, Claim calldata claim) private view {
        if ((claim.lender == address(0)) != (claim.creditAmount == 0)) revert LenderMismatch();
        Attestation storage a = attestations[subject][claim.policyId];
        // A newer anchor, or a greater line, is the cure of these two; any other lapse asks for a later position, so that
        // no proof made before it can end it.
        bool cured = a.lapse == Reason.AnchorSuperseded || a.lapse == Reason.CreditNotCovered;
        if (!cured && a.lapsedAt != 0 && e.asOf <= a.lapsedAt) revert StatementBeforeLapse(a.lapsedAt, e.asOf);
        Draws storage drawn = draws[subject];
        if (!covers(drawn, claim.policyId, e.asOf, claim.creditAsset, claim.creditAmount)) {
            revert DrawnCreditNotCovered(drawn.policyId, drawn.amount);
        }
    }

    /// @dev Live prices must be within the bounds. A floor matters only where the collateral weight is not zero.
    function checkPrices(Evaluation memory e, Claim calldata claim, WeightVector memory weights) private view {
        e.bounds = Bounds.pack(claim.floors, claim.ceilings, weights.collateral);
        (bool usable, PackedPrice[] memory prices) = livePrices(e.terms);
        if (!usable) revert PricesUnusable();
        (bool crossed, uint256 index) = Bounds.crossed(e.bounds, prices);
        if (crossed) revert PriceBeyondBound(index);
    }

    function contextOf(Evaluation memory e, address subject, Claim calldata claim, bytes32 anchor)
        private
        view
        returns (uint256)
    {
        ContextFields memory fields = ContextFields({
            verifyingKey: e.terms.verifyingKey,
            policy: claim.policyId,
            market: e.terms.market,
            subject: subject,
            anchor: anchor,
            bounds: Statements.boundsHash(claim.floors, claim.ceilings),
            creditAsset: claim.creditAsset,
            creditAmount: claim.creditAmount,
            asOf: uint64(e.asOf),
            validUntil: claim.validUntil
        });
        return Statements.context(fields, block.chainid, address(this));
    }

    /// @dev The board's prices, and whether all of them are there, young enough and of a live chain. Whatever the board
    /// does, such as to have no code or to answer with anything else, they are not.
    function livePrices(Terms memory terms) private view returns (bool, PackedPrice[] memory list) {
        uint256 count = terms.assets.length;
        (bool ok, uint256[] memory words) =
            BoundedCall.readBoard(terms.priceBoard, abi.encodeCall(IPriceBoard.prices, ()), 3 + count);
        // Whether live, the place of the list, its length; then the list.
        if (!ok || words[0] != 1 || words[1] != 0x40 || words[2] != count) return (false, list);
        assembly ("memory-safe") {
            list := add(words, 0x60)
        }
        for (uint256 i = 0; i < count; ++i) {
            uint256 time = list[i].refreshedAt();
            // Whatever age the policy permits, no price is one that the board never had.
            if (time == 0 || time + terms.maxPriceAge < block.timestamp) return (false, list);
        }
        return (true, list);
    }
}
