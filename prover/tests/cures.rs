//! What `assay check` says would cure a position does, and one base unit less does not.

use crate::common::Place;
use serde_json::Value;

/// A position that falls short: `[collateral]` and `[debt]`, by symbol in base units.
#[derive(Clone)]
struct Position {
    collateral: Vec<(&'static str, u128)>,
    debt: Vec<(&'static str, u128)>,
}

fn decimals(symbol: &str) -> usize {
    match symbol {
        "USDC" | "USDT" => 6,
        "WBTC" => 8,
        _ => 18,
    }
}

fn text(entries: &[(&str, u128)]) -> String {
    let entry = |(symbol, units): &(&str, u128)| {
        let decimals = decimals(symbol);
        let digits = format!("{units:0>width$}", width = decimals + 1);
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        format!("{symbol} = \"{whole}.{fraction}\"\n")
    };
    entries.iter().map(entry).collect()
}

impl Position {
    fn check(&self, place: &Place, more: &[&str]) -> (i32, Value) {
        let file = format!("[collateral]\n{}[debt]\n{}", text(&self.collateral), text(&self.debt));
        place.write("position.toml", file);
        let run = place.run(["check", "--json"].iter().chain(more));
        (run.code.expect("an exit code"), run.json())
    }

    /// Adds `units` to, or where `repaid` takes them off, the amount of `symbol`.
    fn changed(&self, symbol: &str, units: u128, repaid: bool) -> Self {
        let mut changed = self.clone();
        let side = if repaid { &mut changed.debt } else { &mut changed.collateral };
        match side.iter_mut().find(|(other, _)| *other == symbol) {
            Some((_, amount)) if repaid => *amount -= units,
            Some((_, amount)) => *amount += units,
            None => side.push((Box::leak(symbol.to_owned().into_boxed_str()), units)),
        }
        changed
    }
}

fn units(cure: &Value) -> u128 {
    let units = cure["base_units"].as_str().expect("a number").parse().expect("digits");
    let amount = cure["amount"].as_str().expect("an amount").to_owned();
    let symbol = cure["asset"].as_str().expect("a symbol");
    let (whole, fraction) = amount.split_once('.').unwrap_or((&amount, ""));
    let read = format!("{whole}{fraction:0<width$}", width = decimals(symbol));
    assert_eq!(read.parse::<u128>().expect("digits"), units, "both say the same");
    units
}

fn positions() -> [Position; 4] {
    let ether = 1_000_000_000_000_000_000;
    [
        Position {
            collateral: vec![("WETH", 10 * ether), ("WBTC", 12_345_678)],
            debt: vec![("USDC", 12_000_000_001), ("DAI", 5_000 * ether + 7)],
        },
        Position { collateral: vec![("LINK", ether / 3)], debt: vec![("WETH", 2 * ether), ("USDT", 1)] },
        Position { collateral: vec![], debt: vec![("USDC", 1)] },
        Position { collateral: vec![], debt: vec![] },
    ]
}

#[test]
fn adding_or_repaying_exactly_what_is_said_is_enough_and_one_base_unit_less_is_not() {
    let place = Place::new();
    let mut tried = [0; 2];
    for position in positions() {
        let (code, report) = position.check(&place, &[]);
        assert_eq!((code, &report["covenant"]), (10, &Value::from("solvency")));
        assert_eq!(report["cures"]["add"].as_array().map(Vec::len), Some(8), "every asset counts here");
        assert_eq!(report["cures"]["repay"].as_array().map(Vec::len), Some(position.debt.len()));
        for (kind, repaid) in [("add", false), ("repay", true)] {
            for cure in report["cures"][kind].as_array().expect("a list") {
                let symbol = cure["asset"].as_str().expect("a symbol");
                if cure["enough"] == false {
                    let owed = position.debt.iter().find(|(other, _)| *other == symbol).expect("it is owed").1;
                    assert_eq!(position.changed(symbol, owed, true).check(&place, &[]).0, 10, "all of {symbol}");
                    continue;
                }
                let least = units(cure);
                assert_eq!(position.changed(symbol, least, repaid).check(&place, &[]).0, 0, "{kind} {symbol}");
                assert_eq!(position.changed(symbol, least - 1, repaid).check(&place, &[]).0, 10, "{kind} {symbol}");
                tried[usize::from(repaid)] += 1;
            }
        }
    }
    assert!(tried[0] == 32 && tried[1] >= 1, "{tried:?}");
}

#[test]
fn a_smaller_buffer_or_credit_line_is_named_where_it_would_do() {
    let place = Place::new();
    let ether = 1_000_000_000_000_000_000;
    let position = Position { collateral: vec![("WETH", 10 * ether)], debt: vec![("USDC", 10_000_000_000)] };
    let (code, report) = position.check(&place, &["--buffer", "50%"]);
    assert_eq!((code, &report["cures"]["lower_credit"]), (10, &Value::Null));
    let enough = report["cures"]["buffer_percent"].as_u64().expect("a smaller one would do");
    let buffers = [0, 5, 10, 20, 30, 50];
    for buffer in buffers {
        let (code, _) = position.check(&place, &["--buffer", &format!("{buffer}%")]);
        assert_eq!(code, if buffer <= enough { 0 } else { 10 }, "{buffer} where {enough} would do");
    }
    let (code, report) = position.check(&place, &["--credit", "USDC:10000"]);
    assert_eq!(code, 10);
    let least = units(&report["cures"]["lower_credit"]);
    let with = |units: u128| {
        let amount = format!("{}.{:06}", units / 1_000_000, units % 1_000_000);
        position.check(&place, &["--credit", &format!("USDC:{amount}")]).0
    };
    assert_eq!((with(10_000_000_000 - least), with(10_000_000_001 - least)), (0, 10));
    let hopeless = Position { collateral: vec![], debt: vec![("USDC", 10_000_000_000)] };
    assert_eq!(hopeless.check(&place, &["--buffer", "50%"]).1["cures"]["buffer_percent"], Value::Null);
}

#[test]
fn cures_are_the_owners_and_go_to_stdout_alone() {
    let place = Place::new();
    place.write("position.toml", "[collateral]\nWETH = \"1\"\n[debt]\nUSDC = \"1234.5\"\nDAI = \"9999\"\n");
    let run = place.run(["check", "-vv"]);
    assert_eq!(run.code, Some(10));
    for needed in
        ["fails         solvency", "short by", "add           ", "repay         USDC: all of it is not enough"]
    {
        assert!(run.out().contains(needed), "{needed} in {}", run.out());
    }
    let figures: Vec<String> = run
        .out()
        .split_whitespace()
        .filter(|word| word.len() > 6 && word.chars().all(|c| c.is_ascii_digit() || ",.".contains(c)))
        .map(str::to_owned)
        .collect();
    assert!(figures.len() > 8, "{}", run.out());
    for figure in figures {
        assert!(!run.err().contains(&figure), "{figure} in {}", run.err());
    }
}
