//! The circuit under attack: agreement with the reference, tampering, wiring, goldens.

mod agreement;
mod decimals;
mod deletion;
mod evaluator;
mod forge;
mod forgeries;
mod frozen;
mod golden;
mod hiding;
mod proofs;
mod support;
mod tamper;
mod vectors;
mod wiring;
