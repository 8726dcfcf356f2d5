//! `assay prices`, and the arithmetic that `assay policy show` prints.

use crate::common::{self, MAKE, Place};
use num_bigint::BigUint;
use serde_json::{Value, json};

fn json_of(place: &Place, name: &str) -> Value {
    serde_json::from_str(&place.read(name)).expect("JSON")
}

/// Changes a JSON file.
fn change(place: &Place, name: &str, change: impl FnOnce(&mut Value)) {
    let mut json = json_of(place, name);
    change(&mut json);
    place.write(name, json.to_string());
}

#[test]
fn a_snapshot_is_made_from_the_reports_and_shown_with_them() {
    let place = Place::new();
    let written = place.read("prices.json");
    let at = json_of(&place, "prices.json")["at"].as_str().expect("a time").to_owned();
    let note = json_of(&place, "prices.json")["note"].as_str().expect("a note").to_owned();
    place.run(MAKE.iter().copied().chain(["--now", &at, "--note", &note])).succeeds();
    assert_eq!(place.read("prices.json"), written, "anybody can make it again");

    let shown = place.run(["prices", "show"]).succeeds().out();
    for part in ["chainlink", "pyth", "1816.85499606 ± 1.81685499", "4 s old  counts", "2 count, 0 % apart"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let shown = place.run(["prices", "show", "--json"]).succeeds().json();
    let weth = &shown["prices"][0];
    assert_eq!((&weth["low"], &weth["high"]), (&json!("181503814107"), &json!("181867185105")));
    assert_eq!((&weth["reports"][1]["age"], &weth["reports"][1]["counts"]), (&json!(4), &json!(true)));
    assert_eq!(weth["spread_bps"], "0");
    let made = place.run(MAKE.iter().chain(&["--json"])).succeeds().json();
    assert_eq!((&made["file"], made["prices"].as_array().map(Vec::len)), (&json!("prices.json"), Some(8)));
}

#[test]
fn each_refusal_of_a_report_names_asset_source_value_and_limit() {
    let place = Place::new();
    let pyth = "reports/pyth.json";
    let original = place.read(pyth);
    let refused = |what: &str, code: i32, reason: &str, set: &dyn Fn(&mut Value)| {
        change(&place, pyth, |file| set(&mut file["parsed"][0]["price"]));
        let before = place.read("prices.json");
        place.run(MAKE).fails(code, what);
        let json = place.run(MAKE.iter().chain(&["--json"])).json();
        assert_eq!((&json["reason"], &json["exit_code"]), (&json!(reason), &json!(code)), "{json}");
        assert_eq!(place.read("prices.json"), before, "nothing is written");
        place.write(pyth, &original);
    };
    let spread = "WETH: chainlink says 1816.85499606, pyth says 2000: 1009 bps apart, the policy permits 200";
    refused(spread, 12, "price_deviation", &|price| price["price"] = json!("200000000000"));
    let wide = "WETH: pyth: the confidence is 9.1 at a price of 1816.85499606, the policy permits 50 bps";
    refused(wide, 12, "report_too_wide", &|price| price["conf"] = json!("910000000"));
    refused("WETH: pyth: 18 decimals, the policy says 8", 3, "report_decimals", &|price| price["expo"] = json!(-18));
    refused("WETH: pyth: a negative price: -7", 3, "report_negative", &|price| price["price"] = json!("-7"));
    refused("WETH: pyth: a price of zero", 3, "report_zero", &|price| price["price"] = json!("0"));
    let future = "WETH: pyth: from the future: published at 2999-01-01T00:00:00Z";
    refused(future, 12, "report_from_future", &|price| price["publish_time"] = json!(32_472_144_000u64));
    let stale = "WETH: 1 fresh reports, the policy asks for 2; too old: pyth (";
    refused(stale, 12, "price_too_few_fresh", &|price| price["publish_time"] = json!(1_600_000_000));
    let twice = MAKE.iter().chain(&["-r", "pyth=reports/pyth.json"]);
    place.run(twice).fails(3, "WETH: pyth: a second report for the same asset");
    place.run(["prices", "make", "-r", "desk=x.json"]).fails(2, "no source desk; its sources are chainlink, pyth");
    place.run(["prices", "make", "-r", "pyth"]).fails(2, "NAME=FILE");
    place.run(["prices", "make", "-r", "pyth=none.json"]).fails(4, "none.json");
    place.run(["prices", "make", "-r", "pyth=market.toml"]).fails(3, "market.toml");
    place.run(MAKE.iter().chain(&["--note", "two\nlines"])).fails(3, "note");
    place.run(MAKE.iter().chain(&["-o", "policy.toml"])).fails(4, "policy.toml");
}

#[test]
fn a_snapshot_that_its_reports_do_not_make_is_shown_and_refused() {
    let place = Place::new();
    change(&place, "prices.json", |file| file["prices"][0]["low"] = json!("181503814108"));
    let run = place.run(["prices", "show"]);
    run.fails(3, "prices.json: WETH: the snapshot says 1815.03814108 to 1818.67185105, its reports make 1815.03814107");
    run.fails(3, "assay prices make");
    assert!(run.out().contains("the snapshot says 1815.03814108"), "{}", run.out());
    place.run(["check"]).fails(3, "WETH: the snapshot says");

    place.run(MAKE).succeeds();
    change(&place, "prices.json", |file| {
        file["prices"][1]["reports"][1]["published"] = json!("2020-01-01T00:00:00Z");
        drop(file["prices"][2]["reports"].as_array_mut().expect("reports").remove(0));
        file["prices"][3]["reports"][0]["round"]["answered_in"] = json!("1");
    });
    let run = place.run(["prices", "show"]);
    run.fails(12, "wstETH: 1 fresh reports");
    for part in ["too old: at most 120 s", "no report", "refused: the answer is of round 1, the round is"] {
        assert!(run.out().contains(part), "{part}: {}", run.out());
    }
    let json = place.run(["prices", "show", "--json"]).json();
    assert_eq!(
        (&json["reason"], &json["prices"][1]["reports"][1]["counts"]),
        (&json!("price_too_few_fresh"), &json!(false))
    );
}

/// The example with a third source, whose signer is anvil's first account.
fn with_desk() -> Place {
    let place = Place::new();
    let id = |byte: &str| format!("0x{}", byte.repeat(32));
    let desk = format!(
        "[sources.desk]\nkind = \"signed\"\nsigner = \"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\"\n\
         max_confidence_bps = 10\nfeeds.WETH = {{ id = \"{}\", decimals = 6, max_age = 60 }}\n\
         feeds.DAI = {{ id = \"{}\", decimals = 18, max_age = 60 }}\n\n[assets.WETH]",
        id("01"),
        id("02"),
    );
    place.edit("policy.toml", "[assets.WETH]", &desk);
    place.write("password", "correct horse");
    place
}

fn sign(place: &Place, keystore: &str, more: &[&str]) -> common::Run {
    let keystore = format!("{}/tests/keystores/{keystore}.json", env!("CARGO_MANIFEST_DIR"));
    let fixed = ["prices", "sign", "-o", "desk.json", "--keystore", &keystore, "--password-file", "password"];
    place.run(fixed.iter().chain(more))
}

#[test]
fn prices_that_a_source_signs_count_in_a_snapshot() {
    let place = with_desk();
    let prices = ["--source", "desk", "--price", "WETH=1816.5", "--confidence", "WETH=1.5", "--price", "DAI=1"];
    let run = sign(&place, "attester-0", &prices).succeeds();
    assert!(run.out().contains("1816.5 ± 1.5 USD"), "{}", run.out());
    place.run(MAKE.iter().chain(&["-r", "desk=desk.json"])).succeeds();
    let shown = place.run(["prices", "show", "--json"]).succeeds().json();
    let weth = &shown["prices"][0];
    // Low ends 1815, 1815.03… and 1816.85…; high ends 1816.85…, 1818 and 1818.67….
    assert_eq!((&weth["low"], &weth["high"]), (&json!("181503814107"), &json!("181800000000")));
    assert_eq!(weth["reports"].as_array().map(Vec::len), Some(3));
    change(&place, "desk.json", |file| file["reports"][0]["price"] = json!("1"));
    place.run(MAKE.iter().chain(&["-r", "desk=desk.json"])).fails(3, "desk: signed by 0x");
}

#[test]
fn prices_are_signed_only_as_a_source_of_the_policy_by_its_signer() {
    let place = with_desk();
    let one = ["--source", "desk", "--price", "WETH=1816.5"];
    sign(&place, "attester-1", &one).fails(15, "the source's signer is 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
    let refused = |more: &[&str], what: &str| sign(&place, "attester-0", more).fails(2, what);
    refused(&["--source", "pyth", "--price", "WETH=1"], "the policy lists no signed source pyth");
    refused(&["--source", "none", "--price", "WETH=1"], "the policy lists no signed source none");
    refused(&["--source", "desk", "--price", "WETH"], "ASSET=PRICE");
    refused(&["--source", "desk", "--price", "LINK=1"], "LINK is no asset of");
    refused(&["--source", "desk", "--price", "WETH=1e3"], "WETH: not a decimal amount");
    refused(&["--source", "desk", "--price", "WETH=1.1234567"], "WETH: more than");
    refused(&["--source", "desk", "--price", "WETH=1", "--price", "WETH=2"], "WETH is given twice");
    refused(&["--source", "desk", "--price", "WETH=1", "--confidence", "DAI=1"], "DAI has no --price");
    refused(&["--source", "desk", "--price", "WETH=0"], "WETH: no reader would take it: a price of zero");
    let unsure = ["--source", "desk", "--price", "WETH=1000", "--confidence", "WETH=1.000001"];
    refused(&unsure, "WETH: no reader would take it: ");
    let vanishing = ["--source", "desk", "--price", "DAI=0.000000001"];
    refused(&vanishing, "DAI: no reader would take it: ");
    assert!(!place.path("desk.json").exists());
}

/// Numerator and denominator.
type Fraction = (BigUint, BigUint);

fn number(text: &str) -> BigUint {
    text.parse().unwrap_or_else(|_| panic!("a number: {text:?}"))
}

/// `83 %` or `7.5 %` as a fraction.
fn percent(text: &str) -> Fraction {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    (number(&format!("{whole}{fraction:0<2}")), BigUint::from(10_000u32))
}

/// The product on the left of a line for a factor, with T and the year as printed.
fn factor(terms: &str, elapsed: &BigUint, year: &BigUint) -> Fraction {
    let mut product = (BigUint::from(1u8), BigUint::from(1u8));
    let mut rest = terms;
    while !rest.is_empty() {
        let (share, end) = rest.split_once(" %").expect("a percentage");
        let (_, share) = share.rsplit_once(' ').expect("a name and a number");
        let (n, d) = percent(share);
        let (n, d) = match end.strip_prefix(" × T / year)") {
            Some(after) => {
                let of = (&d * year, &n * elapsed);
                let grows = rest.starts_with(" × (1 + ");
                let left = if of.0 > of.1 { &of.0 - &of.1 } else { BigUint::from(0u8) };
                rest = after;
                (if grows { &of.0 + &of.1 } else { left }, of.0)
            }
            None => {
                rest = end;
                (n, d)
            }
        };
        product = (product.0 * n, product.1 * d);
    }
    product
}

/// `A × B × 10^k`, or that over S.
fn weight(terms: &str) -> Fraction {
    let (product, scale) = terms.split_once(" / ").unwrap_or((terms, "1"));
    let value = product.split(" × ").map(|factor| match factor.strip_prefix("10^") {
        Some(exponent) => BigUint::from(10u8).pow(exponent.parse().expect("an exponent")),
        None => number(factor),
    });
    (value.product(), number(scale))
}

#[test]
fn the_arithmetic_that_policy_show_prints_gives_the_weights_that_it_prints() {
    let place = Place::new();
    for (from, to) in [
        ("quote = \"USD\"", "quote = \"USD\"\nscale = \"1000003\""),
        ("[assets.WBTC]\n", "[assets.WBTC]\nhaircut_bps = 123\nyield_decay_bps_per_year = 4321\n"),
        ("[assets.DAI]\n", "[assets.DAI]\nborrow_factor_bps = 11111\nyield_decay_bps_per_year = 1000000\n"),
        ("minimum_ratio_bps = 10500", "minimum_ratio_bps = 13333"),
        ("max_validity = 172800", "max_validity = 6048000"),
        ("max_statement_age = 604800", "max_statement_age = 6048000"),
    ] {
        place.edit("policy.toml", from, to);
    }
    for arguments in [["policy", "show", "--buffer", "10%"], ["policy", "show", "--buffer", "50%"]] {
        let shown = place.run(arguments).succeeds().out();
        let between = |from: &str, to: &str| {
            let rest = shown.split(from).nth(1).unwrap_or_else(|| panic!("{from} in {shown}"));
            rest.split(to).next().expect("text").trim().to_owned()
        };
        let (elapsed, year) = (number(&between("T = ", " s)")), number(&between("a year", " s")));
        let json = place.run(arguments.iter().chain(&["--json"])).succeeds().json();
        let (mut factors, mut weights) = (0, 0);
        for line in shown.lines().filter_map(|line| line.strip_prefix("  ")) {
            let Some((name, sum)) = line.split_once(" = ").filter(|(name, _)| name.len() == 1 && *name != "m") else {
                continue;
            };
            let (terms, result) = sum.rsplit_once(" = ").expect("a result");
            let (terms, rounded) = terms.split_once(", rounded ").map_or((terms, ""), |(terms, how)| (terms, how));
            let is_factor = name == "f" || name == "g";
            let (n, d) = if is_factor {
                let (n, d) = factor(&format!(" {terms}"), &elapsed, &year);
                (n * 10_000u32, d)
            } else {
                weight(terms)
            };
            let exact = match rounded {
                "down" => n / d,
                "up" => (n + &d - 1u8) / d,
                _ => panic!("{line}: which way it is rounded"),
            };
            assert_eq!(exact, number(result.trim_end_matches(" bps")), "{line}");
            let asset = &json["assets"][if is_factor { factors / 2 } else { weights / 2 }];
            let key = match name {
                "f" => "collateral_factor_bps",
                "g" => "debt_factor_bps",
                "w" => "collateral_weight",
                _ => "debt_weight",
            };
            assert_eq!(asset[key], exact.to_string(), "{line}");
            if is_factor { factors += 1 } else { weights += 1 }
        }
        assert_eq!((factors, weights), (16, 16), "two factors and two weights an asset");
    }
}
