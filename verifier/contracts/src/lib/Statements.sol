// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// @notice What a proof is bound to besides its numbers, apart from what is fixed for this registry.
struct ContextFields {
    bytes32 verifyingKey;
    bytes32 policy;
    bytes32 market;
    address subject;
    bytes32 anchor;
    bytes32 bounds;
    uint8 creditAsset;
    uint128 creditAmount;
    uint64 asOf;
    uint64 validUntil;
}

/// @title Digests of statements
/// @dev Encodings: `docs/`, page "Formats".
library Statements {
    bytes32 private constant BOUNDS_TAG = keccak256("assay/bounds/v1");
    bytes32 private constant CONTEXT_TAG = keccak256("assay/context/v1");
    bytes32 private constant STATEMENT = keccak256("solvency/v1");
    /// @dev An audience that is a contract.
    uint8 private constant ON_CHAIN = 1;

    struct Bounds {
        uint128[] floors;
        uint128[] ceilings;
    }

    /// @notice The tagged hash of floors and ceilings.
    function boundsHash(uint128[] memory floors, uint128[] memory ceilings) internal pure returns (bytes32) {
        return keccak256(abi.encode(BOUNDS_TAG, Bounds(floors, ceilings)));
    }

    /// @notice The context digest for `registry` on `chainId`: the tagged hash with its three top bits cleared.
    function context(ContextFields memory fields, uint256 chainId, address registry) internal pure returns (uint256) {
        bytes memory encoded = abi.encode(
            CONTEXT_TAG,
            ON_CHAIN,
            chainId,
            registry,
            STATEMENT,
            fields // fields is static: its words follow in order
        );
        return uint256(keccak256(encoded)) & (type(uint256).max >> 3);
    }

    /// @notice Names a statement for replay: proofs are malleable, statements are not.
    function id(uint256 contextDigest, bytes32 commitment) internal pure returns (bytes32) {
        return keccak256(abi.encode(contextDigest, commitment));
    }
}
