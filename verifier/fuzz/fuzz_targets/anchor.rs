//! `anchor.json`.

#![no_main]

use assay_fuzz::{text, write_seeds};
use assay_verifier::{Address, Anchor, AttesterSignature, B256, Beneficiary, HoldingsStatement};
use libfuzzer_sys::fuzz_target;

#[path = "../../tests/common/mod.rs"]
mod common;

fn seeds() {
    let seed = |beneficiary: Beneficiary| {
        let statement = HoldingsStatement {
            commitment: common::attestation().assertion.commitment,
            market: B256::repeat_byte(7),
            subject: common::subject(),
            beneficiary,
            as_of: common::NOW,
            sequence: 7,
            expiry: common::NOW + 1,
        };
        let signatures = [0x11, 0x22]
            .map(|byte| AttesterSignature { attester: Address::repeat_byte(byte), signature: vec![byte; 65] });
        Anchor::new(statement, signatures.to_vec()).unwrap().to_json()
    };
    let account = Beneficiary::Account { chain_id: 1, address: common::subject() };
    write_seeds(&[seed(Beneficiary::Nobody), seed(account)]);
}

fuzz_target!(init: seeds(), |data: &[u8]| {
    if let Ok(anchor) = Anchor::from_json(text(data)) {
        assert_eq!(Anchor::from_json(&anchor.to_json()), Ok(anchor), "what is written is read back");
    }
});
