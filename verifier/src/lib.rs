//! What a lender embeds: policy, prices and attestation in, a typed verdict out.
//!
//! [`verify()`] decides. It recomputes every public input of the proof from the lender's own [`Policy`],
//! [`PriceSnapshot`] and [`Expectation`]; from the [`Attestation`] it takes what the prover asserts (bounds, times, credit
//! line, commitment) and binds all of it into the context that the proof must hold for. [`Assertion`] is the one
//! derivation that prover and verifier share.
//!
//! ```no_run
//! use assay_verifier::{
//!     Allowed, Anchor, Attestation, Expectation, Market, SeenAnchors, PolicyFile, PriceSnapshot, Request, parse_address,
//!     production_key, verify,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let file = PolicyFile::parse(&std::fs::read_to_string("policy.toml")?)?;
//! let market = Market::from_toml(&std::fs::read_to_string(file.market_file())?)?;
//! let policy = file.with_market(market)?;
//! let prices = PriceSnapshot::from_json(&std::fs::read_to_string("prices.json")?)?;
//! let attestation = Attestation::from_json(&std::fs::read_to_string("attestation.json")?)?;
//! let anchor = Anchor::from_json(&std::fs::read_to_string("anchor.json")?)?;
//! let mut seen = SeenAnchors::from_json(&std::fs::read_to_string("seen.json")?)?;
//! let key = production_key(policy.market().size())?;
//! let expect = Expectation {
//!     subject: parse_address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")?,
//!     audience: "lender.example".parse()?,
//!     beneficiary: "eip155:1:0x6B175474E89094C44Da98b954EedeAC495271d0F".parse()?,
//!     now: 1_900_000_000,
//! };
//! let request = Request {
//!     policy: &policy,
//!     prices: &prices,
//!     expect: &expect,
//!     attestation: &attestation,
//!     anchor: Some(&anchor),
//!     seen: &seen,
//! };
//! match verify(&key, &Allowed::production(), &request) {
//!     Ok(accepted) => {
//!         seen.record(&accepted.anchor)?;
//!         println!("holds until {}", accepted.valid_until);
//!     }
//!     Err(rejection) => println!("{}: {rejection}", rejection.code()),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Nothing here panics, whatever the bytes: indexing, unchecked arithmetic, `as` and every way to panic are denied.

#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

pub mod anchor;
pub mod assertion;
mod attestation;
pub mod example;
pub mod formats;
mod keys;
pub mod policy;
pub mod prices;
pub mod production;
pub mod proof;
mod verdict;
mod verify;

pub use alloy_primitives::{Address, B256};

pub use anchor::{
    Anchor, AnchorError, AnchorStatus, Attested, AttesterSignature, Beneficiary, HoldingsStatement, Latest,
    NothingSeen, Revocation, Seen, SeenAnchors, Series, Unavailable,
};
pub use assertion::{Assertion, AssetBounds, AssetWeights, Audience, Bounds, CreditLine, WeightError, Weights};
pub use attestation::{Attestation, FORMAT as ATTESTATION_FORMAT};
pub use formats::{
    AmountError, FormatError, Signature, SignatureError, format_amount, format_of, format_time, parse_address,
    parse_amount,
};
pub use keys::Allowed;
pub use policy::{
    AnchorRule, Asset, AssetId, Buffer, Feed, Market, Policy, PolicyFile, Profile, ProfileError, Provider,
    PythContract, Risk, Rules, Source,
};
pub use prices::{AssetPrice, PriceError, PriceRange, PriceSnapshot, Report, ReportError};
pub use production::{PRODUCTION_FINGERPRINTS, ProductionKeyError, production_key};
pub use verdict::{Accepted, Class, KeyAcceptance, Rejection};
pub use verify::{Expectation, Request, verify, verify_batch};
