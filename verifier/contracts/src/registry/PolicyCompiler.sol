// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Claim} from "../ICollateralAttestations.sol";
import {Bounds} from "../lib/Bounds.sol";
import {Market, Policies, Policy} from "../lib/Policies.sol";
import {ContextFields, Statements} from "../lib/Statements.sol";
import {Terms, TermsLib} from "../lib/Terms.sol";
import {WeightVector, Weights} from "../lib/Weights.sol";
import {IPriceBoard} from "../oracle/IPriceBoard.sol";

/// @notice What a statement says besides its claim: about whom, and by what the commitment is bound.
struct Bound {
    address subject;
    bytes32 commitment;
    // For the context: the holdings statement's struct hash, zero under a recorder.
    bytes32 anchor;
    uint256 asOf;
}

/// @title Checks policies, and derives the statements under them
/// @notice Without state. Apart from the registry because this would not fit beside the rest.
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

    /// @notice All that follows from a claim to the registry that asks: what must be proven, and what is recorded.
    /// @param location Data contract with the policy's terms.
    /// @return statement Names the statement.
    /// @return inputs The public inputs in the verifier's order.
    /// @return bounds The bounds as they are kept, see {Bounds-pack}.
    function derive(address location, Claim calldata claim, Bound calldata bound)
        external
        view
        returns (bytes32 statement, uint256[] memory inputs, uint256[] memory bounds)
    {
        Terms memory terms = TermsLib.load(location);
        (uint128[] memory floors, uint128[] memory ceilings) = (claim.floors, claim.ceilings);
        WeightVector memory weights = Weights.derive(terms, claim.validUntil - bound.asOf, floors, ceilings);
        uint256 margin = Weights.marginOf(terms, weights, claim.creditAsset, claim.creditAmount);
        ContextFields memory fields = ContextFields({
            verifyingKey: terms.verifyingKey,
            policy: claim.policyId,
            market: terms.market,
            subject: bound.subject,
            anchor: bound.anchor,
            bounds: Statements.boundsHash(floors, ceilings),
            creditAsset: claim.creditAsset,
            creditAmount: claim.creditAmount,
            asOf: uint64(bound.asOf),
            validUntil: claim.validUntil
        });
        uint256 context = Statements.context(fields, block.chainid, msg.sender);
        statement = Statements.id(context, bound.commitment);
        inputs = Weights.publicInputs(bound.commitment, context, margin, weights);
        bounds = Bounds.pack(terms, floors, ceilings, weights.collateral);
    }

    function requireCode(address account) private view {
        if (account.code.length == 0) revert NoCode(account);
    }
}
