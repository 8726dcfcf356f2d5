//! Aave v3.5 and later: the health factor as `GenericLogic.calculateUserAccountData` computes it outside eMode.
//!
//! Source of the rule: aave-dao/aave-v3-origin, `GenericLogic.sol`, `WadRayMath.sol`, `MathUtils.sol`. Earlier versions
//! round half up and weigh an average threshold, so they are another rule.

use ruint::aliases::U256;

use super::arithmetic::{mul_div, mul_div_up, ten_to};

/// What the promise rests on.
pub(super) const ASSUMPTIONS: &[&str] = &[
    "The position is one account of one Aave pool, version 3.5 or later: all that it owes there, and the balances that it \
     has enabled as collateral.",
    "The account is in no eMode, and the pool's liquidation thresholds are not below the policy's.",
    "The prices of the pool's oracle, in USD with 8 decimals, are within the bounds.",
    "Until valid-until debt grows by no more than the policy's debt interest and collateral shrinks by no more than its \
     yield decay, roundings to base units included.",
];

/// What an account has in one reserve.
#[derive(Clone, Copy, Debug)]
pub struct Reserve {
    /// Balance of the aToken that is enabled as collateral, in base units.
    pub collateral: U256,
    /// Balance of the debt token, in base units.
    pub debt: U256,
    /// Price of one whole unit, from the pool's oracle.
    pub price: U256,
    /// Decimals of the asset.
    pub decimals: u8,
    /// Liquidation threshold in bps.
    pub threshold: u16,
}

/// The health factor in units of `10^-18`, the largest integer where nothing is owed; `None` where the deployed code
/// reverts.
///
/// Collateral is rounded down a reserve, debt up; the quotient of their sums is rounded half up, then down.
#[must_use]
pub fn health_factor(reserves: &[Reserve]) -> Option<U256> {
    let (mut weighted, mut debt) = (U256::ZERO, U256::ZERO);
    for reserve in reserves {
        let unit = ten_to(reserve.decimals)?;
        let collateral = mul_div(reserve.collateral, reserve.price, unit)?;
        weighted = weighted.checked_add(collateral.checked_mul(U256::from(reserve.threshold))?)?;
        debt = debt.checked_add(mul_div_up(reserve.debt, reserve.price, unit)?)?;
    }
    if debt.is_zero() {
        return Some(U256::MAX);
    }
    let half = debt.checked_div(U256::from(2u8))?;
    let quotient = weighted.checked_mul(ten_to(18)?)?.checked_add(half)?.checked_div(debt)?;
    quotient.checked_div(U256::from(10_000u16))
}

/// Whether the account cannot be liquidated: its health factor is at least one.
#[must_use]
pub fn healthy(reserves: &[Reserve]) -> Option<bool> {
    Some(health_factor(reserves)? >= ten_to(18)?)
}
