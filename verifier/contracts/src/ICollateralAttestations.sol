// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

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

    /// @notice The status with its reason, and since when it has lapsed for the purpose of a grace period: the recorded
    /// lapse or valid-until, whichever is earlier; zero where there is neither.
    function statusInFull(address subject, bytes32 policyId) external view returns (Status, Reason, uint256 lapsedSince);

    /// @notice What may be lent.
    function creditLine(address subject, bytes32 policyId) external view returns (CreditLine memory);

    /// @notice Counts `amount` base units as lent. Only the lender that the subject named, only while Healthy, never
    /// beyond the line.
    function draw(address subject, bytes32 policyId, uint128 amount) external;

    /// @notice The seconds between a lapse and its consequences that the policy states.
    function gracePeriod(bytes32 policyId) external view returns (uint256);

    /// @notice Where the policy's prices are. A lender refreshes it before it lends: until then they may be as old as the
    /// policy's `maxPriceAge`.
    function priceBoard(bytes32 policyId) external view returns (IPriceBoard);

    /// @notice Records that an attestation has lapsed by anything but time. Open to anyone.
    function recordLapse(address subject, bytes32 policyId) external;
}
