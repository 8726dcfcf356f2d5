//! Morpho Blue: `Morpho._isHealthy`.
//!
//! Source of the rule: morpho-org/morpho-blue, `src/Morpho.sol`, `src/libraries/MathLib.sol`,
//! `src/libraries/SharesMathLib.sol`.

use ruint::aliases::U256;

use super::arithmetic::{mul_div, mul_div_up, ten_to};

/// What the promise rests on.
pub(super) const ASSUMPTIONS: &[&str] = &[
    "The position is one position in one market: its collateral, and its borrow shares as assets with interest accrued, \
     rounded up.",
    "The market's liquidation loan-to-value is not below the policy's liquidation threshold.",
    "The price of the market's oracle is not below the floor of the collateral over the ceiling of the loan asset.",
    "Until valid-until debt grows by no more than the policy's debt interest and collateral shrinks by no more than its \
     yield decay, roundings to base units included.",
];

/// What `shares` are worth in base units of the loan asset, rounded up; `None` where the deployed code reverts.
#[must_use]
pub fn to_assets_up(shares: U256, total_assets: U256, total_shares: U256) -> Option<U256> {
    let (virtual_assets, virtual_shares) = (U256::ONE, ten_to(6)?);
    mul_div_up(shares, total_assets.checked_add(virtual_assets)?, total_shares.checked_add(virtual_shares)?)
}

/// Whether the position cannot be liquidated. `borrowed` is [`to_assets_up`] of its shares, `price` the loan asset's base
/// units for one base unit of collateral in units of `10^-36`, `lltv` in units of `10^-18`. `None` where the deployed
/// code reverts.
///
/// The value is rounded down twice: after the price and after the loan-to-value.
#[must_use]
pub fn healthy(collateral: U256, borrowed: U256, price: U256, lltv: U256) -> Option<bool> {
    let value = mul_div(collateral, price, ten_to(36)?)?;
    Some(mul_div(value, lltv, ten_to(18)?)? >= borrowed)
}
