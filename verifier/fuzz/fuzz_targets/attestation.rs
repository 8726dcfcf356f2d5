//! `attestation.json`; whether it is true, the target `verdict` asks.

#![no_main]

use assay_fuzz::{text, write_seeds};
use assay_verifier::Attestation;
use libfuzzer_sys::fuzz_target;

#[path = "../../tests/common/mod.rs"]
mod common;

fn seeds() {
    let mut attestation = common::attestation();
    let good = attestation.to_json();
    attestation.assertion.credit = None;
    attestation.assertion.anchor = Some(attestation.assertion.policy);
    attestation.proof.truncate(2);
    write_seeds(&[good, attestation.to_json()]);
}

fuzz_target!(init: seeds(), |data: &[u8]| {
    if let Ok(attestation) = Attestation::from_json(text(data)) {
        assert_eq!(Attestation::from_json(&attestation.to_json()), Ok(attestation), "what is written is read back");
    }
});
