// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {BoardFeed} from "./Reports.sol";

/// @title The feeds of a board's assets, packed so that those of 64 assets fit one data contract
/// @dev A word for each asset first: the decimals of its price in 8 bits, the number of its feeds in 8, the place of the
/// first in 16. Then two words for each feed: its id; provider in 160 bits, kind and decimals in 8 each, largest age in
/// 32, largest confidence in 16.
library Feeds {
    /// @notice All feeds of all assets.
    function encode(uint8[] memory decimals, BoardFeed[][] memory feeds) internal pure returns (bytes memory) {
        uint256 place = feeds.length;
        for (uint256 i = 0; i < feeds.length; ++i) {
            place += 2 * feeds[i].length;
        }
        uint256[] memory words = new uint256[](place);
        place = feeds.length;
        for (uint256 i = 0; i < feeds.length; ++i) {
            words[i] = decimals[i] | feeds[i].length << 8 | place << 16;
            for (uint256 j = 0; j < feeds[i].length; ++j) {
                BoardFeed memory feed = feeds[i][j];
                words[place++] = uint256(feed.id);
                words[place++] = uint256(uint160(feed.provider)) | uint256(feed.kind) << 160 | uint256(feed.decimals)
                    << 168 | uint256(feed.maxAge) << 176 | uint256(feed.maxConfidence) << 208;
            }
        }
        return abi.encodePacked(words);
    }

    /// @notice The decimals of an asset's price and its feeds.
    function load(uint256[] memory words, uint256 asset)
        internal
        pure
        returns (uint8 decimals, BoardFeed[] memory feeds)
    {
        uint256 word = words[asset];
        decimals = uint8(word);
        feeds = new BoardFeed[](uint8(word >> 8));
        uint256 place = word >> 16;
        for (uint256 i = 0; i < feeds.length; ++i) {
            word = words[place + 1];
            feeds[i] = BoardFeed({
                kind: uint8(word >> 160),
                provider: address(uint160(word)),
                id: bytes32(words[place]),
                decimals: uint8(word >> 168),
                maxAge: uint32(word >> 176),
                maxConfidence: uint16(word >> 208)
            });
            place += 2;
        }
    }
}
