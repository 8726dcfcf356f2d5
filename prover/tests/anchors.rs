//! Anchors on the command line: signing, proving under them, verifying with a memory.

use crate::common::{AUDIENCE, Place, Run, SUBJECT};
use serde_json::{Value, json};

/// Keystores that Foundry's cast wrote for anvil's first four keys, with one password: three attesters and a stranger.
const ATTESTERS: [&str; 3] = [
    "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
    "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
];
const PASSWORD: &str = "correct horse";
/// The lender's own account.
const LENDER: &str = "eip155:1:0x6B175474E89094C44Da98b954EedeAC495271d0F";

fn keystore(name: &str) -> String {
    format!("{}/tests/keystores/{name}.json", env!("CARGO_MANIFEST_DIR"))
}

/// A committed position under a policy that asks for two of three attesters.
fn place() -> Place {
    let place = Place::committed();
    let list = ATTESTERS.map(|attester| format!("\"{attester}\"")).join(", ");
    place.edit("policy.toml", "anchor = \"none\"", &format!("anchor = {{ minimum = 2, attesters = [{list}] }}"));
    place.write("password", format!("{PASSWORD}\n"));
    place
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

fn sign(place: &Place, keystore_name: &str, more: &str) -> Run {
    let keystore = keystore(keystore_name);
    let line = format!("sign --keystore {keystore} --password-file password {more}");
    place.run(words(&line))
}

/// Options of a statement of this sequence for the lender.
fn statement(sequence: u64) -> String {
    format!("--subject {SUBJECT} --beneficiary {LENDER} --sequence {sequence} --expiry +10d")
}

/// Writes `NAME`, signed by the first two attesters.
fn anchor(place: &Place, name: &str, sequence: u64) {
    sign(place, "attester-0", &format!("{} -o {name}", statement(sequence))).succeeds();
    sign(place, "attester-1", &format!("--add-to {name}")).succeeds();
}

/// Writes `anchor-N.json` and `attestation-N.json`.
fn anchored(place: &Place, sequence: u64) {
    anchor(place, &format!("anchor-{sequence}.json"), sequence);
    let options = ["--anchor", &format!("anchor-{sequence}.json"), "-o", &format!("attestation-{sequence}.json")];
    place.prove(&options).succeeds();
}

fn verify(place: &Place, sequence: u64, more: &str) -> Run {
    let line = format!(
        "verify attestation-{sequence}.json --allow-dev-srs --subject {SUBJECT} --audience {AUDIENCE} --anchor \
         anchor-{sequence}.json --beneficiary {LENDER} {more}"
    );
    place.run(words(line.trim_end()))
}

/// The exit code and the reason of a refusal.
#[track_caller]
fn refusal(run: &Run) -> (Option<i32>, Value) {
    let json = run.json();
    assert_eq!(json["accepted"], false, "{json}");
    (run.code, json["reason"].clone())
}

#[test]
fn two_attesters_sign_and_the_verdict_names_them() {
    let place = place();
    anchored(&place, 7);
    let run = verify(&place, 7, "--seen seen.json").succeeds();
    for needed in [ATTESTERS[0], ATTESTERS[1], LENDER, "sequence      7", "remembered in seen.json"] {
        assert!(run.out().contains(needed), "{needed} in {}", run.out());
    }
    let headline = run.out().lines().next().expect("a headline").to_owned();
    assert!(headline.contains("DEVELOPMENT") && !headline.contains("nobody vouches"), "{headline}");
    let json = verify(&place, 7, "--json").succeeds().json();
    assert_eq!((&json["anchor"], &json["minimum_attesters"]), (&json!("attesters"), &json!(2)));
    assert_eq!(json["attesters"], json!([ATTESTERS[1], ATTESTERS[0]]), "ascending");
    assert_eq!((&json["beneficiary"], &json["sequence"]), (&json!(LENDER), &json!("7")));
    for (file, kind) in [("anchor-7.json", "anchor"), ("seen.json", "seen")] {
        assert_eq!(place.run(["inspect", file, "--json"]).succeeds().json()["kind"], kind);
    }
    let policy = place.run(["policy", "check", "--json"]).succeeds().json();
    assert_eq!(policy["usable"], true);
}

#[test]
fn without_an_anchor_nothing_is_proven_or_accepted() {
    let place = place();
    place.prove(&[]).fails(15, "asks for an anchor of 2 attesters");
    assert!(!place.path("attestation.json").exists());
    anchored(&place, 7);
    let bare = place.verify("attestation-7.json", &["--json"]);
    assert_eq!(refusal(&bare), (Some(15), json!("anchor_not_given")));
}

#[test]
fn the_headline_says_when_nobody_vouches() {
    let place = Place::proven();
    let run = place.verify("attestation.json", &[]).succeeds();
    let headline = run.out().lines().next().expect("a headline").to_owned();
    assert!(headline.contains("nobody vouches") && headline.contains("DEVELOPMENT"), "{headline}");
    place.verify("attestation.json", &["--beneficiary", LENDER]).fails(2, "asks for no anchor");
}

#[test]
fn the_verifier_says_for_whom_it_must_be() {
    let place = place();
    anchored(&place, 7);
    let verify = |more: &[&str]| place.verify("attestation-7.json", &[&["--anchor", "anchor-7.json"], more].concat());
    verify(&[]).fails(2, "--beneficiary: needed with --anchor");
    verify(&["--beneficiary", "0x6B175474E89094C44Da98b954EedeAC495271d0F"]).fails(2, "none or eip155");
    for (beneficiary, reason) in [
        ("none", "anchor_other_beneficiary"),
        ("eip155:1:0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "anchor_other_beneficiary"),
        ("eip155:10:0x6B175474E89094C44Da98b954EedeAC495271d0F", "anchor_other_chain"),
    ] {
        let run = verify(&["--json", "--beneficiary", beneficiary]);
        assert_eq!(refusal(&run), (Some(15), json!(reason)));
    }
}

#[test]
fn too_few_and_unlisted_attesters_are_refused_before_proving() {
    let place = place();
    sign(&place, "attester-2", &statement(1)).succeeds();
    let prove = |place: &Place| place.prove(&["--anchor", "anchor.json", "--json"]);
    let run = prove(&place);
    assert_eq!((run.code, &run.json()["reason"]), (Some(15), &json!("anchor_too_few_attesters")));
    assert!(run.json()["hint"].as_str().is_some_and(|hint| hint.contains("assay sign --add-to")));
    let run = sign(&place, "stranger", "--add-to anchor.json").succeeds();
    assert!(run.err().contains("the policy does not list"), "{}", run.err());
    let run = prove(&place);
    assert_eq!((run.code, &run.json()["reason"]), (Some(15), &json!("attester_not_listed")));
    assert!(!place.path("attestation.json").exists());
}

#[test]
fn an_anchor_of_another_commitment_proves_and_verifies_nothing() {
    let place = place();
    anchored(&place, 7);
    place.run(["commit", "--force"]).succeeds();
    let run = place.prove(&["--anchor", "anchor-7.json", "--json"]);
    assert_eq!((run.code, &run.json()["reason"]), (Some(15), &json!("anchor_other_commitment")));
    assert!(run.json()["hint"].as_str().is_some_and(|hint| hint.contains("--opening")));
    anchor(&place, "other.json", 7);
    std::fs::rename(place.path("other.json"), place.path("anchor-7.json")).expect("it can be renamed");
    assert_eq!(refusal(&verify(&place, 7, "--json")), (Some(15), json!("anchor_other_commitment")));
    sign(&place, "attester-2", "--add-to anchor-7.json").succeeds();
    place.run(["commit", "--force"]).succeeds();
    sign(&place, "attester-2", "--add-to anchor-7.json").fails(10, "another commitment");
}

#[test]
fn expired_and_future_dated_anchors_are_stale() {
    let place = place();
    anchored(&place, 7);
    let at = |now: &str| refusal(&verify(&place, 7, &format!("--json --now {now}")));
    assert_eq!(at("2020-01-01T00:00:00Z"), (Some(12), json!("anchor_from_future")));
    assert_eq!(at("2999-01-01T00:00:00Z"), (Some(12), json!("anchor_expired")));
    place.prove(&["--anchor", "anchor-7.json", "--now", "2999-01-01T00:00:00Z"]).fails(12, "the anchor counts until");
    place.prove(&["--anchor", "anchor-7.json", "--valid-until", "+9d"]).fails(2, "policy and anchor permit");
}

#[test]
fn check_decides_as_of_the_anchor_as_prove_does() {
    let place = place();
    let prices: Value = serde_json::from_str(&place.read("prices.json")).expect("JSON");
    let now: jiff::Timestamp = prices["at"].as_str().expect("a time").parse().expect("a time");
    let as_of = now - jiff::SignedDuration::from_hours(96);
    // At the longest validity of two days, 11,714 USDC bear the interest of two days and 11,688 that of six.
    for (debt, code) in [("11700", 10), ("11680", 0)] {
        place.write("position.toml", format!("[collateral]\nWETH = \"10\"\n[debt]\nUSDC = \"{debt}\"\n"));
        place.run(["commit", "--force"]).succeeds();
        let anchor = format!("anchor-{debt}.json");
        sign(&place, "attester-0", &format!("{} --as-of {as_of} -o {anchor}", statement(7))).succeeds();
        sign(&place, "attester-1", &format!("--add-to {anchor}")).succeeds();
        place.run(["check"]).succeeds();
        let run = place.run(["check", "--json", "--anchor", &anchor]);
        assert_eq!((run.code, &run.json()["as_of"]), (Some(code), &json!(as_of.to_string())), "{debt}");
        assert_eq!(place.prove(&["--anchor", &anchor]).code, Some(code), "{debt}");
        place.run(["check", "--anchor", &anchor, "--now", "2999-01-01T00:00:00Z"]).fails(12, "the anchor counts until");
    }
}

#[test]
fn a_verifier_that_remembers_refuses_what_was_superseded_or_contradicted() {
    let place = place();
    anchored(&place, 7);
    anchored(&place, 8);
    verify(&place, 7, "--seen seen.json").succeeds();
    verify(&place, 7, "--seen seen.json").succeeds();
    verify(&place, 8, "--seen seen.json").succeeds();
    let before = place.read("seen.json");
    assert_eq!(refusal(&verify(&place, 7, "--seen seen.json --json")), (Some(15), json!("anchor_superseded")));
    place.run(["commit", "--force"]).succeeds();
    for file in ["anchor-8.json", "attestation-8.json"] {
        std::fs::remove_file(place.path(file)).expect("it is there");
    }
    anchored(&place, 8);
    assert_eq!(refusal(&verify(&place, 8, "--seen seen.json --json")), (Some(15), json!("anchor_equivocation")));
    assert_eq!(place.read("seen.json"), before, "nothing is remembered of what was refused");
    let run = verify(&place, 7, "").succeeds();
    assert!(run.err().contains("nothing is remembered"), "{}", run.err());
}

#[test]
fn a_revocation_counts_and_is_remembered_whatever_the_verdict() {
    let place = place();
    anchored(&place, 7);
    let hash = place.run(["inspect", "anchor-7.json", "--json"]).json()["statement_hash"].clone();
    let hash = hash.as_str().expect("a hash");
    let revoke = |who: &str, more: &str| sign(&place, who, &format!("--revoke {hash} {more}"));
    revoke("attester-1", "-o revocation.json").succeeds();
    assert_eq!(place.run(["inspect", "revocation.json", "--json"]).succeeds().json()["attester"], ATTESTERS[1]);
    revoke("attester-1", "-o revocation.json").fails(4, "exists already");
    let revoked = (Some(15), json!("anchor_revoked"));
    let with = "--revocation revocation.json --json";
    assert_eq!(refusal(&verify(&place, 7, with)), revoked);
    verify(&place, 7, "--seen seen.json").succeeds();
    assert_eq!(refusal(&verify(&place, 7, &format!("--seen seen.json {with}"))), revoked);
    assert_eq!(refusal(&verify(&place, 7, "--seen seen.json --json")), revoked, "remembered");
    revoke("stranger", "-o strange.json").succeeds();
    let run = verify(&place, 7, "--revocation strange.json --json");
    assert_eq!(refusal(&run), (Some(15), json!("revocation_not_trusted")));
}

#[test]
fn a_newer_statement_supersedes_without_a_proof() {
    let place = place();
    anchored(&place, 7);
    anchor(&place, "newer.json", 8);
    sign(&place, "attester-0", &format!("{} -o lone.json", statement(9))).succeeds();
    let run = verify(&place, 7, "--seen seen.json --newer lone.json --json");
    assert_eq!(refusal(&run), (Some(15), json!("anchor_too_few_attesters")));
    verify(&place, 7, "--seen seen.json").succeeds();
    let superseded = (Some(15), json!("anchor_superseded"));
    assert_eq!(refusal(&verify(&place, 7, "--newer newer.json --json")), superseded);
    assert_eq!(refusal(&verify(&place, 7, "--seen seen.json --newer newer.json --json")), superseded);
    assert_eq!(refusal(&verify(&place, 7, "--seen seen.json --json")), superseded, "remembered");
    anchored(&place, 9);
    verify(&place, 9, "--seen seen.json --newer newer.json").succeeds();
}

#[test]
fn a_seen_file_that_is_damaged_or_something_else_is_neither_trusted_nor_replaced() {
    let place = place();
    anchored(&place, 7);
    verify(&place, 7, "--seen seen.json").succeeds();
    let good = place.read("seen.json");
    for (damaged, code) in [
        (good.replace("\"7\"", "\"x\""), 3),
        (good[..good.len() / 2].to_owned(), 3),
        (good.replace("seen/v1", "seen/v2"), 13),
        (String::new(), 3),
        (place.read("prices.json"), 13),
    ] {
        place.write("seen.json", &damaged);
        let run = verify(&place, 7, "--seen seen.json");
        run.fails(code, "seen.json");
        assert_eq!(place.read("seen.json"), damaged);
    }
    verify(&place, 7, "--seen policy.toml").fails(13, "policy.toml is a policy, not");
    assert!(!place.path("policy.toml.lock").exists());
    verify(&place, 7, "--seen missing/seen.json").fails(4, "missing/seen.json");
}

#[test]
fn verifications_at_the_same_time_lose_nothing() {
    let place = place();
    for sequence in 7..10 {
        anchored(&place, sequence);
    }
    let runs: Vec<Run> = std::thread::scope(|scope| {
        let place = &place;
        let runs: Vec<_> =
            (0..12).map(|index| scope.spawn(move || verify(place, 7 + index % 3, "--seen seen.json --json"))).collect();
        runs.into_iter().map(|run| run.join().expect("it ends")).collect()
    });
    for (index, run) in runs.iter().enumerate() {
        if run.code != Some(0) {
            assert_eq!(refusal(run), (Some(15), json!("anchor_superseded")), "{index}");
            assert_ne!(index % 3, 2, "nothing supersedes the last");
        }
    }
    let seen: Value = serde_json::from_str(&place.read("seen.json")).expect("JSON");
    assert_eq!(seen["latest"].as_array().map(Vec::len), Some(1));
    assert_eq!(seen["latest"][0]["sequence"], "9");
}
