//! The job as a user does it: every command, its streams, and its JSON.

use crate::common::{self, AUDIENCE, PARTIES, Place, SUBJECT};
use serde_json::json;

#[test]
fn an_attestation_of_the_example_is_accepted() {
    let place = Place::proven();
    let run = place.verify("attestation.json", &[]).succeeds();
    assert!(run.out().contains("accepted"), "{}", run.out());
    assert!(run.out().contains("anchor        none: nobody vouches"), "{}", run.out());
    assert!(run.out().contains("by --allow-dev-srs; DEVELOPMENT"), "{}", run.out());
}

#[test]
fn the_demo_runs_to_its_end_and_shows_the_refusals() {
    let place = Place::empty();
    let run = place.run(["demo", "tour"]).succeeds();
    let out = run.out();
    for needed in ["accepted: over-collateralised", "exit code 10", "exit code 11", "exit code 12", "exit code 17"] {
        assert!(out.contains(needed), "{needed} in {out}");
    }
    assert!(out.contains("short.toml: USDC = "), "{out}");
    assert_eq!(run.err(), "", "nothing to complain about");
    assert!(place.path("tour/cache/dev.srs").exists(), "the demo keeps to its own cache");
    assert!(!place.path("tour/short.json").exists(), "no attestation of a false statement");
}

#[test]
fn commands_that_the_demo_prints_can_be_repeated_by_hand() {
    let place = Place::empty();
    let demo = place.run(["demo", "tour", "--json"]).succeeds().json();
    let steps = demo["steps"].as_array().expect("steps").clone();
    assert!(steps.len() >= 14);
    std::fs::create_dir(place.path("again")).expect("a new directory");
    for name in ["limit.toml", "short.toml", "forged.json", "fallen.json"] {
        std::fs::copy(place.path(&format!("tour/{name}")), place.path(&format!("again/{name}"))).expect("it is there");
    }
    for step in steps {
        let line = step["command"].as_str().expect("a command").to_owned();
        let mut command = place.command(line.split(' ').skip(1));
        command.current_dir(place.path("again")).env("ASSAY_CACHE_DIR", place.path("tour/cache"));
        let run = common::finish(command);
        assert_eq!(run.code.map(i64::from), step["exit_code"].as_i64(), "{line}: {}", run.all());
    }
}

#[test]
fn the_demo_overwrites_nothing_and_tells_nobody_to_remove_a_directory_of_their_own() {
    let place = Place::new();
    let before: Vec<_> = place.names();
    place.run(["demo", "."]).fails(4, "is not empty");
    assert_eq!(place.names(), before);
    let run = place.run(["demo", "tour"]).succeeds();
    assert!(!run.out().contains("rm -r"), "{}", run.out());
    let mut command = place.command(["demo"]);
    command.env("TMPDIR", place.path(""));
    let run = common::finish(command).succeeds();
    assert!(run.out().contains("Remove it with: rm -r "), "{}", run.out());
}

#[test]
fn one_base_unit_decides() {
    let place = Place::empty();
    place.run(["demo", "tour"]).succeeds();
    let tour = |position: &str| {
        let mut command = place.command(["check", "--json", "-i", position]);
        command.current_dir(place.path("tour"));
        common::finish(command)
    };
    let amount = |name: &str| {
        let text = place.read(&format!("tour/{name}"));
        let entry = text.lines().find_map(|line| line.strip_prefix("USDC = \"")).expect("an entry").to_owned();
        entry.trim_end_matches('"').replace('.', "").parse::<u64>().expect("six decimals")
    };
    assert_eq!(amount("limit.toml") + 1, amount("short.toml"));
    assert_eq!(tour("limit.toml").code, Some(0));
    assert_eq!(tour("short.toml").code, Some(10));
    assert!(tour("limit.toml").json()["margin"].as_str().is_some_and(|margin| !margin.starts_with('-')));
    assert!(tour("short.toml").json()["margin"].as_str().is_some_and(|margin| margin.starts_with('-')));
}

