//! A policy: rules over a market, checked, with an id.

use alloy_primitives::B256;

use super::covenant::{self, Covenant};
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
    covenants: Vec<Covenant>,
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
        Ok(Self { rules, market, covenants: Vec::new(), id })
    }

    /// The policy with these covenants and no others: another policy with another id, unless there are none.
    ///
    /// # Errors
    /// [`FormatError`] that names the covenant and the key: a field is outside its range or contradicts another, none is
    /// of kind coverage, or the policy has a profile or is for a chain.
    pub fn with_covenants(self, covenants: Vec<Covenant>) -> Result<Self, FormatError> {
        let plain = Self::new(self.rules, self.market)?;
        if covenants.is_empty() {
            return Ok(plain);
        }
        covenant::check(&covenants, &plain.rules, &plain.market)?;
        Ok(Self { id: covenant::id(plain.id, &covenants), covenants, ..plain })
    }

    /// What the policy would ask with another threshold in one covenant: unchecked and with the old id, so nothing to verify
    /// under.
    pub(crate) fn asking(&self, covenant: usize, number: u128) -> Self {
        let mut other = self.clone();
        if let Some(covenant) = other.covenants.get_mut(covenant) {
            covenant.kind = covenant.kind.with_threshold(number);
        }
        other
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

    /// What it asks besides its own rule. A policy without covenants is proven as `solvency/v1`, one with them as
    /// `covenants/v1`.
    #[must_use]
    pub fn covenants(&self) -> &[Covenant] {
        &self.covenants
    }

    /// The policy id: the tagged hash of the ABI encoding, see `docs/`, page "Formats".
    #[must_use]
    pub fn id(&self) -> B256 {
        self.id
    }
}
