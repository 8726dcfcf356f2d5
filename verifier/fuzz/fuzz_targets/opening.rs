//! `opening.json`. The blinding is secret, so errors must not say it.

#![no_main]

use assay_fuzz::{text, write_seeds};
use assay_prover::OpeningFile;
use libfuzzer_sys::fuzz_target;

fn seeds() {
    let [commitment, blinding] = ["07", "0b"].map(|byte| byte.repeat(32));
    let heads = [
        r#""format": "assay/opening/v2", "scheme": "assay/position/v1""#,
        r#""version": 1, "statement": "solvency/v1""#,
    ];
    let seeds = heads.map(|head| format!(r#"{{{head}, "commitment": "0x{commitment}", "blinding": "0x{blinding}"}}"#));
    for seed in &seeds {
        OpeningFile::from_json(seed).unwrap();
    }
    write_seeds(&seeds);
}

fuzz_target!(init: seeds(), |data: &[u8]| {
    if let Err(error) = OpeningFile::from_json(text(data)) {
        // A version that is not known is quoted, and has ten digits at most.
        let longest = error.what.split(|c: char| !c.is_ascii_hexdigit()).map(str::len).max().unwrap_or_default();
        assert!(longest <= 10, "digits of the text in: {}", error.what);
    }
});
