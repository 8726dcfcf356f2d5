// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// @notice The range in which an asset's price lies and when the board took it, in one word: from the top, low in 104
/// bits, high in 104, the time in 48. All zero where the board never had a price.
type PackedPrice is uint256;

using {low, high, refreshedAt} for PackedPrice global;

/// @notice The price is not below this.
function low(PackedPrice price) pure returns (uint256) {
    return PackedPrice.unwrap(price) >> 152;
}

/// @notice The price is not above this.
function high(PackedPrice price) pure returns (uint256) {
    return uint104(PackedPrice.unwrap(price) >> 48);
}

/// @notice When the board took it, in unix seconds.
function refreshedAt(PackedPrice price) pure returns (uint256) {
    return uint48(PackedPrice.unwrap(price));
}

/// @notice `price` from its parts, which are below 2^104, 2^104 and 2^48.
function packPrice(uint256 low_, uint256 high_, uint256 time) pure returns (PackedPrice) {
    return PackedPrice.wrap(low_ << 152 | high_ << 48 | time);
}

/// @title A board of prices for the assets of one market
/// @notice Price ranges are for one whole unit of the asset, with the decimals of the board's configuration.
interface IPriceBoard {
    /// @notice Hash of what decides the prices; see {Policies-configurationOf}. Never changes.
    function configuration() external view returns (bytes32);

    /// @notice Takes new prices for all assets from the sources as they are now, or reverts. Open to anyone.
    function refreshAll() external;

    /// @notice The prices of all assets, in the market's order.
    /// @dev How old is too old is for the reader to say.
    /// @return live Whether the chain's sequencer is up and has been for the grace period; true where there is none.
    /// No price counts while this is false.
    function prices() external view returns (bool live, PackedPrice[] memory);
}
