//! `policy.toml`, with the example's market.

#![no_main]

use std::sync::LazyLock;

use assay_fuzz::{text, write_seeds};
use assay_verifier::{Market, PolicyFile, PriceSnapshot, example};
use libfuzzer_sys::fuzz_target;

static MARKET: LazyLock<Market> = LazyLock::new(|| Market::from_toml(example::MARKET).unwrap());
static PRICES: LazyLock<PriceSnapshot> = LazyLock::new(|| PriceSnapshot::from_json(example::PRICES).unwrap());

fuzz_target!(init: write_seeds(&[example::POLICY]), |data: &[u8]| {
    let Ok(file) = PolicyFile::parse(text(data)) else { return };
    let Ok(policy) = file.with_market(MARKET.clone()) else { return };
    let again = assay_verifier::Policy::new(policy.rules().clone(), MARKET.clone());
    assert_eq!(again.map(|again| again.id()), Ok(policy.id()), "from its parts it is the same policy");
    let _ = PRICES.for_policy(&policy);
});
