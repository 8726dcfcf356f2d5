//! `policy.toml`, with the example's market, and the rows of its covenants.

#![no_main]

use std::sync::LazyLock;

use assay_circuits::{Amount, Position, Size};
use assay_fuzz::{text, write_seeds};
use assay_verifier::covenants::Compiled;
use assay_verifier::{Bounds, Buffer, Market, Policy, PolicyFile, PriceSnapshot, example};
use libfuzzer_sys::fuzz_target;

/// Every way to make helper amounts, besides tests without any.
const COVENANTS: &str = r#"
[groups]
stable = ["USDC", "USDT", "DAI"]

[[covenants]]
name = "base"
section = "6.1(a)"
discloses = "threshold"
kind = "coverage"
after = ["staked", "stable"]

[[covenants]]
name = "staked"
section = "6.1(b)"
kind = "concentration"
assets = ["wstETH"]
share = "30%"
mode = "exclude"
of = "admitted"

[[covenants]]
name = "stable"
section = "6.1(c)"
kind = "concentration"
group = "stable"
share = "40%"
mode = "exclude"

[[covenants]]
name = "crash"
section = "6.2"
kind = "stress"
shocks = { WETH = "-40%" }
bonus_bps = 500
"#;

static MARKET: LazyLock<Market> = LazyLock::new(|| Market::from_toml(example::MARKET).unwrap());
static PRICES: LazyLock<PriceSnapshot> = LazyLock::new(|| PriceSnapshot::from_json(example::PRICES).unwrap());

fuzz_target!(init: write_seeds(&[example::POLICY, &format!("{}{COVENANTS}", example::POLICY)]), |data: &[u8]| {
    let Ok(file) = PolicyFile::parse(text(data)) else { return };
    let Ok(policy) = file.with_market(MARKET.clone()) else { return };
    let again = Policy::new(policy.rules().clone(), MARKET.clone())
        .and_then(|again| again.with_covenants(policy.covenants().to_vec()));
    assert_eq!(again.map(|again| again.id()), Ok(policy.id()), "from its parts it is the same policy");
    let Ok(ranges) = PRICES.for_policy(&policy) else { return };
    if let Ok(bounds) = Bounds::around(&policy, &ranges, Buffer::P10) {
        rows(&policy, &bounds);
    }
});

/// Makes the rows, and looks for the greatest helper amounts of a position: with these its rows are decided.
fn rows(policy: &Policy, bounds: &Bounds) {
    let Ok(rows) = Compiled::new(policy, bounds, 86_400, None) else { return };
    assert_eq!(
        policy.circuit().map(|circuit| circuit.assets()),
        Ok(rows.shape.size()),
        "the shape follows from the policy"
    );
    let mut position = Position::empty(Size::Eight);
    let amounts = position.collateral_mut().iter_mut().zip(10_u32..);
    amounts.for_each(|(amount, exponent)| *amount = Amount::new(10_u128.pow(exponent)).unwrap());
    if let Some(helpers) = rows.helpers(&position) {
        assert_eq!(helpers.len(), rows.shape.helpers());
        let _ = rows.hold(&position, &helpers);
    }
}
