//! Covenants: what they say in a file, and their rows against a direct reading of each rule in exact arithmetic.

#![allow(clippy::unwrap_used)]

mod agreement;
#[path = "../common/mod.rs"]
mod common;
mod files;
mod proofs;
mod reading;
mod rows;
mod scene;

/// How many random cases of each kind there are: `ASSAY_COVENANTS`, else five hundred. `verifier/scripts/covenants.sh` runs
/// 100,000.
fn cases() -> u64 {
    std::env::var("ASSAY_COVENANTS").map_or(500, |text| text.parse().expect("ASSAY_COVENANTS is a number"))
}
