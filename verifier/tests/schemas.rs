//! The JSON Schemas in `docs/schemas` describe what the parsers accept.

use crate::common::*;
use assay_verifier::policy::Provider;
use assay_verifier::prices::read_reports;
use assay_verifier::{Anchor, Attestation, PolicyFile, PriceSnapshot, Revocation, SeenAnchors, example};
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

/// Each mistake made alone is one that schema and parser refuse.
fn check(validator: &Validator, parses: &dyn Fn(&str) -> bool, base: &str, mistakes: &[(&str, Value)]) {
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
}

#[test]
fn what_is_written_is_what_the_schemas_describe() {
    assert!(prices_schema().is_valid(&parsed(example::PRICES)));
    assert!(prices_schema().is_valid(&parsed(&prices().to_json())));
    let mut attestation = attestation();
    assert!(attestation_schema().is_valid(&parsed(&attestation.to_json())));
    attestation.assertion.credit = None;
    attestation.assertion.audience = "eip155:1:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed".parse().unwrap();
    attestation.assertion.anchor = Some(assay_verifier::B256::repeat_byte(0xab));
    assert!(attestation_schema().is_valid(&parsed(&attestation.to_json())));
}

#[test]
fn schemas_and_parsers_refuse_the_same_mistakes() {
    let mistakes = [
        ("/format", json!("assay/prices/v2")),
        ("/quote", json!("")),
        ("/at", json!(1_698_710_400)),
        ("/at", json!("2023-10-31 00:00:00Z")),
        ("/note", json!("two\nlines")),
        ("/prices/0/low", json!(181_503_814_107u64)),
        ("/prices/0/low", json!("0")),
        ("/prices/0/low", json!("0181503814107")),
        ("/prices/0/decimals", json!("8")),
        ("/prices/0/decimals", json!(37)),
        ("/prices/0/extra", json!(1)),
        ("/extra", json!(1)),
        ("/prices/0", json!(["WETH", "1", "2", 8, []])),
        ("/prices/0/reports/0/source", json!("")),
        ("/prices/0/reports/0/feed", json!("0x12")),
        ("/prices/0/reports/0/price", json!(1)),
        ("/prices/0/reports/0/price", json!("1.5")),
        ("/prices/0/reports/0/price", json!("-0")),
        ("/prices/0/reports/0/confidence", json!("-1")),
        ("/prices/0/reports/0/published", json!("2023-10-31")),
        ("/prices/0/reports/0/round/id", json!(7)),
        ("/prices/0/reports/0/round/extra", json!("7")),
        ("/prices/0/reports/0/signature", json!("0x00")),
        ("/prices/0/reports/1/signature", json!("00")),
        ("/prices/0/reports/1/extra", json!(1)),
    ];
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
fn files_of_reports_have_schemas() {
    let rounds = schema(include_str!("../../docs/schemas/chainlink-rounds.schema.json"));
    let signed = schema(include_str!("../../docs/schemas/price-report.schema.json"));
    let parses = |kind: usize| {
        move |text: &str| {
            let mut source = policy().rules().sources[0].clone();
            if kind == 1 {
                source.provider = Provider::Signed { signer: subject() };
            }
            read_reports(&source, "USD", text).is_ok()
        }
    };
    assert!(rounds.is_valid(&parsed(example::CHAINLINK)) && parses(0)(example::CHAINLINK));
    assert!(signed.is_valid(&parsed(example::DESK)) && parses(1)(example::DESK));
    let mistakes = [
        ("/format", json!("assay/chainlink-rounds/v2")),
        ("/chain", json!("eip155:0")),
        ("/rounds/0/aggregator", json!("0x12")),
        ("/rounds/0/decimals", json!("8")),
        ("/rounds/0/answer", json!("1")),
        ("/rounds/0/latestRoundData", json!(["1", "2", "3", "4"])),
        ("/rounds/0/latestRoundData/1", json!("1.5")),
        ("/rounds/0/latestRoundData/1", json!("-0")),
        ("/rounds/0/latestRoundData/1", json!(1.5)),
    ];
    check(&rounds, &parses(0), example::CHAINLINK, &mistakes);
    let mistakes = [
        ("/format", json!("assay/price-report/v2")),
        ("/quote", json!("U S D")),
        ("/reports/0/feed", json!("0x12")),
        ("/reports/0/price", json!(1)),
        ("/reports/0/confidence", json!("-1")),
        ("/reports/0/published", json!("2023-10-31")),
        ("/reports/0/signature", json!("0xAB")),
        ("/reports/0/extra", json!(1)),
    ];
    check(&signed, &parses(1), example::DESK, &mistakes);
}

#[test]
fn an_opening_has_a_schema() {
    let word = format!("0x{}", "07".repeat(32));
    let opening = schema(include_str!("../../docs/schemas/opening.schema.json"));
    let mut document =
        json!({ "format": "assay/opening/v2", "scheme": "assay/position/v1", "commitment": word, "blinding": word });
    assert!(opening.is_valid(&document));
    document["blinding"] = json!(7);
    assert!(!opening.is_valid(&document));
}

/// Replaces each value of `document` in turn by what no key permits, and leaves each out.
fn each_value_spoilt(document: &Value, check: &dyn Fn(&Value)) {
    fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
        let children: Vec<(String, &Value)> = match value {
            Value::Object(object) => object.iter().map(|(key, child)| (key.clone(), child)).collect(),
            Value::Array(items) => items.iter().enumerate().map(|(index, child)| (index.to_string(), child)).collect(),
            _ => return,
        };
        for (key, child) in children {
            let pointer = format!("{at}/{key}");
            pointers(child, &pointer, all);
            all.push(pointer);
        }
    }
    let mut all = Vec::new();
    pointers(document, "", &mut all);
    for pointer in all {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        for wrong in [json!(1), json!("x"), json!(null)] {
            let mut document = document.clone();
            *document.pointer_mut(&pointer).unwrap() = wrong;
            check(&document);
        }
        let mut document = document.clone();
        if let Value::Object(object) = document.pointer_mut(parent).unwrap() {
            object.remove(key);
            check(&document);
        }
    }
}

