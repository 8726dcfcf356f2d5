// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {CollateralAttestations} from "../CollateralAttestations.sol";
import {ICollateralAttestations, Reason, Status} from "../ICollateralAttestations.sol";
import {Bounds} from "../lib/Bounds.sol";
import {PackedPrice} from "../oracle/IPriceBoard.sol";

/// @notice What {ICollateralAttestations-statusInFull} answers.
struct StatusInFull {
    Status status;
    Reason reason;
    uint256 lapsedSince;
    uint256 graceUntil;
}

/// @title Questions about attestations that a registry answers only in parts
/// @notice Without state, and for any registry. Leave 400,000 gas to each status.
contract AttestationLens {
    uint256 private constant BPS = 10_000;

    /// @notice As many policies as subjects are needed.
    error LengthMismatch(uint256 subjects, uint256 policies);

    /// @notice The status of each subject under the policy of the same index.
    function statuses(ICollateralAttestations registry, address[] calldata subjects, bytes32[] calldata policyIds)
        external
        view
        returns (StatusInFull[] memory list)
    {
        if (subjects.length != policyIds.length) revert LengthMismatch(subjects.length, policyIds.length);
        list = new StatusInFull[](subjects.length);
        for (uint256 i = 0; i < list.length; ++i) {
            StatusInFull memory found = list[i];
            (found.status, found.reason, found.lapsedSince, found.graceUntil) =
                registry.statusInFull(subjects[i], policyIds[i]);
        }
    }

    /// @notice By how much a price may move before it is beyond its bound, in basis points of the price on the board: the
    /// least over the assets of the policy, and of which asset. Zero where a price is beyond its bound, disputed or missing.
    /// @dev Of the prices as they are on the board, however old. A subject may attest at bounds close by.
    function cushion(CollateralAttestations registry, address subject, bytes32 policyId)
        external
        view
        returns (uint256 least, uint256 asset)
    {
        (, uint256[] memory bounds) = registry.attestationOf(subject, policyId);
        if (bounds.length == 0) return (0, 0);
        (bool live, PackedPrice[] memory prices) = registry.priceBoard(policyId).prices();
        least = type(uint256).max;
        for (uint256 i = 0; i < prices.length; ++i) {
            (uint256 floor, uint256 ceiling) = Bounds.ofAsset(bounds, i);
            (uint256 low, uint256 high) = (prices[i].low(), prices[i].high());
            if (!live || prices[i].disputed() || low <= floor || high >= ceiling) return (0, i);
            uint256 down = (low - floor) * BPS / low;
            uint256 up = (ceiling - high) * BPS / high;
            uint256 own = floor != 0 && down < up ? down : up;
            if (own < least) (least, asset) = (own, i);
        }
    }
}
