//! `anchor.json`, `revocation.json` and seen files: one spelling each; and what Foundry's cast signs.

use crate::common::*;
use assay_circuits::PositionCommitment;
use assay_verifier::{
    Address, Anchor, AttesterSignature, B256, Beneficiary, FormatError, HoldingsStatement, Revocation, SeenAnchors,
    Signature, format_of,
};
use serde_json::{Value, json};

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors/cast.json")).unwrap()
}

fn signer() -> Address {
    vectors()["signer"].as_str().unwrap().parse().unwrap()
}

fn signature_of(what: &str) -> Signature {
    vectors()[what]["signature"].as_str().unwrap().parse().unwrap()
}

/// The statement that cast signed.
fn holdings() -> HoldingsStatement {
    let message = vectors()["holdings"]["typed_data"]["message"].clone();
    let word = |key: &str| message[key].as_str().unwrap().parse::<B256>().unwrap();
    let address = |key: &str| message[key].as_str().unwrap().parse::<Address>().unwrap();
    let number = |key: &str| message[key].as_str().unwrap().parse::<u64>().unwrap();
    HoldingsStatement {
        commitment: PositionCommitment::from_bytes(&word("commitment").0).unwrap(),
        market: word("marketId"),
        subject: address("subject"),
        beneficiary: Beneficiary::Account { chain_id: number("beneficiaryChainId"), address: address("beneficiary") },
        as_of: number("asOf"),
        sequence: number("sequence"),
        expiry: number("expiry"),
    }
}

fn anchor() -> Anchor {
    let signatures = [
        AttesterSignature { attester: Address::repeat_byte(0x11), signature: vec![1, 2, 3] },
        AttesterSignature { attester: signer(), signature: signature_of("holdings").to_bytes().to_vec() },
    ];
    Anchor::new(holdings(), signatures.to_vec()).unwrap()
}

fn revocation() -> Revocation {
    Revocation::new(holdings().struct_hash(), signature_of("revocation")).unwrap()
}

fn seen() -> SeenAnchors {
    let zero = format!("0x{}", "00".repeat(32));
    let entry = |byte: u8, beneficiary: &str| {
        json!({
            "market": B256::repeat_byte(byte).to_string(), "subject": subject().to_string(),
            "beneficiary": beneficiary, "attester_set": B256::repeat_byte(8).to_string(), "sequence": "7",
            "statement": B256::repeat_byte(9).to_string(), "commitment": zero,
        })
    };
    let account = format!("eip155:1:{}", Address::repeat_byte(0x1e));
    let text = json!({
        "format": "assay/seen/v1",
        "latest": [entry(1, "none"), entry(1, &account), entry(2, "none")],
        "revoked": [{ "statement": zero, "attester": subject().to_string() }],
    });
    let mut memory = SeenAnchors::from_json(&text.to_string()).unwrap();
    memory.revoke(&revocation());
    memory
}

#[test]
fn typed_data_is_what_cast_was_given_and_its_signatures_are_recovered() {
    let vectors = vectors();
    assert_eq!(holdings().typed_data(), vectors["holdings"]["typed_data"]);
    assert_eq!(signature_of("holdings").recover(holdings().signing_hash()), Ok(signer()));
    let statement = holdings().struct_hash();
    assert_eq!(Revocation::typed_data(statement), vectors["revocation"]["typed_data"]);
    assert_eq!((revocation().attester(), revocation().statement()), (signer(), statement));
    assert_eq!(assay_verifier::anchor::revocation_encode_type(), "Revocation(bytes32 statement)");
}

#[test]
fn the_message_for_nobody_has_zeros() {
    let message = HoldingsStatement { beneficiary: Beneficiary::Nobody, ..holdings() }.typed_data()["message"].clone();
    assert_eq!(message["beneficiary"], Address::ZERO.to_string());
    assert_eq!(message["beneficiaryChainId"], "0");
}

