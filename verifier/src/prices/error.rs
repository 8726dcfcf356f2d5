//! Why reports make no price: each refusal names asset, source, value and limit.

use alloy_primitives::{Address, B256};

use super::price::{PriceRange, spread};
use crate::formats::amount::format_amount;
use crate::formats::signature::SignatureError;
use crate::formats::text::format_time;

/// Why a snapshot is not one for a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PriceError {
    /// The snapshot is too old.
    #[error("made at {}, the policy permits {} at the earliest", format_time(*at), format_time(*earliest))]
    Stale {
        /// The time at which it was made.
        at: u64,
        /// What the policy permits.
        earliest: u64,
    },
    /// The snapshot lies in the future.
    #[error("made at {}, now it is {}", format_time(*at), format_time(*now))]
    FromFuture {
        /// The time at which it was made.
        at: u64,
        /// The verifier's time.
        now: u64,
    },
    /// Prices in another currency.
    #[error("quote: {found}, the policy's is {expected}")]
    Quote {
        /// The snapshot's.
        found: String,
        /// The policy's.
        expected: String,
    },
    /// An asset of the market has no price.
    #[error("{asset}: the price is missing")]
    Missing {
        /// The asset.
        asset: String,
    },
    /// An asset has two prices.
    #[error("{asset}: two prices")]
    Twice {
        /// The asset.
        asset: String,
    },
    /// A price of what the market does not list.
    #[error("{asset}: not an asset of the market")]
    NotInMarket {
        /// The asset.
        asset: String,
    },
    /// A price with other decimals than the policy's. They decide what a price means.
    #[error("{asset}: {found} decimals, the policy says {expected}")]
    Decimals {
        /// The asset.
        asset: String,
        /// The snapshot's.
        found: u8,
        /// The policy's.
        expected: u8,
    },
    /// A report that is refused, whatever the others say.
    #[error("{asset}: {by}: {why}")]
    Report {
        /// The asset.
        asset: String,
        /// The source.
        by: String,
        /// What is wrong with it.
        why: Box<ReportError>,
    },
    /// A report of a source that the policy does not list.
    #[error("the policy does not list the source {by}")]
    UnknownSource {
        /// The source.
        by: String,
    },
    /// A report of a feed that the policy does not list.
    #[error("{by}: the feed {feed} is none of those that the policy lists for it")]
    UnknownFeed {
        /// The source.
        by: String,
        /// The feed's id.
        feed: B256,
    },
    /// Too few reports are young enough.
    #[error("{asset}: {fresh} fresh reports, the policy asks for {minimum}{}", stale_words(stale))]
    TooFewFresh {
        /// The asset.
        asset: String,
        /// Reports that are young enough.
        fresh: usize,
        /// Reports that the policy asks for.
        minimum: u8,
        /// Those that are too old.
        stale: Vec<StaleReport>,
    },
    /// The sources disagree.
    #[error(
        "{asset}: {low_by} says {}, {high_by} says {}: {} bps apart, the policy permits {limit}",
        format_amount(*lowest, *decimals), format_amount(*highest, *decimals), spread(*lowest, *highest)
    )]
    Deviation {
        /// The asset.
        asset: String,
        /// The source with the lowest price.
        low_by: String,
        /// The lowest price.
        lowest: u128,
        /// The source with the highest price.
        high_by: String,
        /// The highest price.
        highest: u128,
        /// Decimals of both.
        decimals: u8,
        /// The deviation that the policy permits.
        limit: u16,
    },
    /// The range that a snapshot states is not the one that its reports make.
    #[error(
        "{asset}: the snapshot says {} to {}, its reports make {} to {}",
        format_amount(stated.low, *decimals), format_amount(stated.high, *decimals),
        format_amount(made.low, *decimals), format_amount(made.high, *decimals)
    )]
    OtherRange {
        /// The asset.
        asset: String,
        /// What the snapshot says.
        stated: PriceRange,
        /// What its reports make.
        made: PriceRange,
        /// Decimals of both.
        decimals: u8,
    },
}

/// A report that is too old to count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleReport {
    /// The source.
    pub by: String,
    /// Seconds from its publication to the snapshot.
    pub age: u64,
    /// The oldest that counts.
    pub limit: u32,
}

