//! The circuit under attack: agreement with the reference, tampering, wiring, goldens.

mod agreement;
mod chips;
mod covenants;
mod decimals;
mod deletion;
mod evaluator;
mod forge;
mod forgeries;
mod frozen;
mod golden;
mod hiding;
mod moves;
mod mutate;
mod oracle;
mod program;
mod proofs;
mod reordering;
mod simulator;
mod solvency;
mod subject;
mod suite;
mod support;
mod tamper;
mod toy;
mod vectors;
mod wiring;
