// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// @title Immutable data as the code of a contract
/// @notice Reading it costs one cold account and no more, whatever its length. The first byte is `STOP`, so that
/// nobody can call it.
library DataContract {
    /// @notice The data contract could not be created.
    error DataNotStored();

    /// @dev Creation code that returns what follows it, and the leading `STOP`:
    /// `PUSH2 size; DUP1; PUSH1 10; PUSH0; CODECOPY; PUSH0; RETURN` takes ten bytes.
    bytes3 private constant AFTER_SIZE = 0x80600a;
    bytes4 private constant COPY_AND_RETURN = 0x5f395ff3;

    /// @notice Stores `data` and returns where. The chain refuses code of more than 24,576 bytes.
    function store(bytes memory data) internal returns (address location) {
        if (data.length >= 24_576) revert DataNotStored();
        bytes memory code =
            abi.encodePacked(hex"61", uint16(data.length + 1), AFTER_SIZE, COPY_AND_RETURN, hex"00", data);
        assembly ("memory-safe") {
            location := create(0, add(code, 0x20), mload(code))
        }
        if (location == address(0)) revert DataNotStored();
    }

    /// @notice What {store} was given.
    function load(address location) internal view returns (bytes memory data) {
        bytes memory code = location.code;
        assembly ("memory-safe") {
            // The STOP byte becomes the last byte of the length word.
            let length := mload(code)
            data := add(code, 1)
            mstore(data, sub(length, 1))
        }
    }

    /// @notice What {store} was given, where it was whole words.
    function loadWords(address location) internal view returns (uint256[] memory words) {
        bytes memory data = load(location);
        assembly ("memory-safe") {
            words := data
            mstore(words, shr(5, mload(data)))
        }
    }
}
