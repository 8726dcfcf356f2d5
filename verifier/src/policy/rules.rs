//! What a policy says, apart from its market.

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::SolValue;
use assay_protocol::keys::Fingerprint;

use super::buffer::Buffer;
use super::market::Market;
use super::profile::Profile;
use super::risk::{BPS, MAX_FACTOR, Risk};
use super::source::{self, Source};
use crate::formats::abi;
use crate::formats::amount::MAX_DECIMALS;
use crate::formats::text::{self, FormatError, check_ascending, check_minimum, check_range};

/// The rule about who must have signed the commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnchorRule {
    /// Nobody must: the numbers are the prover's word, and the verdict says so.
    None,
    /// At least `minimum` of `attesters` must, who are in ascending order.
    Attesters {
        /// The number of signatures that are needed.
        minimum: u8,
        /// The attesters whose signatures count.
        attesters: Vec<Address>,
    },
    /// A contract records commitments itself, on the chain that the policy is for.
    Recorder(Address),
}

impl AnchorRule {
    /// A name for who may sign and how many must: Keccak-256 of the ABI encoding of attesters and minimum, as on chain.
    #[must_use]
    pub fn attester_set(&self) -> B256 {
        let (minimum, attesters) = self.signers();
        keccak256((attesters.to_vec(), U256::from(minimum)).abi_encode_params())
    }

    /// Minimum and attesters; zero and nobody where no signature counts.
    fn signers(&self) -> (u8, &[Address]) {
        match self {
            Self::Attesters { minimum, attesters } => (*minimum, attesters),
            Self::None | Self::Recorder(_) => (0, &[]),
        }
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
    /// Oldest snapshot that counts, in seconds since it was made.
    pub max_price_age: u32,
    /// Longest time from a verification to valid-until, in seconds.
    pub max_validity: u32,
    /// Longest time from as-of to valid-until, in seconds.
    pub max_statement_age: u32,
    /// Buffers that a prover may choose from, ascending. Verifiers need not check which was chosen.
    pub buffers: Vec<Buffer>,
    /// Price sources that count, in ascending order of their names.
    pub sources: Vec<Source>,
    /// Sources with a fresh report that each price must have at least, `1 …` their number.
    pub minimum_sources: u8,
    /// Largest spread between the reports that count for an asset, in bps of the lowest, `0 … 10^4`.
    pub max_deviation: u16,
    /// The rule about who must have signed the commitment.
    pub anchor: AnchorRule,
    /// The one key of the verifier's allow-list that counts, or none where all of them do.
    pub verifying_key: Option<Fingerprint>,
    /// What it pins for its use on a chain.
    pub on_chain: Option<OnChain>,
}

impl Rules {
    /// The latest valid-until, in unix seconds, of an assertion as of `as_of` that is verified at `now`.
    #[must_use]
    pub fn latest_valid_until(&self, as_of: u64, now: u64) -> u64 {
        let by_age = as_of.saturating_add(u64::from(self.max_statement_age));
        by_age.min(now.saturating_add(u64::from(self.max_validity)))
    }

    /// Whether an asset that counts like this can be owed: the policy does not rule it out, nor a profile whose protocol
    /// lends another asset alone.
    #[must_use]
    pub fn is_owed(&self, risk: &Risk) -> bool {
        let lent = self.profile.is_none_or(|profile| !profile.lends_one_asset() || risk.is_debt());
        lent && risk.borrow_factor > 0
    }

    /// The places of the assets that are never owed.
    pub fn never_owed(&self) -> impl Iterator<Item = usize> {
        self.assets.iter().enumerate().filter(|(_, risk)| !self.is_owed(risk)).map(|(asset, _)| asset)
    }

    pub(super) fn check(&self, market: &Market) -> Result<(), FormatError> {
        text::check_label("name", &self.name)?;
        text::check_symbol(&self.quote)?;
        check_range("minimum_ratio_bps", self.minimum_ratio, BPS, MAX_FACTOR)?;
        if self.scale == 0 {
            return Err(FormatError::new("scale: must not be zero"));
        }
        if self.assets.len() != market.assets().len() {
            return Err(FormatError::new("assets: one entry for each asset of the market is needed"));
        }
        for (asset, risk) in market.assets().iter().zip(&self.assets) {
            let range = |what: &str, value: u32, low: u32, high: u32| {
                check_range(&format!("{}: {what}", asset.symbol), value, low, high)
            };
            range("liquidation_threshold_bps", u32::from(risk.liquidation_threshold), 0, BPS)?;
            range("haircut_bps", u32::from(risk.haircut), 0, BPS)?;
            range("volatility_buffer_bps", u32::from(risk.volatility_buffer), 0, BPS)?;
            range("yield_decay_bps_per_year", risk.yield_decay, 0, MAX_FACTOR)?;
            if risk.borrow_factor != 0 {
                range("borrow_factor_bps", risk.borrow_factor, BPS, MAX_FACTOR)?;
            }
            range("debt_interest_bps_per_year", risk.debt_interest, 0, MAX_FACTOR)?;
            range("price_decimals", u32::from(risk.price_decimals), 0, u32::from(MAX_DECIMALS))?;
        }
        if self.assets.iter().all(|risk| risk.liquidation_threshold == 0) {
            return Err(FormatError::new("assets: none is accepted as collateral"));
        }
        if self.assets.iter().all(|risk| risk.borrow_factor == 0) {
            return Err(FormatError::new("assets: none can be owed"));
        }
        check_range("max_price_age", self.max_price_age, 1, u32::MAX)?;
        check_range("max_validity", self.max_validity, 1, u32::MAX)?;
        check_range("max_statement_age", self.max_statement_age, 1, u32::MAX)?;
        check_ascending("buffers_percent", &self.buffers)?;
        source::check(&self.sources, self.minimum_sources, market)?;
        check_range("max_deviation_bps", u32::from(self.max_deviation), 0, BPS)?;
        match &self.anchor {
            AnchorRule::None => {}
            AnchorRule::Attesters { minimum, attesters } => {
                check_ascending("attesters", attesters)?;
                if attesters.first() == Some(&Address::ZERO) {
                    return Err(FormatError::new("attesters: the zero address"));
                }
                check_minimum("anchor: minimum", *minimum, attesters.len())?;
            }
            AnchorRule::Recorder(Address::ZERO) => return Err(FormatError::new("anchor: recorder: the zero address")),
            AnchorRule::Recorder(_) if self.on_chain.is_none() => {
                return Err(FormatError::new("anchor: recorder: only a policy with an on_chain section has one"));
            }
            AnchorRule::Recorder(_) => {}
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

    pub(super) fn encode(&self, market: B256) -> abi::Policy {
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
        let (minimum, attesters) = self.anchor.signers();
        let recorder = if let AnchorRule::Recorder(recorder) = self.anchor { recorder } else { Address::ZERO };
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
            sources: self.sources.iter().map(Source::encode).collect(),
            minimumSources: self.minimum_sources,
            maxDeviation: self.max_deviation,
            attesters: attesters.to_vec(),
            minimumAttesters: minimum,
            recorder,
            verifyingKey: self.verifying_key.map_or(B256::ZERO, |fingerprint| B256::new(fingerprint.0)),
            verifier: on_chain.verifier,
            priceBoard: on_chain.price_board,
            gracePeriod: on_chain.grace_period,
        }
    }
}
