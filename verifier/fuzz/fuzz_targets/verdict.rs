//! The text of a good attestation, edited: accepted only where it still says the same.

#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use assay_verifier::{Attestation, Policy, PriceSnapshot};
use libfuzzer_sys::fuzz_target;

#[path = "../../tests/common/mod.rs"]
mod common;

#[derive(Arbitrary, Debug)]
enum Edit {
    /// Another digit in the place of one.
    Digit { at: u16, by: u8 },
    /// Some bytes out, others in.
    Splice { at: u16, out: u8, inserted: Vec<u8> },
}

static POLICY: LazyLock<Policy> = LazyLock::new(common::policy);
static PRICES: LazyLock<PriceSnapshot> = LazyLock::new(common::prices);
static TEXT: LazyLock<String> = LazyLock::new(|| common::attestation().to_json());
static DIGITS: LazyLock<Vec<usize>> =
    LazyLock::new(|| TEXT.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_hexdigit()).map(|(at, _)| at).collect());

fn apply(edit: &Edit, text: &mut Vec<u8>) {
    match edit {
        Edit::Digit { at, by } => {
            // Where splices have moved the digits, whatever stands there.
            let at = DIGITS[usize::from(*at) % DIGITS.len()];
            if let Some(byte) = text.get_mut(at) {
                *byte = b"0123456789abcdef"[usize::from(*by) % 16];
            }
        }
        Edit::Splice { at, out, inserted } => {
            let start = usize::from(*at) % (text.len() + 1);
            let end = text.len().min(start + usize::from(*out));
            text.splice(start..end, inserted.iter().copied());
        }
    }
}

fuzz_target!(|edits: Vec<Edit>| {
    let mut text = TEXT.as_bytes().to_vec();
    for edit in &edits {
        apply(edit, &mut text);
    }
    let Ok(attestation) = Attestation::from_json(assay_fuzz::text(&text)) else { return };
    let verdict = common::decide(&common::allowed(), &POLICY, &PRICES, &common::expectation(), &attestation);
    assert_eq!(verdict.is_ok(), attestation == common::attestation(), "{verdict:?}");
});
