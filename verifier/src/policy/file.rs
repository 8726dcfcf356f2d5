//! `policy.toml`.

use std::collections::BTreeMap;
use std::fmt;

use alloy_primitives::Address;
use assay_protocol::keys::Fingerprint;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Unexpected, Visitor};
use toml::de::DeTable;

use super::buffer::Buffer;
use super::complete::{FORMAT, Policy};
use super::covenant;
use super::market::Market;
use super::profile::Profile;
use super::risk::{BPS, Risk};
use super::rules::{AnchorRule, OnChain, Rules};
use super::source::{Feed, Provider, PythContract, Source};
use crate::assertion::check_scale;
use crate::formats::document::{self, Object};
use crate::formats::text::{self, FormatError};

/// A policy file that has been read but not yet been put over its market.
#[derive(Debug)]
pub struct PolicyFile {
    file: File,
    /// Covenants are read from it when the market is known.
    text: String,
}

/// What kind of anchor a policy file asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnchorKind {
    /// It asks for none.
    None,
    /// Signatures of attesters.
    Attesters {
        /// The number of signatures that are needed.
        minimum: u8,
        /// The number of attesters that are listed.
        of: usize,
    },
    /// What a contract records.
    Recorder,
}

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
    minimum_sources: u8,
    max_deviation_bps: u16,
    anchor: AnchorEntry,
    verifying_key: Option<String>,
    on_chain: Option<Object<OnChainEntry>>,
    sources: BTreeMap<String, Object<SourceEntry>>,
    assets: BTreeMap<String, Object<RiskEntry>>,
    /// Read by `covenant::read`, as the next.
    #[serde(rename = "covenants")]
    _covenants: Option<IgnoredAny>,
    #[serde(rename = "groups")]
    _groups: Option<IgnoredAny>,
}

#[derive(Debug)]
enum AnchorEntry {
    None,
    Table(AnchorTable),
}

/// This is written by hand, so that a mistake within the table is named with its place.
impl<'de> Deserialize<'de> for AnchorEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entry;

        impl<'de> Visitor<'de> for Entry {
            type Value = AnchorEntry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"none\", or a table with minimum and attesters, or with recorder")
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<AnchorEntry, E> {
                if word == "none" { Ok(AnchorEntry::None) } else { Err(E::invalid_value(Unexpected::Str(word), &self)) }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AnchorEntry, A::Error> {
                AnchorTable::deserialize(MapAccessDeserializer::new(map)).map(AnchorEntry::Table)
            }
        }

        deserializer.deserialize_any(Entry)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnchorTable {
    minimum: Option<u8>,
    attesters: Option<Vec<String>>,
    recorder: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceEntry {
    kind: String,
    chain: Option<String>,
    contract: Option<String>,
    signer: Option<String>,
    max_confidence_bps: Option<u16>,
    feeds: BTreeMap<String, Object<FeedEntry>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FeedEntry {
    id: String,
    decimals: u8,
    max_age: u32,
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

/// The keys that every policy has, besides its format.
const MANDATORY: [&str; 13] = [
    "name",
    "market",
    "quote",
    "minimum_ratio_bps",
    "max_price_age",
    "max_validity",
    "max_statement_age",
    "buffers_percent",
    "minimum_sources",
    "max_deviation_bps",
    "anchor",
    "sources",
    "assets",
];

/// Where `error` is about the first key that is missing, the same about all that are.
fn with_every_missing_key(text: &str, error: FormatError) -> FormatError {
    let Some(table) = DeTable::parse(text).ok().filter(|_| error.what.starts_with("missing field")) else {
        return error;
    };
    let has = |key: &str| table.get_ref().keys().any(|found| found.get_ref().as_ref() == key);
    let missing: Vec<_> = MANDATORY.into_iter().filter(|key| !has(key)).map(|key| format!("`{key}`")).collect();
    if missing.len() < 2 {
        error
    } else {
        FormatError { what: format!("missing fields {}", missing.join(", ")), ..error }
    }
}

impl PolicyFile {
    /// Reads `policy.toml`.
    ///
    /// # Errors
    /// [`FormatError`] where the text is larger than 64 KiB, no TOML, of another format, or has an unknown, missing or
    /// duplicate key.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        let file: File = document::toml(text, FORMAT).map_err(|error| with_every_missing_key(text, error))?;
        let name = &file.market;
        if !(1..=255).contains(&name.len())
            || name.starts_with('.')
            || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        {
            return Err(FormatError::new(
                "market: the name of a file beside the policy is needed, without a directory",
            ));
        }
        Ok(Self { file, text: text.to_owned() })
    }

    /// Name of the market file, which lies beside the policy's.
    #[must_use]
    pub fn market_file(&self) -> &str {
        &self.file.market
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.file.name
    }

    /// The minimum ratio in basis points. Its range is checked together with the market.
    #[must_use]
    pub fn minimum_ratio(&self) -> u32 {
        self.file.minimum_ratio_bps
    }

    /// The kind of anchor that it asks for.
    #[must_use]
    pub fn anchor(&self) -> AnchorKind {
        match &self.file.anchor {
            AnchorEntry::None => AnchorKind::None,
            AnchorEntry::Table(AnchorTable { recorder: Some(_), .. }) => AnchorKind::Recorder,
            AnchorEntry::Table(AnchorTable { minimum, attesters, .. }) => {
                AnchorKind::Attesters { minimum: minimum.unwrap_or(0), of: attesters.as_ref().map_or(0, Vec::len) }
            }
        }
    }

    /// Names of the price sources, ascending.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        self.file.sources.keys().map(String::as_str)
    }

    /// Puts the policy over its market.
    ///
    /// # Errors
    /// [`FormatError`] where an asset of the market is missing or another one is listed, or a field is outside its range.
    pub fn with_market(self, market: Market) -> Result<Policy, FormatError> {
        let Self { mut file, text } = self;
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
        let sources = file.sources.into_iter().map(|(name, entry)| entry.0.read(name, &market));
        let sources = sources.collect::<Result<_, _>>()?;
        let mut buffers = file.buffers_percent;
        buffers.sort_unstable();
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
            sources,
            minimum_sources: file.minimum_sources,
            max_deviation: file.max_deviation_bps,
            anchor: file.anchor.read()?,
            verifying_key: verifying_key.map(|word| Fingerprint(word.0)),
            on_chain,
        };
        let policy = Policy::new(rules, market)?;
        let covenants = covenant::read(&text, policy.rules(), policy.market())?;
        if covenants.is_empty() {
            check_scale(policy.rules(), policy.market()).map_err(FormatError::new)?;
        }
        policy.with_covenants(covenants)
    }
}

