// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// @title A read of another contract that can do no harm
/// @notice Whatever the callee does, it costs at most the gas that it is given and the words that are asked for.
library BoundedCall {
    /// @notice The transaction has too little gas to tell a source that fails from one that ran out of it.
    error GasTooLow();

    /// @dev Several times what proxies of the known oracles need.
    uint256 internal constant GAS = 200_000;
    /// @dev What a price board may take: a call as above, and several times what reading its prices costs.
    uint256 internal constant BOARD_GAS = 300_000;

    /// @notice Calls `target` and returns the first `words` words, at most five.
    /// @dev Reverts rather than let whoever sends the transaction choose, by its gas, which source fails: of the gas
    /// left, 63/64 can go to the callee.
    /// @return ok Whether the call succeeded and returned that much. False where there is no code.
    function read(address target, bytes memory input, uint256 words)
        internal
        view
        returns (bool ok, uint256[5] memory result)
    {
        requireGas(GAS);
        assembly ("memory-safe") {
            ok := staticcall(GAS, target, add(input, 0x20), mload(input), result, mul(words, 0x20))
            ok := and(ok, iszero(lt(returndatasize(), mul(words, 0x20))))
        }
    }

    /// @notice As {read}, of a price board: `words` words whatever their number, with {BOARD_GAS}.
    function readBoard(address board, bytes memory input, uint256 words)
        internal
        view
        returns (bool ok, uint256[] memory result)
    {
        requireGas(BOARD_GAS);
        result = new uint256[](words);
        assembly ("memory-safe") {
            let size := mul(words, 0x20)
            ok := staticcall(BOARD_GAS, board, add(input, 0x20), mload(input), add(result, 0x20), size)
            ok := and(ok, iszero(lt(returndatasize(), size)))
        }
    }

    /// @dev A callee that runs out of gas must have had all of it.
    function requireGas(uint256 gas) private view {
        if (gasleft() < gas + gas / 32) revert GasTooLow();
    }
}
