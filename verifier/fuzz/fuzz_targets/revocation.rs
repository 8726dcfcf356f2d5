//! `revocation.json`, signature included.

#![no_main]

use assay_fuzz::{text, write_seeds};
use assay_verifier::{B256, Revocation};
use libfuzzer_sys::fuzz_target;

fn seeds() {
    let vectors: serde_json::Value = serde_json::from_str(include_str!("../../tests/vectors/cast.json")).unwrap();
    let signature = vectors["revocation"]["signature"].as_str().unwrap().parse().unwrap();
    // It is somebody's signature of any statement's hash.
    write_seeds(&[Revocation::new(B256::repeat_byte(7), signature).unwrap().to_json()]);
}

fuzz_target!(init: seeds(), |data: &[u8]| {
    if let Ok(revocation) = Revocation::from_json(text(data)) {
        assert_eq!(Revocation::from_json(&revocation.to_json()), Ok(revocation), "what is written is read back");
    }
});