impl AnchorEntry {
    fn read(self) -> Result<AnchorRule, FormatError> {
        let Self::Table(table) = self else { return Ok(AnchorRule::None) };
        match table {
            AnchorTable { minimum: Some(minimum), attesters: Some(attesters), recorder: None } => {
                let mut attesters =
                    attesters.iter().map(|text| address("attesters", text)).collect::<Result<Vec<_>, _>>()?;
                attesters.sort_unstable();
                Ok(AnchorRule::Attesters { minimum, attesters })
            }
            AnchorTable { minimum: None, attesters: None, recorder: Some(recorder) } => {
                Ok(AnchorRule::Recorder(address("anchor: recorder", &recorder)?))
            }
            _ => Err(FormatError::new("anchor: either minimum and attesters, or recorder alone is needed")),
        }
    }
}

impl SourceEntry {
    fn read(self, name: String, market: &Market) -> Result<Source, FormatError> {
        let place = format!("sources: {name}");
        let Self { kind, chain, contract, signer, max_confidence_bps, feeds: mut entries } = self;
        let wrong = |what: &str| FormatError::new(format_args!("{place}: {what}"));
        let chain_id = chain.as_deref().map(|chain| chain_id(&place, chain)).transpose()?;
        let address = |key: &str, text: &str| address(&format!("{place}: {key}"), text);
        let provider = match (kind.as_str(), chain_id, &contract, &signer, max_confidence_bps) {
            ("chainlink", Some(chain_id), None, None, None) => Provider::Chainlink { chain_id },
            ("chainlink", ..) => return Err(wrong("a source of kind chainlink has chain and feeds, nothing else")),
            ("pyth", None, None, None, Some(_)) => Provider::Pyth { contract: None },
            ("pyth", Some(chain_id), Some(contract), None, Some(_)) => {
                Provider::Pyth { contract: Some(PythContract { chain_id, address: address("contract", contract)? }) }
            }
            ("pyth", ..) => {
                let what = "a source of kind pyth has max_confidence_bps, feeds and, for a chain, chain and contract";
                return Err(wrong(what));
            }
            ("signed", None, None, Some(signer), Some(_)) => Provider::Signed { signer: address("signer", signer)? },
            ("signed", ..) => {
                return Err(wrong("a source of kind signed has signer, max_confidence_bps and feeds, nothing else"));
            }
            _ => return Err(wrong("kind: one of chainlink, pyth, signed is needed")),
        };
        let mut feeds = Vec::new();
        for asset in market.assets() {
            let place = format!("{place}: feeds: {}", asset.symbol);
            feeds.push(entries.remove(&asset.symbol).map(|entry| entry.0.read(&place, provider)).transpose()?);
        }
        if let Some(symbol) = entries.keys().next() {
            return Err(FormatError::new(format_args!("{place}: feeds: {symbol} is not in the market")));
        }
        Ok(Source { name, provider, max_confidence: max_confidence_bps.unwrap_or(0), feeds })
    }
}

impl FeedEntry {
    fn read(self, place: &str, provider: Provider) -> Result<Feed, FormatError> {
        let Self { id, decimals, max_age } = self;
        let place = format!("{place}: id");
        let id = match provider {
            Provider::Chainlink { .. } => address(&place, &id)?.into_word(),
            Provider::Pyth { .. } | Provider::Signed { .. } => text::word_at(&place, &id)?,
        };
        Ok(Feed { id, decimals, max_age })
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

/// The number in `eip155:1`.
fn chain_id(place: &str, chain: &str) -> Result<u64, FormatError> {
    let number = chain.strip_prefix("eip155:").and_then(text::integer).and_then(|number| u64::try_from(number).ok());
    number.ok_or_else(|| FormatError::new(format_args!("{place}: chain: not an id such as eip155:1")))
}
