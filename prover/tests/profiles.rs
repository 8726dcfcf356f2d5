//! Policies that name a protocol, as a user meets them.

mod common;

use common::Place;
use serde_json::json;

/// The example with `profile` in its policy.
fn with_profile(profile: &str) -> Place {
    let place = Place::new();
    place.edit("policy.toml", "quote = \"USD\"", &format!("quote = \"USD\"\nprofile = \"{profile}\""));
    place
}

#[test]
fn an_attestation_under_a_profile_is_accepted_and_the_verdict_lists_its_assumptions() {
    let place = with_profile("aave-v3.5");
    place.run(["commit"]).succeeds();
    place.prove(&[]).succeeds();
    let run = place.verify("attestation.json", &[]).succeeds();
    assert!(
        run.out().contains("profile       aave-v3.5: healthy there as well, if all of this is so"),
        "{}",
        run.out()
    );
    assert!(run.out().contains("- The account is in no eMode"), "{}", run.out());
    let verdict = place.verify("attestation.json", &["--json"]).succeeds().json();
    assert_eq!(verdict["profile"], "aave-v3.5");
    assert_eq!(verdict["assumptions"].as_array().map(Vec::len), Some(4));
    place.edit("policy.toml", "profile = \"aave-v3.5\"\n", "");
    place.verify("attestation.json", &[]).fails(17, "the attestation is for the policy");
}

#[test]
fn without_a_profile_nothing_is_promised_about_a_protocol() {
    let verdict = Place::proven().verify("attestation.json", &["--json"]).succeeds().json();
    assert_eq!((&verdict["profile"], &verdict["assumptions"]), (&json!(null), &json!([])));
}

#[test]
fn the_margin_is_spelled_out() {
    let place = with_profile("aave-v3.5");
    let policy = place.run(["policy", "check", "--json"]).succeeds().json();
    assert_eq!((&policy["usable"], &policy["rules"]["profile"]), (&json!(true), &json!("aave-v3.5")));
    assert_eq!(policy["assumptions"].as_array().map(Vec::len), Some(4));
    assert!(place.run(["policy", "check"]).succeeds().out().contains("it assumes: The account is in no eMode"));
    // 8300 + 8100 + 7800 + 8000 + 7600 + 8000 + 6800 + 7300 and eight times 10,000.
    let run = place.run(["policy", "show", "--credit", "USDC:1"]).succeeds();
    let rounding = "roundings of aave-v3.5: 141900 × 10^18 = 141900000000000000000000";
    assert!(run.out().contains(rounding), "{}", run.out());
    let shown = place.run(["policy", "show", "--credit", "USDC:1", "--json"]).succeeds().json();
    let part = |key: &str| shown[key].as_str().expect("a number").parse::<u128>().expect("it fits");
    assert_eq!(part("profile_margin"), 141_900 * 10u128.pow(18));
    assert_eq!(part("credit_margin") + part("profile_margin"), part("margin"));
    assert!(run.out().contains(&format!(
        "m = {} + {} = {}",
        part("credit_margin"),
        part("profile_margin"),
        part("margin")
    )));
}

#[test]
fn a_policy_that_cannot_imply_its_profile_says_what_to_change() {
    with_profile("maker").run(["policy", "check"]).fails(3, "needs a market of one collateral and one debt asset");
    with_profile("compound-v3").run(["policy", "check"]).fails(3, "exactly one asset must be without");
    with_profile("aave-v3").run(["policy", "check"]).fails(3, "a profile is one of aave-v3.5");
}
