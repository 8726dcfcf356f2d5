// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Claim, CreditLine, ICollateralAttestations, Reason, Status} from "./ICollateralAttestations.sol";
import {Bounds} from "./lib/Bounds.sol";
import {HoldingsStatement, Signed} from "./lib/Holdings.sol";
import {Terms} from "./lib/Terms.sol";
import {BoundedCall} from "./oracle/BoundedCall.sol";
import {IPriceBoard, PackedPrice} from "./oracle/IPriceBoard.sol";
import {Anchors} from "./registry/Anchors.sol";
import {Credit} from "./registry/Credit.sol";
import {Bound} from "./registry/PolicyCompiler.sol";
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
    /// @notice A statement with a higher sequence was published, which had expired.
    error AnchorIsOutdated(bytes32 hash);
    /// @notice The recorder does not answer.
    error RecorderDoesNotAnswer(address recorder);
    /// @notice The position is as of a time to come.
    error NotYet(uint256 asOf);
    /// @notice Valid-until has passed.
    error Expired(uint256 validUntil);
    /// @notice Valid-until is later than anchor and policy allow.
    error ValidTooLong(uint256 latest, uint256 found);
    /// @notice After a lapse that is on record a statement must be as of a later time.
    error StatementBeforeLapse(uint256 lapsedAt, uint256 asOf);
    /// @notice The board's prices are missing, disputed, older than the policy allows, or the sequencer is down.
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
        uint48 asOf;
        // Zero where there is no attestation.
        uint48 validUntil;
        // When a lapse was recorded; zero where none was.
        uint48 lapsedAt;
        // When a lapse was last recorded that asks for a later position, whatever was attested since; zero where none was.
        uint48 notBefore;
        Reason lapse;
        uint8 creditAsset;
        address lender;
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

    /// @dev What the prices of a board are good for.
    enum Quality {
        Unusable,
        Disputed,
        Agreed
    }

    /// @dev What is known of an attestation.
    struct Assessment {
        Status status;
        Reason reason;
        // A price is beyond its bound, whatever the reason.
        bool crossed;
        // A holdings statement with a higher sequence is known, which had expired.
        bool outdated;
    }

    /// @notice Seconds after valid-until from which an attestation has lapsed even where no price can be known.
    uint256 public constant OUTAGE_LIMIT = 30 days;
    /// @notice Seconds after a policy was retired, or its verifier frozen, in which nobody is to liquidate for that.
    uint256 public constant WINDING_DOWN_PERIOD = 7 days;
    /// @notice Seconds after an outage of the prices in which nobody is to liquidate.
    uint256 public constant RENEWAL_PERIOD = 1 hours;

    mapping(address subject => mapping(bytes32 policyId => Attestation)) private attestations;
    mapping(address subject => mapping(bytes32 policyId => uint256[16])) private boundsOf;

    constructor(address owner) Routes(owner) {}

    // ---------------------------------------------------------------------------------------------- attesting

    /// @notice Records the sender's attestation. Where the one before has expired, or lapsed on record, at prices that the
    /// board takes now.
    /// @param proof Proves the statement that {publicInputs} gives for the sender and the claim.
    /// @return statement Names the statement, whatever the bytes of its proof.
    function attest(Claim calldata claim, bytes calldata proof) public returns (bytes32 statement) {
        Attestation storage a = attestations[msg.sender][claim.policyId];
        if (a.validUntil != 0 && (a.lapsedAt != 0 || block.timestamp > a.validUntil)) {
            priceBoard(claim.policyId).refreshAll();
        }
        Evaluation memory e = evaluate(msg.sender, claim);
        requireProof(e.terms.verifier, proof, e.publicInputs);
        attestations[msg.sender][claim.policyId] = Attestation({
            asOf: uint48(e.asOf),
            validUntil: uint48(claim.validUntil),
            lapsedAt: 0,
            notBefore: a.notBefore,
            lapse: Reason.None,
            creditAsset: claim.creditAsset,
            lender: claim.lender,
            creditAmount: claim.creditAmount,
            anchor: claim.anchor
        });
        uint256[16] storage kept = boundsOf[msg.sender][claim.policyId];
        for (uint256 i = 0; i < e.bounds.length; ++i) {
            kept[i] = e.bounds[i];
        }
        emit Attested(msg.sender, claim.policyId, e.statement, e.asOf, claim);
        return e.statement;
    }

    /// @notice {publishAnchor} and {attest} in one call, so that between the two nothing has lapsed.
    function publishAndAttest(
        HoldingsStatement calldata holdings,
        Signed[] calldata signatures,
        Claim calldata claim,
        bytes calldata proof
    ) external returns (bytes32) {
        publishAnchor(claim.policyId, holdings, signatures);
        return attest(claim, proof);
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
        if (a.validUntil == 0) revert NoAttestation();
        record(a, msg.sender, policyId, Reason.RevokedBySubject);
    }

    // ---------------------------------------------------------------------------------------------- asking

    /// @inheritdoc ICollateralAttestations
    function status(address subject, bytes32 policyId) external view returns (Status) {
        return assess(subject, policyId).status;
    }

    /// @inheritdoc ICollateralAttestations
    function statusInFull(address subject, bytes32 policyId)
        external
        view
        returns (Status found, Reason reason, uint256 lapsedSince, uint256 graceUntil)
    {
        Assessment memory assessment = assess(subject, policyId);
        (found, reason) = (assessment.status, assessment.reason);
        Attestation storage a = attestations[subject][policyId];
        lapsedSince = a.lapsedAt;
        uint256 validUntil = a.validUntil;
        if (block.timestamp > validUntil && (lapsedSince == 0 || validUntil < lapsedSince)) lapsedSince = validUntil;
        if (lapsedSince == 0) return (found, reason, 0, 0);
        graceUntil = lapsedSince + gracePeriod(policyId);
        if (reason != Reason.PriceBeyondBound) graceUntil = Math.max(graceUntil, windingDownUntil(policyId));
        (bool ok, uint256[5] memory words) =
            BoundedCall.read(address(priceBoard(policyId)), abi.encodeCall(IPriceBoard.resumedAt, ()), 1);
        if (ok && words[0] <= block.timestamp && words[0] != 0 && words[0] + RENEWAL_PERIOD > graceUntil) {
            graceUntil = words[0] + RENEWAL_PERIOD;
        }
    }

    /// @inheritdoc ICollateralAttestations
    function creditLine(address subject, bytes32 policyId) external view returns (CreditLine memory) {
        Attestation storage a = attestations[subject][policyId];
        uint128 drawn = drawnAfter(draws[subject], a.asOf);
        return CreditLine({lender: a.lender, asset: a.creditAsset, amount: a.creditAmount, drawn: drawn});
    }

    /// @inheritdoc ICollateralAttestations
    function gracePeriod(bytes32 policyId) public view returns (uint256) {
        return termsOf(policyId).gracePeriod;
    }

    /// @inheritdoc ICollateralAttestations
    function successorOf(bytes32 policyId) external view returns (bytes32) {
        return successors[policyId];
    }

    /// @inheritdoc ICollateralAttestations
    function priceBoard(bytes32 policyId) public view returns (IPriceBoard) {
        return IPriceBoard(termsOf(policyId).priceBoard);
    }

    /// @notice The attestation on record, whatever its status, and its bounds as they are kept, see {Bounds}. The terms of
    /// the policy say of how many assets.
    function attestationOf(address subject, bytes32 policyId)
        external
        view
        returns (Attestation memory attestation, uint256[] memory bounds)
    {
        attestation = attestations[subject][policyId];
        if (attestation.validUntil != 0) bounds = loadBounds(subject, policyId, termsOf(policyId).assets.length);
    }

    // ---------------------------------------------------------------------------------------------- changing

    /// @inheritdoc ICollateralAttestations
    /// @dev Time needs no record: the grace period of what expires runs from valid-until. A crossing is recorded whatever
    /// else has lapsed, and again when the grace period after the last record is over: until then nobody can make a
    /// statement that answers it worthless.
    function recordLapse(address subject, bytes32 policyId) external {
        Attestation storage a = attestations[subject][policyId];
        Assessment memory found = assess(subject, policyId);
        bool again = a.lapsedAt != 0 && a.lapse == Reason.PriceBeyondBound;
        if (found.crossed && !(again && block.timestamp <= a.notBefore + gracePeriod(policyId))) {
            record(a, subject, policyId, Reason.PriceBeyondBound);
        } else if (found.status != Status.Lapsed || found.reason == Reason.Expired || a.lapsedAt != 0) {
            revert NoLapse(found.status, found.reason);
        } else {
            record(a, subject, policyId, found.reason);
        }
    }

    /// @dev The grace period runs from the first record. A newer anchor, or a greater line, is the cure of two reasons; any
    /// other asks for a later position, so that no proof made before it can end it.
    function record(Attestation storage a, address subject, bytes32 policyId, Reason reason) private {
        if (a.lapsedAt == 0) a.lapsedAt = uint48(block.timestamp);
        bool cured = reason == Reason.AnchorSuperseded || reason == Reason.CreditNotCovered;
        if (!cured) a.notBefore = uint48(block.timestamp);
        a.lapse = reason;
        emit LapseRecorded(subject, policyId, reason);
    }

    /// @inheritdoc ICollateralAttestations
    function draw(address subject, bytes32 policyId, uint128 amount) external {
        priceBoard(policyId).refreshAll();
        drawWithin(subject, policyId, amount, 0);
    }

    /// @inheritdoc ICollateralAttestations
    function drawWithin(address subject, bytes32 policyId, uint128 amount, uint256 maxAge) public {
        Assessment memory found = assessWithin(subject, policyId, maxAge);
        if (found.status != Status.Healthy) revert NotHealthy(found.status, found.reason);
        Attestation storage a = attestations[subject][policyId];
        if (msg.sender != a.lender) revert NotLender(a.lender);
        if (found.outdated) revert AnchorIsOutdated(a.anchor);
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

    function assess(address subject, bytes32 policyId) private view returns (Assessment memory) {
        return assessWithin(subject, policyId, type(uint256).max);
    }

    /// @dev At prices that are no older than the policy and `maxAge` permit. Facts that no fresh attestation could cure come
    /// first, then whether the prices can be known at all: while they cannot, nothing is known that anyone could act on, but
    /// for what ended long ago. A price beyond its bound comes before what a newer anchor cures, so that it is the reason on
    /// record.
    function assessWithin(address subject, bytes32 policyId, uint256 maxAge)
        private
        view
        returns (Assessment memory found)
    {
        Attestation storage a = attestations[subject][policyId];
        if (a.validUntil == 0) return known(Status.Unknown, Reason.NoAttestation);
        Terms memory terms = termsOf(policyId);
        Reason ended = policies[policyId].retired
            ? Reason.PolicyRetired
            : routes[terms.verifier].frozen ? Reason.RouteFrozen : Reason.None;
        if (maxAge < terms.maxPriceAge) terms.maxPriceAge = maxAge;
        bool expired = block.timestamp > a.validUntil;
        (Quality quality, PackedPrice[] memory prices) = livePrices(terms);
        if (quality != Quality.Unusable) {
            (found.crossed,) = Bounds.crossed(loadBounds(subject, policyId, prices.length), prices);
        }
        bool priced = quality == Quality.Agreed || found.crossed;
        if (ended == Reason.None && !priced && block.timestamp <= a.validUntil + OUTAGE_LIMIT) {
            return known(Status.Unknown, Reason.OracleUnusable);
        }
        found.status = Status.Lapsed;
        if (a.lapsedAt != 0) {
            found.reason = a.lapse;
        } else if (ended != Reason.None && !found.crossed) {
            found.reason = ended;
        } else if (expired) {
            found.reason = Reason.Expired;
        } else if (found.crossed) {
            found.reason = Reason.PriceBeyondBound;
        } else {
            Binding memory binding = bindingOf(terms, subject);
            found.outdated = binding.outdated;
            (found.status, found.reason) = assessAnchor(binding, a, subject, policyId);
        }
    }

    /// @dev What the anchor, and what was lent, say of an attestation that is otherwise good.
    function assessAnchor(Binding memory binding, Attestation storage a, address subject, bytes32 policyId)
        private
        view
        returns (Status, Reason)
    {
        if (binding.unusable) return (Status.Unknown, Reason.RecorderUnusable);
        if (binding.id != a.anchor) return (Status.Lapsed, Reason.AnchorSuperseded);
        if (binding.revoked) return (Status.Lapsed, Reason.AnchorRevoked);
        if (!covers(draws[subject], policyId, a.asOf, a.creditAsset, a.creditAmount)) {
            return (Status.Lapsed, Reason.CreditNotCovered);
        }
        return (Status.Healthy, Reason.None);
    }

    function loadBounds(address subject, bytes32 policyId, uint256 assets)
        private
        view
        returns (uint256[] memory words)
    {
        uint256[16] storage kept = boundsOf[subject][policyId];
        words = new uint256[]((assets + 3) / 4);
        for (uint256 i = 0; i < words.length; ++i) {
            words[i] = kept[i];
        }
    }

    /// @dev Zero where neither the policy is retired nor its verifier frozen.
    function windingDownUntil(bytes32 policyId) private view returns (uint256) {
        uint256 since = Math.max(retiredAt[policyId], frozenAt[termsOf(policyId).verifier]);
        return since == 0 ? 0 : since + WINDING_DOWN_PERIOD;
    }

    function known(Status status_, Reason reason) private pure returns (Assessment memory) {
        return Assessment({status: status_, reason: reason, crossed: false, outdated: false});
    }

    /// @dev Everything about a claim but its proof, in the order: policy, anchor, times, history, bounds, prices. The same
    /// statement may be recorded again, by its subject alone: what it says is as true as the first time, whatever lapsed on
    /// record asks for a later position, and its line counts once, because draws are counted by subject.
    function evaluate(address subject, Claim calldata claim) private view returns (Evaluation memory e) {
        if (policies[claim.policyId].retired) revert PolicyIsRetired(claim.policyId);
        e.terms = termsOf(claim.policyId);
        Binding memory binding = bindingOf(e.terms, subject);
        if (binding.unusable) revert RecorderDoesNotAnswer(e.terms.recorder);
        if (binding.id != claim.anchor || binding.id == 0) revert AnchorNotLatest(binding.id, claim.anchor);
        if (binding.revoked) revert AnchorIsRevoked(binding.id);
        if (binding.outdated) revert AnchorIsOutdated(binding.id);
        e.asOf = binding.asOf;
        checkTimes(e.terms, binding, claim.validUntil);
        checkHistory(e, subject, claim);
        (e.statement, e.publicInputs, e.bounds) = compiler.derive(
            policies[claim.policyId].terms, claim, Bound(subject, binding.commitment, binding.hash, e.asOf)
        );
        (Quality quality, PackedPrice[] memory prices) = livePrices(e.terms);
        if (quality != Quality.Agreed) revert PricesUnusable();
        (bool crossed, uint256 index) = Bounds.crossed(e.bounds, prices);
        if (crossed) revert PriceBeyondBound(index);
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
        if (a.notBefore != 0 && e.asOf <= a.notBefore) revert StatementBeforeLapse(a.notBefore, e.asOf);
        Draws storage drawn = draws[subject];
        if (!covers(drawn, claim.policyId, e.asOf, claim.creditAsset, claim.creditAmount)) {
            revert DrawnCreditNotCovered(drawn.policyId, drawn.amount);
        }
    }

    /// @dev The board's prices, and what they are good for. Unusable unless all of them are there, young enough and of a live
    /// chain. Whatever the board does, such as to have no code or to answer with anything else, they are not.
    function livePrices(Terms memory terms) private view returns (Quality quality, PackedPrice[] memory list) {
        uint256 count = terms.assets.length;
        (bool ok, uint256[] memory words) =
            BoundedCall.readBoard(terms.priceBoard, abi.encodeCall(IPriceBoard.prices, ()), 3 + count);
        // Whether live, the place of the list, its length; then the list.
        if (!ok || words[0] != 1 || words[1] != 0x40 || words[2] != count) return (Quality.Unusable, list);
        assembly ("memory-safe") {
            list := add(words, 0x60)
        }
        quality = Quality.Agreed;
        for (uint256 i = 0; i < count; ++i) {
            uint256 time = list[i].refreshedAt();
            // Whatever age the policy permits, no price is one that the board never had.
            if (time == 0 || time + terms.maxPriceAge < block.timestamp) return (Quality.Unusable, list);
            if (list[i].disputed()) quality = Quality.Disputed;
        }
    }
}
