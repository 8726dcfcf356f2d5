//! What a lender embeds: policy, prices and attestation in, a typed verdict out.
//!
//! [`verify()`] decides. It recomputes every public input of the proof from the lender's own [`Policy`],
//! [`PriceSnapshot`] and [`Expectation`]; from the [`Attestation`] it takes what the prover says (bounds, times, credit
//! line, commitment) and binds all of it into the context that the proof must hold for. [`Statement`] is the one
//! derivation that prover and verifier share.
//!
//! ```no_run
//! use assay_verifier::{
//!     Allowed, Anchor, Attestation, Expectation, Market, Memory, PolicyFile, PriceSnapshot, Request, parse_address,
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
//! let mut seen = Memory::from_json(&std::fs::read_to_string("seen.json")?)?;
//! let key = production_key()?;
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
//!         seen.record(&accepted)?;
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

mod abi;
pub mod amount;
pub mod anchor;
pub mod attestation;
pub mod bounds;
pub mod context;
pub mod credit;
mod document;
pub mod example;
pub mod market;
pub mod policy;
pub mod prices;
pub mod production;
pub mod profile;
pub mod proof;
pub mod seen;
pub mod signature;
pub mod statement;
pub mod text;
pub mod verdict;
pub mod verify;
pub mod weights;

pub use alloy_primitives::{Address, B256};

pub use amount::{AmountError, format_amount, parse_amount};
pub use anchor::{Anchor, AnchorError, AttesterSignature, Beneficiary, HoldingsStatement, Revocation};
pub use attestation::Attestation;
pub use bounds::{AssetBounds, Bounds, Buffer};
pub use context::Audience;
pub use credit::CreditLine;
pub use document::format_of;
pub use market::{Asset, AssetId, Market};
pub use policy::{AnchorRule, Feed, Policy, PolicyFile, Provider, PythContract, Risk, Rules, Source};
pub use prices::{AssetPrice, PriceError, PriceRange, PriceSnapshot, Report, ReportError};
pub use production::{PRODUCTION_FINGERPRINTS, production_key};
pub use profile::{Profile, ProfileError};
pub use seen::{Latest, Memory, NothingSeen, Seen, Series, Unavailable};
pub use signature::{Signature, SignatureError};
pub use statement::Statement;
pub use text::{FormatError, format_time, parse_address};
pub use verdict::{Accepted, AnchorStatus, Attested, Class, KeyAcceptance, Rejection};
pub use verify::{Allowed, Expectation, Request, verify, verify_batch};
pub use weights::{AssetWeights, WeightError, Weights};