#[test]
fn every_command_prints_exactly_one_object_with_json() {
    let place = Place::new();
    let run = |line: &str| place.run(line.split(' ').chain(["--json"])).succeeds().json();
    assert_eq!(run("init fresh")["files"].as_array().map(Vec::len), Some(6));
    let policy = run("policy check");
    assert_eq!((&policy["minimum_ratio_bps"], &policy["usable"]), (&json!(10_500), &json!(true)));
    let rules = policy["rules"].as_object().expect("rules");
    let file: toml::Table = place.read("policy.toml").parse().expect("TOML");
    for key in file.keys().filter(|key| !["format", "name", "market"].contains(&key.as_str())) {
        assert!(rules.contains_key(key), "{key} in {rules:?}");
    }
    assert_eq!(rules["assets"].as_object().map(serde_json::Map::len), Some(8));
    assert_eq!(run("policy show")["assets"].as_array().map(Vec::len), Some(8));
    let commitment = run("commit")["commitment"].clone();
    assert!(commitment.as_str().is_some_and(|text| text.len() == 66));
    let check = run("check");
    assert_eq!(check["satisfied"], true);
    assert_eq!(check["threshold_percent"], "105.00");
    let prove = run(&format!("prove --dev --subject {SUBJECT} --audience {AUDIENCE}"));
    assert_eq!(prove["proof_bytes"], 1152);
    assert_eq!(prove["statement"]["commitment"], commitment);
    let verify = run(&format!("verify attestation.json --subject {SUBJECT} --audience {AUDIENCE} --allow-dev-srs"));
    assert_eq!(verify["accepted"], true);
    assert_eq!(verify["anchor"], "none");
    assert_eq!(verify["development_key"], true);
    assert_eq!(verify["statement"], prove["statement"]);
    for (file, kind) in [
        ("attestation.json", "attestation"),
        ("opening.json", "opening"),
        ("position.toml", "position"),
        ("policy.toml", "policy"),
        ("market.toml", "market"),
        ("prices.json", "prices"),
        ("reports/chainlink.json", "price_reports"),
    ] {
        assert_eq!(run(&format!("inspect {file}"))["kind"], kind);
    }
    assert_eq!(run("inspect attestation.json")["production_key"], false);
    assert_eq!(run("params dev")["created"], false);
    assert_eq!(run("params info")["k"], 10);
    assert_eq!(run("setup --dev")["statement"], "solvency/v1");
    assert!(run("doctor")["checks"].as_array().is_some_and(|checks| checks.iter().all(|c| c["state"] != "broken")));
    assert!(run("completions bash")["script"].as_str().is_some_and(|script| script.contains("assay")));
    assert!(run("man prove")["page"].as_str().is_some_and(|page| page.contains(".TH")));
    assert!(run("--version")["text"].as_str().is_some_and(|text| text.starts_with("assay ")));
}

#[test]
fn every_failure_is_one_object_with_code_exit_code_and_error() {
    let place = Place::empty();
    for (line, exit_code, code) in [
        ("init /dev/null/x", 4, "io"),
        ("demo /dev/null/x", 4, "io"),
        ("policy check", 4, "io"),
        ("policy show", 4, "io"),
        ("commit", 4, "io"),
        ("check", 4, "io"),
        ("prove --subject 0 --audience a", 2, "usage"),
        ("prove", 2, "usage"),
        ("verify a.json --subject 0 --audience a", 2, "usage"),
        ("inspect nothing", 4, "io"),
        ("setup", 14, "keys_not_accepted"),
        ("setup --srs nothing", 14, "keys_not_accepted"),
        ("params info nothing", 4, "io"),
        ("params dev -o /dev/null", 4, "io"),
        ("completions tcl", 2, "usage"),
        ("man nothing", 2, "usage"),
        ("nothing", 2, "usage"),
        ("--now never doctor", 2, "usage"),
    ] {
        let run = place.run(line.split(' ').chain(["--json"]));
        let object = run.json();
        assert_eq!(run.code, Some(exit_code), "{line}: {object}");
        assert_eq!(object["exit_code"], exit_code, "{line}: {object}");
        assert_eq!(object["code"], code, "{line}: {object}");
        assert!(object["error"].as_str().is_some_and(|error| !error.is_empty()), "{line}: {object}");
        assert!(!run.err().contains("error"), "{line}: the object says it all: {}", run.err());
    }
}

#[test]
fn the_result_goes_to_stdout_and_remarks_to_stderr() {
    let place = Place::new();
    let run = place.run(["commit"]).succeeds();
    let out = run.out();
    assert!(out.starts_with("0x") && out.len() == 67, "the commitment alone: {out}");
    assert!(run.err().contains("keep it private"));
    let run = place.run(["commit", "-q", "--force"]).succeeds();
    assert_eq!(run.err(), "", "-q silences remarks");
    let run = place.prove(&["--progress", "always", "--threads", "1"]).succeeds();
    for stage in ["loading keys", "proving"] {
        assert!(run.err().contains(stage), "{}", run.err());
    }
    assert!(!run.out().contains("proving"), "{}", run.out());
}

#[test]
fn colours_appear_only_where_asked_for() {
    let place = Place::new();
    assert!(!place.run(["check"]).out().contains('\u{1b}'));
    assert!(place.run(["check", "--color", "always"]).out().contains('\u{1b}'));
    let run = place.run(["check", "--color", "never"]);
    assert!(!run.all().contains('\u{1b}'));
}

