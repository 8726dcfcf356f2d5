// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Factors} from "./Factors.sol";
import {Market, Policies, Policy, Risk} from "./Policies.sol";

/// @notice What a policy's profile adds to every statement under it. All zero without a profile.
struct ProfileTerms {
    // Part of the margin that absorbs what the protocol rounds, the same for all bounds.
    uint256 rounding;
    // Whether the margin also has one base unit of the debt asset at its debt weight.
    bool debtUnit;
    // Whether the protocol lends one asset alone, and which: no other is owed.
    bool oneDebt;
    uint256 debtAsset;
    // Least ceiling of the debt asset.
    uint256 leastCeiling;
}

/// @title Protocols whose own rule a policy may promise to imply
/// @dev The same forms and margins as `verifier/src/policy/profile.rs`; derivations: `docs/`, page "Protocol profiles".
library Profiles {
    /// @notice There is no such profile.
    error ProfileUnknown(string profile);
    /// @notice The policy, or the bounds of a statement, are not of the form that the profile needs; `code` as off chain.
    error ProfileForm(string code);

    uint256 private constant BPS = Policies.BPS;

    /// @notice What the profile of the policy adds; reverts where the policy is not of its form.
    /// @param decimals Most decimals of an asset of the market.
    function termsOf(Policy memory policy, Market memory market, uint256 decimals)
        internal
        pure
        returns (ProfileTerms memory terms)
    {
        bytes32 profile = keccak256(bytes(policy.profile));
        if (profile == keccak256("")) return terms;
        if (profile == keccak256("aave-v3.5")) {
            requireQuote(policy);
            requirePrices(policy, 8, 8);
            terms.rounding = legs(policy, true, decimals);
        } else if (profile == keccak256("compound-v3")) {
            requireAssets(policy, 2, Policies.MAX_ASSETS);
            lendOne(terms, policy);
            requirePrices(policy, 8, 8);
            terms.rounding = legs(policy, false, decimals);
        } else if (profile == keccak256("maker")) {
            requireQuote(policy);
            requireAssets(policy, 2, 2);
            lendOne(terms, policy);
            requirePrices(policy, 0, 18);
            requireDecimals(market, 0, 1 - terms.debtAsset);
            requireDecimals(market, 18, terms.debtAsset);
            terms.leastCeiling = 10 ** policy.assets[terms.debtAsset].priceDecimals;
        } else if (profile == keccak256("liquity-v1")) {
            requireQuote(policy);
            requireAssets(policy, 2, 2);
            lendOne(terms, policy);
            requireDecimals(market, 18, 0);
            requireDecimals(market, 18, 1);
            requireLiquityRatio(policy, terms.debtAsset);
            terms.leastCeiling = 10 ** policy.assets[terms.debtAsset].priceDecimals;
        } else if (profile == keccak256("morpho-blue")) {
            requireAssets(policy, 2, 2);
            lendOne(terms, policy);
            terms.debtUnit = true;
        } else {
            revert ProfileUnknown(policy.profile);
        }
    }

    /// @notice Reverts where the ceiling of the debt asset is under the least.
    function checkCeilings(ProfileTerms memory terms, uint128[] memory ceilings) internal pure {
        if (terms.leastCeiling > 0 && ceilings[terms.debtAsset] < terms.leastCeiling) {
            revert ProfileForm("profile_ceiling");
        }
    }

    /// @notice The part of the margin that absorbs the protocol's roundings, given the debt weights.
    function rounding(ProfileTerms memory terms, uint256[] memory debt) internal pure returns (uint256) {
        return terms.debtUnit ? debt[terms.debtAsset] : terms.rounding;
    }

    /// @dev One unit of the protocol's prices for each leg, times its factors: `⌈ Σ (threshold + 10^4) · 10^D / S ⌉`.
    function legs(Policy memory policy, bool all, uint256 decimals) private pure returns (uint256) {
        uint256 factors = 0;
        for (uint256 i = 0; i < policy.assets.length; ++i) {
            uint256 threshold = policy.assets[i].liquidationThreshold;
            if (all || threshold > 0) factors += threshold + BPS;
        }
        return Math.ceilDiv(factors * 10 ** decimals, policy.scale);
    }

    /// @dev The protocol lends the one asset that is no collateral.
    function lendOne(ProfileTerms memory terms, Policy memory policy) private pure {
        uint256 found = 0;
        for (uint256 i = 0; i < policy.assets.length; ++i) {
            if (policy.assets[i].liquidationThreshold == 0) {
                ++found;
                terms.debtAsset = i;
            }
        }
        if (found != 1 || policy.assets[terms.debtAsset].borrowFactor == 0) revert ProfileForm("profile_debt");
        terms.oneDebt = true;
    }

    function requireQuote(Policy memory policy) private pure {
        if (keccak256(bytes(policy.quote)) != keccak256("USD")) revert ProfileForm("profile_quote");
    }

    function requireAssets(Policy memory policy, uint256 least, uint256 most) private pure {
        uint256 count = policy.assets.length;
        if (count < least || count > most) revert ProfileForm("profile_assets");
    }

    function requirePrices(Policy memory policy, uint256 least, uint256 most) private pure {
        for (uint256 i = 0; i < policy.assets.length; ++i) {
            uint256 decimals = policy.assets[i].priceDecimals;
            if (decimals < least || decimals > most) revert ProfileForm("profile_price_decimals");
        }
    }

    /// @dev At least `least` and at most 18 decimals.
    function requireDecimals(Market memory market, uint256 least, uint256 index) private pure {
        uint256 decimals = market.assets[index].decimals;
        if (decimals < least || decimals > 18) revert ProfileForm("profile_asset_decimals");
    }

    /// @dev A ratio of 110 percent at least, in factors where no time has passed.
    function requireLiquityRatio(Policy memory policy, uint256 debt) private pure {
        Risk memory held = policy.assets[1 - debt];
        uint256 f = Factors.collateral(held.liquidationThreshold, held.haircut, held.volatilityBuffer, 0, 0);
        uint256 g = Factors.debt(policy.minimumRatio, policy.assets[debt].borrowFactor, 0, 0);
        if (11 * f > 10 * g) revert ProfileForm("profile_ratio");
    }
}
