//! Compound v3: `Comet.isLiquidatable`.
//!
//! Source of the rule: compound-finance/comet, `contracts/Comet.sol`.

use ruint::aliases::U256;

use super::arithmetic::{mul_div, ten_to};

/// What the promise rests on.
pub(super) const ASSUMPTIONS: &[&str] = &[
    "The position is one account of one Comet: its borrow balance of the base asset, which is the policy's only asset \
     without a liquidation threshold, and its collateral balances.",
    "The Comet's liquidation collateral factors are not below the policy's liquidation thresholds.",
    "The prices of the Comet's feeds, with 8 decimals, are within the bounds.",
    "Until valid-until debt grows by no more than the policy's debt interest and collateral shrinks by no more than its \
     yield decay, roundings to base units included.",
];

/// What an account owes.
#[derive(Clone, Copy, Debug)]
pub struct Base {
    /// The borrow balance in base units.
    pub debt: U256,
    /// Price of one whole unit.
    pub price: U256,
    /// Base units of one whole unit.
    pub scale: U256,
}

/// What an account has of one collateral asset.
#[derive(Clone, Copy, Debug)]
pub struct Collateral {
    /// The balance in base units.
    pub balance: U256,
    /// Price of one whole unit.
    pub price: U256,
    /// Base units of one whole unit.
    pub scale: U256,
    /// Liquidation collateral factor in units of `10^-18`.
    pub factor: U256,
}

/// Whether the account can be liquidated; `None` where the deployed code reverts. With the borrow collateral factors in
/// their place, the opposite of `isBorrowCollateralized`.
///
/// Debt is rounded towards zero, each collateral down twice: after the price and after the factor.
#[must_use]
pub fn liquidatable(base: &Base, collaterals: &[Collateral]) -> Option<bool> {
    let debt = mul_div(base.debt, base.price, base.scale)?;
    let mut liquidity = U256::ZERO;
    for collateral in collaterals {
        let value = mul_div(collateral.balance, collateral.price, collateral.scale)?;
        liquidity = liquidity.checked_add(mul_div(value, collateral.factor, ten_to(18)?)?)?;
    }
    Some(liquidity < debt)
}