#[test]
fn the_buffer_sets_the_bounds_and_is_the_same_for_every_asset() {
    let place = Place::new();
    for (buffer, percent) in [("0", 0u128), ("5%", 5), ("20%", 20), ("50%", 50)] {
        let shown = place.run(["policy", "show", "--json", "--buffer", buffer]).succeeds().json();
        let prices: serde_json::Value = serde_json::from_str(&place.read("prices.json")).expect("JSON");
        let number = |value: &serde_json::Value| value.as_str().expect("a string").parse::<u128>().expect("a number");
        for (bounds, price) in
            shown["assets"].as_array().expect("assets").iter().zip(prices["prices"].as_array().expect("prices"))
        {
            assert_eq!(number(&bounds["floor"]), number(&price["low"]) * (100 - percent) / 100);
            assert_eq!(number(&bounds["ceiling"]), (number(&price["high"]) * (100 + percent)).div_ceil(100));
        }
    }
    place.run(["check", "--buffer", "7%"]).fails(2, "--buffer");
    place.run(["check", "--buffer", "50%"]).fails(10, "does not exceed");
    place.edit("policy.toml", "buffers_percent = [0, 5, 10, 20, 30, 50]", "buffers_percent = [0, 10]");
    place.run(["check", "--buffer", "5%"]).fails(2, "the policy offers 0%, 10%");
}

#[test]
fn a_credit_line_is_public_and_counts_as_debt() {
    let place = Place::committed();
    let room = |credit: &str| place.run(["check", "--json", "--credit", credit]);
    assert_eq!(room("USDC:12000").code, Some(0));
    assert_eq!(room("USDC:13000").code, Some(10));
    place.prove(&["--credit", "USDC:12000"]).succeeds();
    let verdict = place.verify("attestation.json", &["--json"]).succeeds().json();
    assert_eq!(verdict["statement"]["credit"], json!({ "asset": "USDC", "base_units": "12000000000" }));
    place.edit("attestation.json", "\"12000000000\"", "\"12000000001\"");
    place.verify("attestation.json", &[]).fails(11, "does not verify");
    for wrong in ["USDC", "DOGE:1", "USDC:0", "USDC:-1", "USDC:1e3", "USDC:0.0000001"] {
        place.run(["check", "--credit", wrong]).fails(2, "--credit");
    }
}

#[test]
fn a_wish_for_validity_is_kept_within_the_policy() {
    let place = Place::committed();
    place.prove(&["--valid-until", "+1h"]).succeeds();
    place.prove(&["--valid-until", "+3d"]).fails(2, "the policy permits");
    place.prove(&["--valid-until", "2020-01-01T00:00:00Z"]).fails(2, "has passed");
    place.prove(&["--valid-until", "tomorrow"]).fails(2, "--valid-until");
}

#[test]
fn an_attestation_for_a_registry_names_its_chain() {
    let place = Place::committed();
    let registry = "eip155:1:0x6B175474E89094C44Da98b954EedeAC495271d0F";
    let parties = ["--subject", SUBJECT, "--audience", registry];
    place.run(["prove", "--dev"].iter().chain(&parties)).succeeds();
    place.run(["verify", "attestation.json", "--allow-dev-srs"].iter().chain(&parties)).succeeds();
    place.verify("attestation.json", &[]).fails(17, "expected lender.example");
    let elsewhere = ["--subject", SUBJECT, "--audience", "eip155:10:0x6B175474E89094C44Da98b954EedeAC495271d0F"];
    place.run(["verify", "attestation.json", "--allow-dev-srs"].iter().chain(&elsewhere)).fails(17, "eip155:1:");
}

#[test]
fn a_position_that_changed_after_the_commitment_is_not_proven() {
    let place = Place::committed();
    place.edit("position.toml", "WETH = \"20\"", "WETH = \"21\"");
    place.prove(&[]).fails(10, "has changed since");
    assert!(!place.path("attestation.json").exists());
}

#[test]
fn an_insolvent_position_is_refused_before_proving() {
    let place = Place::new();
    place.edit("position.toml", "USDC = \"25000\"", "USDC = \"99000\"");
    place.run(["commit"]).succeeds();
    let run = place.prove(&["--progress", "always"]);
    run.fails(10, "does not exceed");
    assert!(!run.err().contains("proving"), "{}", run.err());
    assert!(!place.path("attestation.json").exists());
    let check = place.run(["check", "--json"]).json();
    assert_eq!((&check["satisfied"], &check["exit_code"]), (&json!(false), &json!(10)));
}

#[test]
fn nothing_is_generated_because_it_is_missing() {
    let place = Place::committed();
    let cache = place.path("no-cache");
    let run = |arguments: &[&str]| {
        let mut command = place.command(arguments.iter().chain(&PARTIES));
        command.env("ASSAY_CACHE_DIR", &cache);
        common::finish(command)
    };
    run(&["prove", "--dev"]).fails(14, "assay params dev");
    run(&["prove"]).fails(14, "assay params dev");
    assert!(!cache.exists());
    place.prove(&[]).succeeds();
    run(&["verify", "attestation.json"]).fails(14, "is not in the cache");
    run(&["verify", "attestation.json", "--allow-dev-srs"]).fails(14, "assay params dev");
    assert!(!cache.exists());
    let mut command = place.command(["params", "dev"]);
    command.env("ASSAY_CACHE_DIR", &cache);
    common::finish(command).succeeds();
    run(&["prove", "--dev"]).fails(14, "assay setup --dev");
}
