// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {BoundedCall} from "./BoundedCall.sol";
import {Outcome, RawReport} from "./Reports.sol";

/// @notice What is used of Pyth's interface.
interface IPyth {
    struct Price {
        int64 price;
        uint64 conf;
        int32 expo;
        uint256 publishTime;
    }

    function getPriceUnsafe(bytes32 id) external view returns (Price memory);
}

/// @title Reads a price of the Pyth contract
library PythFeed {
    /// @notice The last price that was brought to the contract, which must have the exponent `−decimals`.
    function read(address pyth, bytes32 id, uint8 decimals) internal view returns (RawReport memory report) {
        (bool ok, uint256[5] memory words) = BoundedCall.read(pyth, abi.encodeCall(IPyth.getPriceUnsafe, (id)), 4);
        (uint256 price, uint256 confidence, uint256 exponent, uint256 publishTime) =
            (words[0], words[1], words[2], words[3]);
        if (!ok) {
            report.outcome = Outcome.NoAnswer;
        } else if (price == 0 || price > uint256(uint64(type(int64).max))) {
            report.outcome = Outcome.NotPositive;
        } else if (exponent != uint256(-int256(uint256(decimals)))) {
            report.outcome = Outcome.OtherDecimals;
        } else if (confidence > type(uint64).max) {
            report.outcome = Outcome.Unconfident;
        } else {
            report.price = price;
            report.confidence = confidence;
            report.publishedAt = publishTime;
        }
    }
}
