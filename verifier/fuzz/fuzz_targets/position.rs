//! `position.toml`. What it says is secret, so errors must not say it.

#![no_main]

use std::sync::LazyLock;

use assay_fuzz::{text, write_seeds};
use assay_prover::position::from_toml;
use assay_verifier::{Market, example, format_amount};
use libfuzzer_sys::fuzz_target;

static MARKET: LazyLock<Market> = LazyLock::new(|| Market::from_toml(example::MARKET).unwrap());

/// The amounts of both sides as a file.
fn written(position: &assay_circuits::Position) -> String {
    [("collateral", position.collateral()), ("debt", position.debt())]
        .into_iter()
        .map(|(side, amounts)| {
            let lines = MARKET.assets().iter().zip(amounts).map(|(asset, amount)| {
                let amount = format_amount(amount.expose(), asset.decimals);
                format!("{} = \"{amount}\"\n", asset.symbol)
            });
            format!("[{side}]\n{}", lines.collect::<String>())
        })
        .collect()
}

fn seeds() {
    let seeds = ["", "[collateral]\nWETH = \"12.5\"\n[debt]\nUSDC = '10000'\n", "debt = { DAI = \"0.000001\" }\n"];
    for seed in seeds {
        from_toml(seed, &MARKET, MARKET.size()).unwrap();
    }
    write_seeds(&seeds);
}

fuzz_target!(init: seeds(), |data: &[u8]| {
    let text = text(data);
    match from_toml(text, &MARKET, MARKET.size()) {
        Ok(position) => {
            let again = from_toml(&written(&position), &MARKET, MARKET.size()).expect("amounts as they are written");
            let sides = |position: &assay_circuits::Position| {
                [position.collateral(), position.debt()].map(|side| side.iter().map(|amount| amount.expose()).collect::<Vec<_>>())
            };
            assert!(sides(&again) == sides(&position), "what is written is read back");
        }
        Err(error) => {
            // What the message says itself has at most three digits in a row.
            let said = &error.what;
            let longest = said.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or_default();
            assert!(longest <= 3, "digits of the text in: {said}");
        }
    }
});
