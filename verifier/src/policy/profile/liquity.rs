//! Liquity v1: the individual collateral ratio as `LiquityMath._computeCR` computes it, against `MCR`.
//!
//! Source of the rule: liquity/dev, `packages/contracts/contracts/Dependencies/LiquityMath.sol`, `TroveManager.sol`.

use ruint::aliases::U256;

use super::arithmetic::mul_div;

/// What the promise rests on.
pub(super) const ASSUMPTIONS: &[&str] = &[
    "The position is one trove: all of its collateral and debt, with the gas reserve and what redistributions have added.",
    "The system is not in recovery mode.",
    "The price of the protocol's feed, in USD, is not below the floor of the collateral.",
    "Until valid-until debt grows by no more than the policy's debt interest and collateral shrinks by no more than its \
     yield decay, roundings to base units included.",
];

/// The least ratio outside recovery mode, 110 %, in units of `10^-18`.
pub const MCR: U256 = U256::from_limbs([1_100_000_000_000_000_000, 0, 0, 0]);

/// The ratio in units of `10^-18`, rounded down, the largest integer where nothing is owed. All three have 18 decimals.
/// `None` where the deployed code reverts.
#[must_use]
pub fn collateral_ratio(collateral: U256, debt: U256, price: U256) -> Option<U256> {
    if debt.is_zero() { Some(U256::MAX) } else { mul_div(collateral, price, debt) }
}

/// Whether the trove cannot be liquidated outside recovery mode.
#[must_use]
pub fn healthy(collateral: U256, debt: U256, price: U256) -> Option<bool> {
    Some(collateral_ratio(collateral, debt, price)? >= MCR)
}
