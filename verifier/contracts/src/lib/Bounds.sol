// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {PackedPrice} from "../oracle/IPriceBoard.sol";
import {Terms, TermsLib} from "./Terms.sol";

/// @title The bounds of an attestation, as they are kept: 64 bits an asset, four assets a word
/// @dev A bound is `m · 2^e` with 25 bits of `m` above 7 bits of `e`, rounded towards the other bound: what is kept is never
/// wider than what was proven, and narrower by less than one part in 2^24. An asset has its floor above its ceiling, and the
/// first of four the lowest bits.
library Bounds {
    using TermsLib for Terms;

    uint256 private constant MANTISSA_BITS = 25;

    /// @notice Bounds as they are kept. A floor is zero where the collateral weight is, and a ceiling the greatest where the
    /// asset is never owed: such a bound never matters.
    function pack(Terms memory terms, uint128[] memory floors, uint128[] memory ceilings, uint256[] memory collateral)
        internal
        pure
        returns (uint256[] memory words)
    {
        words = new uint256[]((floors.length + 3) / 4);
        for (uint256 i = 0; i < floors.length; ++i) {
            uint256 floor = collateral[i] == 0 ? 0 : floors[i];
            uint256 ceiling = terms.asset(i).borrowFactor == 0 ? type(uint128).max : ceilings[i];
            uint256 both = compress(floor, Math.Rounding.Ceil) << 32 | compress(ceiling, Math.Rounding.Floor);
            words[i / 4] |= both << 64 * (i % 4);
        }
    }

    /// @notice The floor and the ceiling of an asset, as they are kept.
    function ofAsset(uint256[] memory words, uint256 asset) internal pure returns (uint256 floor, uint256 ceiling) {
        uint256 both = words[asset / 4] >> 64 * (asset % 4);
        return (expand(both >> 32), expand(both));
    }

    /// @notice The first asset of which the high price is above its ceiling or the low price below its floor. Where the
    /// sources disagree, all of them must be beyond the bound.
    function crossed(uint256[] memory words, PackedPrice[] memory prices) internal pure returns (bool, uint256 index) {
        for (; index < prices.length; ++index) {
            PackedPrice price = prices[index];
            (uint256 low, uint256 high) = (price.low(), price.high());
            if (price.disputed()) (low, high) = (high, low);
            (uint256 floor, uint256 ceiling) = ofAsset(words, index);
            if (high > ceiling || low < floor) return (true, index);
        }
        return (false, 0);
    }

    function compress(uint256 value, Math.Rounding rounding) private pure returns (uint256) {
        if (value >> MANTISSA_BITS == 0) return value << 7;
        uint256 exponent = Math.log2(value) + 1 - MANTISSA_BITS;
        uint256 mantissa = value >> exponent;
        if (rounding == Math.Rounding.Ceil && mantissa << exponent != value) ++mantissa;
        if (mantissa >> MANTISSA_BITS != 0) (mantissa, exponent) = (mantissa >> 1, exponent + 1);
        return mantissa << 7 | exponent;
    }

    function expand(uint256 float) private pure returns (uint256) {
        return uint256(uint32(float)) >> 7 << (float & 127);
    }
}
