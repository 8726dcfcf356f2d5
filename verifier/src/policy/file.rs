//! `policy.toml`.

use std::collections::BTreeMap;
use std::fmt;

use alloy_primitives::Address;
use assay_circuits::keys::Fingerprint;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Unexpected, Visitor};

use super::{AnchorRule, BPS, FORMAT, OnChain, Policy, Profile, Risk, Rules};
use crate::bounds::Buffer;
use crate::document::{self, Object};
use crate::market::Market;
use crate::text::{self, FormatError};

/// A policy file that has been read but not yet been put over its market.
#[derive(Debug)]
pub struct PolicyFile(File);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Read before the rest, by `document::toml`.
    #[serde(rename = "format")]
    _format: String,
    name: String,
    market: String,
    quote: String,
    profile: Option<Profile>,
    minimum_ratio_bps: u32,
    scale: Option<String>,
    max_price_age: u32,
    max_validity: u32,
    max_statement_age: u32,
    buffers_percent: Vec<Buffer>,
    price_sources: Vec<String>,
    minimum_sources: u8,
    anchor: AnchorEntry,
    verifying_key: Option<String>,
    on_chain: Option<Object<OnChainEntry>>,
    assets: BTreeMap<String, Object<RiskEntry>>,
}

#[derive(Debug)]
enum AnchorEntry {
    None,
    Attesters(AttestersEntry),
}

/// By hand, so that a mistake within the table is named with its place.
impl<'de> Deserialize<'de> for AnchorEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entry;

        impl<'de> Visitor<'de> for Entry {
            type Value = AnchorEntry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"none\", or a table with minimum and attesters")
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<AnchorEntry, E> {
                if word == "none" { Ok(AnchorEntry::None) } else { Err(E::invalid_value(Unexpected::Str(word), &self)) }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AnchorEntry, A::Error> {
                AttestersEntry::deserialize(MapAccessDeserializer::new(map)).map(AnchorEntry::Attesters)
            }
        }

        deserializer.deserialize_any(Entry)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AttestersEntry {
    minimum: u8,
    attesters: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OnChainEntry {
    verifier: String,
    price_board: String,
    grace_period: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RiskEntry {
    liquidation_threshold_bps: Option<u16>,
    #[serde(default)]
    haircut_bps: u16,
    #[serde(default)]
    volatility_buffer_bps: u16,
    #[serde(default)]
    yield_decay_bps_per_year: u32,
    borrow_factor_bps: Option<u32>,
    debt_interest_bps_per_year: u32,
    price_decimals: u8,
}

impl PolicyFile {
    /// Reads `policy.toml`.
    ///
    /// # Errors
    /// [`FormatError`] where the text is larger than 64 KiB, no TOML, of another format, or has an unknown, missing or
    /// duplicate key.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        let file: File = document::toml(text, FORMAT)?;
        let name = &file.market;
        if !(1..=255).contains(&name.len())
            || name.starts_with('.')
            || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        {
            return Err(FormatError::new(
                "market: the name of a file beside the policy is needed, without a directory",
            ));
        }
        Ok(Self(file))
    }

    /// Name of the market file, which lies beside the policy's.
    #[must_use]
    pub fn market_file(&self) -> &str {
        &self.0.market
    }

    /// Puts the policy over its market.
    ///
    /// # Errors
    /// [`FormatError`] where an asset of the market is missing or another one is listed, or a field is outside its range.
    pub fn with_market(self, market: Market) -> Result<Policy, FormatError> {
        let mut file = self.0;
        let mut assets = Vec::new();
        for asset in market.assets() {
            let symbol = &asset.symbol;
            let entry = file.assets.remove(symbol).ok_or_else(|| {
                FormatError::new(format_args!("assets: {symbol} is missing; each asset of the market needs an entry"))
            })?;
            assets.push(entry.0.read(symbol)?);
        }
        if let Some(symbol) = file.assets.keys().next() {
            return Err(FormatError::new(format_args!("assets: {symbol} is not in the market")));
        }
        let scale = file.scale.as_deref().unwrap_or("1");
        let scale = text::integer(scale).ok_or_else(|| FormatError::new("scale: not a whole number in quotes"))?;
        let verifying_key = file.verifying_key.map(|key| text::word_at("verifying_key", &key)).transpose()?;
        let on_chain = file.on_chain.map(|entry| entry.0.read()).transpose()?;
        let (mut buffers, mut price_sources) = (file.buffers_percent, file.price_sources);
        buffers.sort_unstable();
        price_sources.sort_unstable();
        let rules = Rules {
            name: file.name,
            quote: file.quote,
            profile: file.profile,
            minimum_ratio: file.minimum_ratio_bps,
            scale,
            assets,
            max_price_age: file.max_price_age,
            max_validity: file.max_validity,
            max_statement_age: file.max_statement_age,
            buffers,
            price_sources,
            minimum_sources: file.minimum_sources,
            anchor: file.anchor.read()?,
            verifying_key: verifying_key.map(|word| Fingerprint(word.0)),
            on_chain,
        };
        Policy::new(rules, market)
    }
}

impl AnchorEntry {
    fn read(self) -> Result<AnchorRule, FormatError> {
        match self {
            Self::None => Ok(AnchorRule::None),
            Self::Attesters(AttestersEntry { minimum, attesters }) => {
                let mut attesters =
                    attesters.iter().map(|text| address("attesters", text)).collect::<Result<Vec<_>, _>>()?;
                attesters.sort_unstable();
                Ok(AnchorRule::Attesters { minimum, attesters })
            }
        }
    }
}

impl OnChainEntry {
    fn read(self) -> Result<OnChain, FormatError> {
        Ok(OnChain {
            verifier: address("on_chain: verifier", &self.verifier)?,
            price_board: address("on_chain: price_board", &self.price_board)?,
            grace_period: self.grace_period,
        })
    }
}

impl RiskEntry {
    fn read(self, symbol: &str) -> Result<Risk, FormatError> {
        if self.liquidation_threshold_bps == Some(0) {
            let what = "liquidation_threshold_bps: zero; leave it out where the asset is no collateral";
            return Err(FormatError::new(format_args!("{symbol}: {what}")));
        }
        Ok(Risk {
            liquidation_threshold: self.liquidation_threshold_bps.unwrap_or(0),
            haircut: self.haircut_bps,
            volatility_buffer: self.volatility_buffer_bps,
            yield_decay: self.yield_decay_bps_per_year,
            borrow_factor: self.borrow_factor_bps.unwrap_or(BPS),
            debt_interest: self.debt_interest_bps_per_year,
            price_decimals: self.price_decimals,
        })
    }
}

fn address(what: &str, text: &str) -> Result<Address, FormatError> {
    text::checksummed(text)
        .ok_or_else(|| FormatError::new(format_args!("{what}: not an address with its EIP-55 checksum")))
}
