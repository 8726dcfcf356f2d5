// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity >=0.8.13;

/// @notice The range in which an asset's price lies and when the board took it, in one word: from the top, low in 104
/// bits, high in 104, whether the sources disagreed in 1, the time in 47. All zero where the board never had a price.
type PackedPrice is uint256;

using {low, high, disputed, refreshedAt} for PackedPrice global;

/// @notice The price is not below this.
function low(PackedPrice price) pure returns (uint256) {
    return PackedPrice.unwrap(price) >> 152;
}

/// @notice The price is not above this.
function high(PackedPrice price) pure returns (uint256) {
    return uint104(PackedPrice.unwrap(price) >> 48);
}

/// @notice Whether the sources were further apart than the board permits: the range is from the least to the greatest
/// that any of them says, and nobody knows where in it the price is.
function disputed(PackedPrice price) pure returns (bool) {
    return PackedPrice.unwrap(price) >> 47 & 1 == 1;
}

/// @notice When the board took it, in unix seconds.
function refreshedAt(PackedPrice price) pure returns (uint256) {
    return PackedPrice.unwrap(price) & (1 << 47) - 1;
}

/// @notice `price` from its parts, which are below 2^104, 2^104 and 2^47.
function packPrice(uint256 low_, uint256 high_, bool disputed_, uint256 time) pure returns (PackedPrice) {
    return PackedPrice.wrap(low_ << 152 | high_ << 48 | (disputed_ ? 1 << 47 : 0) | time);
}

/// @title A board of prices for the assets of one market
/// @notice Price ranges are for one whole unit of the asset, with the decimals of the board's configuration.
interface IPriceBoard {
    /// @notice Hash of what decides the prices; see {Policies-configurationOf}. Never changes.
    function configuration() external view returns (bytes32);

    /// @notice Takes new prices for all assets from the sources as they are now, or reverts. Open to anyone.
    function refreshAll() external;

    /// @notice When a price was last taken again after an outage: after none was taken for longer than the sources'
    /// reports may be old, or after its sources had disagreed. Zero where that never happened.
    function resumedAt() external view returns (uint256);

    /// @notice The prices of all assets, in the market's order.
    /// @dev How old is too old is for the reader to say.
    /// @return live Whether the chain's sequencer is up and has been for the grace period; true where there is none.
    /// No price counts while this is false.
    function prices() external view returns (bool live, PackedPrice[] memory);
}
