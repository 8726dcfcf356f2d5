//! Files of parameters, their checksum made right.

#![no_main]

use assay_fuzz::{sealed, unsealed, write_seeds};
use assay_protocol::srs::Srs;
use libfuzzer_sys::fuzz_target;
use rand_core::OsRng;

fuzz_target!(
    init: write_seeds(&[1, 2, 3].map(|k| unsealed(Srs::dev(k, OsRng).to_bytes()))),
    |data: &[u8]| {
        let file = sealed(data);
        if let Ok(srs) = Srs::from_bytes(&file) {
            assert!(srs.to_bytes() == file, "an SRS has one file");
        }
    }
);
