//! Text files as a whole: what they say that they are, and their one shape.

use crate::common::*;
use assay_verifier::{Attestation, FormatError, Market, PolicyFile, PriceSnapshot, example, format_of};
use serde_json::{Value, json};

#[test]
fn a_file_of_another_format_is_a_mismatch_that_names_both() {
    let attestation = attestation().to_json();
    let check = |error: FormatError, what: &str| {
        assert!(error.mismatch && error.what == what, "{error}");
    };
    // Another version has other keys: what it is comes first, whatever else is wrong with it.
    let later = with(&attestation, "/format", json!("assay/attestation/v2")).replace("\"proof\"", "\"proofs\"");
    let what = "format: assay/attestation/v2 where assay/attestation/v1 is expected";
    check(Attestation::from_json(&later).unwrap_err(), what);
    let later = with(&attestation, "/statement_id", json!("solvency/v2")).replace("\"proof\"", "\"proofs\"");
    check(
        Attestation::from_json(&later).unwrap_err(),
        "statement_id: solvency/v2 where solvency/v1 or covenants/v1 is expected",
    );
    let what = "format: assay/prices/v1 where assay/attestation/v1 is expected";
    check(Attestation::from_json(example::PRICES).unwrap_err(), what);
    let what = "format: assay/attestation/v1 where assay/prices/v1 is expected";
    check(PriceSnapshot::from_json(&attestation).unwrap_err(), what);
    let what = "format: assay/market/v1 where assay/policy/v1 is expected";
    check(PolicyFile::parse(example::MARKET).unwrap_err(), what);
    let what = "format: assay/policy/v1 where assay/market/v1 is expected";
    check(Market::from_toml(example::POLICY).unwrap_err(), what);
    for malformed in ["{", "{}", "[]", "{\"format\": 1}", "{\"format\": \"assay/attestation/v1\"}"] {
        assert!(!Attestation::from_json(malformed).unwrap_err().mismatch, "{malformed}");
    }
}

#[test]
fn format_of_reads_both_notations_and_needs_nothing_else() {
    for (text, format) in [(example::MARKET, "assay/market/v1"), (example::PRICES, "assay/prices/v1")] {
        assert_eq!(format_of(text).unwrap(), format);
    }
    assert_eq!(format_of("{ \"new\": [{}], \"format\": \"assay/attestation/v9\" }").unwrap(), "assay/attestation/v9");
    for text in
        ["", "{", "[\"assay/prices/v1\"]", "[debt]", "format = 1", "\u{feff}format = \"x\"", &" ".repeat((1 << 20) + 1)]
    {
        assert!(format_of(text).is_err(), "{text:.20}");
    }
}

/// The values of an object in their order, without their keys.
fn values(json: &Value) -> Value {
    let Value::Object(object) = json else { panic!("an object: {json}") };
    object.values().cloned().collect()
}

#[test]
fn a_list_of_values_does_not_stand_for_an_object() {
    let (attestation, prices) = (attestation().to_json(), prices().to_json());
    let parses = |text: &str| Attestation::from_json(text).is_ok() || PriceSnapshot::from_json(text).is_ok();
    let pointers = ["", "/statement", "/statement/bounds/0", "/statement/credit"];
    let all = pointers.map(|pointer| (&attestation, pointer)).into_iter();
    for (text, pointer) in all.chain(["", "/prices/0"].map(|pointer| (&prices, pointer))) {
        assert!(parses(text));
        let json: Value = serde_json::from_str(text).unwrap();
        let listed = values(json.pointer(pointer).unwrap());
        assert!(!parses(&with(text, pointer, listed)), "{pointer}");
    }
    for (from, to) in [
        ("anchor = \"none\"", "anchor = [1, [\"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\"]]"),
        ("anchor = \"none\"", "anchor = { none = {} }"),
        ("quote =", "profile = { maker = {} }\nquote ="),
        (
            "quote =",
            "on_chain = [\"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\", \"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\", 1]\nquote =",
        ),
        ("[assets.WETH]", "[assets]\nWETH = [8300, 0, 0, 0, 10000, 2000, 8]\n[assets.@]"),
    ] {
        let text = example::POLICY.replacen(from, to, 1);
        assert_ne!(text, example::POLICY, "{from}");
        assert!(PolicyFile::parse(&text).and_then(|file| file.with_market(market())).is_err(), "{to}");
    }
    let market = "format = \"assay/market/v1\"\nname = \"m\"\nassets = @";
    let one = "[{ symbol = \"A\", chain = \"eip155:1\", id = \"x\", decimals = 0 }]";
    assert!(Market::from_toml(&market.replace('@', one)).is_ok());
    assert!(Market::from_toml(&market.replace('@', "[[\"A\", \"eip155:1\", \"x\", \"x\", 0]]")).is_err());
}

