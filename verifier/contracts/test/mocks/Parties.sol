// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {ICommitmentRecorder} from "../../src/ICommitmentRecorder.sol";
import {IAttestationVerifier} from "../../src/verifier/IAttestationVerifier.sol";

/// @dev A verifier whose truth is known: it accepts exactly the statements that it was told are true, for one proof.
contract TruthVerifier is IAttestationVerifier {
    bytes public constant PROOF = "the one proof";
    bytes32 public constant FINGERPRINT = keccak256("verifying key");

    mapping(bytes32 inputs => bool) public isTrue;

    function setTrue(uint256[] memory publicInputs) external {
        isTrue[keccak256(abi.encode(publicInputs))] = true;
    }

    function verify(bytes calldata proof, uint256[] calldata publicInputs) public view returns (bool) {
        return keccak256(proof) == keccak256(PROOF) && isTrue[keccak256(abi.encode(publicInputs))];
    }

    function verifyBatch(bytes[] calldata, uint256[][] calldata) external pure returns (bool) {
        return false;
    }
}

/// @dev Records what it is told.
contract MockRecorder is ICommitmentRecorder {
    bytes32 public commitment;
    uint64 public asOf;
    bool public broken;

    function record(bytes32 commitment_, uint64 asOf_) external {
        (commitment, asOf) = (commitment_, asOf_);
    }

    function setBroken(bool broken_) external {
        broken = broken_;
    }

    function commitmentOf(address, bytes32) external view returns (bytes32, uint64) {
        require(!broken, "broken");
        return (commitment, asOf);
    }
}

/// @dev Records a commitment as of a time that needs more than 64 bits.
contract WideRecorder {
    function commitmentOf(address, bytes32) external pure returns (bytes32, uint256) {
        return (bytes32(uint256(0xc0ffee)), 1 << 64);
    }
}

/// @dev An attester that is a contract: it signs what it is told, by ERC-1271.
contract ContractAttester {
    mapping(bytes32 digest => bool) public signs;
    bytes4 private answer = 0x1626ba7e;

    function sign(bytes32 digest) external {
        signs[digest] = true;
    }

    function setAnswer(bytes4 answer_) external {
        answer = answer_;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return signs[digest] ? answer : bytes4(0);
    }
}

/// @dev A price board that never answers.
contract DeadBoard {
    bytes32 public immutable configuration;

    constructor(bytes32 configuration_) {
        configuration = configuration_;
    }
}

/// @dev A board that is up and never had a price.
contract UnpricedBoard {
    uint256 private immutable assets;

    constructor(uint256 assets_) {
        assets = assets_;
    }

    function prices() external view returns (bool, uint256[] memory) {
        return (true, new uint256[](assets));
    }
}
