//! Price sources: whose reports count, of which feeds, and how old or wide a report may be.

use std::collections::HashMap;
use std::fmt;

use alloy_primitives::{Address, B256};

use super::market::Market;
use super::risk::BPS;
use crate::formats::abi;
use crate::formats::amount::MAX_DECIMALS;
use crate::formats::text::{FormatError, check_ascending, check_minimum, check_range};

/// Most sources of a policy. A snapshot with a report of each for all eight assets is below the size limit of files.
pub const MAX_SOURCES: usize = 12;
/// Longest name of a source.
const LONGEST_NAME: usize = 32;

/// The provider that answers for a source's reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Provider {
    /// Chainlink aggregators. A feed's id is the aggregator's address, padded on the left.
    Chainlink {
        /// The aggregators' chain, not zero.
        chain_id: u64,
    },
    /// Pyth. A feed's id is Pyth's price id.
    Pyth {
        /// Its contract, where the policy is for a chain as well.
        contract: Option<PythContract>,
    },
    /// Whoever signs [reports](crate::prices). A feed's id is what the signer uses for the asset.
    Signed {
        /// The signer, not zero.
        signer: Address,
    },
}

/// The contract that holds Pyth's prices on a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PythContract {
    /// The chain, not zero.
    pub chain_id: u64,
    /// The contract, not zero.
    pub address: Address,
}

/// What a source says about one asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feed {
    /// The provider's own id of it, not zero.
    pub id: B256,
    /// Decimals that its reports must have, at most 36.
    pub decimals: u8,
    /// Age in seconds up to which a report counts, `1 … 2^32 − 1`.
    pub max_age: u32,
}

/// One price source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What the policy calls it, unique: 1 to 32 ASCII letters, digits, `.`, `-` or `_`, a letter first.
    pub name: String,
    /// The provider that answers for it.
    pub provider: Provider,
    /// Widest confidence that is taken, in bps of the price: zero for Chainlink, which states none, `1 … 9999` for
    /// Pyth, `0 … 9999` for signed reports.
    pub max_confidence: u16,
    /// One entry for each asset of the market, in its order; none where the source does not price the asset.
    pub feeds: Vec<Option<Feed>>,
}

impl Provider {
    /// The number that stands for the kind in the encoding.
    #[must_use]
    pub const fn kind(self) -> u8 {
        match self {
            Self::Chainlink { .. } => 1,
            Self::Pyth { .. } => 2,
            Self::Signed { .. } => 3,
        }
    }

    /// Chain and address of the encoding; zero where there is none.
    const fn place(self) -> (u64, Address) {
        match self {
            Self::Chainlink { chain_id } => (chain_id, Address::ZERO),
            Self::Pyth { contract: None } => (0, Address::ZERO),
            Self::Pyth { contract: Some(PythContract { chain_id, address }) } => (chain_id, address),
            Self::Signed { signer } => (0, signer),
        }
    }

    /// What a feed is known by, apart from where its reports are read: Pyth signs one price for all chains.
    const fn identity(self) -> (u8, u64, Address) {
        match self {
            Self::Pyth { .. } => (self.kind(), 0, Address::ZERO),
            _ => {
                let (chain_id, address) = self.place();
                (self.kind(), chain_id, address)
            }
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chainlink { .. } => "chainlink",
            Self::Pyth { .. } => "pyth",
            Self::Signed { .. } => "signed",
        })
    }
}

impl Source {
    /// The feed of an asset by its place in the market.
    #[must_use]
    pub fn feed(&self, asset: usize) -> Option<&Feed> {
        self.feeds.get(asset)?.as_ref()
    }

