// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Asset, Market, Policies, Policy, Risk} from "./Policies.sol";
import {ProfileTerms, Profiles} from "./Profiles.sol";
import {DataContract} from "./DataContract.sol";

/// @notice How one asset counts, with `shift`: the exponent of the ten that brings prices and amounts of all assets of
/// the market to one unit. `borrowFactor` is zero also where the policy's profile lends another asset alone.
struct AssetTerms {
    uint256 liquidationThreshold;
    uint256 haircut;
    uint256 volatilityBuffer;
    uint256 yieldDecay;
    uint256 borrowFactor;
    uint256 debtInterest;
    uint256 shift;
}

/// @notice What the registry needs of a policy after it is published.
struct Terms {
    bytes32 market;
    bytes32 verifyingKey;
    // Names the attesters together: anchors belong to a set, so that nobody else's signatures touch them.
    bytes32 attesterSet;
    address verifier;
    address priceBoard;
    address recorder;
    uint256 maxPriceAge;
    uint256 maxValidity;
    uint256 maxStatementAge;
    uint256 gracePeriod;
    uint256 minimumRatio;
    uint256 scale;
    uint256 minimumAttesters;
    ProfileTerms profile;
    address[] attesters;
    // One packed word an asset, see {TermsLib-asset}.
    uint256[] assets;
}

/// @title The terms of a policy, kept as a data contract
/// @dev Rationale: `docs/`, page "Registry", compares this with storage slots and with the policy in calldata.
library TermsLib {
    /// @dev A whole unit of an asset that is never owed weighs as debt at least what it would at a price of ten to this power.
    uint256 private constant NEVER_OWED_PRICE = 9;
    /// @dev The largest weight.
    uint256 private constant LARGEST_WEIGHT = (1 << 120) - 1;

    /// @notice What the registry needs of a policy that {Policies-check} accepts, to be kept as a data contract.
    /// @dev Reverts where debt in an asset that is never owed, which weighs `2^120 − 1`, could be worth more:
    /// `10^(9 + F + D − decimals) · ratio / scale > 2^120 − 1`.
    function encode(Policy memory policy, Market memory market) internal pure returns (bytes memory) {
        uint256 count = policy.assets.length;
        uint256[] memory assets = new uint256[](count);
        (uint256 prices, uint256 decimals) = largest(policy.assets, market.assets);
        ProfileTerms memory profile = Profiles.termsOf(policy, market, decimals);
        for (uint256 i = 0; i < count; ++i) {
            uint256 shift = prices - policy.assets[i].priceDecimals + decimals - market.assets[i].decimals;
            bool owed = policy.assets[i].borrowFactor > 0 && (!profile.oneDebt || i == profile.debtAsset);
            uint256 power = NEVER_OWED_PRICE + prices + decimals - market.assets[i].decimals;
            if (!owed && !outweighs(policy, power)) revert Policies.PolicyField("scale");
            assets[i] = pack(policy.assets[i], owed ? policy.assets[i].borrowFactor : 0, shift);
        }
        Terms memory terms = Terms({
            market: policy.market,
            verifyingKey: policy.verifyingKey,
            attesterSet: keccak256(abi.encode(policy.attesters, policy.minimumAttesters)),
            verifier: policy.verifier,
            priceBoard: policy.priceBoard,
            recorder: policy.recorder,
            maxPriceAge: policy.maxPriceAge,
            maxValidity: policy.maxValidity,
            maxStatementAge: policy.maxStatementAge,
            gracePeriod: policy.gracePeriod,
            minimumRatio: policy.minimumRatio,
            scale: policy.scale,
            minimumAttesters: policy.minimumAttesters,
            profile: profile,
            attesters: policy.attesters,
            assets: assets
        });
        return abi.encode(terms);
    }

    /// @notice What {encode} gave and a data contract keeps.
    function load(address location) internal view returns (Terms memory) {
        return abi.decode(DataContract.load(location), (Terms));
    }

    /// @notice How the asset at `index` counts.
    function asset(Terms memory terms, uint256 index) internal pure returns (AssetTerms memory) {
        uint256 word = terms.assets[index];
        return AssetTerms({
            liquidationThreshold: uint16(word),
            haircut: uint16(word >> 16),
            volatilityBuffer: uint16(word >> 32),
            yieldDecay: uint32(word >> 48),
            borrowFactor: uint32(word >> 80),
            debtInterest: uint32(word >> 112),
            shift: uint8(word >> 144)
        });
    }

    /// @dev Whether the largest weight is at least `10^power · ratio / scale`. Powers from 71 on never are: the product on the left
    /// is below 2^248, and the ratio at least 10^4.
    function outweighs(Policy memory policy, uint256 power) private pure returns (bool) {
        return power < 71 && 10 ** power <= LARGEST_WEIGHT * policy.scale / policy.minimumRatio;
    }

    function pack(Risk memory risk, uint256 borrowFactor, uint256 shift) private pure returns (uint256) {
        return uint256(risk.liquidationThreshold) | uint256(risk.haircut) << 16 | uint256(risk.volatilityBuffer) << 32
            | uint256(risk.yieldDecay) << 48 | borrowFactor << 80 | uint256(risk.debtInterest) << 112 | shift << 144;
    }

    /// @dev Most decimals of prices and of assets, `F` and `D` of the encoding.
    function largest(Risk[] memory risks, Asset[] memory assets)
        private
        pure
        returns (uint256 prices, uint256 decimals)
    {
        for (uint256 i = 0; i < risks.length; ++i) {
            if (risks[i].priceDecimals > prices) prices = risks[i].priceDecimals;
            if (assets[i].decimals > decimals) decimals = assets[i].decimals;
        }
    }
}
