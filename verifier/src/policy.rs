//! A policy: everything a lender decides in advance, public and immutable.

use std::collections::BTreeMap;
use std::fmt;

use alloy_primitives::{Address, B256};
use assay_circuits::keys::Fingerprint;
use serde::Deserialize;

use crate::abi;
use crate::amount::MAX_DECIMALS;
use crate::bounds::Buffer;
use crate::market::Market;
use crate::text::{self, FormatError};

/// First line of a policy file: `format = "assay/policy/v1"`.
pub const FORMAT: &str = "assay/policy/v1";
/// One hundred percent in basis points.
pub const BPS: u32 = 10_000;
/// Largest minimum ratio and borrow factor in basis points: a hundredfold.
pub const MAX_FACTOR: u32 = 1_000_000;

/// How one asset counts. Factors are in basis points (bps), rates in basis points a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Risk {
    /// Share of the value that counts as collateral, `1 … 10^4`; zero where the asset is not accepted as collateral.
    pub liquidation_threshold: u16,
    /// Share taken off the collateral value, `0 … 10^4`.
    pub haircut: u16,
    /// Further share taken off for volatility, `0 … 10^4`.
    pub volatility_buffer: u16,
    /// Share a year that the collateral may lose from as-of to valid-until, `0 … 10^6`.
    pub yield_decay: u32,
    /// Weight of debt in the asset, `10^4 … 10^6`.
    pub borrow_factor: u32,
    /// Simple interest a year that debt may accrue from as-of to valid-until, `0 … 10^6`.
    pub debt_interest: u32,
    /// Decimals of its prices, at most 36.
    pub price_decimals: u8,
}

/// Who must have signed the commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnchorRule {
    /// Nobody: the numbers are the prover's word, and the verdict says so.
    None,
    /// At least `minimum` of `attesters`, which are in ascending order.
    Attesters {
        /// How many.
        minimum: u8,
        /// Of whom.
        attesters: Vec<Address>,
    },
}

/// The protocol whose own rule a policy must imply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Profile {
    /// Aave v3.5 and later.
    #[serde(rename = "aave-v3.5")]
    AaveV35,
    /// Compound v3.
    #[serde(rename = "compound-v3")]
    CompoundV3,
    /// Maker.
    #[serde(rename = "maker")]
    Maker,
    /// Liquity v1.
    #[serde(rename = "liquity-v1")]
    LiquityV1,
    /// Morpho Blue.
    #[serde(rename = "morpho-blue")]
    MorphoBlue,
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

/// What a policy pins for its use on a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnChain {
    /// The verifier contract.
    pub verifier: Address,
    /// The contract that holds the prices.
    pub price_board: Address,
    /// Seconds between a recorded lapse and its consequences.
    pub grace_period: u32,
}

