//! One source's report of one asset's price, and what a signer of reports signs.

use std::borrow::Cow;

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolStruct;

use crate::formats::eip712::DOMAIN;
use crate::formats::signature::{Signature, SignatureError};

mod sol {
    alloy_sol_types::sol! {
        /// A price that its signer answers for.
        #[derive(Debug, PartialEq, Eq)]
        struct PriceReport {
            /// What the signer uses for the asset.
            bytes32 feed;
            /// Currency of the price.
            string quote;
            /// Price of one whole unit of the asset, in units of `10^−decimals` of the quote currency.
            uint128 price;
            /// How far the price may be off, either way, in the same unit.
            uint128 confidence;
            /// Decimals of both.
            uint8 decimals;
            /// When it was published, in unix seconds.
            uint64 published;
        }
    }
}

pub use sol::PriceReport;

/// What one source says about one asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The source by its name in the policy.
    pub by: String,
    /// The source's own id of the feed.
    pub feed: B256,
    /// Price of one whole unit of the asset, in units of `10^−decimals` of the quote currency. Feeds have signs: only
    /// a price above zero counts.
    pub price: i128,
    /// How far the price may be off, either way, in the same unit; zero where the source states nothing.
    pub confidence: u128,
    /// Decimals of both.
    pub decimals: u8,
    /// When it was published, in unix seconds.
    pub published: u64,
    /// What else its source gives.
    pub evidence: Evidence,
}

/// What a report carries besides the price, by the kind of its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Chainlink: the round, by which anyone can ask the aggregator again.
    Round {
        /// Its id, below `2^80`.
        id: u128,
        /// The round in which the answer was made.
        answered_in: u128,
    },
    /// Pyth: nothing. Whoever doubts it asks Pyth for the price at that time.
    None,
    /// A signed report: the signature.
    Signature(Vec<u8>),
}

impl Evidence {
    /// The kind of source that gives it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Round { .. } => "chainlink",
            Self::None => "pyth",
            Self::Signature(_) => "signed",
        }
    }
}

/// The digest that a signer of reports signs: EIP-712, with the domain of everything that is signed.
#[must_use]
pub fn signing_hash(report: &PriceReport) -> B256 {
    report.eip712_signing_hash(&DOMAIN)
}

/// The EIP-712 encoding of the type.
#[must_use]
pub fn encode_type() -> Cow<'static, str> {
    PriceReport::eip712_encode_type()
}

/// Whoever signed `report`.
///
/// # Errors
/// [`SignatureError`] where the bytes are not a signature in its one spelling.
pub fn signer(report: &PriceReport, signature: &[u8]) -> Result<Address, SignatureError> {
    Signature::from_bytes(signature)?.recover(signing_hash(report))
}
