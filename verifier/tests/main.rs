//! Tests of the verifier from outside. One binary for all of them: each would compile and link the proof system anew, and make its own keys.

#![allow(clippy::unwrap_used)]

mod anchor;
mod anchor_files;
mod common;
mod documents;
mod encodings;
mod files;
mod interface;
mod margins;
mod modules;
mod price_files;
mod prices;
mod schemas;
mod service;
mod signature;
mod sources;
mod verify;
mod weights;