/// What a policy says, apart from its market.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// What people call it.
    pub name: String,
    /// Currency of all prices, such as `USD`.
    pub quote: String,
    /// The protocol whose rule must follow, if any.
    pub profile: Option<Profile>,
    /// Weighted collateral over debt must exceed this, in bps, `10^4 … 10^6`.
    pub minimum_ratio: u32,
    /// Divisor `S` of all weights, `1 … 2^128 − 1`; with 1 the weights are exact.
    pub scale: u128,
    /// One entry for each asset of the market, in its order.
    pub assets: Vec<Risk>,
    /// Oldest price that counts, in seconds.
    pub max_price_age: u32,
    /// Longest time from a verification to valid-until, in seconds.
    pub max_validity: u32,
    /// Longest time from as-of to valid-until, in seconds.
    pub max_statement_age: u32,
    /// Buffers that a prover may choose from, ascending. Verifiers need not check which was chosen.
    pub buffers: Vec<Buffer>,
    /// Price sources that count, in ascending order.
    pub price_sources: Vec<String>,
    /// Sources that each price must have at least.
    pub minimum_sources: u8,
    /// Who must have signed the commitment.
    pub anchor: AnchorRule,
    /// The one verifying key that counts, or none where the verifier's allow-list decides.
    pub verifying_key: Option<Fingerprint>,
    /// What it pins for its use on a chain.
    pub on_chain: Option<OnChain>,
}

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
    /// [`FormatError`] where a field is outside its range or the rules are not for exactly the market's assets.
    pub fn new(rules: Rules, market: Market) -> Result<Self, FormatError> {
        rules.check(&market)?;
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

impl Rules {
    /// The latest valid-until, in unix seconds, of a statement as of `as_of` that is verified at `now`.
    #[must_use]
    pub fn latest_valid_until(&self, as_of: u64, now: u64) -> u64 {
        let by_age = as_of.saturating_add(u64::from(self.max_statement_age));
        by_age.min(now.saturating_add(u64::from(self.max_validity)))
    }

    fn check(&self, market: &Market) -> Result<(), FormatError> {
        text::check_label("name", &self.name)?;
        text::check_symbol(&self.quote)?;
        let range = |what: &str, value: u32, low: u32, high: u32| {
            if (low..=high).contains(&value) {
                Ok(())
            } else {
                Err(FormatError::new(format_args!("{what}: must be {low} to {high}")))
            }
        };
        range("minimum_ratio_bps", self.minimum_ratio, BPS, MAX_FACTOR)?;
        if self.scale == 0 {
            return Err(FormatError::new("scale: must not be zero"));
        }
        if self.assets.len() != market.assets().len() {
            return Err(FormatError::new("assets: one entry for each asset of the market is needed"));
        }
        for (asset, risk) in market.assets().iter().zip(&self.assets) {
            let range = |what: &str, value: u32, low: u32, high: u32| {
                range(&format!("{}: {what}", asset.symbol), value, low, high)
            };
            range("liquidation_threshold_bps", u32::from(risk.liquidation_threshold), 0, BPS)?;
            range("haircut_bps", u32::from(risk.haircut), 0, BPS)?;
            range("volatility_buffer_bps", u32::from(risk.volatility_buffer), 0, BPS)?;
            range("yield_decay_bps_per_year", risk.yield_decay, 0, MAX_FACTOR)?;
            range("borrow_factor_bps", risk.borrow_factor, BPS, MAX_FACTOR)?;
            range("debt_interest_bps_per_year", risk.debt_interest, 0, MAX_FACTOR)?;
            range("price_decimals", u32::from(risk.price_decimals), 0, u32::from(MAX_DECIMALS))?;
        }
        if self.assets.iter().all(|risk| risk.liquidation_threshold == 0) {
            return Err(FormatError::new("assets: none is accepted as collateral"));
        }
        range("max_price_age", self.max_price_age, 1, u32::MAX)?;
        range("max_validity", self.max_validity, 1, u32::MAX)?;
        range("max_statement_age", self.max_statement_age, 1, u32::MAX)?;
        check_ascending("buffers_percent", &self.buffers)?;
        check_ascending("price_sources", &self.price_sources)?;
        for source in &self.price_sources {
            text::check_label("price_sources", source)?;
        }
        check_minimum("minimum_sources", self.minimum_sources, self.price_sources.len())?;
        if let AnchorRule::Attesters { minimum, attesters } = &self.anchor {
            check_ascending("attesters", attesters)?;
            if attesters.first() == Some(&Address::ZERO) {
                return Err(FormatError::new("attesters: the zero address"));
            }
            check_minimum("anchor: minimum", *minimum, attesters.len())?;
        }
        if self.verifying_key == Some(Fingerprint([0; 32])) {
            return Err(FormatError::new("verifying_key: zero"));
        }
        if let Some(OnChain { verifier, price_board, .. }) = self.on_chain
            && (verifier == Address::ZERO || price_board == Address::ZERO)
        {
            return Err(FormatError::new("on_chain: the zero address"));
        }
        Ok(())
    }

    fn encode(&self, market: B256) -> abi::Policy {
        let assets = self
            .assets
            .iter()
            .map(|risk| abi::Risk {
                liquidationThreshold: risk.liquidation_threshold,
                haircut: risk.haircut,
                volatilityBuffer: risk.volatility_buffer,
                yieldDecay: risk.yield_decay,
                borrowFactor: risk.borrow_factor,
                debtInterest: risk.debt_interest,
                priceDecimals: risk.price_decimals,
            })
            .collect();
        let (minimum, attesters) = match &self.anchor {
            AnchorRule::None => (0, Vec::new()),
            AnchorRule::Attesters { minimum, attesters } => (*minimum, attesters.clone()),
        };
        let on_chain =
            self.on_chain.unwrap_or(OnChain { verifier: Address::ZERO, price_board: Address::ZERO, grace_period: 0 });
        abi::Policy {
            name: self.name.clone(),
            market,
            quote: self.quote.clone(),
            profile: self.profile.map_or_else(String::new, |profile| profile.to_string()),
            minimumRatio: self.minimum_ratio,
            scale: self.scale,
            assets,
            maxPriceAge: self.max_price_age,
            maxValidity: self.max_validity,
            maxStatementAge: self.max_statement_age,
            buffers: self.buffers.iter().map(|buffer| buffer.percent()).collect(),
            priceSources: self.price_sources.clone(),
            minimumSources: self.minimum_sources,
            attesters,
            minimumAttesters: minimum,
            verifyingKey: self.verifying_key.map_or(B256::ZERO, |fingerprint| B256::new(fingerprint.0)),
            verifier: on_chain.verifier,
            priceBoard: on_chain.price_board,
            gracePeriod: on_chain.grace_period,
        }
    }
}

/// At least one item, and each greater than the one before.
fn check_ascending<T: Ord>(what: &str, items: &[T]) -> Result<(), FormatError> {
    let ascending = items.iter().zip(items.iter().skip(1)).all(|(before, after)| before < after);
    if !items.is_empty() && ascending {
        Ok(())
    } else {
        Err(FormatError::new(format_args!("{what}: at least one is needed, in ascending order, none twice")))
    }
}

fn check_minimum(what: &str, minimum: u8, of: usize) -> Result<(), FormatError> {
    if (1..=of).contains(&usize::from(minimum)) {
        Ok(())
    } else {
        Err(FormatError::new(format_args!("{what}: must be 1 to {of}")))
    }
}

/// A policy file that has been read but not yet been put over its market.
#[derive(Debug)]
pub struct PolicyFile(File);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
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
    on_chain: Option<OnChainEntry>,
    assets: BTreeMap<String, RiskEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "\"none\", or a table with minimum and attesters")]
