// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Market, Policies, Policy} from "../lib/Policies.sol";
import {TermsLib} from "../lib/Terms.sol";
import {IPriceBoard} from "../oracle/IPriceBoard.sol";

/// @title Checks a policy and brings it into the form that the registry keeps
/// @notice Without state. Apart from the registry because the code that reads policies would not fit beside the rest.
contract PolicyCompiler {
    /// @notice There is no code at the address.
    error NoCode(address account);
    /// @notice The price board is not configured as the policy says.
    error OtherBoard(bytes32 expected, bytes32 found);

    /// @notice What the registry keeps of a policy that is usable on this chain; reverts for any other.
    /// @dev The board must be configured with the policy's sources, the recorder a contract. The verifier is for the
    /// registry to check.
    /// @return policyId The tagged hash of the policy, as off chain.
    /// @return terms The encoded {Terms}.
    function compile(Policy memory policy, Market memory market)
        external
        view
        returns (bytes32 policyId, bytes memory terms)
    {
        Policies.check(policy, market);
        if (policy.recorder != address(0)) requireCode(policy.recorder);
        requireCode(policy.priceBoard);
        bytes32 expected = Policies.configuration(policy);
        bytes32 found = IPriceBoard(policy.priceBoard).configuration();
        if (found != expected) revert OtherBoard(expected, found);
        return (Policies.id(policy), TermsLib.encode(policy, market));
    }

    function requireCode(address account) private view {
        if (account.code.length == 0) revert NoCode(account);
    }
}
