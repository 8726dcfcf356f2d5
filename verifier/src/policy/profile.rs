//! Protocols whose own rule a policy may promise to imply: an accepted position is healthy there.
//!
//! [`Profile::check`] is what such a policy must look like, [`Profile::rounding`] what the margin must absorb because the
//! protocol rounds where the statement does not, [`Profile::assumptions`] what else the promise needs. The derivations
//! are in `docs/`, page "Protocol profiles"; one module a protocol holds its rule with the roundings as deployed.

pub mod aave;
mod arithmetic;
pub mod compound;
pub mod liquity;
pub mod maker;
pub mod morpho;

use std::fmt;

use serde::Deserialize;

use crate::formats::amount::format_amount;
use crate::formats::text::FormatError;

/// The protocol whose own rule a policy must imply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Profile {
    /// Aave v3.5 and later.
    AaveV35,
    /// Compound v3.
    CompoundV3,
    /// Maker.
    Maker,
    /// Liquity v1.
    LiquityV1,
    /// Morpho Blue.
    MorphoBlue,
}

/// What the margin must absorb so that the protocol's roundings cannot turn an accepted position into an unhealthy one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// It absorbs nothing: the protocol's comparison is exact.
    None,
    /// `factors · 10^D / S`, rounded up: one unit of the protocol's prices for each leg, times its factors in bps.
    Legs {
        /// The sum of the factors.
        factors: u32,
    },
    /// `v` of the asset with this index: one of its base units as debt.
    DebtUnit {
        /// Index in the market.
        asset: usize,
    },
}

/// Why a policy, or an assertion under it, cannot imply the rule of its profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// Prices in another currency than the protocol's.
    #[error("{profile} counts in USD and the policy in {found}: quote = \"USD\" is needed")]
    Quote {
        /// The profile.
        profile: Profile,
        /// The policy's quote.
        found: String,
    },
    /// More or fewer assets than the protocol knows.
    #[error("{profile} needs a market of {needed} and this one has {found}")]
    Assets {
        /// The profile.
        profile: Profile,
        /// Assets of the market.
        found: usize,
        /// What it should have.
        needed: &'static str,
    },
    /// No single asset is debt alone.
    #[error(
        "{profile} lends one asset, which is no collateral: exactly one asset must be without liquidation_threshold_bps, \
         and {found} are"
    )]
    Debt {
        /// The profile.
        profile: Profile,
        /// Assets that are no collateral.
        found: usize,
    },
    /// Prices with other decimals than the protocol's.
    #[error("{asset}: price_decimals is {found} and {profile} needs {needed}")]
    PriceDecimals {
        /// The profile.
        profile: Profile,
        /// Symbol of the asset.
        asset: String,
        /// What the policy says.
        found: u8,
        /// What it should say.
        needed: &'static str,
    },
    /// Amounts with other decimals than the protocol's.
    #[error("{asset}: decimals is {found} in the market and {profile} needs {needed}")]
    AssetDecimals {
        /// The profile.
        profile: Profile,
        /// Symbol of the asset.
        asset: String,
        /// What the market says.
        found: u8,
        /// What it should say.
        needed: &'static str,
    },
    /// Factors that demand less than the ratio that is fixed in the protocol.
    #[error(
        "{profile} demands 110 %: collateral counts {collateral_factor} bps and debt {debt_factor} bps, so \
         liquidation_threshold_bps must be lower or minimum_ratio_bps higher, 9090 over 10000 or 10000 over 11000"
    )]
    Ratio {
        /// The profile.
        profile: Profile,
        /// `f` of the collateral at as-of.
        collateral_factor: u64,
        /// `g` of the debt at as-of.
        debt_factor: u64,
    },
    /// A ceiling under the price at which the protocol counts debt.
    #[error(
        "{asset}: {profile} counts debt at 1 USD a unit whatever its price, and the ceiling is {}: a larger buffer is \
         needed",
        format_amount(*ceiling, *decimals)
    )]
    Ceiling {
        /// The profile.
        profile: Profile,
        /// Symbol of the debt asset.
        asset: String,
        /// Its ceiling.
        ceiling: u128,
        /// Decimals of the ceiling.
        decimals: u8,
    },
}

impl ProfileError {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Quote { .. } => "profile_quote",
            Self::Assets { .. } => "profile_assets",
            Self::Debt { .. } => "profile_debt",
            Self::PriceDecimals { .. } => "profile_price_decimals",
            Self::AssetDecimals { .. } => "profile_asset_decimals",
            Self::Ratio { .. } => "profile_ratio",
            Self::Ceiling { .. } => "profile_ceiling",
        }
    }
}

impl From<ProfileError> for FormatError {
    fn from(error: ProfileError) -> Self {
        Self::new(format_args!("profile: {error}"))
    }
}

impl Profile {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::AaveV35, Self::CompoundV3, Self::Maker, Self::LiquityV1, Self::MorphoBlue];

    /// Whether the protocol lends one asset alone, which is no collateral: no other is owed.
    #[must_use]
    pub const fn lends_one_asset(self) -> bool {
        !matches!(self, Self::AaveV35)
    }

    /// What the promise rests on besides the proof, as sentences. Part of the verdict.
    #[must_use]
    pub const fn assumptions(self) -> &'static [&'static str] {
        match self {
            Self::AaveV35 => aave::ASSUMPTIONS,
            Self::CompoundV3 => compound::ASSUMPTIONS,
            Self::Maker => maker::ASSUMPTIONS,
            Self::LiquityV1 => liquity::ASSUMPTIONS,
            Self::MorphoBlue => morpho::ASSUMPTIONS,
        }
    }
}

impl TryFrom<String> for Profile {
    type Error = FormatError;

    fn try_from(name: String) -> Result<Self, FormatError> {
        Self::ALL.into_iter().find(|profile| profile.to_string() == name).ok_or_else(|| {
            let known = Self::ALL.map(|profile| profile.to_string());
            FormatError::new(format_args!("a profile is one of {}", known.join(", ")))
        })
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AaveV35 => "aave-v3.5",
            Self::CompoundV3 => "compound-v3",
            Self::Maker => "maker",
            Self::LiquityV1 => "liquity-v1",
            Self::MorphoBlue => "morpho-blue",
        })
    }
}
