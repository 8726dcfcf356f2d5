//! Covenants: what a lender asks of a position besides the policy's own rule, each under a name.
//!
//! Assets are places in the market's list, rates basis points (bps), quantities base units of their asset, and values units of
//! `10^-12` of the quote currency. The page "Covenants" of the book says what each kind means.

mod check;
mod encode;
mod fields;
mod read;
mod threshold;

pub(super) use check::check;
pub(super) use encode::id;
pub(super) use read::read;
pub use threshold::{Relation, Threshold, Unit};

/// Digits after the point of a value in the quote currency.
pub const VALUE_DECIMALS: u8 = 12;
/// The most covenants of a policy.
pub const MOST_COVENANTS: usize = 32;

/// One covenant of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covenant {
    /// What people call it, unique in the policy: 1 to 32 lower-case ASCII letters, digits or hyphens, a letter first.
    pub name: String,
    /// The section of the agreement that says it: 1 to 160 printable ASCII characters.
    pub section: String,
    /// What a verdict tells besides that it holds.
    pub discloses: Discloses,
    /// What it asks.
    pub kind: Kind,
}

/// What a verdict tells of a covenant besides that it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discloses {
    /// Nothing.
    Nothing,
    /// The threshold that it holds at.
    Threshold,
}

/// What a covenant asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The policy's own rule: weighted collateral is more than the ratio times weighted debt.
    Coverage {
        /// At least the policy's minimum ratio.
        ratio: u32,
        /// The [`Mode::Exclude`] covenants of the policy whose excess does not count here: places in its list, ascending.
        after: Vec<usize>,
    },
    /// Coverage after shocks.
    Stress(Stress),
    /// A group has at most a share of the value of all collateral that the policy accepts.
    Concentration {
        /// The group, of assets that are accepted as collateral.
        group: Vec<Share>,
        /// The largest share, below `10^4`.
        share: u32,
        /// What happens to what is beyond it.
        mode: Mode,
    },
    /// A group has at most a value, or one asset an amount.
    Ceiling {
        /// The group.
        group: Vec<Share>,
        /// The side of the position that is limited.
        side: Side,
        /// The limit.
        limit: Limit,
    },
    /// The value of all collateral is at most a multiple of what is left of it after debt.
    Leverage {
        /// The multiple, above `10^4`.
        most: u32,
    },
    /// Each asset counts for as much as the market takes.
    Liquidity {
        /// What must be covered of the debt, at least `10^4`.
        ratio: u32,
        /// Asset and what the market takes of it, assets ascending; of others it takes nothing.
        depths: Vec<(usize, u128)>,
        /// Share of the value that the sale costs, below `10^4`.
        slippage: u32,
    },
    /// The average of a public figure over the collateral that has one, weighted by value at full value, is within a limit.
    WeightedAverage {
        /// Asset and its figure, at most `10^6`; assets ascending, all of them accepted as collateral.
        figures: Vec<(usize, u32)>,
        /// On which side of the limit the average must be.
        side: Average,
        /// The limit, which some figures are within and some are not.
        limit: u32,
    },
    /// A year's income from collateral covers a year's interest on debt.
    InterestCoverage {
        /// What must be covered of the interest, at least `10^4`.
        ratio: u32,
        /// Asset and what it yields in a year, of its value; of others nothing counts. Assets ascending.
        yields: Vec<(usize, u32)>,
        /// Every asset that may be owed and what it costs in a year; assets ascending.
        rates: Vec<(usize, u32)>,
    },
    /// Coverage, with thresholds that fall as the quantity of an asset rises.
    Tiers {
        /// At least `10^4`.
        ratio: u32,
        /// The assets with tiers, ascending; others count as in the policy.
        schedules: Vec<Schedule>,
    },
}

/// The prices of a scenario, and the costs of a liquidation within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stress {
    /// What must be covered of the debt, at least `10^4`.
    pub ratio: u32,
    /// Asset and change of its price, above `−10^4`; assets ascending.
    pub shocks: Vec<(usize, i32)>,
    /// Share of the value that a sale costs, below `10^4`.
    pub slippage: u32,
    /// What a liquidator gets on top of the debt that it repays, at most `10^4`.
    pub bonus: u32,
    /// Whether collateral and debt count in full, and not with the policy's factors.
    pub in_full: bool,
    /// As in [`Kind::Coverage`].
    pub after: Vec<usize>,
}

/// How far an asset belongs to a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Its place in the market.
    pub asset: usize,
    /// The part of it that does, `1 … 10^4`.
    pub part: u32,
}

/// What happens where a group has more than its share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The covenant does not hold.
    Breach,
    /// The excess does not count as collateral in the covenants that name this one under `after`.
    Exclude {
        /// Whether the share is one of what is left after all exclusions of the policy, and not of all collateral.
        of_admitted: bool,
    },
}

/// A side of a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What is held.
    Collateral,
    /// What is owed.
    Debt,
}

/// The limit of a [`Kind::Ceiling`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// A value in units of `10^-12` of the quote currency, below `2^120`.
    Value(u128),
    /// An amount of the group's one asset in base units, below `2^120`.
    Amount(u128),
}

/// The side of its limit that an average must be on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Average {
    /// The limit or less.
    Most,
    /// The limit or more.
    Least,
}

/// The tiers of one asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Its place in the market.
    pub asset: usize,
    /// Tiers by quantity, ascending.
    pub tiers: Vec<Tier>,
    /// The threshold of what is beyond the last tier.
    pub beyond: u32,
}

/// One tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// The quantity in base units at which it ends, below `2^120`.
    pub up_to: u128,
    /// The liquidation threshold within it, at most `10^4`.
    pub threshold: u32,
}

impl Kind {
    /// Every word of `kind` in a policy file.
    pub const WORDS: [&str; 9] = [
        "coverage",
        "stress",
        "concentration",
        "ceiling",
        "leverage",
        "liquidity",
        "weighted-average",
        "interest-coverage",
        "tiers",
    ];

    /// The word of `kind` in a policy file.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Coverage { .. } => "coverage",
            Self::Stress(_) => "stress",
            Self::Concentration { .. } => "concentration",
            Self::Ceiling { .. } => "ceiling",
            Self::Leverage { .. } => "leverage",
            Self::Liquidity { .. } => "liquidity",
            Self::WeightedAverage { .. } => "weighted-average",
            Self::InterestCoverage { .. } => "interest-coverage",
            Self::Tiers { .. } => "tiers",
        }
    }

    /// The covenants whose excess does not count here.
    #[must_use]
    pub fn after(&self) -> &[usize] {
        match self {
            Self::Coverage { after, .. } | Self::Stress(Stress { after, .. }) => after,
            _ => &[],
        }
    }
}