    fn check(&self, market: &Market) -> Result<(), FormatError> {
        let wrong = |what: &str| Err(FormatError::new(format_args!("sources: {}: {what}", self.name)));
        let name = &self.name;
        let plain = (1..=LONGEST_NAME).contains(&name.len())
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b));
        if !plain {
            return wrong("a name is 1 to 32 ASCII letters, digits, dots, hyphens or underscores, a letter first");
        }
        let (chain_id, address) = self.provider.place();
        let (low, high) = match self.provider {
            Provider::Chainlink { .. } if chain_id == 0 => return wrong("chain: zero"),
            Provider::Chainlink { .. } => (0, 0),
            Provider::Pyth { contract: Some(_) } if chain_id == 0 => return wrong("chain: zero"),
            Provider::Pyth { contract: Some(_) } if address == Address::ZERO => return wrong("contract: zero"),
            Provider::Pyth { .. } => (1, BPS.saturating_sub(1)),
            Provider::Signed { .. } if address == Address::ZERO => return wrong("signer: zero"),
            Provider::Signed { .. } => (0, BPS.saturating_sub(1)),
        };
        check_range(&format!("sources: {name}: max_confidence_bps"), u32::from(self.max_confidence), low, high)?;
        if self.feeds.len() != market.assets().len() {
            return wrong("feeds: one entry for each asset of the market is needed");
        }
        for (asset, feed) in market.assets().iter().zip(&self.feeds) {
            let Some(feed) = feed else { continue };
            let place = format!("sources: {name}: feeds: {}", asset.symbol);
            let (padding, _) = feed.id.split_at(12);
            let is_address = padding.iter().all(|byte| *byte == 0);
            if feed.id.is_zero() || (matches!(self.provider, Provider::Chainlink { .. }) && !is_address) {
                return Err(FormatError::new(format_args!("{place}: id: zero, or not an aggregator's address")));
            }
            check_range(&format!("{place}: decimals"), u32::from(feed.decimals), 0, u32::from(MAX_DECIMALS))?;
            check_range(&format!("{place}: max_age"), feed.max_age, 1, u32::MAX)?;
        }
        Ok(())
    }

    pub(super) fn encode(&self) -> abi::Source {
        let (chain_id, provider) = self.provider.place();
        let feeds = self.feeds.iter().map(|feed| match feed {
            Some(Feed { id, decimals, max_age }) => abi::Feed { id: *id, decimals: *decimals, maxAge: *max_age },
            None => abi::Feed { id: B256::ZERO, decimals: 0, maxAge: 0 },
        });
        abi::Source {
            name: self.name.clone(),
            kind: self.provider.kind(),
            chainId: chain_id,
            provider,
            maxConfidence: self.max_confidence,
            feeds: feeds.collect(),
        }
    }
}

/// Checks each source, that no signer and no feed stands twice, and that each asset has at least `minimum` feeds.
pub(super) fn check(sources: &[Source], minimum: u8, market: &Market) -> Result<(), FormatError> {
    let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
    check_ascending("sources", &names)?;
    if sources.len() > MAX_SOURCES {
        return Err(FormatError::new(format_args!("sources: {} given, at most {MAX_SOURCES}", sources.len())));
    }
    sources.iter().try_for_each(|source| source.check(market))?;
    check_minimum("minimum_sources", minimum, sources.len())?;
    let mut signers = HashMap::new();
    for Source { name, provider, .. } in sources {
        if let Provider::Signed { signer } = provider
            && let Some(other) = signers.insert(signer, name)
        {
            return Err(FormatError::new(format_args!("sources: {name}: the same signer as {other}'s")));
        }
    }
    let mut seen = HashMap::new();
    for (index, asset) in market.assets().iter().enumerate() {
        let mut feeds = 0usize;
        for source in sources {
            let Some(feed) = source.feed(index) else { continue };
            let (name, symbol) = (&source.name, &asset.symbol);
            if let Some((other, used)) = seen.insert((source.provider.identity(), feed.id), (name, symbol)) {
                let what = format_args!("sources: {name}: feeds: {symbol}: the same feed as {other}'s for {used}");
                return Err(FormatError::new(what));
            }
            feeds = feeds.saturating_add(1);
        }
        if feeds < usize::from(minimum) {
            let symbol = &asset.symbol;
            let what = format_args!("sources: {symbol}: {feeds} sources price it, minimum_sources is {minimum}");
            return Err(FormatError::new(what));
        }
    }
    Ok(())
}