#[test]
fn anchors_revocations_and_seen_files_have_schemas_as_strict_as_their_parsers() {
    let (word, address) = (format!("0x{}", "07".repeat(32)), subject().to_string());
    let cast = parsed(include_str!("vectors/cast.json"));
    let account = format!("eip155:1:{address}");
    let anchor = json!({
        "format": "assay/anchor/v1",
        "statement": {
            "commitment": word, "market": word, "subject": address, "beneficiary": account,
            "as_of": "2023-10-31T00:00:00Z", "sequence": "42", "expiry": "2023-11-30T00:00:00Z",
        },
        "signatures": [{ "attester": address, "signature": format!("0x{}", "07".repeat(65)) }],
    });
    let revocation = json!({
        "format": "assay/revocation/v1",
        "statement": cast["revocation"]["typed_data"]["message"]["statement"],
        "attester": cast["signer"],
        "signature": cast["revocation"]["signature"],
    });
    let seen = json!({
        "format": "assay/seen/v1",
        "latest": [{
            "market": word, "subject": address, "beneficiary": "none", "attester_set": word, "sequence": "42",
            "statement": word, "commitment": word,
        }],
        "revoked": [{ "statement": word, "attester": address }],
    });
    type Case<'a> = (Value, &'a str, &'a dyn Fn(&str) -> bool);
    let cases: [Case<'_>; 3] = [
        (anchor, include_str!("../../docs/schemas/anchor.schema.json"), &|text| Anchor::from_json(text).is_ok()),
        (revocation, include_str!("../../docs/schemas/revocation.schema.json"), &|text| {
            Revocation::from_json(text).is_ok()
        }),
        (seen, include_str!("../../docs/schemas/seen.schema.json"), &|text| SeenAnchors::from_json(text).is_ok()),
    ];
    for (document, text, parses) in cases {
        let validator = schema(text);
        assert!(validator.is_valid(&document) && parses(&document.to_string()), "{document}");
        each_value_spoilt(&document, &|spoilt| {
            assert!(!validator.is_valid(spoilt), "schema: {spoilt}");
            assert!(!parses(&spoilt.to_string()), "parser: {spoilt}");
        });
    }
}

