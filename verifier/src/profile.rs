//! Protocols whose own rule a policy may promise to imply: an accepted position is healthy there.
//!
//! [`Profile::check`] is what such a policy must look like, [`Profile::rounding`] what the margin must absorb because the
//! protocol rounds where the statement does not, [`Profile::assumptions`] what else the promise needs. The derivations
//! are in `docs/`, page "Protocol profiles"; one module a protocol holds its rule with the roundings as deployed.

pub mod aave;
pub mod compound;
pub mod liquity;
pub mod maker;
pub mod morpho;

use std::fmt;

use ruint::aliases::U256;
use serde::Deserialize;

use crate::amount::format_amount;
use crate::bounds::Bounds;
use crate::market::Market;
use crate::policy::{BPS, Risk, Rules};
use crate::text::FormatError;
use crate::weights;

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
    /// Nothing: the protocol's comparison is exact.
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

/// Why a policy, or a statement under it, cannot imply the rule of its profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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

    /// Checks that `rules` over `market` can imply the protocol's rule. Every policy with a profile passes this.
    ///
    /// # Errors
    /// [`ProfileError`] that names what to change.
    pub fn check(self, rules: &Rules, market: &Market) -> Result<(), ProfileError> {
        match self {
            Self::AaveV35 => {
                self.check_quote(rules)?;
                self.check_price_decimals(rules, market, "8", |decimals| decimals == 8)
            }
            Self::CompoundV3 => {
                self.check_assets(rules, market, "two assets at least", |count| count >= 2)?;
                self.check_price_decimals(rules, market, "8", |decimals| decimals == 8)
            }
            Self::Maker => {
                self.check_quote(rules)?;
                self.check_assets(rules, market, "one collateral and one debt asset", |count| count == 2)?;
                self.check_price_decimals(rules, market, "18 at most", |decimals| decimals <= 18)?;
                self.check_asset_decimals(rules, market, "18 at most", |_, decimals| decimals <= 18)?;
                self.check_asset_decimals(rules, market, "18", |is_debt, decimals| !is_debt || decimals == 18)
            }
            Self::LiquityV1 => {
                self.check_quote(rules)?;
                self.check_assets(rules, market, "one collateral and one debt asset", |count| count == 2)?;
                self.check_asset_decimals(rules, market, "18", |_, decimals| decimals == 18)?;
                self.check_ratio(rules)
            }
            Self::MorphoBlue => {
                self.check_assets(rules, market, "one collateral and one debt asset", |count| count == 2)
            }
        }
    }

    /// Checks that a statement with these bounds can imply the protocol's rule: where the protocol counts debt at one USD
    /// whatever the market says, the ceiling must not be lower.
    ///
    /// # Errors
    /// [`ProfileError::Ceiling`].
    pub fn check_bounds(self, rules: &Rules, bounds: &Bounds) -> Result<(), ProfileError> {
        if !matches!(self, Self::Maker | Self::LiquityV1) {
            return Ok(());
        }
        for (risk, bounds) in rules.assets.iter().zip(&bounds.0).filter(|(risk, _)| is_debt(risk)) {
            let one = U256::from(10u8).saturating_pow(U256::from(risk.price_decimals));
            if U256::from(bounds.ceiling) < one {
                return Err(ProfileError::Ceiling {
                    profile: self,
                    asset: bounds.asset.clone(),
                    ceiling: bounds.ceiling,
                    decimals: risk.price_decimals,
                });
            }
        }
        Ok(())
    }

    /// What the margin of a statement under `rules` must absorb.
    #[must_use]
    pub fn rounding(self, rules: &Rules) -> Rounding {
        let thresholds = || rules.assets.iter().map(|risk| u32::from(risk.liquidation_threshold));
        match self {
            Self::AaveV35 => {
                let legs = thresholds().map(|threshold| threshold.saturating_add(BPS));
                Rounding::Legs { factors: legs.fold(0, u32::saturating_add) }
            }
            Self::CompoundV3 => {
                let legs =
                    thresholds().filter(|threshold| *threshold > 0).map(|threshold| threshold.saturating_add(BPS));
                Rounding::Legs { factors: legs.fold(0, u32::saturating_add) }
            }
            Self::Maker | Self::LiquityV1 => Rounding::None,
            Self::MorphoBlue => {
                rules.assets.iter().position(is_debt).map_or(Rounding::None, |asset| Rounding::DebtUnit { asset })
            }
        }
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

    fn check_quote(self, rules: &Rules) -> Result<(), ProfileError> {
        if rules.quote == "USD" {
            return Ok(());
        }
        Err(ProfileError::Quote { profile: self, found: rules.quote.clone() })
    }

    /// So many assets, of which exactly one is debt alone.
    fn check_assets(
        self,
        rules: &Rules,
        market: &Market,
        needed: &'static str,
        accepts: impl Fn(usize) -> bool,
    ) -> Result<(), ProfileError> {
        let found = market.assets().len();
        if !accepts(found) {
            return Err(ProfileError::Assets { profile: self, found, needed });
        }
        match rules.assets.iter().filter(|risk| is_debt(risk)).count() {
            1 => Ok(()),
            found => Err(ProfileError::Debt { profile: self, found }),
        }
    }

    fn check_price_decimals(
        self,
        rules: &Rules,
        market: &Market,
        needed: &'static str,
        accepts: impl Fn(u8) -> bool,
    ) -> Result<(), ProfileError> {
        let wrong = market.assets().iter().zip(&rules.assets).find(|(_, risk)| !accepts(risk.price_decimals));
        wrong.map_or(Ok(()), |(asset, risk)| {
            let (asset, found) = (asset.symbol.clone(), risk.price_decimals);
            Err(ProfileError::PriceDecimals { profile: self, asset, found, needed })
        })
    }

    fn check_asset_decimals(
        self,
        rules: &Rules,
        market: &Market,
        needed: &'static str,
        accepts: impl Fn(bool, u8) -> bool,
    ) -> Result<(), ProfileError> {
        let wrong =
            market.assets().iter().zip(&rules.assets).find(|(asset, risk)| !accepts(is_debt(risk), asset.decimals));
        wrong.map_or(Ok(()), |(asset, _)| {
            let (asset, found) = (asset.symbol.clone(), asset.decimals);
            Err(ProfileError::AssetDecimals { profile: self, asset, found, needed })
        })
    }

    /// Liquity's ratio is a constant, so the policy's need not be taken on trust: `11·f ≤ 10·g`.
    fn check_ratio(self, rules: &Rules) -> Result<(), ProfileError> {
        let collateral = rules.assets.iter().filter(|risk| !is_debt(risk));
        let debt = rules.assets.iter().filter(|risk| is_debt(risk));
        let collateral_factor = collateral.map(|risk| weights::collateral_factor(risk, 0)).max().unwrap_or(0);
        let debt_factor = debt.map(|risk| weights::debt_factor(risk, rules.minimum_ratio, 0)).min().unwrap_or(0);
        if collateral_factor.saturating_mul(11) <= debt_factor.saturating_mul(10) {
            return Ok(());
        }
        Err(ProfileError::Ratio { profile: self, collateral_factor, debt_factor })
    }
}

/// An asset that is no collateral: where a protocol lends one asset, this is it.
fn is_debt(risk: &Risk) -> bool {
    risk.liquidation_threshold == 0
}

/// `a · b / c`, rounded down; `None` where the deployed code reverts.
fn mul_div(a: U256, b: U256, c: U256) -> Option<U256> {
    a.checked_mul(b)?.checked_div(c)
}

/// `a · b / c`, rounded up; `None` where the deployed code reverts.
fn mul_div_up(a: U256, b: U256, c: U256) -> Option<U256> {
    let product = a.checked_mul(b)?;
    let remainder = product.checked_rem(c)?;
    product.checked_div(c)?.checked_add(U256::from(!remainder.is_zero()))
}

/// `10^exponent`; `None` where it does not fit.
fn ten_to(exponent: u8) -> Option<U256> {
    U256::from(10u8).checked_pow(U256::from(exponent))
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
