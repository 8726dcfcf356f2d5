//! Protocol profiles: the protocols' rules against their own vectors, the promise that an accepted position is healthy,
//! that the margins are needed, and what they cost.

#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

mod needed;
mod promise;
mod protocol;
mod scene;
mod slack;
mod vectors;
mod verdict;

use assay_verifier::Profile;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

/// Positions for each profile: `ASSAY_POSITIONS`, or few enough for every run of the tests.
fn positions() -> usize {
    std::env::var("ASSAY_POSITIONS").map_or(10_000, |text| text.parse().expect("ASSAY_POSITIONS is a number"))
}

/// The same numbers in every run, others for each profile and purpose.
fn numbers(profile: Profile, purpose: u64) -> ChaCha8Rng {
    let index = Profile::ALL.iter().position(|other| *other == profile).unwrap();
    ChaCha8Rng::seed_from_u64(purpose * 100 + index as u64)
}