/// What is wrong with one report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// It is of a source that the policy does not list.
    #[error("the policy does not list this source")]
    UnknownSource,
    /// The policy has no feed of the source for the asset.
    #[error("the policy has no feed of this source for the asset")]
    NoFeed,
    /// A second report for the asset.
    #[error("a second report for the same asset")]
    Repeated,
    /// A report older than the one before it, or not in the order of the sources' names.
    #[error("out of order: it stands after a report of {after}")]
    OutOfOrder {
        /// The source before it.
        after: String,
    },
    /// A report of another kind than the source is.
    #[error("a report of kind {found}, the policy says {expected}")]
    OtherKind {
        /// The report's.
        found: &'static str,
        /// The policy's.
        expected: String,
    },
    /// A report of another feed.
    #[error("the feed {found}, the policy says {expected}")]
    OtherFeed {
        /// The report's.
        found: B256,
        /// The policy's.
        expected: B256,
    },
    /// A price with other decimals than the policy's.
    #[error("{found} decimals, the policy says {expected}")]
    Decimals {
        /// The report's.
        found: u8,
        /// The policy's.
        expected: u8,
    },
    /// A price of zero.
    #[error("a price of zero")]
    Zero,
    /// A price below zero.
    #[error("a negative price: {price}")]
    Negative {
        /// The price, in units of its decimals.
        price: i128,
    },
    /// A Chainlink round without an answer.
    #[error("round {round} is not complete")]
    Incomplete {
        /// The round.
        round: u128,
    },
    /// A Chainlink answer that was carried over.
    #[error("the answer is of round {answered_in}, the round is {round}")]
    CarriedOver {
        /// The round.
        round: u128,
        /// The round of the answer.
        answered_in: u128,
    },
    /// Published after the snapshot was made.
    #[error("from the future: published at {}, the snapshot is of {}", format_time(*published), format_time(*at))]
    FromFuture {
        /// The time at which it was published.
        published: u64,
        /// The time at which the snapshot was made.
        at: u64,
    },
    /// Its confidence is too wide.
    #[error(
        "the confidence is {} at a price of {}, the policy permits {limit} bps",
        format_amount(*confidence, *decimals), format_amount(*price, *decimals)
    )]
    TooWide {
        /// The distance by which it may be off.
        confidence: u128,
        /// The price.
        price: u128,
        /// Decimals of both.
        decimals: u8,
        /// What the policy permits, in bps of the price.
        limit: u16,
    },
    /// A confidence where the kind of source states none.
    #[error("a confidence where a round states none")]
    StatesConfidence,
    /// With the decimals of the policy nothing is left of the price.
    #[error("the price is zero with the policy's {decimals} decimals")]
    Vanishes {
        /// The decimals.
        decimals: u8,
    },
    /// With the decimals of the policy the price does not fit 128 bits.
    #[error("the price does not fit 128 bits with the policy's {decimals} decimals")]
    TooLarge {
        /// The decimals.
        decimals: u8,
    },
    /// The signature is none.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The signature is somebody else's, or over another report.
    #[error("signed by {found}, the policy says {expected}")]
    OtherSigner {
        /// Whoever signed.
        found: Address,
        /// The signer that the policy lists.
        expected: Address,
    },
}

impl PriceError {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Stale { .. } => "prices_stale",
            Self::FromFuture { .. } => "prices_from_future",
            Self::Quote { .. } => "price_quote",
            Self::Missing { .. } => "price_missing",
            Self::Twice { .. } => "price_twice",
            Self::NotInMarket { .. } => "price_not_in_market",
            Self::Decimals { .. } => "price_decimals",
            Self::Report { why, .. } => why.code(),
            Self::UnknownSource { .. } => "report_unknown_source",
            Self::UnknownFeed { .. } => "report_unknown_feed",
            Self::TooFewFresh { .. } => "price_too_few_fresh",
            Self::Deviation { .. } => "price_deviation",
            Self::OtherRange { .. } => "price_other_range",
        }
    }
}

impl ReportError {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownSource => "report_unknown_source",
            Self::NoFeed => "report_no_feed",
            Self::Repeated => "report_repeated",
            Self::OutOfOrder { .. } => "report_out_of_order",
            Self::OtherKind { .. } => "report_other_kind",
            Self::OtherFeed { .. } => "report_other_feed",
            Self::Decimals { .. } => "report_decimals",
            Self::Zero => "report_zero",
            Self::Negative { .. } => "report_negative",
            Self::Incomplete { .. } => "report_incomplete_round",
            Self::CarriedOver { .. } => "report_carried_over",
            Self::FromFuture { .. } => "report_from_future",
            Self::TooWide { .. } => "report_too_wide",
            Self::StatesConfidence => "report_states_confidence",
            Self::Vanishes { .. } => "report_vanishes",
            Self::TooLarge { .. } => "report_too_large",
            Self::Signature(_) => "report_signature",
            Self::OtherSigner { .. } => "report_other_signer",
        }
    }
}

/// `; too old: pyth (61 s, at most 60 s)`.
fn stale_words(stale: &[StaleReport]) -> String {
    let words = stale.iter().map(|StaleReport { by, age, limit }| format!("{by} ({age} s, at most {limit} s)"));
    match words.collect::<Vec<_>>().join(", ") {
        words if words.is_empty() => String::new(),
        words => format!("; too old: {words}"),
    }
}
