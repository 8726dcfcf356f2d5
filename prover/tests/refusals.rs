//! Every refusal of `assay verify`: a sentence for a person, what to do about it, and a stable name for a program.

use std::collections::BTreeSet;

use crate::common::{AUDIENCE, PARTIES, Place, SUBJECT};

const REGISTRY: &str = "0x6B175474E89094C44Da98b954EedeAC495271d0F";

/// What is changed before the attestation is verified, with which options, and what comes of it.
struct Refusal {
    change: fn(&Place),
    options: &'static [&'static str],
    exit: i32,
    reason: Option<&'static str>,
}

fn nothing(_: &Place) {}

fn attestation(place: &Place, from: &str, to: &str) {
    place.edit("attestation.json", from, to);
}

const REFUSALS: &[Refusal] = &[
    Refusal { change: nothing, options: &["--now", "2999-01-01T00:00:00Z"], exit: 12, reason: Some("expired") },
    Refusal { change: nothing, options: &["--now", "2020-01-01T00:00:00Z"], exit: 12, reason: Some("not_yet") },
    Refusal { change: |place| place.set_price(0, 1, 1), options: &[], exit: 12, reason: Some("price_beyond_bound") },
    Refusal {
        change: |place| place.edit("prices.json", "\"asset\": \"AAVE\"", "\"asset\": \"DOGE\""),
        options: &[],
        exit: 3,
        reason: Some("price_missing"),
    },
    Refusal {
        change: |place| place.edit("prices.json", "\"low\": \"181503814107\"", "\"low\": \"1\""),
        options: &[],
        exit: 3,
        reason: Some("price_other_range"),
    },
    Refusal {
        change: |place| place.set_price(0, 180_000_000_000, 190_000_000_000),
        options: &[],
        exit: 12,
        reason: Some("price_deviation"),
    },
    Refusal {
        change: |place| place.edit("policy.toml", "minimum_ratio_bps = 10500", "minimum_ratio_bps = 10501"),
        options: &[],
        exit: 17,
        reason: Some("other_policy"),
    },
    Refusal {
        change: |place| attestation(place, "\"audience\": \"lender.example\"", "\"audience\": \"other.example\""),
        options: &[],
        exit: 17,
        reason: Some("other_audience"),
    },
    Refusal {
        change: |place| {
            attestation(place, "\"credit\": null", "\"credit\": { \"asset\": \"USDC\", \"base_units\": \"1\" }")
        },
        options: &[],
        exit: 11,
        reason: Some("proof_invalid"),
    },
    Refusal {
        change: |place| {
            attestation(place, "\"credit\": null", "\"credit\": { \"asset\": \"DOGE\", \"base_units\": \"1\" }")
        },
        options: &[],
        exit: 3,
        reason: Some("weights"),
    },
    Refusal {
        change: |place| {
            let anchor = format!("\"anchor\": \"0x{}\"", "11".repeat(32));
            attestation(place, "\"anchor\": null", &anchor);
        },
        options: &[],
        exit: 15,
        reason: Some("anchor_not_trusted"),
    },
    Refusal { change: |place| attestation(place, "\"format\"", "\"formt\""), options: &[], exit: 3, reason: None },
    Refusal { change: |place| place.write("prices.json", "{}"), options: &[], exit: 3, reason: None },
    Refusal { change: nothing, options: &["--vk", "none.vk"], exit: 14, reason: None },
];

#[test]
fn each_refusal_is_a_sentence_a_hint_and_a_stable_name() {
    let place = Place::proven();
    let files = ["attestation.json", "prices.json", "policy.toml"].map(|name| (name, place.read(name)));
    for refusal in REFUSALS {
        (refusal.change)(&place);
        let json = place.verify("attestation.json", &[refusal.options, &["--json"]].concat());
        let text = place.verify("attestation.json", refusal.options);
        let object = json.json();
        assert_eq!((json.code, text.code), (Some(refusal.exit), Some(refusal.exit)), "{object}");
        assert_eq!((&object["accepted"], object["reason"].as_str()), (&false.into(), refusal.reason), "{object}");
        let error = object["error"].as_str().expect("a sentence");
        assert!(!error.contains('\n') && error.len() < 400 && error.contains(' '), "{error}");
        assert!(text.err().contains(error), "{error} in {}", text.err());
        assert_eq!(text.out(), "", "nothing was established");
        if refusal.reason.is_some() {
            let hint = object["hint"].as_str().expect("what to do");
            assert!(text.err().contains(hint), "{hint} in {}", text.err());
        }
        for (name, content) in &files {
            place.write(name, content);
        }
    }
    place.verify("attestation.json", &[]).succeeds();
}

#[test]
fn a_key_or_a_subject_that_is_not_expected_is_refused_by_name() {
    let place = Place::proven();
    let run = |line: &[&str]| place.run(["verify", "attestation.json", "--json"].iter().chain(line)).json();
    let key = run(&PARTIES);
    assert_eq!((&key["reason"], &key["accepted"]), (&"key_not_accepted".into(), &false.into()));
    assert!(key["hint"].as_str().is_some_and(|hint| hint.contains("--allow-dev-srs")), "{key}");
    let subject =
        run(&["--allow-dev-srs", "--subject", "0x0000000000000000000000000000000000000b0b", "--audience", AUDIENCE]);
    assert_eq!((&subject["reason"], &subject["accepted"]), (&"other_subject".into(), &false.into()));
    let usage = run(&["--allow-dev-srs", "--subject", SUBJECT, "--audience", "\u{1b}"]);
    assert_eq!((&usage["code"], &usage["accepted"]), (&"usage".into(), &false.into()));
}

