// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity >=0.8.13;

import {IPriceBoard} from "./oracle/IPriceBoard.sol";

/// @notice What a lender may rely on. `Unknown` permits neither borrowing nor liquidation.
enum Status {
    Unknown,
    Healthy,
    Lapsed
}

/// @notice Why an attestation has lapsed, or why nothing is known.
enum Reason {
    None,
    NoAttestation,
    OracleUnusable,
    RecorderUnusable,
    PriceBeyondBound,
    Expired,
    AnchorSuperseded,
    AnchorRevoked,
    CreditNotCovered,
    PolicyRetired,
    RouteFrozen,
    RevokedBySubject
}

/// @notice What a subject claims. Everything else of the statement follows from policy, anchor and prices.
struct Claim {
    bytes32 policyId;
    // EIP-712 struct hash of the holdings statement; under a policy with a recorder, the commitment.
    bytes32 anchor;
    // The last second at which it holds.
    uint64 validUntil;
    // In the market's order, with the decimals of the policy's prices.
    uint128[] floors;
    uint128[] ceilings;
    // Index of the asset and base units; zeros where there is no credit line.
    uint8 creditAsset;
    uint128 creditAmount;
    // Who may lend against the credit line; zero where there is none. Not part of the proof: the subject sends it.
    address lender;
}

/// @notice A credit line and what was lent against it that the position does not contain yet.
struct CreditLine {
    address lender;
    uint8 asset;
    uint128 amount;
    uint128 drawn;
}

/// @title What lenders ask
interface ICollateralAttestations {
    /// @notice Whether the subject's position satisfies the policy now. Needs no new proof.
    function status(address subject, bytes32 policyId) external view returns (Status);

    /// @notice The status with its reason, since when it has lapsed for the purpose of a grace period, and the last second
    /// of that period. It begins with the recorded lapse or valid-until, whichever is earlier, and both are zero where
    /// there is neither. It ends no earlier than an hour after an outage of the prices.
    function statusInFull(address subject, bytes32 policyId)
        external
        view
        returns (Status, Reason, uint256 lapsedSince, uint256 graceUntil);

    /// @notice What may be lent.
    function creditLine(address subject, bytes32 policyId) external view returns (CreditLine memory);

    /// @notice Counts `amount` base units as lent. Only the lender that the subject named, only while Healthy at the
    /// prices that the board takes now, never beyond the line.
    function draw(address subject, bytes32 policyId, uint128 amount) external;

    /// @notice As {draw}, at the prices on the board, if they are no older than `maxAge` seconds. Borrowers choose the
    /// moment.
    function drawWithin(address subject, bytes32 policyId, uint128 amount, uint256 maxAge) external;

    /// @notice The seconds between a lapse and its consequences that the policy states.
    function gracePeriod(bytes32 policyId) external view returns (uint256);

    /// @notice The policy that follows a retired one, under which borrowers and lenders may go on; zero where none does.
    function successorOf(bytes32 policyId) external view returns (bytes32);

    /// @notice Where the policy's prices are.
    function priceBoard(bytes32 policyId) external view returns (IPriceBoard);

    /// @notice Records that an attestation has lapsed by anything but time, or that a price is beyond its bound, whatever
    /// the attestation has lapsed by. Open to anyone.
    function recordLapse(address subject, bytes32 policyId) external;
}
