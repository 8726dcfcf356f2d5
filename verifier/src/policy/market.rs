//! A market: the ordered, public list of assets that positions are vectors over.

use std::collections::HashSet;

use alloy_primitives::{Address, B256};
use assay_circuits::Size;
use serde::Deserialize;

use crate::formats::abi;
use crate::formats::amount::MAX_DECIMALS;
use crate::formats::document::{self, Object};
use crate::formats::text::{self, FormatError, parse_address};

/// First line of a market file: `format = "assay/market/v1"`.
pub const FORMAT: &str = "assay/market/v1";

/// What an asset is, on its chain.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AssetId {
    /// A token contract.
    Token(Address),
    /// Anything else, in the words of its chain or registry, such as `slip44:0` or `isin:US0378331005`.
    Other(String),
}

/// One asset of a market.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Its short name, unique in the market: 1 to 16 ASCII letters, digits, `.`, `-` or `_`, a letter first.
    pub symbol: String,
    /// Its chain as a CAIP-2 id, such as `eip155:1`.
    pub chain: String,
    /// What it is there.
    pub id: AssetId,
    /// Digits after the point of one whole unit, at most 36.
    pub decimals: u8,
}

/// One to 64 assets in a fixed order. Immutable: its id is the hash of everything in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Market {
    name: String,
    assets: Vec<Asset>,
    size: Size,
    id: B256,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Read before the rest, by `document::toml`.
    #[serde(rename = "format")]
    _format: String,
    name: String,
    assets: Vec<Object<AssetEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AssetEntry {
    symbol: String,
    chain: String,
    address: Option<String>,
    id: Option<String>,
    decimals: u8,
}

impl Market {
    /// Reads `market.toml`.
    ///
    /// # Errors
    /// [`FormatError`] where the text is larger than 64 KiB, no TOML, of another format, has an unknown or a duplicate key, or
    /// breaks a rule of [`Self::new`].
    pub fn from_toml(text: &str) -> Result<Self, FormatError> {
        let file: File = document::toml(text, FORMAT)?;
        let assets = file.assets.into_iter().map(|entry| entry.0.read()).collect::<Result<_, _>>()?;
        Self::new(file.name, assets)
    }

    /// Makes a market of `assets`, in this order.
    ///
    /// # Errors
    /// [`FormatError`] where there are no or more than 64 assets, two have the same symbol (whatever the case) or
    /// are the same asset, or a field is outside its range.
    pub fn new(name: String, assets: Vec<Asset>) -> Result<Self, FormatError> {
        text::check_label("name", &name)?;
        let Some(size) = Size::fitting(assets.len()).filter(|_| !assets.is_empty()) else {
            let (given, most) = (assets.len(), Size::MOST_ASSETS);
            return Err(FormatError::new(format_args!("assets: {given} given, a market has 1 to {most}")));
        };
        let (mut symbols, mut ids) = (HashSet::new(), HashSet::new());
        for asset in &assets {
            asset.check()?;
            if !symbols.insert(asset.symbol.to_ascii_lowercase()) {
                return Err(FormatError::new(format_args!("{}: two assets have this symbol", asset.symbol)));
            }
            if !ids.insert((&asset.chain, &asset.id)) {
                return Err(FormatError::new(format_args!("{}: this asset is listed twice", asset.symbol)));
            }
        }
        let id = abi::tagged_hash(FORMAT, encode(&name, &assets));
        Ok(Self { name, assets, size, id })
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn encode(&self) -> abi::Market {
        encode(&self.name, &self.assets)
    }

    /// The assets, in the order of the position vector.
    #[must_use]
    pub fn assets(&self) -> &[Asset] {
        &self.assets
    }

    /// The smallest size of the circuit with room for the assets: the one under whose key statements about it are proven.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// The position of an asset in the vector.
    #[must_use]
    pub fn index_of(&self, symbol: &str) -> Option<usize> {
        self.assets.iter().position(|asset| asset.symbol == symbol)
    }

    /// The market id: the tagged hash of the ABI encoding, see `docs/`, page "Formats".
    #[must_use]
    pub fn id(&self) -> B256 {
        self.id
    }
}

impl AssetEntry {
    fn read(self) -> Result<Asset, FormatError> {
        let Self { symbol, chain, address, id, decimals } = self;
        let wrong = |what: &str| FormatError::new(format_args!("{symbol}: {what}"));
        let id = match (address, id) {
            (Some(address), None) => AssetId::Token(text::checksummed(&address).ok_or_else(|| {
                wrong("address: not one with its EIP-55 checksum; native coins, which have none, go under id")
            })?),
            (None, Some(id)) => AssetId::Other(id),
            _ => return Err(wrong("one of address and id is needed, not both")),
        };
        Ok(Asset { symbol, chain, id, decimals })
    }
}

impl Asset {
    fn check(&self) -> Result<(), FormatError> {
        text::check_symbol(&self.symbol)?;
        let wrong = |what: &str| Err(FormatError::new(format_args!("{}: {what}", self.symbol)));
        if !is_caip2(&self.chain) {
            return wrong("chain: not a CAIP-2 id such as eip155:1");
        }
        match &self.id {
            AssetId::Token(Address::ZERO) => return wrong("address: zero"),
            AssetId::Other(id) if !is_plain(id, 128) => return wrong("id: 1 to 128 ASCII letters, digits, or :/._-"),
            AssetId::Other(id) if self.chain.starts_with(EVM) && parse_address(&id.to_ascii_lowercase()).is_ok() => {
                return wrong("id: an address, which is written under address");
            }
            _ => {}
        }
        if self.decimals > MAX_DECIMALS {
            return wrong("decimals: more than 36");
        }
        Ok(())
    }
}

/// The prefix of chains whose tokens are contracts.
const EVM: &str = "eip155:";

/// `namespace:reference` of CAIP-2; the reference of `eip155` is a number without leading zeros.
fn is_caip2(chain: &str) -> bool {
    let Some((namespace, reference)) = chain.split_once(':') else { return false };
    let lower = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let any = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (3..=8).contains(&namespace.len())
        && namespace.bytes().all(lower)
        && (1..=32).contains(&reference.len())
        && reference.bytes().all(any)
        && (namespace != "eip155" || text::integer(reference).is_some())
}

fn is_plain(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b":/._-".contains(&b))
}

fn encode(name: &str, assets: &[Asset]) -> abi::Market {
    let assets = assets
        .iter()
        .map(|asset| {
            let (token, id) = match &asset.id {
                AssetId::Token(address) => (*address, String::new()),
                AssetId::Other(id) => (Address::ZERO, id.clone()),
            };
            abi::Asset { symbol: asset.symbol.clone(), chain: asset.chain.clone(), token, id, decimals: asset.decimals }
        })
        .collect();
    abi::Market { name: name.to_owned(), assets }
}
