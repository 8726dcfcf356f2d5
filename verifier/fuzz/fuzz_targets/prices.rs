//! `prices.json`, with the example's policy.

#![no_main]

use std::sync::LazyLock;

use assay_fuzz::{text, write_seeds};
use assay_verifier::{Bounds, Buffer, Market, Policy, PolicyFile, PriceSnapshot, example};
use libfuzzer_sys::fuzz_target;

static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    let market = Market::from_toml(example::MARKET).unwrap();
    PolicyFile::parse(example::POLICY).unwrap().with_market(market).unwrap()
});

fuzz_target!(init: write_seeds(&[example::PRICES]), |data: &[u8]| {
    let Ok(prices) = PriceSnapshot::from_json(text(data)) else { return };
    assert_eq!(PriceSnapshot::from_json(&prices.to_json()).as_ref(), Ok(&prices), "what is written is read back");
    let Ok(ranges) = prices.for_policy(&POLICY) else { return };
    for buffer in Buffer::ALL {
        let _ = Bounds::around(&POLICY, &ranges, buffer);
    }
});
