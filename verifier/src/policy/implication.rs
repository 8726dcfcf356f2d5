//! Whether rules can imply the rule of a protocol, and what their margin must absorb for it.

use super::market::Market;
use super::profile::{Profile, ProfileError, Rounding};
use super::risk::{BPS, Risk};
use super::rules::Rules;

impl Profile {
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

    /// What the margin of an assertion under `rules` must absorb.
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
                rules.assets.iter().position(Risk::is_debt).map_or(Rounding::None, |asset| Rounding::DebtUnit { asset })
            }
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
        match rules.assets.iter().filter(|risk| risk.is_debt()).count() {
            1 if rules.assets.iter().any(|risk| rules.is_owed(risk)) => Ok(()),
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
            market.assets().iter().zip(&rules.assets).find(|(asset, risk)| !accepts(risk.is_debt(), asset.decimals));
        wrong.map_or(Ok(()), |(asset, _)| {
            let (asset, found) = (asset.symbol.clone(), asset.decimals);
            Err(ProfileError::AssetDecimals { profile: self, asset, found, needed })
        })
    }

    /// Liquity's ratio is a constant, so the policy's need not be taken on trust: `11·f ≤ 10·g`.
    fn check_ratio(self, rules: &Rules) -> Result<(), ProfileError> {
        let collateral = rules.assets.iter().filter(|risk| !risk.is_debt());
        let debt = rules.assets.iter().filter(|risk| risk.is_debt());
        let collateral_factor = collateral.map(|risk| risk.collateral_factor(0)).max().unwrap_or(0);
        let debt_factor = debt.map(|risk| risk.debt_factor(rules.minimum_ratio, 0)).min().unwrap_or(0);
        if collateral_factor.saturating_mul(11) <= debt_factor.saturating_mul(10) {
            return Ok(());
        }
        Err(ProfileError::Ratio { profile: self, collateral_factor, debt_factor })
    }
}
