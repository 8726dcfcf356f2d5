//! The price of one asset, as a range.

use alloy_primitives::U256;

use super::report::Report;
use crate::policy::BPS;

/// The range of one asset's price, as integers with the policy's decimals for the asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceRange {
    /// Lower end, never zero.
    pub low: u128,
    /// Upper end, not below `low`.
    pub high: u128,
}

/// The price of one asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetPrice {
    /// Symbol of the asset.
    pub asset: String,
    /// Its price range for one whole unit, in units of `10^−decimals` of the quote currency.
    pub range: PriceRange,
    /// Decimals of the range.
    pub decimals: u8,
    /// What the range was made from, ascending by the names of the sources; those that are too old do not count.
    pub reports: Vec<Report>,
}

/// The distance from `lowest` to `highest`, in bps of the lowest, rounded up; the largest number where it does not fit.
#[must_use]
pub fn spread(lowest: u128, highest: u128) -> u128 {
    let apart = U256::from(highest.saturating_sub(lowest)).saturating_mul(U256::from(BPS));
    if lowest == 0 { u128::MAX } else { u128::try_from(apart.div_ceil(U256::from(lowest))).unwrap_or(u128::MAX) }
}
