// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {DataContract} from "../lib/DataContract.sol";
import {Market, Policy} from "../lib/Policies.sol";
import {Terms, TermsLib} from "../lib/Terms.sol";
import {PolicyCompiler} from "./PolicyCompiler.sol";
import {Routes} from "./Routes.sol";

/// @title Immutable policies, named by their content
/// @notice The owner publishes a policy and may retire it. Nobody can change one: another policy has another id.
abstract contract PolicyBook is Routes {
    /// @notice A policy was published; `encoded` is `abi.encode(policy, market)`.
    event PolicyPublished(bytes32 indexed policyId, bytes32 indexed marketId, bytes encoded);
    /// @notice A policy was retired: its attestations have lapsed.
    event PolicyRetired(bytes32 indexed policyId);

    /// @notice Borrowers and lenders under a retired policy may go on under another one.
    event SuccessorNamed(bytes32 indexed policyId, bytes32 indexed successor);

    /// @notice The policy was published before.
    error PolicyExists(bytes32 policyId);
    /// @notice The policy was never published.
    error PolicyUnknown(bytes32 policyId);
    /// @notice The policy is retired.
    error PolicyIsRetired(bytes32 policyId);

    /// @notice A successor is a published policy over the same market, named once, of a policy that is retired.
    error NotSuccessor(bytes32 policyId, bytes32 successor);

    struct PolicyEntry {
        // Data contract with the terms; zero where the policy was never published.
        address terms;
        bool retired;
    }

    /// @notice Checks policies; made with the registry.
    PolicyCompiler public immutable compiler = new PolicyCompiler();

    /// @notice Where the terms of each policy are, and whether it is retired.
    mapping(bytes32 policyId => PolicyEntry) public policies;

    /// @notice When each policy was retired, in unix seconds.
    mapping(bytes32 policyId => uint256) public retiredAt;
    /// @notice Which policy follows a retired one; zero where none does.
    mapping(bytes32 policyId => bytes32) internal successors;

    /// @notice Publishes a policy over a market.
    /// @dev The policy must be usable as it is: its verifier a route for its key that is not frozen, and what
    /// {PolicyCompiler-compile} asks for. The arguments have the compiler's types and go to it as they came.
    /// @return policyId The tagged hash of the policy, as off chain.
    function publish(Policy calldata, Market calldata) external onlyOwner returns (bytes32 policyId) {
        bytes calldata encoded = msg.data[4:];
        bytes memory result =
            Address.functionStaticCall(address(compiler), bytes.concat(PolicyCompiler.compile.selector, encoded));
        bytes memory compiled;
        (policyId, compiled) = abi.decode(result, (bytes32, bytes));
        if (policies[policyId].terms != address(0)) revert PolicyExists(policyId);
        address location = DataContract.store(compiled);
        Terms memory terms = TermsLib.load(location);
        Route storage route = routes[terms.verifier];
        if (route.verifyingKey != terms.verifyingKey) revert RouteUnknown(terms.verifier, terms.verifyingKey);
        if (route.frozen) revert RouteIsFrozen(terms.verifier);
        policies[policyId].terms = location;
        emit PolicyPublished(policyId, terms.market, encoded);
    }

    /// @notice Retires a policy for ever.
    function retire(bytes32 policyId) external onlyOwner {
        PolicyEntry storage entry = policies[policyId];
        if (entry.terms == address(0)) revert PolicyUnknown(policyId);
        if (entry.retired) revert PolicyIsRetired(policyId);
        entry.retired = true;
        retiredAt[policyId] = block.timestamp;
        emit PolicyRetired(policyId);
    }

    /// @notice Names the successor of a retired policy, once: what was lent under the one counts as lent under the other.
    function nameSuccessor(bytes32 policyId, bytes32 successor) external onlyOwner {
        bool named = successors[policyId] != 0 || !policies[policyId].retired || policies[successor].retired;
        if (named || termsOf(successor).market != termsOf(policyId).market) revert NotSuccessor(policyId, successor);
        successors[policyId] = successor;
        emit SuccessorNamed(policyId, successor);
    }

    /// @dev Whether a policy is another one, or follows it. No policy follows itself: what is named is not retired.
    function follows(bytes32 policyId, bytes32 earlier) internal view returns (bool) {
        while (earlier != policyId && earlier != 0) {
            earlier = successors[earlier];
        }
        return earlier == policyId;
    }

    /// @notice What the registry uses of a policy.
    function termsOf(bytes32 policyId) public view returns (Terms memory) {
        address location = policies[policyId].terms;
        if (location == address(0)) revert PolicyUnknown(policyId);
        return TermsLib.load(location);
    }
}
