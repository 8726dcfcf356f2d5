// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {BoundedCall} from "./BoundedCall.sol";
import {Outcome, RawReport} from "./Reports.sol";

/// @notice What is used of Chainlink's interface.
interface AggregatorV3Interface {
    function decimals() external view returns (uint8);
    function latestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}

/// @title Reads a Chainlink aggregator
library ChainlinkFeed {
    /// @notice The latest round of an aggregator that must have these decimals. States no confidence.
    function read(address aggregator, uint8 decimals) internal view returns (RawReport memory report) {
        (bool ok, uint256[5] memory words) =
            BoundedCall.read(aggregator, abi.encodeCall(AggregatorV3Interface.decimals, ()), 1);
        if (!ok) return failed(Outcome.NoAnswer);
        if (words[0] != decimals) return failed(Outcome.OtherDecimals);
        (ok, words) = BoundedCall.read(aggregator, abi.encodeCall(AggregatorV3Interface.latestRoundData, ()), 5);
        if (!ok) return failed(Outcome.NoAnswer);
        (uint256 roundId, uint256 answer, uint256 updatedAt, uint256 answeredInRound) =
            (words[0], words[1], words[3], words[4]);
        if (answer == 0 || answer > uint256(type(int256).max)) return failed(Outcome.NotPositive);
        if (roundId == 0 || updatedAt == 0 || answeredInRound < roundId) return failed(Outcome.Incomplete);
        return RawReport({outcome: Outcome.Counts, price: answer, confidence: 0, publishedAt: updatedAt});
    }

    /// @notice Whether a sequencer's uptime feed says that it is up and has been for more than `grace` seconds.
    function isUp(address uptimeFeed, uint256 grace) internal view returns (bool) {
        (bool ok, uint256[5] memory words) =
            BoundedCall.read(uptimeFeed, abi.encodeCall(AggregatorV3Interface.latestRoundData, ()), 5);
        (uint256 answer, uint256 startedAt) = (words[1], words[2]);
        return
            ok && answer == 0 && startedAt != 0 && startedAt <= block.timestamp && block.timestamp - startedAt > grace;
    }

    function failed(Outcome outcome) private pure returns (RawReport memory report) {
        report.outcome = outcome;
    }
}
