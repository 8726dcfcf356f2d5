// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {IAttestationVerifier} from "../../src/verifier/IAttestationVerifier.sol";

/// @dev A verifier that decides the statement itself: it knows what every commitment opens to. A proof for the public
/// inputs can be made by those alone who know the secret of the commitment, and anyone can copy one.
contract PositionVerifier is IAttestationVerifier {
    struct Position {
        uint256[2] collateral;
        uint256[2] debt;
        bytes32 secret;
    }

    bytes32 public constant FINGERPRINT = keccak256("verifying key");

    mapping(bytes32 commitment => Position) private positions;

    function commit(bytes32 commitment, Position memory position) external {
        positions[commitment] = position;
    }

    function positionOf(bytes32 commitment) external view returns (Position memory) {
        return positions[commitment];
    }

    function prove(bytes32 secret, uint256[] memory publicInputs) external pure returns (bytes memory) {
        return abi.encode(keccak256(abi.encode(secret, publicInputs)));
    }

    function verify(bytes calldata proof, uint256[] calldata inputs) external view returns (bool) {
        Position storage position = positions[bytes32(inputs[0])];
        if (keccak256(proof) != keccak256(abi.encode(keccak256(abi.encode(position.secret, inputs))))) return false;
        uint256 left = 0;
        uint256 right = inputs[2];
        for (uint256 i = 0; i < 2; ++i) {
            left += inputs[3 + i] * position.collateral[i];
            right += inputs[11 + i] * position.debt[i];
        }
        return left > right;
    }

    function verifyBatch(bytes[] calldata, uint256[][] calldata) external pure returns (bool) {
        return false;
    }
}
