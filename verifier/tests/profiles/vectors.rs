//! The protocols' rules against the cases in `tests/vectors/protocols.json`: those of Compound, Liquity and Maker are from
//! the protocols' own test suites, named with each; those of Aave and Morpho are our own, from the published formulas.

use assay_verifier::policy::profile::{aave, compound, liquity, maker, morpho};
use ruint::aliases::U256;
use serde_json::Value;

use crate::protocol::ten;

fn number(value: &Value) -> U256 {
    value.as_str().unwrap().parse().unwrap()
}

/// The input under `key`, or what the protocol's own test leaves to its set-up.
fn input(inputs: &Value, key: &str, otherwise: u8) -> U256 {
    inputs.get(key).map_or(ten(otherwise), number)
}

fn is_liquidatable(inputs: &Value) -> bool {
    let base = compound::Base {
        debt: number(&inputs["debt"]),
        price: input(inputs, "basePrice", 8),
        scale: input(inputs, "baseScale", 6),
    };
    let collateral = compound::Collateral {
        balance: number(&inputs["coll"]),
        price: number(&inputs["price"]),
        scale: input(inputs, "scale", 18),
        factor: number(&inputs["factor"]),
    };
    compound::liquidatable(&base, &[collateral]).unwrap()
}

fn health_factor(inputs: &Value) -> U256 {
    let reserves = inputs["reserves"].as_array().unwrap().iter().map(|reserve| aave::Reserve {
        collateral: number(&reserve["collateral"]),
        debt: number(&reserve["debt"]),
        price: number(&reserve["price"]),
        decimals: reserve["decimals"].as_u64().unwrap().try_into().unwrap(),
        threshold: reserve["threshold"].as_u64().unwrap().try_into().unwrap(),
    });
    let reserves: Vec<_> = reserves.collect();
    let factor = aave::health_factor(&reserves).unwrap();
    assert_eq!(aave::healthy(&reserves), Some(factor >= ten(18)));
    factor
}

#[test]
fn the_rules_give_what_the_protocols_own_tests_expect() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("../vectors/protocols.json")).unwrap();
    let mut seen = std::collections::BTreeMap::new();
    for case in &cases {
        let (protocol, inputs) = (case["protocol"].as_str().unwrap(), &case["inputs"]);
        let of = |key: &str| number(&inputs[key]);
        let found = match protocol {
            "comet.isLiquidatable" => truth(is_liquidatable(inputs)),
            "comet.isBorrowCollateralized" => truth(!is_liquidatable(inputs)),
            "liquity.computeICR" => {
                let ratio = liquity::collateral_ratio(of("coll"), of("debt"), of("price")).unwrap();
                // What the protocol's test expects is itself rounded; it says how far off it may be.
                assert!(ratio.abs_diff(number(&case["expected"])) <= number(&case["tolerance"]), "{case}");
                assert_eq!(ratio, number(&case["exact"]), "{case}");
                number(&case["expected"]).to_string()
            }
            "dss.bark(unsafe)" => truth(!maker::safe(of("ink"), of("art"), of("rate"), of("spot")).unwrap()),
            "dss.vat safe (tab<=ink*spot)" => truth(maker::safe(of("ink"), of("art"), of("rate"), of("spot")).unwrap()),
            "aave.healthFactor" => health_factor(inputs).to_string(),
            "morpho.isHealthy" => {
                truth(morpho::healthy(of("collateral"), of("borrowed"), of("price"), of("lltv")).unwrap())
            }
            "morpho.toAssetsUp" => {
                morpho::to_assets_up(of("shares"), of("totalAssets"), of("totalShares")).unwrap().to_string()
            }
            other => panic!("{other}"),
        };
        assert_eq!(found, case["expected"].as_str().unwrap(), "{case}");
        *seen.entry(protocol).or_insert(0) += 1;
    }
    assert_eq!(seen.len(), 8, "{seen:?}");
    assert_eq!(cases.len(), 39, "none is left out");
}

fn truth(value: bool) -> String {
    if value { "True" } else { "False" }.to_owned()
}

#[test]
fn spot_includes_the_liquidation_ratio_and_is_rounded_down() {
    let mat = ten(27) * U256::from(3u8) / U256::from(2u8);
    // 2,000 dollars at 150 % are 1,333.33… dollars.
    let spot = maker::spot(U256::from(2_000u16) * ten(18), ten(27), mat).unwrap();
    assert_eq!(spot, U256::from(4_000u16) * ten(27) / U256::from(3u8));
    assert_eq!(maker::spot(ten(18), ten(27), U256::ZERO), None, "the deployed code reverts");
}

#[test]
fn what_overflows_in_the_protocol_is_no_verdict() {
    let huge = U256::MAX;
    assert_eq!(maker::safe(huge, U256::ONE, U256::ONE, huge), None);
    assert_eq!(liquity::healthy(huge, U256::ONE, huge), None);
    assert_eq!(morpho::healthy(huge, U256::ONE, huge, U256::ONE), None);
    assert_eq!(morpho::to_assets_up(huge, huge, U256::ZERO), None);
    let reserve = aave::Reserve { collateral: huge, debt: U256::ONE, price: huge, decimals: 18, threshold: 1 };
    assert_eq!(aave::health_factor(&[reserve]), None);
    let base = compound::Base { debt: U256::ONE, price: U256::ONE, scale: U256::ZERO };
    assert_eq!(compound::liquidatable(&base, &[]), None);
}
