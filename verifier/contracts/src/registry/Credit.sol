// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {PolicyBook} from "./PolicyBook.sol";

/// @title What was lent after the positions were committed
/// @notice A loan is not in a position as of an earlier time, so an attestation covers it by its credit line; it is in
/// every position as of a later time, which the attesters vouch for. One account for a subject, whatever the market, the
/// policy and the lender, so that no collateral gives credit twice: markets may have assets in common.
abstract contract Credit is PolicyBook {
    /// @notice A lender has lent against an attestation; `drawn` is what its credit line now covers in all.
    event CreditDrawn(
        address indexed subject, bytes32 indexed policyId, address indexed lender, uint128 amount, uint128 drawn
    );

    /// @notice Only the lender that the subject named may lend.
    error NotLender(address lender);
    /// @notice Nothing, or more than is left of the credit line.
    error CreditExceeded(uint256 left, uint256 asked);
    /// @notice What was lent after the statement's as-of is more than its credit line, in another asset, under another
    /// policy, or not known in full.
    error DrawnCreditNotCovered(bytes32 policyId, uint256 drawn);

    struct Draws {
        bytes32 policyId;
        uint128 amount;
        // As-of of the attestation that it was first lent against: `amount` is all that was lent from then on.
        uint48 since;
        // When something was last lent.
        uint48 last;
        uint8 asset;
    }

    /// @notice What was lent to each subject and may not be in its position yet.
    mapping(address subject => Draws) public draws;

    /// @dev Whether a statement as of `asOf` with this credit line covers all that was lent and is not in its position.
    function covers(Draws storage drawn, bytes32 policyId, uint256 asOf, uint8 asset, uint128 line)
        internal
        view
        returns (bool)
    {
        if (drawn.amount == 0 || asOf > drawn.last) return true;
        // Of what was lent before `since` nothing is known any more; a position as of then may lack it.
        bool same = drawn.asset == asset && follows(policyId, drawn.policyId);
        return asOf >= drawn.since && same && drawn.amount <= line;
    }

    /// @dev Of all that was lent, what is not in a position as of `asOf`.
    function drawnAfter(Draws storage drawn, uint256 asOf) internal view returns (uint128) {
        return asOf > drawn.last ? 0 : drawn.amount;
    }
}
