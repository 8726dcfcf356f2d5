//! Halo2's protocol with KZG over BN254, for one circuit and one proof at a time, with a Keccak transcript that the EVM
//! can follow.
//!
//! Circuits of its kind have advice columns in one or two phases, challenges between them, fixed and instance columns,
//! and gates; they have no lookup, no permutation argument and no selector. No statement is named here: whoever has one
//! describes its circuit as a [`Relation`].
//!
//! - [`plan::Plan`] is what a proof consists of, compiled from the constraint system. Prover, verifier and the generator
//!   of the Solidity verifier read it and share nothing else: none of their arithmetic is common.
//! - [`keys`] and [`srs`] are what proofs are made and verified with, [`artifact`] their files, [`encoding`] and
//!   [`transcript`] the bytes.
//! - [`verifier`] accepts or refuses, and cannot panic. halo2's own verifier is its oracle in the tests.
//! - [`prover`], behind the feature `prover`, makes proofs.

pub mod artifact;
pub mod encoding;
pub mod keys;
pub mod plan;
#[cfg(feature = "prover")]
pub mod prover;
mod relation;
pub mod srs;
pub mod transcript;
pub mod verifier;

pub use relation::Relation;

/// The scalar field of BN254, in which circuits work.
pub type Fr = halo2curves::bn256::Fr;
