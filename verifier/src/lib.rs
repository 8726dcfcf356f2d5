//! What a lender embeds: policy, prices and attestation in, a typed verdict out.
//!
//! [`Policy::verify`] decides. It recomputes every public input of the proof from the lender's own [`Policy`],
//! [`PriceSnapshot`], subject, audience and time; from the [`Attestation`] it takes what the prover asserts (bounds, times,
//! credit line, commitment) and binds all of it into the context that the proof must hold for. [`Assertion`] is the one
//! derivation that prover and verifier share.
//!
//! ```no_run
//! use std::time::SystemTime;
//!
//! use assay_verifier::{Anchor, Attestation, Policy, PriceSnapshot, SeenAnchors, parse_address};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let policy = Policy::load("policy.toml")?;
//! let prices = PriceSnapshot::from_json(&std::fs::read_to_string("prices.json")?)?;
//! let attestation = Attestation::from_json(&std::fs::read_to_string("attestation.json")?)?;
//! let anchor = Anchor::from_json(&std::fs::read_to_string("anchor.json")?)?;
//! let mut seen = SeenAnchors::from_json(&std::fs::read_to_string("seen.json")?)?;
//! let subject = parse_address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")?;
//! let audience = "lender.example".parse()?;
//! let lender = "eip155:1:0x6B175474E89094C44Da98b954EedeAC495271d0F".parse()?;
//! let verdict = policy
//!     .verify(&attestation, &prices, subject, &audience)
//!     .anchor(&anchor, lender, &seen)
//!     .at(SystemTime::now());
//! match verdict {
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
//! `examples/service.rs` is a whole service. The page "In your own program" of the book says why the interface is as it is.
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
pub mod covenants;
pub mod example;
pub mod formats;
mod keys;
pub mod policy;
pub mod prices;
pub mod production;
mod requirement;
mod verdict;
mod verify;

pub use alloy_primitives::{Address, B256};
pub use assay_circuits::{Circuit, PositionCommitment, StatementId};
pub use assay_protocol::artifact::ArtifactError;

pub use anchor::{
    Anchor, AnchorError, AnchorStatus, Attested, AttesterSignature, Beneficiary, HoldingsStatement, Latest,
    NothingSeen, Revocation, Seen, SeenAnchors, Series, Unavailable,
};
pub use assertion::{Assertion, AssetBounds, AssetWeights, Audience, Bounds, CreditLine, WeightError, Weights};
pub use attestation::{Attestation, FORMAT as ATTESTATION_FORMAT};
pub use formats::{
    AmountError, FormatError, Signature, SignatureError, UnixTime, format_amount, format_of, format_time,
    parse_address, parse_amount,
};
pub use keys::{Fingerprint, VerifyingKey};
pub use policy::{
    AnchorRule, Asset, AssetId, Buffer, Feed, LoadError, Market, Policy, PolicyFile, Profile, ProfileError, Provider,
    PythContract, Risk, Rules, Source,
};
pub use prices::{AssetPrice, PriceError, PriceRange, PriceSnapshot, Report, ReportError};
pub use production::{PRODUCTION_FINGERPRINTS, ProductionKeyError, production_key};
pub use requirement::{Requirement, RequirementError};
pub use verdict::{Accepted, Class, KeyAcceptance, ProvenCovenant, Rejection};
pub use verify::{Verification, verify_batch};
