//! Files of verifying keys, their checksum made right.

#![no_main]

use assay_circuits::{Circuit, Size, SolvencyCircuit};
use assay_fuzz::{sealed, unsealed, write_seeds};
use assay_protocol::keys::VerifyingKey;
use libfuzzer_sys::fuzz_target;

#[path = "../../tests/common/mod.rs"]
mod common;

fn seeds() {
    write_seeds(
        &[common::key(), &assay_verifier::production_key(Circuit::Solvency(Size::Eight)).unwrap()]
            .map(|key| unsealed(key.to_bytes())),
    );
}

fuzz_target!(init: seeds(), |data: &[u8]| {
    let file = sealed(data);
    if let Ok(key) = VerifyingKey::from_bytes::<SolvencyCircuit>(&file) {
        assert!(key.to_bytes() == file, "a key has one file");
    }
});
