//! Any bytes as a proof: none but the proof itself is accepted.

#![no_main]

use std::sync::LazyLock;

use assay_circuits::proof::verify_proof;
use assay_fuzz::{Frozen, write_seeds};
use libfuzzer_sys::fuzz_target;

static FROZEN: LazyLock<Frozen> = LazyLock::new(Frozen::read);

fuzz_target!(init: write_seeds(&[&FROZEN.proof]), |data: &[u8]| {
    let accepted = verify_proof(&FROZEN.key, &FROZEN.instance, data).is_ok();
    assert_eq!(accepted, data == FROZEN.proof);
});
