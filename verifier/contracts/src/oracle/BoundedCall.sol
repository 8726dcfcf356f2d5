// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// @title A read of another contract that can do no harm
/// @notice Whatever the callee does, it costs at most {GAS} and five words of memory.
library BoundedCall {
    /// @notice The transaction has too little gas to tell a source that fails from one that ran out of it.
    error GasTooLow();

    /// @dev Several times what proxies of the known oracles need.
    uint256 internal constant GAS = 200_000;

    /// @notice Calls `target` and returns the first `words` words, at most five.
    /// @dev Reverts rather than let whoever sends the transaction choose, by its gas, which source fails: of the gas
    /// left, 63/64 can go to the callee.
    /// @return ok Whether the call succeeded and returned that much. False where there is no code.
    function read(address target, bytes memory input, uint256 words)
        internal
        view
        returns (bool ok, uint256[5] memory result)
    {
        if (gasleft() < GAS + GAS / 32) revert GasTooLow();
        assembly ("memory-safe") {
            ok := staticcall(GAS, target, add(input, 0x20), mload(input), result, mul(words, 0x20))
            ok := and(ok, iszero(lt(returndatasize(), mul(words, 0x20))))
        }
    }
}
