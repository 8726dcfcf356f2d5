//! The JSON Schemas in `docs/schemas` describe what the parsers accept.

#![allow(clippy::unwrap_used)]

mod common;

use assay_verifier::{Attestation, PriceSnapshot, example};
use common::*;
use jsonschema::Validator;
use serde_json::{Value, json};

fn schema(text: &str) -> Validator {
    let schema: Value = serde_json::from_str(text).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    jsonschema::validator_for(&schema).unwrap()
}

fn prices_schema() -> Validator {
    schema(include_str!("../../docs/schemas/prices.schema.json"))
}

fn attestation_schema() -> Validator {
    schema(include_str!("../../docs/schemas/attestation.schema.json"))
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn what_is_written_is_what_the_schemas_describe() {
    assert!(prices_schema().is_valid(&parsed(example::PRICES)));
    assert!(prices_schema().is_valid(&parsed(&prices().to_json())));
    let mut attestation = attestation();
    assert!(attestation_schema().is_valid(&parsed(&attestation.to_json())));
    attestation.statement.credit = None;
    attestation.statement.audience = "eip155:1:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed".parse().unwrap();
    attestation.statement.anchor = Some(assay_verifier::B256::repeat_byte(0xab));
    assert!(attestation_schema().is_valid(&parsed(&attestation.to_json())));
}

#[test]
fn schemas_and_parsers_refuse_the_same_mistakes() {
    let mistakes = [
        ("/format", json!("assay/prices/v2")),
        ("/quote", json!("")),
        ("/published", json!(1_698_710_400)),
        ("/published", json!("2023-10-31 00:00:00Z")),
        ("/note", json!("two\nlines")),
        ("/prices/0/low", json!(181_503_814_107u64)),
        ("/prices/0/low", json!("0")),
        ("/prices/0/low", json!("0181503814107")),
        ("/prices/0/decimals", json!("8")),
        ("/prices/0/decimals", json!(37)),
        ("/prices/0/extra", json!(1)),
        ("/extra", json!(1)),
        ("/prices/0", json!(["WETH", "1", "2", 8, ["example"]])),
    ];
    let check = |validator: &Validator, parses: &dyn Fn(&str) -> bool, base: &str, mistakes: &[(&str, Value)]| {
        for (pointer, value) in mistakes {
            let mut document = parsed(base);
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            match document.pointer_mut(parent).unwrap() {
                Value::Array(items) => items[key.parse::<usize>().unwrap()] = value.clone(),
                object => object[key] = value.clone(),
            }
            assert!(!validator.is_valid(&document), "schema: {pointer} = {value}");
            assert!(!parses(&document.to_string()), "parser: {pointer} = {value}");
        }
    };
    check(&prices_schema(), &|text| PriceSnapshot::from_json(text).is_ok(), example::PRICES, &mistakes);
    let mistakes = [
        ("/format", json!("assay/attestation/v2")),
        ("/statement_id", json!("solvency/v2")),
        ("/verifying_key", json!("0x12")),
        ("/statement/policy", json!(format!("0x{}", "AB".repeat(32)))),
        ("/statement/subject", json!("5a")),
        ("/statement/audience", json!("two words")),
        ("/statement/audience", json!("Eip155:1:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")),
        ("/statement/as_of", json!(1)),
        ("/statement/credit", json!({ "asset": "USDC", "base_units": 1 })),
        ("/statement/credit", json!({ "asset": "USDC" })),
        ("/statement/anchor", json!("0x")),
        ("/statement/bounds/0/floor", json!(1)),
        ("/statement/bounds/0/extra", json!(1)),
        ("/statement/credit", json!(["USDC", "1"])),
        ("/statement/bounds/0", json!(["WETH", "1", "2"])),
        ("/proof", json!("0x123")),
        ("/public_inputs", json!([])),
    ];
    let parses = |text: &str| Attestation::from_json(text).is_ok();
    check(&attestation_schema(), &parses, &attestation().to_json(), &mistakes);
}

#[test]
fn an_opening_and_an_anchor_have_schemas() {
    let word = format!("0x{}", "07".repeat(32));
    let opening = schema(include_str!("../../docs/schemas/opening.schema.json"));
    let mut document = json!({ "version": 1, "statement": "solvency/v1", "commitment": word, "blinding": word });
    assert!(opening.is_valid(&document));
    document["blinding"] = json!(7);
    assert!(!opening.is_valid(&document));

    let anchor = schema(include_str!("../../docs/schemas/anchor.schema.json"));
    let address = subject().to_string();
    let mut document = json!({
        "format": "assay/anchor/v1",
        "statement": {
            "commitment": word, "market": word, "subject": address, "beneficiary": address,
            "beneficiary_chain_id": "1", "as_of": "2023-10-31T00:00:00Z", "sequence": "42",
            "expiry": "2023-11-30T00:00:00Z",
        },
        "signatures": [{ "attester": address, "signature": format!("0x{}", "07".repeat(65)) }],
    });
    assert!(anchor.is_valid(&document));
    document["statement"]["sequence"] = json!(42);
    assert!(!anchor.is_valid(&document));
}
