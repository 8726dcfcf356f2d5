//! Writes `Halo2Verifier.sol` from a verifying key of `solvency/v1` or `covenants/v1`.
//!
//! `templates/Halo2Verifier.sol` is the contract, to be read first. What depends on the circuit is filled in:
//!
//! - `gates` the gates of the plan, translated from halo2's expressions by `polynomial` and `yul`;
//! - `inputs` what the gates of `solvency/v1` read of the public inputs, with the part of the `weights` as `fraction`s of
//!   few multiplications;
//! - `matrix` what those of `covenants/v1` read;
//! - `opening` points and sets of the opening argument;
//! - `memory` where everything stands.

mod fraction;
mod gates;
mod inputs;
mod matrix;
mod memory;
mod opening;
mod polynomial;
mod template;
mod weights;
mod yul;

pub use template::{GenerateError, SourceFile, halo2_verifier};