enum AnchorEntry {
    Word(NoAnchor),
    Table(AttestersEntry),
}

#[derive(Debug, Deserialize)]
enum NoAnchor {
    #[serde(rename = "none")]
    None,
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
    /// [`FormatError`] where the text is no TOML or has an unknown, missing or duplicate key.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        let file: File = toml::from_str(text).map_err(|error| FormatError::of_toml(&error, text))?;
        if file.format != FORMAT {
            return Err(FormatError::new(format_args!("format: expected {FORMAT}")));
        }
        let name = &file.market;
        if name.is_empty()
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
            assets.push(entry.read(symbol)?);
        }
        if let Some(symbol) = file.assets.keys().next() {
            return Err(FormatError::new(format_args!("assets: {symbol} is not in the market")));
        }
        let scale = file.scale.as_deref().unwrap_or("1");
        let scale = text::integer(scale).ok_or_else(|| FormatError::new("scale: not a whole number in quotes"))?;
        let verifying_key = file.verifying_key.map(|key| word("verifying_key", &key)).transpose()?;
        let on_chain = file.on_chain.map(OnChainEntry::read).transpose()?;
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
            Self::Word(NoAnchor::None) => Ok(AnchorRule::None),
            Self::Table(AttestersEntry { minimum, attesters }) => {
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

fn word(what: &str, text: &str) -> Result<B256, FormatError> {
    text::word(text).ok_or_else(|| FormatError::new(format_args!("{what}: not 0x and 64 lower-case hex digits")))
}

fn address(what: &str, text: &str) -> Result<Address, FormatError> {
    text::checksummed(text)
        .ok_or_else(|| FormatError::new(format_args!("{what}: not an address with its EIP-55 checksum")))
}
