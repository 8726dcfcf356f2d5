//! Tests of the contracts in an EVM. One binary for all of them: each would compile and link the proof system anew, and make its own keys.

mod common;
mod covenants;
mod forged;
mod gas;
mod mutations;
mod ranges;
mod registry;
mod registry_calldata;
mod sizes;
mod source;
mod verify;
