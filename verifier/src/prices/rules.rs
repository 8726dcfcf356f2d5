//! From the reports for one asset to its price range: which count, and their medians.

use alloy_primitives::U256;

use super::error::{PriceError, ReportError, StaleReport};
use super::price::{AssetPrice, PriceRange, spread};
use super::report::{self, Evidence, PriceReport, Report};
use crate::policy::{BPS, Policy, Provider, Source};

/// One report as it stands under a policy: widened by its confidence, with the policy's decimals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Price less confidence, rounded down.
    pub low: u128,
    /// Price, rounded down.
    pub middle: u128,
    /// Price plus confidence, rounded up.
    pub high: u128,
    /// Seconds from its publication to the snapshot.
    pub age: u64,
    /// Oldest that counts, in seconds.
    pub max_age: u32,
}

impl Standing {
    /// Whether it is young enough to count.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.age <= u64::from(self.max_age)
    }
}

/// Judges one report for the asset at `index` of the policy's market, in a snapshot made at `at`.
///
/// # Errors
/// [`ReportError`] for everything that is wrong with it but its age.
pub fn standing(policy: &Policy, index: usize, at: u64, report: &Report) -> Result<Standing, ReportError> {
    let rules = policy.rules();
    let source = rules.sources.iter().find(|source| source.name == report.by).ok_or(ReportError::UnknownSource)?;
    let feed = source.feed(index).ok_or(ReportError::NoFeed)?;
    let decimals = rules.assets.get(index).map(|risk| risk.price_decimals).ok_or(ReportError::NoFeed)?;
    if report.feed != feed.id {
        return Err(ReportError::OtherFeed { found: report.feed, expected: feed.id });
    }
    if report.decimals != feed.decimals {
        return Err(ReportError::Decimals { found: report.decimals, expected: feed.decimals });
    }
    let price = match u128::try_from(report.price) {
        Ok(0) => return Err(ReportError::Zero),
        Ok(price) => price,
        Err(_) => return Err(ReportError::Negative { price: report.price }),
    };
    check_evidence(source, &rules.quote, price, report)?;
    let Some(age) = at.checked_sub(report.published) else {
        return Err(ReportError::FromFuture { published: report.published, at });
    };
    let confidence = report.confidence;
    let limit = U256::from(price).saturating_mul(U256::from(source.max_confidence));
    if U256::from(confidence).saturating_mul(U256::from(BPS)) > limit {
        let (decimals, limit) = (report.decimals, source.max_confidence);
        return Err(ReportError::TooWide { confidence, price, decimals, limit });
    }
    let too_large = ReportError::TooLarge { decimals };
    let rescaled = |value: Option<u128>, up: bool| rescale(value?, report.decimals, decimals, up);
    let low = rescaled(price.checked_sub(confidence), false).ok_or(too_large.clone())?;
    let middle = rescaled(Some(price), false).ok_or(too_large.clone())?;
    let high = rescaled(price.checked_add(confidence), true).ok_or(too_large)?;
    if low == 0 {
        return Err(ReportError::Vanishes { decimals });
    }
    Ok(Standing { low, middle, high, age, max_age: feed.max_age })
}

/// What a report carries must be what its kind of source gives.
fn check_evidence(source: &Source, quote: &str, price: u128, report: &Report) -> Result<(), ReportError> {
    match (source.provider, &report.evidence) {
        (Provider::Chainlink { .. }, Evidence::Round { id, answered_in }) => {
            let (round, answered_in) = (*id, *answered_in);
            if round == 0 || report.published == 0 {
                return Err(ReportError::Incomplete { round });
            }
            if answered_in < round {
                return Err(ReportError::CarriedOver { round, answered_in });
            }
            if report.confidence != 0 {
                return Err(ReportError::StatesConfidence);
            }
            Ok(())
        }
        (Provider::Pyth { .. }, Evidence::None) => Ok(()),
        (Provider::Signed { signer: expected }, Evidence::Signature(signature)) => {
            let signed = PriceReport {
                feed: report.feed,
                quote: quote.to_owned(),
                price,
                confidence: report.confidence,
                decimals: report.decimals,
                published: report.published,
            };
            let found = report::signer(&signed, signature)?;
            if found == expected { Ok(()) } else { Err(ReportError::OtherSigner { found, expected }) }
        }
        (provider, evidence) => Err(ReportError::OtherKind { found: evidence.kind(), expected: provider.to_string() }),
    }
}

