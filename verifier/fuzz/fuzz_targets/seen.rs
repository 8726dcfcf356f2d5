//! A seen file.

#![no_main]

use assay_fuzz::{text, write_seeds};
use assay_verifier::{B256, SeenAnchors};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fn seeds() {
    let word = |byte: u8| B256::repeat_byte(byte).to_string();
    let subject = "0x5a5A5a5a5A5A5A5A5A5a5A5a5a5a5A5a5a5a5A5A";
    let entry = |byte: u8, beneficiary: &str| {
        json!({
            "market": word(byte), "subject": subject, "beneficiary": beneficiary, "sequence": "7",
            "attester_set": word(8), "statement": word(9), "commitment": word(3),
        })
    };
    let seen = json!({
        "format": assay_verifier::anchor::SEEN_FORMAT,
        "latest": [entry(1, "none"), entry(2, &format!("eip155:1:{subject}"))],
        "revoked": [{ "statement": word(4), "attester": subject }],
    });
    write_seeds(&[seen.to_string(), SeenAnchors::default().to_json()]);
}

fuzz_target!(init: seeds(), |data: &[u8]| {
    if let Ok(memory) = SeenAnchors::from_json(text(data)) {
        assert_eq!(SeenAnchors::from_json(&memory.to_json()), Ok(memory), "what is written is read back");
    }
});
