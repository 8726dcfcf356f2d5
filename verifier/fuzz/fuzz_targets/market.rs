//! `market.toml`.

#![no_main]

use assay_fuzz::{text, write_seeds};
use assay_verifier::{Market, example, format_of};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: write_seeds(&[example::MARKET]), |data: &[u8]| {
    let text = text(data);
    if let Ok(market) = Market::from_toml(text) {
        assert_eq!(format_of(text).as_deref(), Ok(assay_verifier::policy::MARKET_FORMAT));
        let again = Market::new(market.name().to_owned(), market.assets().to_vec());
        assert_eq!(again.map(|again| again.id()), Ok(market.id()), "from its parts it is the same market");
    }
});
