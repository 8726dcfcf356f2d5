//! `assay policy diff`: whatever a policy says otherwise is listed, in words.

use serde_json::{Value, json};

use crate::common::Place;

const COVENANTS: &str = r#"
[[covenants]]
name = "base"
section = "6.1"
kind = "coverage"
ratio = "110%"
after = ["cap"]

[[covenants]]
name = "cap"
section = "6.2"
kind = "concentration"
assets = ["WETH"]
share = "90%"
mode = "exclude"

[[covenants]]
name = "crash"
section = "6.3"
discloses = "threshold"
kind = "stress"
shocks = { WETH = "-20%", wstETH = "-25%" }
slippage = "2%"
bonus = "5%"

[[covenants]]
name = "venue"
section = "7.1"
kind = "ceiling"
assets = ["LINK"]
value = "1000"

[[covenants]]
name = "lever"
section = "7.2"
kind = "leverage"
most = "300%"

[[covenants]]
name = "market"
section = "7.3"
kind = "liquidity"
depths = { WETH = "2000" }

[[covenants]]
name = "life"
section = "7.4"
kind = "weighted-average"
figures = { WETH = 30, WBTC = 365 }
most = 200

[[covenants]]
name = "steps"
section = "7.5"
kind = "tiers"
ratio = "105%"
tiers = { WETH = [{ up_to = "10", threshold = "80%" }, { threshold = "70%" }] }
"#;

/// Each change of the policy of one key, the key at which it is found, and what it says before and after.
const CHANGES: [[&str; 5]; 33] = [
    [
        "name = \"Example: eight assets, 105 percent\"",
        "name = \"Another\"",
        "name",
        "Example: eight assets, 105 percent",
        "Another",
    ],
    ["quote = \"USD\"", "quote = \"EUR\"", "quote", "USD", "EUR"],
    ["minimum_ratio_bps = 10500", "minimum_ratio_bps = 10600", "minimum_ratio_bps", "105 %", "106 %"],
    ["quote = \"USD\"", "quote = \"USD\"\nscale = \"10\"", "scale", "1", "10"],
    ["max_price_age = 3600", "max_price_age = 7200", "max_price_age", "1 h", "2 h"],
    ["max_validity = 172800", "max_validity = 86400", "max_validity", "2 d", "1 d"],
    ["max_statement_age = 604800", "max_statement_age = 86400", "max_statement_age", "7 d", "1 d"],
    ["[0, 5, 10, 20, 30, 50]", "[0, 5]", "buffers_percent", "0 %, 5 %, 10 %, 20 %, 30 %, 50 %", "0 %, 5 %"],
    ["minimum_sources = 2", "minimum_sources = 1", "minimum_sources", "2", "1"],
    ["max_deviation_bps = 200", "max_deviation_bps = 150", "max_deviation_bps", "2 %", "1.5 %"],
    ["chain = \"eip155:1\"", "chain = \"eip155:10\"", "sources.chainlink.chain", "eip155:1", "eip155:10"],
    ["max_confidence_bps = 50", "max_confidence_bps = 25", "sources.pyth.max_confidence_bps", "0.5 %", "0.25 %"],
    [
        "8419\", decimals = 8, max_age = 3600",
        "8419\", decimals = 18, max_age = 3600",
        "sources.chainlink.feeds.WETH.decimals",
        "8",
        "18",
    ],
    [
        "8419\", decimals = 8, max_age = 3600",
        "8419\", decimals = 8, max_age = 60",
        "sources.chainlink.feeds.WETH.max_age",
        "1 h",
        "1 min",
    ],
    ["_bps = 8300", "_bps = 8000", "assets.WETH.liquidation_threshold_bps", "83 %", "80 %"],
    ["_bps = 8300", "_bps = 8300\nhaircut_bps = 250", "assets.WETH.haircut_bps", "0 %", "2.5 %"],
    ["_bps = 8300", "_bps = 8300\nvolatility_buffer_bps = 1", "assets.WETH.volatility_buffer_bps", "0 %", "0.01 %"],
    [
        "_bps = 8300",
        "_bps = 8300\nyield_decay_bps_per_year = 100",
        "assets.WETH.yield_decay_bps_per_year",
        "0 %",
        "1 %",
    ],
    ["_bps = 8300", "_bps = 8300\nborrow_factor_bps = 11000", "assets.WETH.borrow_factor_bps", "100 %", "110 %"],
    ["discloses = \"threshold\"\n", "", "covenants.crash.discloses", "threshold", "nothing"],
    ["section = \"7.1\"", "section = \"7.1(b)\"", "covenants.venue.section", "7.1", "7.1(b)"],
    ["ratio = \"110%\"", "ratio = \"120%\"", "covenants.base.ratio_bps", "110 %", "120 %"],
    ["WETH = \"-20%\"", "WETH = \"-30%\"", "covenants.crash.shocks_bps.WETH", "-20 %", "-30 %"],
    ["slippage = \"2%\"", "slippage = \"3%\"", "covenants.crash.slippage_bps", "2 %", "3 %"],
    ["bonus = \"5%\"", "bonus = \"5%\"\ncounts = \"in-full\"", "covenants.crash.counts", "weighted", "in-full"],
    ["share = \"90%\"", "share = \"91%\"", "covenants.cap.share_bps", "90 %", "91 %"],
    ["mode = \"exclude\"", "mode = \"exclude\"\nof = \"admitted\"", "covenants.cap.of", "all", "admitted"],
    ["value = \"1000\"", "value = \"1000.5\"", "covenants.venue.value", "1000", "1000.5"],
    ["most = \"300%\"", "most = \"400%\"", "covenants.lever.most_bps", "300 %", "400 %"],
    ["WETH = \"2000\"", "WETH = \"2500\"", "covenants.market.depths.WETH", "2000", "2500"],
    ["most = 200", "most = 201", "covenants.life.most", "200", "201"],
    ["WETH = 30,", "WETH = 31,", "covenants.life.figures.WETH", "30", "31"],
    [
        "threshold = \"70%\"",
        "threshold = \"60%\"",
        "covenants.steps.tiers.WETH",
        "threshold_bps 80 % up_to 10, threshold_bps 70 %",
        "threshold_bps 80 % up_to 10, threshold_bps 60 %",
    ],
];

