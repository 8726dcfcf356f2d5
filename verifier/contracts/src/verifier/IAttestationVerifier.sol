// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity >=0.8.13;

/// @title Verifier of the proofs in attestations
/// @notice A statement is verified by its public inputs: those of `solvency/v1` in the order
/// `C, context, m, w_0 … w_{s−1}, v_0 … v_{s−1}` for the size `s` of its key, 8, 16, 32 or 64 assets; those of `covenants/v1`
/// in the order `C_1 … C_m, context, c_1 … c_R, A_11 … A_RW` for the shape of its key. Whoever calls computes them; public
/// inputs that came with a proof say nothing.
interface IAttestationVerifier {
    /// @notice Whether `proof` proves the statement with these public inputs.
    /// @dev Never reverts for what is in the arguments: whatever is not one proof in its one encoding, of 1,152 bytes for
    /// `solvency/v1` and 1,280 for `covenants/v1`, and the key's number of public inputs within their widths is false. With
    /// too little gas it reverts, and is never false. Check that the address has code before you trust an answer.
    /// @param proof Points uncompressed, words big-endian.
    /// @param publicInputs `C < r`, `context < 2^253`; `m < 2^240`, `w_i, v_i < 2^120`; `|c| < 2^240`, `|A| < 2^120`, a
    /// negative value as the order of the group less its absolute value.
    function verify(bytes calldata proof, uint256[] calldata publicInputs) external view returns (bool);

    /// @notice Whether every one of `proofs` proves the statement with the public inputs of the same index, by one
    /// pairing check. False for no proofs at all and for arrays of unequal lengths.
    /// @dev Which proof failed is not known; verify them one by one to find out.
    function verifyBatch(bytes[] calldata proofs, uint256[][] calldata publicInputs) external view returns (bool);
}