/// The range that an asset's reports make, in a snapshot made at `at`.
///
/// # Errors
/// [`PriceError`]: a report that is refused, too few that are fresh, or more deviation than the policy permits.
pub fn range(policy: &Policy, index: usize, at: u64, price: &AssetPrice) -> Result<PriceRange, PriceError> {
    let (rules, asset) = (policy.rules(), &price.asset);
    let refused = |by: &str, why| PriceError::Report { asset: asset.clone(), by: by.to_owned(), why: Box::new(why) };
    let (mut fresh, mut stale): (Vec<(&str, Standing)>, _) = (Vec::new(), Vec::new());
    let mut before: Option<&Report> = None;
    for report in &price.reports {
        check_order(before, report).map_err(|why| refused(&report.by, why))?;
        before = Some(report);
        let standing = standing(policy, index, at, report).map_err(|why| refused(&report.by, why))?;
        if standing.counts() {
            fresh.push((&report.by, standing));
        } else {
            stale.push(StaleReport { by: report.by.clone(), age: standing.age, limit: standing.max_age });
        }
    }
    let ends = || fresh.iter().map(|(_, standing)| standing);
    let range = medians(ends().map(|end| end.low).collect(), ends().map(|end| end.high).collect())
        .filter(|_| fresh.len() >= usize::from(rules.minimum_sources));
    let (Some(range), Some((low_by, least)), Some((high_by, most))) =
        (range, fresh.iter().min_by_key(|(_, end)| end.middle), fresh.iter().max_by_key(|(_, end)| end.middle))
    else {
        let (asset, fresh) = (asset.clone(), fresh.len());
        return Err(PriceError::TooFewFresh { asset, fresh, minimum: rules.minimum_sources, stale });
    };
    let (lowest, highest) = (least.middle, most.middle);
    if spread(lowest, highest) > u128::from(rules.max_deviation) {
        return Err(PriceError::Deviation {
            asset: asset.clone(),
            low_by: (*low_by).to_owned(),
            lowest,
            high_by: (*high_by).to_owned(),
            highest,
            decimals: price.decimals,
            limit: rules.max_deviation,
        });
    }
    Ok(range)
}

/// Reports ascend by the names of their sources, each of which has one.
fn check_order(before: Option<&Report>, report: &Report) -> Result<(), ReportError> {
    let Some(before) = before else { return Ok(()) };
    if before.by > report.by || (before.by == report.by && report.published < before.published) {
        return Err(ReportError::OutOfOrder { after: before.by.clone() });
    }
    if before.by == report.by { Err(ReportError::Repeated) } else { Ok(()) }
}

/// The lower median of the low ends and the upper median of the high ends; nothing where there are none.
///
/// Of an odd number both are the element in the middle; of an even number `n` the lower one is element `n/2 − 1` of the
/// ascending list and the upper one element `n/2`, counted from zero.
fn medians(mut lows: Vec<u128>, mut highs: Vec<u128>) -> Option<PriceRange> {
    lows.sort_unstable();
    highs.sort_unstable();
    let low = *lows.get(lows.len().checked_sub(1)?.checked_div(2)?)?;
    let high = *highs.get(highs.len().checked_div(2)?)?;
    Some(PriceRange { low, high })
}

/// To other decimals, rounded up or down; nothing where it does not fit.
fn rescale(value: u128, from: u8, to: u8, up: bool) -> Option<u128> {
    if let Some(more) = to.checked_sub(from) {
        return value.checked_mul(10u128.checked_pow(u32::from(more))?);
    }
    let unit = 10u128.checked_pow(u32::from(from.checked_sub(to)?))?;
    if up { Some(value.div_ceil(unit)) } else { value.checked_div(unit) }
}
