//! How one asset counts, and its factors over time.

use ruint::aliases::U512;

/// One hundred percent in basis points.
pub const BPS: u32 = 10_000;
/// Largest minimum ratio and borrow factor in basis points: a hundredfold.
pub const MAX_FACTOR: u32 = 1_000_000;
/// Seconds of the year that annual rates refer to: 365 days.
pub const YEAR: u64 = 31_536_000;

/// How one asset counts. Factors are in basis points (bps), rates in basis points a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Risk {
    /// Share of the value that counts as collateral, `1 … 10^4`; zero where the asset is not accepted as collateral.
    pub liquidation_threshold: u16,
    /// Share taken off the collateral value, `0 … 10^4`.
    pub haircut: u16,
    /// Further share taken off for volatility, `0 … 10^4`.
    pub volatility_buffer: u16,
    /// Share a year that the collateral may lose from as-of to valid-until, `0 … 10^6`.
    pub yield_decay: u32,
    /// Weight of debt in the asset, `10^4 … 10^6`; zero where the asset is never owed.
    pub borrow_factor: u32,
    /// Simple interest a year that debt may accrue from as-of to valid-until, `0 … 10^6`.
    pub debt_interest: u32,
    /// Decimals of its prices, at most 36.
    pub price_decimals: u8,
}

impl Risk {
    /// `f`: what a unit of value counts for as collateral after `elapsed` seconds, in basis points, rounded down.
    #[must_use]
    pub fn collateral_factor(&self, elapsed: u64) -> u64 {
        let bps = u128::from(BPS);
        let decay = u128::from(self.yield_decay).saturating_mul(u128::from(elapsed));
        let year = u128::from(YEAR).saturating_mul(bps);
        let product = u128::from(self.liquidation_threshold)
            .saturating_mul(bps.saturating_sub(u128::from(self.haircut)))
            .saturating_mul(bps.saturating_sub(u128::from(self.volatility_buffer)))
            .saturating_mul(year.saturating_sub(decay));
        let unit = year.saturating_mul(bps).saturating_mul(bps);
        product.checked_div(unit).and_then(|factor| u64::try_from(factor).ok()).unwrap_or(0)
    }

    /// `g`: what a unit of value counts for as debt after `elapsed` seconds where the ratio must be `minimum_ratio`, in basis
    /// points, rounded up.
    #[must_use]
    pub fn debt_factor(&self, minimum_ratio: u32, elapsed: u64) -> u64 {
        let interest = u128::from(self.debt_interest).saturating_mul(u128::from(elapsed));
        let year = u128::from(YEAR).saturating_mul(u128::from(BPS));
        let product = U512::from(minimum_ratio)
            .saturating_mul(U512::from(self.borrow_factor))
            .saturating_mul(U512::from(year.saturating_add(interest)));
        let unit = U512::from(year).saturating_mul(U512::from(BPS));
        u64::try_from(product.div_ceil(unit)).unwrap_or(u64::MAX)
    }

    /// Whether it is no collateral: where a protocol lends one asset, this is it.
    #[must_use]
    pub fn is_debt(&self) -> bool {
        self.liquidation_threshold == 0
    }
}
