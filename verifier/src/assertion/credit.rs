//! The public credit line of an assertion: what may be lent against it on top of the debt that is in the position.

use assay_circuits::Amount;
use serde::Serialize;

use crate::formats::amount::{format_amount, parse_amount};
use crate::formats::text::{self, FormatError};
use crate::policy::{Market, Policy};

/// An amount of one asset of the market. Public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CreditLine {
    /// Symbol of the asset.
    pub asset: String,
    /// The amount in integer base units of the asset, `1 … 2^120 − 1`.
    #[serde(serialize_with = "text::as_text")]
    pub base_units: u128,
}

impl CreditLine {
    /// Reads `SYMBOL:AMOUNT` with the amount in whole units of the asset, such as `USDC:1000000.5`.
    ///
    /// # Errors
    /// [`FormatError`] where the asset is not in `policy`'s market or never owed under it, or the amount is none or zero.
    pub fn parse(text: &str, policy: &Policy) -> Result<Self, FormatError> {
        let (symbol, amount) =
            text.split_once(':').ok_or_else(|| FormatError::new("a credit line is written ASSET:AMOUNT"))?;
        let assets = policy.market().assets();
        let asset = assets
            .iter()
            .find(|asset| asset.symbol == symbol)
            .ok_or_else(|| FormatError::new(format_args!("credit: {symbol} is not an asset of the market")))?;
        let amount = parse_amount(amount, asset.decimals)
            .map_err(|error| FormatError::new(format_args!("credit: {symbol}: {error}")))?;
        let line = Self { asset: asset.symbol.clone(), base_units: amount.expose() };
        line.check(policy)?;
        Ok(line)
    }

    /// The amount in whole units, for people.
    #[must_use]
    pub fn amount(&self, market: &Market) -> String {
        let asset = market.assets().iter().find(|asset| asset.symbol == self.asset);
        format_amount(self.base_units, asset.map_or(0, |asset| asset.decimals))
    }

    /// The asset's index in the market.
    ///
    /// # Errors
    /// [`FormatError`] where the asset is not in the market or `policy` lets it never be owed, or the amount is zero or `2^120`
    /// and more.
    pub fn check(&self, policy: &Policy) -> Result<u8, FormatError> {
        if self.base_units == 0 || self.base_units > Amount::MAX {
            return Err(FormatError::new("credit: the amount must be above zero and below 2^120 base units"));
        }
        let index = policy.market().index_of(&self.asset).and_then(|index| u8::try_from(index).ok());
        let index = index
            .ok_or_else(|| FormatError::new(format_args!("credit: {} is not an asset of the market", self.asset)))?;
        let rules = policy.rules();
        if !rules.assets.get(usize::from(index)).is_some_and(|risk| rules.is_owed(risk)) {
            return Err(FormatError::new(format_args!("credit: {} is never owed under this policy", self.asset)));
        }
        Ok(index)
    }
}
