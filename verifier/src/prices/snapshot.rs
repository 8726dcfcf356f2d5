//! A price snapshot: for each asset a low and a high price, and the reports that they were made from.
//!
//! A snapshot carries what is needed to make it again. [`PriceSnapshot::for_policy`] does so and takes no number on
//! trust that follows from others: ranges are recomputed, signatures of signed reports are checked. What Chainlink and
//! Pyth said is in the snapshot as its maker read it; whoever did not make it can ask both again, by the round or the
//! time.

use std::collections::{HashMap, HashSet};

use super::error::PriceError;
use super::price::{AssetPrice, PriceRange};
use super::report::Report;
use super::rules;
use crate::policy::{Policy, Source};

/// Prices of several assets at one time. What [`Self::from_json`] returns has no zero price and no asset twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceSnapshot {
    /// Currency of the prices, such as `USD`.
    pub quote: String,
    /// When it was made, in unix seconds. The ages of the reports are counted from here.
    pub at: u64,
    /// What people should know about it.
    pub note: Option<String>,
    /// The prices.
    pub prices: Vec<AssetPrice>,
}

impl PriceSnapshot {
    /// Makes the snapshot of a policy's assets at `at` from all reports at hand, in any order but that of one source's
    /// reports for one asset.
    ///
    /// # Errors
    /// [`PriceError`]: a report that is of no feed of the policy or refused by itself, an asset with too few fresh
    /// reports, or reports too far apart.
    pub fn make(policy: &Policy, at: u64, note: Option<String>, reports: Vec<Report>) -> Result<Self, PriceError> {
        let rules = policy.rules();
        let mut by_asset: HashMap<usize, Vec<Report>> = HashMap::new();
        for report in reports {
            let source = rules.sources.iter().find(|source| source.name == report.by);
            let source = source.ok_or_else(|| PriceError::UnknownSource { by: report.by.clone() })?;
            let index = asset_of(source, &report);
            let index = index.ok_or_else(|| PriceError::UnknownFeed { by: report.by.clone(), feed: report.feed })?;
            by_asset.entry(index).or_default().push(report);
        }
        let mut prices = Vec::new();
        for (index, (asset, risk)) in policy.market().assets().iter().zip(&rules.assets).enumerate() {
            let mut reports = by_asset.remove(&index).unwrap_or_default();
            // Stable: two of one source stay in their order, and are refused by the time that they were published.
            reports.sort_by(|one, other| one.by.cmp(&other.by));
            let range = PriceRange { low: 0, high: 0 };
            let mut price = AssetPrice { asset: asset.symbol.clone(), range, decimals: risk.price_decimals, reports };
            price.range = rules::range(policy, index, at, &price)?;
            prices.push(price);
        }
        Ok(Self { quote: rules.quote.clone(), at, note, prices })
    }

    /// Whether the snapshot is young enough for the policy at `now`, in unix seconds.
    ///
    /// # Errors
    /// [`PriceError::FromFuture`] or [`PriceError::Stale`].
    pub fn check_age(&self, policy: &Policy, now: u64) -> Result<(), PriceError> {
        let at = self.at;
        if at > now {
            return Err(PriceError::FromFuture { at, now });
        }
        let earliest = now.saturating_sub(u64::from(policy.rules().max_price_age));
        if at < earliest {
            return Err(PriceError::Stale { at, earliest });
        }
        Ok(())
    }

    /// The ranges of exactly the policy's assets, in the market's order, recomputed from the reports. Says nothing
    /// about the age of the snapshot itself.
    ///
    /// # Errors
    /// [`PriceError`] where the snapshot has another quote currency, misses an asset, has one that the market does not
    /// list, gives other decimals than the policy, its reports make no range under the policy or another than it says.
    pub fn for_policy(&self, policy: &Policy) -> Result<Vec<PriceRange>, PriceError> {
        let rules = policy.rules();
        if self.quote != rules.quote {
            return Err(PriceError::Quote { found: self.quote.clone(), expected: rules.quote.clone() });
        }
        let mut ranges = Vec::new();
        for (index, (asset, risk)) in policy.market().assets().iter().zip(&rules.assets).enumerate() {
            let asset = asset.symbol.clone();
            let mut matching = self.prices.iter().filter(|price| price.asset == asset);
            let price = match (matching.next(), matching.next()) {
                (Some(price), None) => price,
                (None, _) => return Err(PriceError::Missing { asset }),
                (Some(_), Some(_)) => return Err(PriceError::Twice { asset }),
            };
            if price.decimals != risk.price_decimals {
                return Err(PriceError::Decimals { asset, found: price.decimals, expected: risk.price_decimals });
            }
            let made = rules::range(policy, index, self.at, price)?;
            if price.range != made {
                return Err(PriceError::OtherRange { asset, stated: price.range, made, decimals: price.decimals });
            }
            ranges.push(made);
        }
        if let Some(price) = self.prices.iter().find(|price| policy.market().index_of(&price.asset).is_none()) {
            return Err(PriceError::NotInMarket { asset: price.asset.clone() });
        }
        Ok(ranges)
    }

    /// Names of the sources whose reports are in the snapshot, in their order.
    #[must_use]
    pub fn sources(&self) -> Vec<&str> {
        let all = self.prices.iter().flat_map(|price| &price.reports).map(|report| report.by.as_str());
        let mut sources: Vec<_> = all.collect::<HashSet<_>>().into_iter().collect();
        sources.sort_unstable();
        sources
    }
}

/// The place in the market of the asset that a report is about.
fn asset_of(source: &Source, report: &Report) -> Option<usize> {
    source.feeds.iter().position(|feed| feed.is_some_and(|feed| feed.id == report.feed))
}
