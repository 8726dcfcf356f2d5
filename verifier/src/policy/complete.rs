//! A policy: rules over a market, checked, with an id.

use alloy_primitives::B256;

use super::market::Market;
use super::rules::Rules;
use crate::formats::abi;
use crate::formats::text::FormatError;

/// First line of a policy file: `format = "assay/policy/v1"`.
pub const FORMAT: &str = "assay/policy/v1";

/// A policy over a market. Immutable: its id is the hash of everything in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    rules: Rules,
    market: Market,
    id: B256,
}

impl Policy {
    /// Puts `rules` over `market`.
    ///
    /// # Errors
    /// [`FormatError`] where a field is outside its range, the rules are not for exactly the market's assets, or they
    /// cannot imply the rule of their profile.
    pub fn new(rules: Rules, market: Market) -> Result<Self, FormatError> {
        rules.check(&market)?;
        if let Some(profile) = rules.profile {
            profile.check(&rules, &market)?;
        }
        let id = abi::tagged_hash(FORMAT, rules.encode(market.id()));
        Ok(Self { rules, market, id })
    }

    /// What it says.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The assets it is about.
    #[must_use]
    pub fn market(&self) -> &Market {
        &self.market
    }

    /// The policy id: the tagged hash of the ABI encoding, see `docs/`, page "Formats".
    #[must_use]
    pub fn id(&self) -> B256 {
        self.id
    }
}
