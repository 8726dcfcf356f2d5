// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {ChainlinkFeed} from "./ChainlinkFeed.sol";
import {PythFeed} from "./PythFeed.sol";

/// @notice A source's feed for one asset, as the board reads it.
struct BoardFeed {
    uint8 kind;
    address provider;
    bytes32 id;
    uint8 decimals;
    uint32 maxAge;
    uint16 maxConfidence;
}

/// @notice Whether a report counts, or the first reason why not.
enum Outcome {
    Counts,
    NoAnswer,
    OtherDecimals,
    NotPositive,
    Incomplete,
    FromFuture,
    WentBack,
    Stale,
    Unconfident,
    TooLarge
}

/// @notice What a source says, with the decimals of its feed.
struct RawReport {
    Outcome outcome;
    uint256 price;
    uint256 confidence;
    uint256 publishedAt;
}

/// @notice A report widened by its confidence, with the decimals of the board; `price` is its middle, rounded down.
struct Report {
    Outcome outcome;
    uint256 low;
    uint256 price;
    uint256 high;
    uint256 publishedAt;
}

/// @title Reports of price sources
/// @notice One more kind of source is one more adapter beside {ChainlinkFeed} and {PythFeed}, or a contract with
/// Chainlink's interface.
library Reports {
    uint8 internal constant CHAINLINK = 1;
    uint8 internal constant PYTH = 2;

    /// @dev Prices and ranges on the board are below this.
    uint256 internal constant LIMIT = 1 << 104;
    /// @dev Seconds by which a publisher's clock may be ahead of the block's.
    uint256 internal constant AHEAD = 15;
    uint256 private constant BPS = 10_000;

    /// @notice Reads a feed and judges it. `seen` is the latest publish time that counted before.
    function read(BoardFeed memory feed, uint8 decimals, uint256 seen) internal view returns (Report memory report) {
        RawReport memory raw = feed.kind == PYTH
            ? PythFeed.read(feed.provider, feed.id, feed.decimals)
            : ChainlinkFeed.read(address(uint160(uint256(feed.id))), feed.decimals);
        report.publishedAt = raw.publishedAt;
        report.outcome = judge(raw, feed, seen);
        if (report.outcome != Outcome.Counts) return report;
        report.low = rescale(raw.price - raw.confidence, feed.decimals, decimals, false);
        report.price = rescale(raw.price, feed.decimals, decimals, false);
        report.high = rescale(raw.price + raw.confidence, feed.decimals, decimals, true);
        if (report.low == 0) report.outcome = Outcome.NotPositive;
        if (report.high >= LIMIT) report.outcome = Outcome.TooLarge;
    }

    function judge(RawReport memory raw, BoardFeed memory feed, uint256 seen) private view returns (Outcome) {
        if (raw.outcome != Outcome.Counts) return raw.outcome;
        if (raw.price == 0) return Outcome.NotPositive;
        if (raw.price >= LIMIT) return Outcome.TooLarge;
        if (raw.publishedAt == 0) return Outcome.Incomplete;
        if (raw.publishedAt > block.timestamp + AHEAD) return Outcome.FromFuture;
        if (raw.publishedAt < seen) return Outcome.WentBack;
        if (block.timestamp > raw.publishedAt + feed.maxAge) return Outcome.Stale;
        if (raw.confidence >= raw.price || raw.confidence * BPS > raw.price * feed.maxConfidence) {
            return Outcome.Unconfident;
        }
        return Outcome.Counts;
    }

    /// @dev To other decimals, rounded up or down.
    function rescale(uint256 value, uint256 from, uint256 to, bool up) private pure returns (uint256) {
        if (to >= from) return value * 10 ** (to - from);
        uint256 unit = 10 ** (from - to);
        uint256 quotient = value / unit;
        return up && quotient * unit < value ? quotient + 1 : quotient;
    }
}