fn place() -> Place {
    let place = Place::new();
    place.write("policy.toml", place.read("policy.toml") + COVENANTS);
    place
}

#[test]
fn one_change_is_one_difference_with_its_key_and_both_values() {
    let place = place();
    let as_written = place.read("policy.toml");
    for [from, to, key, old, new] in CHANGES {
        assert!(as_written.contains(from), "{from}");
        place.write("new.toml", as_written.replacen(from, to, 1));
        let found = place.run(["policy", "diff", "policy.toml", "new.toml", "--json"]).succeeds().json();
        assert_eq!(found["differences"], json!([{ "key": key, "old": old, "new": new }]), "{to}");
        assert_eq!(found["same"], false);
    }
    let text = place.run(["policy", "diff", "policy.toml", "new.toml"]).succeeds().out();
    assert!(text.contains("they differ in one place") && text.contains("covenants.steps.tiers.WETH"), "{text}");
}

#[test]
fn what_one_policy_lacks_is_gathered_under_its_name_and_order_is_seen() {
    let place = place();
    let as_written = place.read("policy.toml");
    let diff = |text: String| {
        place.write("new.toml", text);
        place.run(["policy", "diff", "policy.toml", "new.toml", "--json"]).succeeds().json()
    };
    let same = diff(as_written.clone());
    assert_eq!((&same["same"], &same["differences"], &same["old"]), (&json!(true), &json!([]), &same["new"]));
    let (before, lever) = as_written.split_once("\n[[covenants]]\nname = \"lever\"").expect("it is there");
    let (lever, after) = lever.split_once("\n\n").expect("more follow");
    let without = diff(format!("{before}\n{after}"));
    let words = "kind leverage; most_bps 300 %; section 7.2";
    assert_eq!(without["differences"], json!([{ "key": "covenants.lever", "old": words, "new": Value::Null }]));
    let moved = diff(format!("{before}\n{after}\n[[covenants]]\nname = \"lever\"{lever}\n"));
    assert_eq!((&moved["same"], &moved["differences"]), (&json!(false), &json!([])));
    // The market is part of a policy.
    place.write("other.toml", place.read("market.toml").replace("decimals = 18", "decimals = 17"));
    let market = diff(as_written.replace("market.toml", "other.toml"));
    assert_eq!(market["differences"][0]["key"], "market.assets.AAVE");
}
