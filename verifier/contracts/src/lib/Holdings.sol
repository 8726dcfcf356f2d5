// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @notice An attester's word that a commitment opens to what the subject holds and owes.
struct HoldingsStatement {
    bytes32 commitment;
    bytes32 marketId;
    address subject;
    address beneficiary;
    uint256 beneficiaryChainId;
    uint64 asOf;
    uint64 sequence;
    uint64 expiry;
}

/// @notice A signature and whose it is.
struct Signed {
    address signer;
    bytes signature;
}

/// @title What attesters sign, by EIP-712
/// @dev The domain has a name and a version and nothing else: for whom a statement is, the statement says.
library Holdings {
    bytes32 internal constant DOMAIN_SEPARATOR = keccak256(
        abi.encode(keccak256("EIP712Domain(string name,string version)"), keccak256("Assay"), keccak256("1"))
    );
    bytes32 internal constant STATEMENT_TYPE = keccak256(
        "HoldingsStatement(bytes32 commitment,bytes32 marketId,address subject,address beneficiary,"
        "uint256 beneficiaryChainId,uint64 asOf,uint64 sequence,uint64 expiry)"
    );
    bytes32 internal constant REVOCATION_TYPE = keccak256("Revocation(bytes32 statement)");

    /// @notice The EIP-712 struct hash, which contexts carry.
    function hash(HoldingsStatement memory statement) internal pure returns (bytes32) {
        return keccak256(abi.encode(STATEMENT_TYPE, statement));
    }

    /// @notice The EIP-712 struct hash of an attester's revocation of the statement with this struct hash.
    function revocationHash(bytes32 statement) internal pure returns (bytes32) {
        return keccak256(abi.encode(REVOCATION_TYPE, statement));
    }

    /// @notice The digest that is signed.
    function digest(bytes32 structHash) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", DOMAIN_SEPARATOR, structHash));
    }

    /// @notice Whether `signature` is the signer's, by ECDSA (65 bytes, low s, v of 27 or 28) or, where the signer is a
    /// contract, by ERC-1271.
    /// @dev ECDSA comes first, so that a key whose account delegates to code (EIP-7702) can still sign.
    function isSignedBy(address signer, bytes32 structHash, bytes memory signature) internal view returns (bool) {
        bytes32 signed = digest(structHash);
        (address recovered, ECDSA.RecoverError failure,) = ECDSA.tryRecover(signed, signature);
        if (failure == ECDSA.RecoverError.NoError && recovered == signer) return true;
        return signer.code.length > 0 && SignatureChecker.isValidERC1271SignatureNow(signer, signed, signature);
    }
}