#[test]
fn an_integer_of_a_toml_file_is_written_in_decimal_digits_alone() {
    for spelling in ["0x2904", "0o24404", "0b10100100000100", "+10_500", "10_500", "+10500"] {
        let text = example::POLICY.replacen("minimum_ratio_bps = 10500", &format!("minimum_ratio_bps = {spelling}"), 1);
        let error = PolicyFile::parse(&text).expect_err(spelling);
        assert!(error.place.is_some() && error.what.contains("decimal digits alone"), "{error}");
        let text = example::MARKET.replacen("decimals = 18", "decimals = +18", 1);
        assert!(Market::from_toml(&text).unwrap_err().what.contains("decimal digits alone"));
    }
    let nested = example::POLICY.replacen("[0, 5, 10", "[+0, 5, 10", 1);
    assert!(PolicyFile::parse(&nested).unwrap_err().what.contains("decimal digits alone"));
}

#[test]
fn a_byte_order_mark_is_refused_in_every_format() {
    let marked = |text: &str| format!("\u{feff}{text}");
    assert!(Market::from_toml(&marked(example::MARKET)).is_err());
    assert!(PolicyFile::parse(&marked(example::POLICY)).is_err());
    assert!(PriceSnapshot::from_json(&marked(example::PRICES)).is_err());
    assert!(Attestation::from_json(&marked(&attestation().to_json())).is_err());
}

#[test]
fn unknown_missing_and_duplicate_keys_are_refused_at_every_depth() {
    let text = attestation().to_json();
    let error = |text: &str| Attestation::from_json(text).unwrap_err().to_string();
    for object in ["", "/statement", "/statement/bounds/0", "/statement/credit"] {
        let mut json: Value = serde_json::from_str(&text).unwrap();
        json.pointer_mut(object).unwrap()["extra"] = json!(1);
        assert!(error(&json.to_string()).contains("unknown field `extra`"));
        let keys: Vec<String> = serde_json::from_str::<Value>(&text)
            .unwrap()
            .pointer(object)
            .unwrap()
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        for key in keys {
            let mut json: Value = serde_json::from_str(&text).unwrap();
            json.pointer_mut(object).unwrap().as_object_mut().unwrap().remove(&key);
            assert!(error(&json.to_string()).contains("missing field"), "{object} {key}");
        }
    }
    for key in ["proof", "policy", "asset", "base_units"] {
        let doubled = text.replacen(&format!("\"{key}\":"), &format!("\"{key}\": \"x\", \"{key}\":"), 1);
        assert_ne!(doubled, text);
        assert!(error(&doubled).contains("duplicate field"), "{key}: {}", error(&doubled));
    }
}

#[test]
fn oversized_and_deeply_nested_files_are_refused() {
    for open in ["[", "{\"a\":"] {
        let deep = open.repeat(100_000);
        assert!(Attestation::from_json(&deep[..60_000]).is_err());
        assert!(PriceSnapshot::from_json(&deep[..60_000]).is_err());
        assert!(Attestation::from_json(&deep).is_err());
    }
    let nested = with(&attestation().to_json(), "/proof", json!("@")).replace("\"@\"", &"[".repeat(50_000));
    assert!(Attestation::from_json(&nested).is_err());
    assert!(Market::from_toml(&format!("x = {}", "[".repeat(60_000))).is_err());
    let deep = format!("x = {}", "[".repeat(100_000));
    assert!(Market::from_toml(&deep).is_err());
    assert!(PolicyFile::parse(&deep).is_err());
    let padded = format!("{}{}", attestation().to_json(), " ".repeat(70_000));
    assert!(Attestation::from_json(&padded).unwrap_err().to_string().contains("too large"));
    let padded = format!("{}{}", example::POLICY, "\n".repeat(70_000));
    assert!(PolicyFile::parse(&padded).unwrap_err().to_string().contains("too large"));
    let trailing = format!("{} x", attestation().to_json());
    assert!(Attestation::from_json(&trailing).unwrap_err().place.is_some());
}
