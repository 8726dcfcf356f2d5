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

#[test]
fn a_file_of_another_kind_is_called_what_it_is() {
    let place = Place::proven();
    place.verify("policy.toml", &[]).fails(13, "policy.toml: it is a policy, not an attestation");
    place.verify("attestation.json", &["--prices", "market.toml"]).fails(13, "it is a market, not a price snapshot");
    place.run(["check", "-P", "prices.json"]).fails(13, "prices.json: it is a price snapshot, not a policy");
}

#[test]
fn an_attestation_is_shown_in_units_of_the_policy_beside_it() {
    let place = Place::proven();
    let inspect = |what: &str, there: bool| {
        let out = place.run(["inspect", "attestation.json"]).succeeds().out();
        assert_eq!(out.contains(what), there, "{out}");
    };
    inspect("1633.53", true);
    inspect("price bounds are whole numbers", false);
    place.edit("policy.toml", "minimum_ratio_bps = 10500", "minimum_ratio_bps = 10501");
    inspect("price bounds are whole numbers", true);
    inspect("1633.53", false);
}

#[test]
fn what_was_typed_reaches_the_terminal_without_its_escape_sequences() {
    let place = Place::empty();
    let run = place.run(["check", "--\u{1b}[31m\u{7}red"]);
    run.fails(2, "unexpected argument");
    assert!(!run.all().contains(['\u{1b}', '\u{7}']), "{}", run.all());
}

#[test]
fn more_threads_than_any_machine_has_are_refused_wherever_they_are_asked_for() {
    let place = Place::empty();
    for variable in ["RAYON_NUM_THREADS", "RAYON_RS_NUM_CPUS"] {
        let mut command = place.command(["doctor"]);
        command.env(variable, "2000");
        crate::common::finish(command).fails(2, &format!("the variable {variable} asks for more than 1024 threads"));
    }
    place.run(["doctor", "--threads", "2000"]).fails(2, "--threads");
}

#[test]
fn times_and_subjects_that_files_cannot_say_are_refused() {
    let place = Place::committed();
    for time in ["2030-01-01T00:00:00.5Z", "2030-01-01 00:00:00Z", "9999-12-31T23:59:59Z", "2030-01-01T00:00Z"] {
        place.run(["check", "--valid-until", time]).fails(2, "--valid-until: neither a time");
    }
    let zero = format!("0x{}", "00".repeat(20));
    for command in ["prove", "verify"] {
        let file = (command == "verify").then_some("attestation.json");
        let arguments = [command].into_iter().chain(file).chain(["--subject", &zero, "--audience", "lender.example"]);
        place.run(arguments).fails(2, "--subject: the zero address is nobody's");
    }
}

#[test]
#[cfg(unix)]
fn a_command_to_paste_quotes_its_path() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let path = place.path("my position.toml");
    std::fs::copy(place.path("position.toml"), &path).expect("it can be copied");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("the mode can be set");
    let run = place.run(["check", "-i", "my position.toml"]);
    assert!(run.err().contains("chmod 600 'my position.toml'"), "{}", run.err());
}

#[test]
fn a_price_of_few_units_is_warned_of_with_the_decimals_that_would_do() {
    let place = Place::new();
    place.set_price(0, 1, 1);
    let err = place.run(["check"]).err();
    assert!(err.contains("WETH: its price is 1 unit of 10^-8 USD") && err.contains("price_decimals = 12"), "{err}");
    assert!(!err.contains("wstETH: its price"), "{err}");
}

#[test]
fn a_policy_under_which_one_party_decides_a_price_is_warned_of() {
    let place = Place::new();
    assert_eq!(place.run(["policy", "check"]).succeeds().err(), "");
    place.edit("policy.toml", "minimum_sources = 2", "minimum_sources = 1");
    let err = place.run(["policy", "check"]).succeeds().err();
    assert!(err.contains("warning: minimum_sources = 1"), "{err}");
    let id = "0x5f4eC3Df9cbd43714FE2740f5E3616155c5b8419";
    let other = "[sources.arbitrum]\nkind = \"chainlink\"\nchain = \"eip155:42161\"";
    let feed = format!("feeds.WETH = {{ id = \"{id}\", decimals = 8, max_age = 60 }}");
    place.edit("policy.toml", "[sources.pyth]", &format!("{other}\n{feed}\n\n[sources.pyth]"));
    let err = place.run(["policy", "check"]).succeeds().err();
    assert!(err.contains("Chainlink answers for each of arbitrum, chainlink"), "{err}");
}
