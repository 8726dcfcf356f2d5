// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {PackedPrice} from "../oracle/IPriceBoard.sol";
import {DataContract} from "./DataContract.sol";
import {Terms, TermsLib} from "./Terms.sol";

/// @title The bounds of an attestation, one word an asset: floor above ceiling
library Bounds {
    using TermsLib for Terms;

    /// @notice Floors and ceilings as words. A floor is zero where the collateral weight is, and a ceiling the largest
    /// number where the asset is never owed: such a bound never matters.
    function pack(
        Terms memory terms,
        uint128[] memory floors,
        uint128[] memory ceilings,
        uint256[] memory collateral
    ) internal pure returns (uint256[] memory words) {
        words = new uint256[](floors.length);
        for (uint256 i = 0; i < words.length; ++i) {
            words[i] = terms.asset(i).borrowFactor == 0 ? type(uint128).max : ceilings[i];
            if (collateral[i] != 0) words[i] |= uint256(floors[i]) << 128;
        }
    }

    /// @notice The first asset of which the high price is above its ceiling or the low price below its floor. Where the
    /// sources disagree, all of them must be beyond the bound.
    function crossed(uint256[] memory words, PackedPrice[] memory prices) internal pure returns (bool, uint256 index) {
        for (; index < words.length; ++index) {
            PackedPrice price = prices[index];
            (uint256 low, uint256 high) = (price.low(), price.high());
            if (price.disputed()) (low, high) = (high, low);
            if (high > uint128(words[index]) || low < words[index] >> 128) return (true, index);
        }
        return (false, 0);
    }

    /// @notice Keeps the words as a data contract.
    function store(uint256[] memory words) internal returns (address) {
        return DataContract.store(abi.encodePacked(words));
    }

    /// @notice What {store} was given.
    function load(address location) internal view returns (uint256[] memory words) {
        return DataContract.loadWords(location);
    }
}
