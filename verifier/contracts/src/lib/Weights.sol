// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {AssetTerms, Terms, TermsLib} from "./Terms.sol";
import {Factors} from "./Factors.sol";
import {Policies} from "./Policies.sol";
import {Profiles} from "./Profiles.sol";

/// @notice The public weights of a statement, one for each slot of the circuit.
struct WeightVector {
    uint256[] collateral;
    uint256[] debt;
}

/// @title How a policy, bounds and times become the public weights and the margin
/// @dev The same integers as `verifier/src/assertion/weights.rs`; formulas: `docs/`, page "Formats". Each line is computed exactly,
/// with 512-bit intermediates, and rounded once, against the prover: collateral down, debt up.
library Weights {
    using TermsLib for Terms;

    /// @notice At these bounds a weight of the asset at `index` needs more than 120 bits.
    error WeightTooLarge(uint256 index);
    /// @notice The bounds are not one pair for each asset of the market.
    error BoundsLength(uint256 expected);
    /// @notice No price is within the bounds of the asset at `index`.
    error BoundsEmpty(uint256 index);
    /// @notice The credit line is not below 2^120 base units of an asset of the market that may be owed, or is zero of any but
    /// the first.
    error CreditOutOfRange();
    /// @notice At these bounds the margin needs more than 240 bits.
    error MarginTooLarge();

    /// @dev Weights and amounts are below 2^120.
    uint256 internal constant LIMIT = 1 << 120;
    /// @dev Margins are below 2^240.
    uint256 internal constant MARGIN_LIMIT = 1 << 240;

    /// @notice The weights for a statement that runs for `elapsed` seconds from as-of to valid-until.
    /// @dev Unused slots have no collateral weight and the largest debt weight, so that nothing there counts in favour.
    /// So does the debt weight of an asset that is never owed, whatever its ceiling: {TermsLib-encode} takes no policy under which
    /// debt in it could be worth more.
    function derive(Terms memory terms, uint256 elapsed, uint128[] memory floors, uint128[] memory ceilings)
        internal
        pure
        returns (WeightVector memory weights)
    {
        uint256 count = terms.assets.length;
        if (floors.length != count || ceilings.length != count) revert BoundsLength(count);
        Profiles.checkCeilings(terms.profile, ceilings);
        uint256 size = Policies.sizeOf(count);
        (weights.collateral, weights.debt) = (new uint256[](size), new uint256[](size));
        for (uint256 i = 0; i < count; ++i) {
            if (floors[i] > ceilings[i] || ceilings[i] == 0) revert BoundsEmpty(i);
            AssetTerms memory asset = terms.asset(i);
            uint256 unit = 10 ** asset.shift;
            // At most 128 + 41 bits times 240 bits.
            uint256 collateral = uint256(floors[i]) * collateralFactor(asset, elapsed);
            weights.collateral[i] = divide(i, collateral, unit, terms.scale, Math.Rounding.Floor);
            if (asset.borrowFactor == 0) {
                weights.debt[i] = LIMIT - 1;
                continue;
            }
            uint256 debt = uint256(ceilings[i]) * debtFactor(asset, terms.minimumRatio, elapsed);
            weights.debt[i] = divide(i, debt, unit, terms.scale, Math.Rounding.Ceil);
        }
        for (uint256 i = count; i < size; ++i) {
            weights.debt[i] = LIMIT - 1;
        }
    }

    /// @notice The margin: the credit line's debt weight times its base units, and what the profile's protocol rounds.
    function marginOf(Terms memory terms, WeightVector memory weights, uint8 asset, uint128 amount)
        internal
        pure
        returns (uint256 sum)
    {
        if (amount >= LIMIT || asset >= terms.assets.length) revert CreditOutOfRange();
        if (amount == 0 ? asset != 0 : terms.asset(asset).borrowFactor == 0) revert CreditOutOfRange();
        sum = weights.debt[asset] * amount + Profiles.rounding(terms.profile, weights.debt);
        if (sum >= MARGIN_LIMIT) revert MarginTooLarge();
    }

    /// @notice The public inputs in the verifier's order: `C, context, m, w_0 … w_{s−1}, v_0 … v_{s−1}` for `s` slots.
    function publicInputs(bytes32 commitment, uint256 context, uint256 margin, WeightVector memory weights)
        internal
        pure
        returns (uint256[] memory inputs)
    {
        uint256 size = weights.debt.length;
        inputs = new uint256[](3 + 2 * size);
        (inputs[0], inputs[1], inputs[2]) = (uint256(commitment), context, margin);
        for (uint256 i = 0; i < size; ++i) {
            inputs[3 + i] = weights.collateral[i];
            inputs[3 + size + i] = weights.debt[i];
        }
    }

    /// @dev `f` and `g` of an asset.
    function collateralFactor(AssetTerms memory asset, uint256 elapsed) internal pure returns (uint256) {
        return Factors.collateral(
            asset.liquidationThreshold, asset.haircut, asset.volatilityBuffer, asset.yieldDecay, elapsed
        );
    }

    function debtFactor(AssetTerms memory asset, uint256 minimumRatio, uint256 elapsed)
        internal
        pure
        returns (uint256)
    {
        return Factors.debt(minimumRatio, asset.borrowFactor, asset.debtInterest, elapsed);
    }

    /// @dev `value · unit / scale` in the given rounding, refused from 2^120 on.
    function divide(uint256 index, uint256 value, uint256 unit, uint256 scale, Math.Rounding rounding)
        private
        pure
        returns (uint256 weight)
    {
        (uint256 high,) = Math.mul512(value, unit);
        if (high >= scale) revert WeightTooLarge(index);
        weight = Math.mulDiv(value, unit, scale);
        // A quotient at the limit is refused whether or not it is rounded up, so this cannot overflow.
        if (weight < LIMIT && rounding == Math.Rounding.Ceil && mulmod(value, unit, scale) != 0) ++weight;
        if (weight >= LIMIT) revert WeightTooLarge(index);
    }
}
