//! Commitments computed by circomlib's own code.

use assay_circuits::commitment::{TAG, shape};
use assay_circuits::{Amount, Opening, Position, PositionCommitment, Size};
use serde_json::Value;

const VECTORS: &str = include_str!("../vectors/commitments.json");

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("{key} is a string"))
}

fn bytes(value: &Value, key: &str) -> [u8; 32] {
    let digits = text(value, key).strip_prefix("0x").expect("0x");
    hex::decode(digits).expect("hexadecimal").try_into().expect("32 bytes")
}

fn amounts(vector: &Value, key: &str) -> Vec<Amount> {
    let amounts = vector[key].as_array().expect("a list").iter();
    let amounts = amounts.map(|amount| amount.as_str().expect("a string").parse().expect("a decimal integer"));
    amounts.map(|amount| Amount::new(amount).expect("120 bits")).collect()
}

#[test]
fn commitments_equal_those_of_circomlib() {
    let file: Value = serde_json::from_str(VECTORS).expect("JSON");
    let number = |value: u128| {
        let mut bytes = [0; 32];
        bytes[16..].copy_from_slice(&value.to_be_bytes());
        bytes
    };
    assert_eq!(bytes(&file, "tag"), number(TAG));
    assert_eq!(bytes(&file, "shape"), number(shape(Size::Eight).into()));
    let vectors = file["vectors"].as_array().expect("a list");
    assert!(vectors.len() >= 8);
    for vector in vectors {
        let position = Position::new(amounts(vector, "collateral"), amounts(vector, "debt")).expect("eight assets");
        let opening = Opening::from_bytes(&bytes(vector, "blinding")).expect("canonical");
        let commitment = PositionCommitment::new(&position, &opening);
        assert_eq!(commitment.to_bytes(), bytes(vector, "commitment"), "{}", text(vector, "name"));
    }
}
