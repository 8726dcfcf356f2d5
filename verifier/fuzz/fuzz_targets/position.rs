//! `position.toml`. What it says is secret, so errors must not say it.

#![no_main]

use std::sync::LazyLock;

use assay_fuzz::{text, write_seeds};
use assay_prover::parse;
use assay_verifier::{Asset, Market, example, format_amount};
use libfuzzer_sys::fuzz_target;

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| Market::from_toml(example::MARKET).unwrap().assets().to_vec());

/// The amounts of both sides as a file.
fn written(position: &assay_circuits::Position) -> String {
    [("collateral", &position.collateral), ("debt", &position.debt)]
        .into_iter()
        .map(|(side, amounts)| {
            let lines = ASSETS.iter().zip(amounts).map(|(asset, amount)| {
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
        parse::position(seed, &ASSETS).unwrap();
    }
    write_seeds(&seeds);
}

fuzz_target!(init: seeds(), |data: &[u8]| {
    let text = text(data);
    match parse::position(text, &ASSETS) {
        Ok(position) => {
            let again = parse::position(&written(&position), &ASSETS).expect("amounts as they are written");
            let sides = |position: &assay_circuits::Position| {
                [&position.collateral, &position.debt].map(|side| side.each_ref().map(|amount| amount.expose()))
            };
            assert!(sides(&again) == sides(&position), "what is written is read back");
        }
        Err(error) => {
            // After the place; what the message says itself has at most three digits in a row.
            let said = error.splitn(3, [',', ':']).last().unwrap_or_default();
            let longest = said.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or_default();
            assert!(longest <= 3, "digits of the text in: {said}");
        }
    }
});
