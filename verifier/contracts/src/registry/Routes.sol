// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IAttestationVerifier} from "../verifier/IAttestationVerifier.sol";

/// @notice A verifier that says under which key it verifies.
interface IFingerprint {
    /// @notice The fingerprint of the verifying key.
    function FINGERPRINT() external view returns (bytes32);
}

/// @title Verifier contracts that the registry may ask
/// @notice A route says which key a verifier contract verifies under. It is added once, may be frozen for ever, and is
/// never replaced: a policy pins the verifier by its address.
/// @dev The owner is meant to be a timelock or a DAO.
abstract contract Routes is Ownable2Step {
    /// @notice A verifier was added.
    event RouteAdded(address indexed verifier, bytes32 indexed verifyingKey, bytes32 codehash);
    /// @notice A verifier was frozen: attestations under policies that pin it have lapsed.
    event RouteFrozen(address indexed verifier);

    /// @notice There is no code at the address.
    error NoCode(address account);
    /// @notice The verifier was added before.
    error RouteExists(address verifier);
    /// @notice The verifier was never added for the key.
    error RouteUnknown(address verifier, bytes32 verifyingKey);
    /// @notice The verifier says that it verifies under another key.
    error OtherKey(bytes32 expected, bytes32 found);
    /// @notice The verifier's code runs the code of others as its own, or destroys itself: its hash does not say what it does.
    error CodeCanChange(address verifier);
    /// @notice The verifier is frozen.
    error RouteIsFrozen(address verifier);
    /// @notice The verifier's code is not what it was when it was added.
    error VerifierChanged(address verifier);
    /// @notice The proof does not verify.
    error ProofInvalid();
    /// @notice Without an owner a faulty verifier could not be frozen.
    error OwnerNeeded();

    struct Route {
        bytes32 verifyingKey;
        bytes32 codehash;
        bool frozen;
    }

    /// @notice The route of each verifier.
    mapping(address verifier => Route) public routes;

    /// @notice When each verifier was frozen, in unix seconds.
    mapping(address verifier => uint256) public frozenAt;

    /// @notice Adds a verifier that verifies, and says that it does, under the key with this fingerprint.
    function addRoute(address verifier, bytes32 verifyingKey) external onlyOwner {
        requireCode(verifier);
        if (routes[verifier].codehash != 0) revert RouteExists(verifier);
        if (verifyingKey == 0) revert RouteUnknown(verifier, verifyingKey);
        requireFixedCode(verifier);
        bytes32 found = IFingerprint(verifier).FINGERPRINT();
        if (found != verifyingKey) revert OtherKey(verifyingKey, found);
        routes[verifier] = Route({verifyingKey: verifyingKey, codehash: verifier.codehash, frozen: false});
        emit RouteAdded(verifier, verifyingKey, verifier.codehash);
    }

    /// @notice Freezes a verifier for ever, as when a fault is found in it.
    function freezeRoute(address verifier) external onlyOwner {
        Route storage route = routes[verifier];
        if (route.codehash == 0) revert RouteUnknown(verifier, 0);
        if (route.frozen) revert RouteIsFrozen(verifier);
        route.frozen = true;
        frozenAt[verifier] = block.timestamp;
        emit RouteFrozen(verifier);
    }

    /// @notice Reverts: without an owner a faulty verifier could not be frozen.
    function renounceOwnership() public view override onlyOwner {
        revert OwnerNeeded();
    }

    /// @dev Reverts unless the proof verifies, by code that is the code which was added.
    function requireProof(address verifier, bytes calldata proof, uint256[] memory publicInputs) internal view {
        Route storage route = routes[verifier];
        if (route.frozen) revert RouteIsFrozen(verifier);
        if (verifier.codehash != route.codehash) revert VerifierChanged(verifier);
        if (!IAttestationVerifier(verifier).verify(proof, publicInputs)) revert ProofInvalid();
    }

    /// @dev Neither a proxy nor an account that delegates to code: no `DELEGATECALL`, `CALLCODE` or `SELFDESTRUCT` anywhere. Data
    /// that the compiler puts between code is read as code, so that nothing hides in it.
    function requireFixedCode(address verifier) private view {
        bytes memory code = verifier.code;
        bool fixedCode = code[0] != 0xef;
        for (uint256 i = 0; i < code.length; ++i) {
            uint8 operation = uint8(code[i]);
            if (operation >= 0x60 && operation <= 0x7f) i += operation - 0x5f;
            else if (operation == 0xf2 || operation == 0xf4 || operation == 0xff) fixedCode = false;
        }
        if (!fixedCode) revert CodeCanChange(verifier);
    }

    function requireCode(address account) internal view {
        if (account.code.length == 0) revert NoCode(account);
    }

    constructor(address owner) Ownable(owner) {}
}
