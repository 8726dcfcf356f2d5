//! A policy with covenants on the command line: what each command says of it.

use serde_json::{Value, json};

use crate::common::{PARTIES, Place};

const COVENANTS: &str = r#"
[[covenants]]
name = "base"
section = "6.1(a)"
discloses = "threshold"
kind = "coverage"

[[covenants]]
name = "crash"
section = "6.2"
kind = "stress"
shocks = { WETH = "-20%", wstETH = "-25%" }

[[covenants]]
name = "one-asset"
section = "7.1"
kind = "concentration"
assets = ["WETH"]
share = "80%"
"#;

/// The example with covenants, its commitment, and development keys.
fn place() -> Place {
    let place = Place::new();
    place.write("policy.toml", place.read("policy.toml") + COVENANTS);
    place.run(["commit"]).succeeds();
    place.run(["params", "dev", "-P", "policy.toml"]).succeeds();
    place.run(["setup", "--dev", "-P", "policy.toml"]).succeeds();
    place
}

#[test]
fn the_whole_job_runs_under_covenants() {
    let place = place();
    let policy = place.run(["policy", "check", "--json"]).succeeds().json();
    assert_eq!(policy["covenants"], json!(["base", "crash", "one-asset"]));
    assert_eq!((&policy["usable"], &policy["statement_id"]), (&json!(true), &json!("covenants/v1")));
    assert_eq!(policy["solidity"]["publish"], Value::Null);
    let shown = place.run(["policy", "check"]).succeeds();
    assert!(shown.out().contains("base, section 6.1(a): coverage, more than 105 %"), "{}", shown.out());

    let checked = place.run(["check", "--json"]).succeeds().json();
    let holds: Vec<&Value> = (0..3).map(|number| &checked["covenants"][number]["holds"]).collect();
    assert_eq!(holds, [true, true, true]);
    place.prove(&[]).succeeds();
    let attestation: Value = serde_json::from_str(&place.read("attestation.json")).expect("JSON");
    assert_eq!(attestation["statement_id"], "covenants/v1");
    let verdict = place.verify("attestation.json", &["--json"]).succeeds().json();
    assert_eq!((&verdict["accepted"], &verdict["statement_id"]), (&json!(true), &json!("covenants/v1")));
    assert_eq!(verdict["covenants"][0], json!({"name": "base", "section": "6.1(a)", "threshold": "more than 105 %"}));
    assert_eq!(verdict["covenants"][1], json!({"name": "crash", "section": "6.2", "threshold": null}));
    let said = place.verify("attestation.json", &[]).succeeds().out();
    assert!(said.contains("all 3 covenants hold") && said.contains("one-asset, section 7.1"), "{said}");
    let inspected = place.run(["inspect", "attestation.json"]).succeeds().out();
    assert!(inspected.contains("covenants/v1") && inspected.contains("crash, section 6.2"), "{inspected}");
}

/// The figure is the strictest threshold that would be proven: asked for exactly, it holds, and a hundredth of a percent
/// further it does not.
#[test]
fn a_figure_is_where_the_verdict_changes() {
    let place = place();
    let figure = |number: usize| -> String {
        let checked = place.run(["check", "--json"]).json();
        checked["covenants"][number]["figure"].as_str().expect("a figure").replace(" %", "")
    };
    let bps = |figure: &str| -> u32 {
        let (whole, part) = figure.split_once('.').unwrap_or((figure, ""));
        format!("{whole}{part:0<2}").parse().expect("a percentage")
    };
    let (crash, share) = (bps(&figure(1)), bps(&figure(2)));
    let as_written = place.read("policy.toml");
    for (line, at, beyond) in [
        ("shocks = {", format!("ratio_bps = {crash}\nshocks = {{"), format!("ratio_bps = {}\nshocks = {{", crash + 1)),
        ("share = \"80%\"", format!("share_bps = {share}"), format!("share_bps = {}", share - 1)),
    ] {
        for (text, code) in [(at, 0), (beyond, 10)] {
            place.write("policy.toml", as_written.replace(line, &text));
            assert_eq!(place.run(["check"]).code, Some(code), "{text}");
        }
    }
}