#[test]
fn what_is_written_is_read_back() {
    assert_eq!(Anchor::from_json(&anchor().to_json()).unwrap(), anchor());
    let informational = HoldingsStatement { beneficiary: Beneficiary::Nobody, sequence: u64::MAX, ..holdings() };
    let informational = Anchor::new(informational, anchor().signatures().to_vec()).unwrap();
    assert_eq!(Anchor::from_json(&informational.to_json()).unwrap(), informational);
    assert_eq!(Revocation::from_json(&revocation().to_json()).unwrap(), revocation());
    assert_eq!(SeenAnchors::from_json(&seen().to_json()).unwrap(), seen());
    assert_eq!(seen().series().count(), 3);
    assert_eq!(seen().revocations().count(), 2);
    for (text, format) in [
        (anchor().to_json(), "assay/anchor/v1"),
        (revocation().to_json(), "assay/revocation/v1"),
        (seen().to_json(), "assay/seen/v1"),
    ] {
        assert_eq!(format_of(&text).unwrap(), format);
    }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(read: Result<T, FormatError>, what: &str) {
    let error = read.unwrap_err().to_string();
    assert!(error.contains(what), "expected {what:?} in {error}");
}

#[test]
fn an_anchor_is_strict() {
    let text = anchor().to_json();
    let word = format!("0x{}", "ff".repeat(32));
    let lower = signer().to_string().to_lowercase();
    for (pointer, value, what) in [
        ("/statement/commitment", json!(word), "commitment: not below the modulus"),
        ("/statement/market", json!("0x12"), "market: not 0x and 64"),
        ("/statement/subject", json!(lower), "subject: not an address"),
        (
            "/statement/beneficiary",
            json!("eip155:0:0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"),
            "beneficiary: none or",
        ),
        ("/statement/beneficiary", json!(format!("eip155:1:{}", Address::ZERO)), "beneficiary: none or"),
        ("/statement/beneficiary", json!(format!("eip155:01:{}", signer())), "beneficiary: none or"),
        ("/statement/beneficiary", json!(format!("eip155:1:{lower}")), "beneficiary: none or"),
        ("/statement/beneficiary", json!("None"), "beneficiary: none or"),
        ("/statement/beneficiary", json!(""), "beneficiary: none or"),
        ("/statement/as_of", json!("2030-01-01T00:00:00+00:00"), "as_of: not a UTC time"),
        ("/statement/sequence", json!("18446744073709551616"), "sequence: not a whole number below 2^64"),
        ("/statement/sequence", json!("-1"), "sequence: not a whole number"),
        ("/statement/sequence", json!("042"), "sequence: not a whole number"),
        ("/statement/sequence", json!(42), "invalid type"),
        ("/statement/expiry", json!("1702592000"), "expiry: not a UTC time"),
        ("/signatures/0/attester", json!("0x11"), "attester: not an address"),
        ("/signatures/0/signature", json!("0xAB"), "signature: not 0x and lower-case"),
        ("/signatures/0/signature", json!("0x"), "signature: not 0x and lower-case"),
        ("/signatures", json!([]), "signatures: at least one is needed"),
        ("/format", json!("assay/anchor/v2"), "format: assay/anchor/v2 where assay/anchor/v1 is expected"),
    ] {
        refused(Anchor::from_json(&with(&text, pointer, value)), what);
    }
    let swapped: Value = {
        let mut json: Value = serde_json::from_str(&text).unwrap();
        json["signatures"].as_array_mut().unwrap().reverse();
        json
    };
    refused(Anchor::from_json(&swapped.to_string()), "ascending order is needed");
    let twice = with(&text, "/signatures/0", swapped["signatures"][0].clone());
    refused(Anchor::from_json(&twice), &format!("signatures: {} twice", signer()));
    refused(Anchor::from_json(&text.replacen("\"sequence\"", "\"sequenz\"", 1)), "unknown field");
    refused(Anchor::from_json(&text.replacen('{', "{ \"extra\": 1,", 1)), "unknown field");
    let again = text.replacen("\"expiry\"", "\"sequence\": \"1\", \"expiry\"", 1);
    refused(Anchor::from_json(&again), "duplicate field");
    refused(Anchor::from_json(&format!("{text}{}", " ".repeat(65_536))), "too large");
}

#[test]
fn a_revocation_is_read_only_if_its_attester_signed_it() {
    let text = revocation().to_json();
    let other = with(&text, "/attester", json!(subject().to_string()));
    refused(Revocation::from_json(&other), "not of the attester");
    let other = with(&text, "/statement", json!(B256::repeat_byte(1).to_string()));
    assert!(Revocation::from_json(&other).is_err());
    let signature = signature_of("revocation").to_string();
    let v0 = format!("{}01", &signature[..130]);
    refused(Revocation::from_json(&with(&text, "/signature", json!(v0))), "non-canonical signature");
    refused(Revocation::from_json(&with(&text, "/signature", json!(&signature[..130]))), "65 bytes");
    refused(Revocation::from_json(&with(&text, "/signature", json!("1c"))), "130 lower-case hex digits");
    refused(Revocation::from_json(&text.replacen('{', "{ \"extra\": 1,", 1)), "unknown field");
}

#[test]
fn a_damaged_seen_file_is_refused() {
    let text = seen().to_json();
    let json: Value = serde_json::from_str(&text).unwrap();
    let entry = |index: usize| json["latest"][index].clone();
    for (pointer, value, what) in [
        ("/latest/1", entry(0), "latest: not in ascending order"),
        ("/latest/0", entry(2), "latest: not in ascending order"),
        ("/revoked/1", json["revoked"][0].clone(), "revoked: not in ascending order"),
        ("/latest/0/sequence", json!("1e3"), "sequence: not a whole number"),
        ("/latest/0/subject", json!("0x5a"), "subject: not an address"),
        ("/latest/0/beneficiary", json!("eip155:1"), "beneficiary: none or"),
        ("/latest/0/attester_set", json!("0x08"), "attester_set: not"),
        ("/latest/0/commitment", json!(format!("0x{}", "ff".repeat(32))), "commitment: not below"),
        ("/revoked/0/attester", json!("nobody"), "attester: not an address"),
        ("/latest", json!({}), "invalid type"),
        ("/format", json!("assay/seen/v2"), "format: assay/seen/v2 where"),
    ] {
        refused(SeenAnchors::from_json(&with(&text, pointer, value)), what);
    }
    for length in 0..text.trim_end().len() {
        assert!(SeenAnchors::from_json(&text[..length]).is_err(), "cut at {length}");
    }
}

#[test]
fn a_seen_file_may_be_of_one_mebibyte_and_no_more() {
    let text = seen().to_json();
    let padded = |length: usize| format!("{text}{}", " ".repeat(length - text.len()));
    assert_eq!(SeenAnchors::from_json(&padded(1 << 20)).unwrap(), seen());
    refused(SeenAnchors::from_json(&padded((1 << 20) + 1)), "too large");
}
