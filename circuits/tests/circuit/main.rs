//! The circuit under attack: agreement with the reference, tampering, wiring, goldens.

mod agreement;
mod deletion;
mod evaluator;
mod forge;
mod support;
mod wiring;
