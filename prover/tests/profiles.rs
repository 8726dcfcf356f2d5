//! Policies that name a protocol, as a user meets them.

use crate::common::Place;
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
fn the_ratio_is_shown_before_the_margin_for_roundings_too() {
    let place = with_profile("aave-v3.5");
    // A debt of a few cents, of which the margin is a part that can be seen.
    place.write("position.toml", "[collateral]\nUSDC = \"0.2\"\n[debt]\nUSDC = \"0.1\"\n");
    let check = place.run(["check", "--json"]).succeeds().json();
    let percent = |key: &str| check[key].as_str().expect("a number").parse::<f64>().expect("a number");
    assert!(percent("ratio_percent") < percent("ratio_before_rounding_percent"), "{check}");
    let out = place.run(["check"]).succeeds().out();
    assert!(out.contains("before the margin for the profile's roundings"), "{out}");
    assert!(Place::new().run(["check", "--json"]).succeeds().json()["ratio_before_rounding_percent"].is_null());
}

#[test]
fn a_ceiling_or_a_weight_that_does_not_do_has_its_reason_before_anything_is_proven() {
    let place = Place::empty();
    let market = r#"format = "assay/market/v1"
name = "Vault"
[[assets]]
symbol = "WETH"
chain = "eip155:1"
address = "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2"
decimals = 18
[[assets]]
symbol = "DAI"
chain = "eip155:1"
address = "0x6B175474E89094C44Da98b954EedeAC495271d0F"
decimals = 18
"#;
    place.run(["init", "."]).succeeds();
    let example = place.read("policy.toml");
    let policy = |profile: &str, scale: &str, asset: &str| {
        let (head, _) = example.split_once("[sources.").expect("sources");
        let head = head.replace("quote = \"USD\"", &format!("quote = \"USD\"\n{profile}\nscale = \"{scale}\""));
        format!(
            r#"{head}
[sources.chainlink]
kind = "chainlink"
chain = "eip155:1"
feeds.WETH = {{ id = "0x5f4eC3Df9cbd43714FE2740f5E3616155c5b8419", decimals = 8, max_age = 3600 }}
feeds.DAI = {{ id = "0xAed0c38402a5d19df6E4c03F4E2DceD6e29c1ee9", decimals = 8, max_age = 3600 }}
[assets.WETH]
liquidation_threshold_bps = 8000
debt_interest_bps_per_year = 0
price_decimals = {asset}
[assets.DAI]
debt_interest_bps_per_year = 0
price_decimals = {asset}
"#
        )
        .replace("minimum_sources = 2", "minimum_sources = 1")
    };
    place.write("market.toml", market);
    let mut rounds: serde_json::Value = serde_json::from_str(&place.read("reports/chainlink.json")).expect("JSON");
    rounds["rounds"].as_array_mut().expect("a list").retain(|round| {
        let kept = ["0x5f4eC3Df9cbd43714FE2740f5E3616155c5b8419", "0xAed0c38402a5d19df6E4c03F4E2DceD6e29c1ee9"];
        kept.contains(&round["aggregator"].as_str().expect("an address"))
    });
    place.write("rounds.json", rounds.to_string());
    place.write("position.toml", "[collateral]\nWETH = \"10\"\n[debt]\nDAI = \"1\"\n");
    for (profile, decimals, more, reason, hint) in [
        // DAI is at 0.9999 dollars in the example.
        ("profile = \"maker\"", "8", ["--buffer", "0%"], "profile_ceiling", "--buffer"),
        ("", "30", ["--buffer", "10%"], "weights", "scale = "),
    ] {
        place.write("policy.toml", policy(profile, "1", decimals));
        place.run(["prices", "make", "-r", "chainlink=rounds.json"]).succeeds();
        place.run(["commit", "--force"]).succeeds();
        let runs = [
            place.prove(&[&more[..], &["--json"]].concat()),
            place.run(["check", "--json"].iter().chain(&more)),
            place.run(["policy", "show", "--json"].iter().chain(&more)),
        ];
        for run in runs {
            assert_eq!(run.code, Some(3), "{}", run.all());
            assert_eq!(run.json()["reason"], reason);
            assert!(run.json()["hint"].as_str().is_some_and(|text| text.contains(hint)), "{}", run.all());
        }
        assert!(!place.names().contains(&"attestation.json".to_owned()));
    }
}

#[test]
fn a_policy_that_cannot_imply_its_profile_says_what_to_change() {
    with_profile("maker").run(["policy", "check"]).fails(3, "needs a market of one collateral and one debt asset");
    with_profile("compound-v3").run(["policy", "check"]).fails(3, "exactly one asset must be without");
    with_profile("aave-v3").run(["policy", "check"]).fails(3, "a profile is one of aave-v3.5");
}
