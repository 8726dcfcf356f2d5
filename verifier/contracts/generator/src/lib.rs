//! Writes `Halo2Verifier.sol` from the production verifying key.
//!
//! `templates/Halo2Verifier.sol` is the contract, to be read first. What depends on the circuit is filled in:
//!
//! - `gates` the gates, translated from halo2's expressions by `polynomial` and `yul`;
//! - `inputs` what the gates read of the public inputs, with the part of the `weights` as `fraction`s of few
//!   multiplications;
//! - `opening` points and sets of the opening argument;
//! - `memory` where everything stands.

mod fraction;
mod gates;
mod inputs;
mod memory;
mod opening;
mod polynomial;
mod template;
mod weights;
mod yul;

pub use template::{GenerateError, SourceFile, halo2_verifier};
