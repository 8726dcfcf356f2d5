//! The one number of a covenant that says how much is asked, apart from what it is asked of.

use std::fmt;

use super::{Average, Covenant, Discloses, Kind, Limit, Mode, Stress, VALUE_DECIMALS};
use crate::formats::format_amount;
use crate::policy::complete::Policy;

/// What a covenant's figure must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// More than the threshold.
    MoreThan,
    /// The threshold or more.
    AtLeast,
    /// The threshold or less.
    AtMost,
}

/// What a threshold is a number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Basis points.
    Bps,
    /// `10^-12` of the quote currency.
    Value,
    /// Base units of the asset at this place of the market.
    Amount(usize),
    /// The covenant's own figure.
    Figure,
}

/// The threshold of a covenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// How the covenant's figure must stand to it.
    pub relation: Relation,
    /// The number.
    pub number: u128,
    /// What it is a number of.
    pub unit: Unit,
}

impl Threshold {
    /// Whether it is a number of 32 bits: basis points or a figure.
    #[must_use]
    pub fn is_short(&self) -> bool {
        matches!(self.unit, Unit::Bps | Unit::Figure)
    }

    /// The number with its unit, in the policy's words.
    #[must_use]
    pub fn amount(&self, policy: &Policy) -> String {
        match self.unit {
            Unit::Bps => format!("{} %", format_amount(self.number, 2)),
            Unit::Value => format!("{} {}", format_amount(self.number, VALUE_DECIMALS), policy.rules().quote),
            Unit::Amount(asset) => match policy.market().assets().get(asset) {
                Some(asset) => format!("{} {}", format_amount(self.number, asset.decimals), asset.symbol),
                None => self.number.to_string(),
            },
            Unit::Figure => self.number.to_string(),
        }
    }

    /// The whole threshold, such as `at most 30.00 %`.
    #[must_use]
    pub fn words(&self, policy: &Policy) -> String {
        format!("{} {}", self.relation, self.amount(policy))
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MoreThan => "more than",
            Self::AtLeast => "at least",
            Self::AtMost => "at most",
        })
    }
}

impl Covenant {
    /// What a verdict tells besides that the covenant holds, where the policy lets it.
    #[must_use]
    pub fn disclosed(&self, policy: &Policy) -> Option<String> {
        match self.discloses {
            Discloses::Nothing => None,
            Discloses::Threshold => self.kind.threshold().map(|threshold| threshold.words(policy)),
        }
    }
}

impl Kind {
    /// The threshold; none where the covenant asks nothing by itself.
    #[must_use]
    pub fn threshold(&self) -> Option<Threshold> {
        let bps = |relation, number: u32| Some(Threshold { relation, number: number.into(), unit: Unit::Bps });
        match self {
            Self::Coverage { ratio, .. } | Self::Stress(Stress { ratio, .. }) | Self::Tiers { ratio, .. } => {
                bps(Relation::MoreThan, *ratio)
            }
            Self::Liquidity { ratio, .. } | Self::InterestCoverage { ratio, .. } => bps(Relation::AtLeast, *ratio),
            Self::WeightedAverage { side, limit, .. } => {
                let relation = if *side == Average::Most { Relation::AtMost } else { Relation::AtLeast };
                Some(Threshold { relation, number: (*limit).into(), unit: Unit::Figure })
            }
            Self::Concentration { mode: Mode::Exclude { .. }, .. } => None,
            Self::Concentration { share, .. } => bps(Relation::AtMost, *share),
            Self::Leverage { most } => bps(Relation::AtMost, *most),
            Self::Ceiling { limit: Limit::Value(number), .. } => {
                Some(Threshold { relation: Relation::AtMost, number: *number, unit: Unit::Value })
            }
            Self::Ceiling { limit: Limit::Amount(number), group, .. } => {
                let unit = Unit::Amount(group.first().map_or(0, |share| share.asset));
                Some(Threshold { relation: Relation::AtMost, number: *number, unit })
            }
        }
    }

    /// The covenant with another number as its threshold; as it is where it has none, or where the number does not fit.
    #[must_use]
    pub fn with_threshold(&self, number: u128) -> Self {
        let mut kind = self.clone();
        let bps = u32::try_from(number);
        match &mut kind {
            Self::Coverage { ratio, .. }
            | Self::Stress(Stress { ratio, .. })
            | Self::Tiers { ratio, .. }
            | Self::InterestCoverage { ratio, .. }
            | Self::Liquidity { ratio, .. } => *ratio = bps.unwrap_or(*ratio),
            Self::WeightedAverage { limit, .. } => *limit = bps.unwrap_or(*limit),
            Self::Concentration { mode: Mode::Exclude { .. }, .. } => {}
            Self::Concentration { share, .. } => *share = bps.unwrap_or(*share),
            Self::Leverage { most } => *most = bps.unwrap_or(*most),
            Self::Ceiling { limit: Limit::Value(limit) | Limit::Amount(limit), .. } => *limit = number,
        }
        kind
    }
}
