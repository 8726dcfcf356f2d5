// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {PackedPrice} from "../oracle/IPriceBoard.sol";
import {DataContract} from "./DataContract.sol";

/// @title The bounds of an attestation, one word an asset: floor above ceiling
library Bounds {
    /// @notice Floors and ceilings as words; the floor zero where the collateral weight is, so that it never matters.
    function pack(uint128[] memory floors, uint128[] memory ceilings, uint256[8] memory collateral)
        internal
        pure
        returns (uint256[] memory words)
    {
        words = new uint256[](floors.length);
        for (uint256 i = 0; i < words.length; ++i) {
            words[i] = ceilings[i];
            if (collateral[i] != 0) words[i] |= uint256(floors[i]) << 128;
        }
    }

    /// @notice The first asset of which the high price is above its ceiling or the low price below its floor.
    function crossed(uint256[] memory words, PackedPrice[] memory prices) internal pure returns (bool, uint256 index) {
        for (; index < words.length; ++index) {
            PackedPrice price = prices[index];
            if (price.high() > uint128(words[index]) || price.low() < words[index] >> 128) return (true, index);
        }
        return (false, 0);
    }

    /// @notice Keeps the words as a data contract.
    function store(uint256[] memory words) internal returns (address) {
        return DataContract.store(abi.encode(words));
    }

    /// @notice What {store} was given.
    function load(address location) internal view returns (uint256[] memory) {
        return abi.decode(DataContract.load(location), (uint256[]));
    }
}
