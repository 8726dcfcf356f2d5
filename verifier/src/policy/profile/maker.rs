//! Maker: what `Spotter.poke` stores and what `Vat.frob` and `Dog.bark` compare.
//!
//! Source of the rule: makerdao/dss, `src/spot.sol`, `src/vat.sol`, `src/dog.sol`.

use ruint::aliases::U256;

use super::arithmetic::{mul_div, ten_to};

/// What the promise rests on.
pub(super) const ASSUMPTIONS: &[&str] = &[
    "The position is one vault: its collateral, and its debt at the current rate, rounded up to base units.",
    "The liquidation ratio of its ilk is not above one over the policy's liquidation threshold, and par is one.",
    "The USD price from which the ilk's spot was last computed is not below the floor of the collateral.",
    "Until valid-until debt grows by no more than the policy's debt interest and collateral shrinks by no more than its \
     yield decay, roundings to base units included.",
];

/// The spot price of an ilk: the price divided by `par` and by the liquidation ratio `mat`, with 27 decimals, rounded
/// down after each division. `price` has 18 decimals, the others 27. `None` where the deployed code reverts.
#[must_use]
pub fn spot(price: U256, par: U256, mat: U256) -> Option<U256> {
    let ray = ten_to(27)?;
    mul_div(mul_div(price.checked_mul(ten_to(9)?)?, ray, par)?, ray, mat)
}

/// Whether the vault cannot be liquidated: `art·rate ≤ ink·spot`, exactly. `ink` and `art` have 18 decimals, `rate` and
/// `spot` 27. `None` where the deployed code reverts.
#[must_use]
pub fn safe(ink: U256, art: U256, rate: U256, spot: U256) -> Option<bool> {
    Some(art.checked_mul(rate)? <= ink.checked_mul(spot)?)
}
