//! What Assay proves: that a committed position is over-collateralised.
//!
//! Start with [`solvency`]: statement, instance, witness and the reference [`solvency::check`]. The circuit is in
//! [`solvency::circuit`], its map of rows in [`solvency::layout`]. Keys, parameters and proofs are in [`keys`],
//! [`srs`] and [`proof`].

pub mod artifact;
pub mod chip;
pub mod commitment;
pub mod covenant;
pub mod encoding;
pub mod keys;
pub mod poseidon;
pub mod position;
#[cfg(feature = "prover")]
pub mod proof;
pub mod solvency;
pub mod srs;
#[cfg(feature = "testing")]
pub mod testing;
pub mod transcript;
pub mod units;

pub use commitment::PositionCommitment;
pub use covenant::{Covenant, Sides};
pub use position::{Opening, Position};
pub use solvency::{Context, Instance, STATEMENT_ID, Violation, Witness, check};
pub use units::{Amount, Fr, Margin, OutOfRange, Size, Weight};
