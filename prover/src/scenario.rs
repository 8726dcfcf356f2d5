//! Prices that are not today's.

use assay_circuits::units::Wide;
use assay_verifier::{AssetBounds, Bounds, Buffer, FormatError};

use crate::error::Error;
use crate::terms::Terms;

/// All of a price, in basis points.
pub const WHOLE: i64 = 10_000;

/// Changes of prices, all at once. Prices without one stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scenario {
    /// Place of the asset in the market, and the change of its price in basis points, above −10,000. Several of one asset
    /// follow one another.
    pub changes: Vec<(usize, i64)>,
}

impl Scenario {
    /// One change.
    pub(crate) fn of_one(asset: usize, change: i64) -> Self {
        Self { changes: vec![(asset, change)] }
    }

    /// The same scenario to a part of its full extent, in basis points.
    #[must_use]
    pub fn scaled(&self, part: i64) -> Self {
        let scale = |(asset, change): &(usize, i64)| (*asset, change.saturating_mul(part) / WHOLE);
        Self { changes: self.changes.iter().map(scale).collect() }
    }

    /// Today's prices after the scenario, without a buffer: floors rounded down, ceilings up.
    ///
    /// # Errors
    /// [`Error::Bounds`] where a change takes away a whole price, or a price does not fit 128 bits.
    pub fn bounds(&self, terms: &Terms<'_>) -> Result<Bounds, Error> {
        let wrong = |asset: &str, what: &str| {
            Error::Bounds(FormatError { place: None, what: format!("{asset}: {what}"), mismatch: false })
        };
        let ranges = terms.prices().for_policy(terms.policy())?;
        let mut bounds = Bounds::around(terms.policy(), &ranges, Buffer::P0).map_err(Error::Bounds)?;
        for (asset, change) in &self.changes {
            let Some(AssetBounds { asset, floor, ceiling }) = bounds.0.get_mut(*asset) else { continue };
            let factor = u128::try_from(WHOLE.saturating_add(*change)).ok().filter(|factor| *factor > 0);
            let factor = factor.ok_or_else(|| wrong(asset, "a price that falls by 100 % or more leaves nothing"))?;
            let (factor, whole) = (Wide::from(factor), Wide::from(WHOLE.unsigned_abs()));
            let changed = |price: u128| Wide::from(price).saturating_mul(factor);
            let fit = |price: Wide| u128::try_from(price).map_err(|_| wrong(asset, "the price is too large"));
            *floor = fit(changed(*floor) / whole)?;
            *ceiling = fit(changed(*ceiling).div_ceil(whole))?;
        }
        Ok(bounds)
    }
}
