//! The circuit under attack: agreement with the reference, tampering, wiring, goldens.

mod agreement;
mod evaluator;
mod support;
mod wiring;
