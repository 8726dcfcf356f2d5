//! Tests that drive the command line. One binary for all of them: each would compile and link the proof system anew, and make its own keys.

#![cfg(feature = "cli")]

mod anchors;
mod attestation;
mod bad_input;
mod book;
mod common;
mod covenants;
mod cures;
#[cfg(feature = "chain")]
mod evm;
mod job;
mod keys;
mod outputs;
mod params;
mod policy_diff;
mod prices;
mod profiles;
mod refusals;
mod secrets;
mod sign;