/// The example with a covenant, as an editor would take it.
fn policy_text() -> String {
    let covenant = "[[covenants]]\nname = \"base\"\nsection = \"6.1\"\nkind = \"coverage\"\nratio_bps = 10500\n\n\
                    [[covenants]]\nname = \"crash\"\nsection = \"6.2\"\nkind = \"stress\"\nshocks = { WETH = \"-20%\" }\n";
    format!("{}\n{covenant}", example::POLICY)
}

#[test]
fn policies_have_a_schema_for_editors() {
    let schema = schema(include_str!("../../docs/schemas/policy.schema.json"));
    let read = |text: &str| toml::from_str::<Value>(text).unwrap();
    let examples = std::fs::read_dir("../prover/examples").unwrap();
    let examples = examples.filter_map(|entry| std::fs::read_to_string(entry.unwrap().path().join("policy.toml")).ok());
    let examples: Vec<String> = examples.chain([policy_text(), example::POLICY.to_owned()]).collect();
    assert!(examples.len() > 6, "where are the stories?");
    for text in &examples {
        let found = schema.validate(&read(text)).map_err(|error| error.to_string());
        assert_eq!(found, Ok(()));
    }
}

#[test]
fn the_schema_of_policies_refuses_what_their_parser_refuses() {
    let schema = schema(include_str!("../../docs/schemas/policy.schema.json"));
    let parses = |text: &str| PolicyFile::parse(text).is_ok_and(|file| file.with_market(market()).is_ok());
    assert!(parses(&policy_text()));
    for (from, to) in [
        ("assay/policy/v1", "assay/policy/v2"),
        ("quote = \"USD\"", "quote = \"\""),
        ("quote = \"USD\"", "quote = \"USD\"\nscale = \"0\""),
        ("quote = \"USD\"", "quote = \"USD\"\nscale = 10"),
        ("quote = \"USD\"", "quote = \"USD\"\nprofile = \"aave\""),
        ("quote = \"USD\"", "quote = \"USD\"\nprofile = \"aave-v3.5\""),
        ("quote = \"USD\"", "quote = \"USD\"\nextra = 1"),
        ("minimum_ratio_bps = 10500", "minimum_ratio_bps = 9999"),
        ("minimum_ratio_bps = 10500\n", ""),
        ("max_validity = 172800", "max_validity = 0"),
        ("[0, 5, 10, 20, 30, 50]", "[7]"),
        ("anchor = \"none\"", "anchor = \"some\""),
        ("anchor = \"none\"", "anchor = { minimum = 1 }"),
        ("max_confidence_bps = 50", "max_confidence_bps = 0"),
        ("max_confidence_bps = 50", "max_confidence_bps = 50\nsigner = \"0x00\""),
        ("kind = \"pyth\"", "kind = \"oracle\""),
        ("decimals = 8, max_age = 3600", "decimals = 37, max_age = 3600"),
        ("decimals = 8, max_age = 3600", "decimals = 8"),
        ("liquidation_threshold_bps = 8300", "liquidation_threshold_bps = 10001"),
        ("liquidation_threshold_bps = 8300", "borrow_factor_bps = 9999"),
        ("liquidation_threshold_bps = 8300", "treshold = 8300"),
        ("kind = \"coverage\"", "kind = \"cover\""),
        ("name = \"base\"", "name = \"Base\""),
        ("section = \"6.1\"\n", ""),
        ("ratio_bps = 10500\n\n", "ratio_bps = 10500\nmost = \"3%\"\n\n"),
        ("ratio_bps = 10500\n\n", "ratio_bps = \"105%\"\n\n"),
        ("\"-20%\"", "-20"),
        ("\"-20%\"", "\"-20.125%\""),
        ("shocks = { WETH = \"-20%\" }", "shocks = {}"),
        ("shocks = { WETH = \"-20%\" }\n", ""),
        ("shocks = { WETH = \"-20%\" }", "shocks = { WETH = \"-20%\" }\nshocks_bps = { WETH = \"-2000\" }"),
    ] {
        let text = policy_text();
        assert!(text.contains(from), "{from}");
        let text = text.replacen(from, to, 1);
        assert!(!schema.is_valid(&toml::from_str(&text).unwrap()), "schema: {to}");
        assert!(!parses(&text), "parser: {to}");
    }
}
