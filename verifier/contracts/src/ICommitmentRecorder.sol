// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity >=0.8.13;

/// @title A contract that itself records commitments to positions
/// @notice A policy may name one instead of attesters, such as a vault that knows its own books.
/// @dev The registry gives it 200,000 gas. What was lent against the subject's attestations before `asOf` counts as owed
/// in the position: a recorder that does not learn of loans (see the registry's `draws`) must not put it after one.
interface ICommitmentRecorder {
    /// @notice The newest commitment to what `subject` holds and owes in the market.
    /// @return commitment The position commitment; zero where there is none.
    /// @return asOf When the position was as committed, in unix seconds.
    function commitmentOf(address subject, bytes32 marketId) external view returns (bytes32 commitment, uint64 asOf);
}