#[test]
fn what_falls_short_is_named_with_what_cures_it_and_is_not_proven() {
    let place = place();
    place.edit("policy.toml", "share = \"80%\"", "share = \"40%\"");
    place.run(["commit", "--force"]).succeeds();
    let refused = place.run(["check", "--json"]);
    assert_eq!(refused.code, Some(10), "{}", refused.all());
    let object = refused.json();
    assert_eq!(object["covenants"][2]["holds"], false);
    assert_eq!(object["covenants"][0]["holds"], true);
    let cure = &object["cures"]["add"][1];
    assert_eq!(cure["asset"], "WBTC", "WETH cures nothing, and wstETH comes first: {object}");
    place.prove(&[]).fails(10, "covenant one-asset does not hold");
    assert!(!place.names().contains(&"attestation.json".to_owned()));

    // What is named as a cure is one, and a base unit less is none.
    let units: u128 = cure["base_units"].as_str().expect("an amount").parse().expect("a number");
    let held = 50_000_000;
    let with = |units: u128| format!("WBTC = \"{}\"", assay_verifier::format_amount(held + units, 8));
    let example = place.read("position.toml");
    for (units, code) in [(units, 0), (units - 1, 10)] {
        place.write("position.toml", example.replace("WBTC = \"0.5\"", &with(units)));
        assert_eq!(place.run(["check"]).code, Some(code), "{units}");
    }
}

#[test]
fn debt_that_is_never_owed_is_named_and_not_proven() {
    let place = place();
    place.edit("policy.toml", "[assets.USDC]\n", "[assets.USDC]\nborrow_factor_bps = 0\n");
    place.run(["check"]).fails(10, "it owes USDC, and under this policy that is never owed");
    place.run(["stress", "--shock", "WETH=-10%"]).fails(10, "it owes USDC");
    place.prove(&[]).fails(10, "it owes USDC");
    place.run(["check", "--credit", "USDC:1"]).fails(2, "credit: USDC is never owed under this policy");
}

/// Every asset's share is limited to less than an eighth, or all but one are next to nothing while that one is limited too.
#[test]
fn covenants_that_contradict_each_other_are_named_and_no_others() {
    let place = Place::new();
    let as_written = place.read("policy.toml");
    let assets = ["WETH", "wstETH", "WBTC", "USDC", "USDT", "DAI", "LINK", "AAVE"];
    let share = |asset: &str, share: &str| {
        let name = asset.to_lowercase();
        let head = format!("[[covenants]]\nname = \"{name}\"\nsection = \"7\"\nkind = \"concentration\"\n");
        format!("{head}assets = [\"{asset}\"]\nshare = \"{share}\"\n\n")
    };
    let check = |covenants: &str| {
        place.write("policy.toml", format!("{as_written}\n{COVENANTS}\n{covenants}"));
        place.run(["policy", "check"])
    };
    let all = |of: &str| assets.map(|asset| share(asset, of)).concat();
    check(&all("13%")).succeeds();
    check(&all("12%"))
        .fails(3, "covenants base, weth, wsteth, wbtc, usdc, usdt, dai, link, aave contradict each other");
    let six = assets[1..].iter().map(|asset| share(asset, "2%")).collect::<String>();
    check(&six).fails(3, "covenants base, one-asset, wsteth, wbtc, usdc, usdt, dai, link, aave contradict each other");
    // The stricter of two shares of one asset is enough, and the other has no part in it.
    let twice = all("12%") + &share("WETH", "50%").replace("name = \"weth\"", "name = \"other\"");
    check(&twice).fails(3, "covenants base, weth, wsteth, wbtc, usdc, usdt, dai, link, aave contradict each other");
    // Limits in amounts and values bind no position that is small enough.
    let ceiling =
        "[[covenants]]\nname = \"cap\"\nsection = \"8\"\nkind = \"ceiling\"\nassets = [\"WETH\"]\nvalue = \"1\"\n";
    check(ceiling).succeeds();
    // One is enough where nothing that is held counts.
    let nothing = as_written.replace("price_decimals = 8", "haircut_bps = 10000\nprice_decimals = 8");
    place.write("policy.toml", nothing + COVENANTS);
    place.run(["policy", "check"]).fails(3, "covenant base can never hold: no position with debt satisfies it");
}

