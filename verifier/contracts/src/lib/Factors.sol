// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Policies} from "./Policies.sol";

/// @title The factors of one asset, in basis points
/// @dev Each is computed exactly and rounded once, against the prover.
library Factors {
    /// @notice Seconds of the year that annual rates refer to: 365 days.
    uint256 internal constant YEAR = 31_536_000;

    uint256 private constant BPS = Policies.BPS;

    /// @notice `f`, rounded down; zero where decay has eaten the value.
    function collateral(uint256 threshold, uint256 haircut, uint256 volatility, uint256 decayRate, uint256 elapsed)
        internal
        pure
        returns (uint256)
    {
        uint256 whole = YEAR * BPS;
        uint256 decay = decayRate * elapsed;
        if (decay >= whole) return 0;
        return threshold * (BPS - haircut) * (BPS - volatility) * (whole - decay) / (BPS * BPS * whole);
    }

    /// @notice `g`, rounded up; at least 10,000.
    function debt(uint256 minimumRatio, uint256 borrowFactor, uint256 interest, uint256 elapsed)
        internal
        pure
        returns (uint256)
    {
        uint256 whole = YEAR * BPS;
        return Math.ceilDiv(minimumRatio * borrowFactor * (whole + interest * elapsed), BPS * whole);
    }
}