#[test]
fn a_plausible_mistake_is_told_what_to_do_and_nothing_is_named_twice() {
    let place = Place::proven();
    place.write("raw", [0xff; 64]);
    let prove = |more: &[&'static str]| [&["prove", "--dev"], &PARTIES[..], more].concat();
    let verify =
        |more: &[&'static str]| [&["verify", "attestation.json", "--allow-dev-srs"], &PARTIES[..], more].concat();
    for (line, exit, hint) in [
        (verify(&["-P", "none.toml"]), 4, "-P FILE"),
        (verify(&["--prices", "none.json"]), 4, "assay prices make"),
        (prove(&["--opening", "none.json"]), 4, "assay commit"),
        (prove(&["-i", "none.toml"]), 4, "-i FILE"),
        (vec!["setup", "--srs", "raw"], 14, "assay params import"),
        (vec!["inspect", "raw"], 3, "assay params import"),
        (
            vec!["prices", "make", "-r", "chainlink=reports/pyth.json", "-r", "pyth=reports/pyth.json"],
            3,
            "chainlink is a source of kind chainlink",
        ),
    ] {
        let run = place.run(line.iter().chain(&["--json"]));
        assert_eq!(run.code, Some(exit), "{}", run.all());
        assert!(run.json()["hint"].as_str().is_some_and(|text| text.contains(hint)), "{}", run.all());
    }
    std::fs::rename(place.path("market.toml"), place.path("elsewhere.toml")).expect("a file");
    let run = place.run(verify(&["--json"]));
    assert!(run.json()["hint"].as_str().is_some_and(|text| text.contains("policy.toml names")), "{}", run.all());
    std::fs::rename(place.path("elsewhere.toml"), place.path("market.toml")).expect("a file");
    place.run(prove(&["--credit", "DOGE:1"])).fails(2, "--credit: DOGE is not");
    place.run(["params", "import", "raw", "-o", "x.srs"]).fails(14, "neither");
    place.edit("policy.toml", "max_price_age = 3600", "max_price_age = \"3600\"");
    place.run(["policy", "check"]).fails(3, "expected a whole number without quotes");
}

#[test]
fn a_policy_is_inspected_without_its_market() {
    let place = Place::new();
    std::fs::remove_file(place.path("market.toml")).expect("a file");
    let inspect = |place: &Place| place.run(["inspect", "policy.toml", "--json"]).succeeds().json();
    let said = inspect(&place);
    assert_eq!((&said["anchor"], &said["minimum_ratio_bps"]), (&"none".into(), &10_500.into()));
    assert_eq!(said["sources"], serde_json::json!(["chainlink", "pyth"]));
    assert_eq!(said["name"], "Example: eight assets, 105 percent");
    let text = place.run(["inspect", "policy.toml"]).succeeds().out();
    assert!(text.contains("105 %") && text.contains("chainlink, pyth"), "{text}");
    let attesters = format!("anchor = {{ minimum = 1, attesters = [\"{REGISTRY}\"] }}");
    place.edit("policy.toml", "anchor = \"none\"", &attesters);
    assert_eq!(inspect(&place)["anchor"], "attesters");
    assert!(place.run(["inspect", "policy.toml"]).succeeds().out().contains("1 of 1 attesters"));
    place.edit("policy.toml", &attesters, &format!("anchor = {{ recorder = \"{REGISTRY}\" }}"));
    assert_eq!(inspect(&place)["anchor"], "recorder");
}

/// The names that the library can give, read from where it gives them.
fn names() -> BTreeSet<String> {
    let sources = [
        include_str!("../../verifier/src/verdict.rs"),
        include_str!("../../verifier/src/anchor/error.rs"),
        include_str!("../../verifier/src/formats/signature.rs"),
        include_str!("../../verifier/src/policy/profile.rs"),
        include_str!("../../verifier/src/prices/error.rs"),
    ];
    let mut names = BTreeSet::new();
    for source in sources {
        assert!(source.contains("fn code(&self)"), "a method");
        for rest in source.split("fn code(&self)").skip(1) {
            let body = rest.split_once("\n    }\n").expect("its end").0;
            names.extend(
                body.lines().filter_map(|line| Some(line.split_once("=> \"")?.1.split_once('"')?.0.to_owned())),
            );
        }
    }
    names
}

#[test]
fn the_book_lists_every_reason_and_no_other() {
    let book = include_str!("../../docs/src/cli.md");
    let table = book.split_once("## Reasons").expect("the section").1.split_once("\n## ").expect("its end").0;
    let rows = table.lines().filter(|line| line.starts_with("| 1") || line.starts_with("| 3"));
    let listed: Vec<_> = rows.flat_map(|row| row.split('`').skip(1).step_by(2)).map(str::to_owned).collect();
    let distinct: BTreeSet<_> = listed.iter().cloned().collect();
    assert_eq!(distinct.len(), listed.len(), "none twice");
    assert_eq!(distinct, names());
    assert!(distinct.len() >= 50);
}