#[test]
fn the_policy_decides_which_statement_counts() {
    let place = place();
    place.prove(&["-o", "covenants.json"]).succeeds();
    place.write("plain.toml", place.read("policy.toml").replace(COVENANTS, ""));
    place.prove(&["-P", "plain.toml", "-o", "plain.json"]).succeeds();
    place.verify("plain.json", &["-P", "plain.toml"]).succeeds();
    let other = |attestation: &str, policy: &str| {
        let refused = place.verify(attestation, &["-P", policy, "--json"]);
        (refused.code, refused.json()["reason"].as_str().map(str::to_owned))
    };
    let statement = || (Some(13), Some("other_statement".to_owned()));
    assert_eq!(other("plain.json", "policy.toml"), statement());
    assert_eq!(other("covenants.json", "plain.toml"), statement());
}

#[test]
fn keys_of_covenants_are_named_by_the_policy() {
    let place = place();
    place.run(["doctor"]).succeeds();
    place.run(["setup", "--dev", "-P", "policy.toml", "--assets", "8"]).fails(2, "cannot be used with");
    let fresh = place.path("cache");
    let mut command = place.command(["prove", "--dev"].iter().chain(&PARTIES));
    command.env("ASSAY_CACHE_DIR", fresh);
    crate::common::finish(command).fails(14, "assay params dev -P policy.toml");
}

/// Prices that are as the scenario says, looked at with no buffer, are the scenario.
#[test]
fn a_scenario_is_the_check_at_its_prices() {
    let place = place();
    let stressed = place.run(["stress", "--shock", "WETH=-60%", "--depeg", "WETH=20%", "--json"]);
    let object = stressed.json();
    assert_eq!((stressed.code, &object["satisfied"]), (Some(10), &json!(false)), "{object}");
    assert_eq!(object["scenario"], "WETH -60 %, WETH -20 %");
    let path = object["path"].as_array().expect("a path");
    assert_eq!((&path[0]["covenants"], &path[10]["covenants"]), (&object["today"], &object["after"]));

    assert_eq!(place.run(["check", "--buffer", "0%", "--json"]).json()["covenants"], object["today"]);
    let prices: Value = serde_json::from_str(&place.read("prices.json")).expect("JSON");
    let price = |side: &str| -> u128 { prices["prices"][0][side].as_str().expect("text").parse().expect("a number") };
    place.set_price(0, price("low") * 4 / 10 * 8 / 10, ((price("high") * 4).div_ceil(10) * 8).div_ceil(10));
    assert_eq!(place.run(["check", "--buffer", "0%", "--json"]).json()["covenants"], object["after"]);
}

#[test]
fn a_scenario_is_drawn_on_one_private_page() {
    use std::os::unix::fs::PermissionsExt as _;

    let place = place();
    let run = |page: &str| place.run(["stress", "--shock", "WETH=-10%", "--html", page]);
    run("page.html").succeeds();
    let page = place.read("page.html");
    assert_eq!(page.matches("<svg").count(), 3, "a chart for each covenant with a threshold");
    assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("@import"));
    let mode = std::fs::metadata(place.path("page.html")).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    run("page.html").succeeds();
    run("position.toml").fails(4, "position.toml");
    place.edit("policy.toml", "Example: eight assets", "<b>Example</b> & more");
    run("page.html").succeeds();
    let page = place.read("page.html");
    let body = page.split_once("<h1>").expect("a heading").1;
    assert!(body.contains("&lt;b&gt;Example") && !body.contains("<b>Example"), "names are escaped");
}

#[test]
fn a_scenario_that_cannot_be_is_a_mistake_of_usage() {
    let place = Place::new();
    for (option, value, what) in [
        ("--shock", "WEHT=-40%", "WEHT is not in the market"),
        ("--shock", "WETH", "not written ASSET=PERCENT"),
        ("--shock", "WETH=-100%", "falls by less than 100 %"),
        ("--shock", "WETH=10001%", "rises by 10000 % at most"),
        ("--shock", "WETH=--1%", "not written ASSET=PERCENT"),
        ("--depeg", "WETH=-3%", "more than 0 %"),
        ("--depeg", "WETH=100%", "less than 100 %"),
    ] {
        place.run(["stress", option, value]).fails(2, what);
    }
    place.run(["stress"]).fails(2, "--shock");
    let plain = place.run(["stress", "--shock", "WETH=-70", "--json"]).succeeds().json();
    assert_eq!((&plain["after"][0]["name"], &plain["after"][0]["holds"]), (&json!("solvency"), &json!(true)));
}
