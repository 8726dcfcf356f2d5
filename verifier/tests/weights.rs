//! Weights against an independent exact computation, and their direction of rounding.

use crate::common::{self, *};
use assay_circuits::Weight;
use assay_verifier::policy::Risk;
use assay_verifier::policy::YEAR;
use assay_verifier::{
    Asset, AssetBounds, AssetId, Bounds, CreditLine, Market, Policy, PriceRange, Rules, WeightError, Weights,
};
use num_bigint::BigUint;
use proptest::prelude::*;

fn big(value: impl Into<BigUint>) -> BigUint {
    value.into()
}

/// Rounded up.
fn up(value: BigUint, divisor: &BigUint) -> BigUint {
    (value + divisor - 1u8) / divisor
}

/// A market of 1 to 8 assets with a policy, bounds and a time, whose weights may or may not fit.
#[derive(Clone, Debug)]
struct Terms {
    policy: Policy,
    bounds: Bounds,
    elapsed: u64,
}

fn risk() -> impl Strategy<Value = Risk> {
    (0..=10_000u16, 0..=10_000u16, 0..=10_000u16, 0..=20_000u32, 10_000..=1_000_000u32, 0..=1_000_000u32, 0..=18u8)
        .prop_map(
            |(
                liquidation_threshold,
                haircut,
                volatility_buffer,
                yield_decay,
                borrow_factor,
                debt_interest,
                price_decimals,
            )| {
                Risk {
                    liquidation_threshold,
                    haircut,
                    volatility_buffer,
                    yield_decay,
                    borrow_factor,
                    debt_interest,
                    price_decimals,
                }
            },
        )
}

fn terms() -> impl Strategy<Value = Terms> {
    let asset = (risk(), 0..=18u8, 0..=1u128 << 80, 0..=1u128 << 40);
    let scale = prop_oneof![Just(1u128), 1..1_000_000_007u128, Just(10u128.pow(30))];
    let elapsed = prop_oneof![0..=7 * 86_400u64, 0..=3 * YEAR];
    (prop::collection::vec(asset, 1..=8), 10_000..=1_000_000u32, scale, elapsed).prop_map(
        |(mut entries, minimum_ratio, scale, elapsed)| {
            entries[0].0.liquidation_threshold = entries[0].0.liquidation_threshold.max(1);
            let symbol = |i: usize| format!("A{i}");
            let assets = entries.iter().enumerate().map(|(i, (_, decimals, ..))| Asset {
                symbol: symbol(i),
                chain: "eip155:1".into(),
                id: AssetId::Other(symbol(i)),
                decimals: *decimals,
            });
            let market = Market::new("random".into(), assets.collect()).unwrap();
            let bounds = entries.iter().enumerate().map(|(i, (_, _, floor, width))| AssetBounds {
                asset: symbol(i),
                floor: *floor,
                ceiling: floor + width + 1,
            });
            let bounds = Bounds(bounds.collect());
            let assets = entries.into_iter().map(|(risk, ..)| risk).collect();
            let mut rules = Rules { assets, minimum_ratio, scale, ..policy().rules().clone() };
            rules.sources.iter_mut().for_each(|source| source.feeds.truncate(market.assets().len()));
            Terms { policy: Policy::new(rules, market).unwrap(), bounds, elapsed }
        },
    )
}

/// Numerators and denominators of the exact factors and weights of one asset.
struct Exact {
    f: (BigUint, BigUint),
    g: (BigUint, BigUint),
    unit: BigUint,
}

fn exact(terms: &Terms, index: usize) -> Exact {
    let (rules, assets) = (terms.policy.rules(), terms.policy.market().assets());
    let risk = rules.assets[index];
    let (bps, year) = (big(10_000u32), big(YEAR));
    let decay = big(risk.yield_decay) * terms.elapsed;
    let whole = &year * &bps;
    let kept = if decay > whole { big(0u8) } else { &whole - decay };
    let f = big(risk.liquidation_threshold) * (10_000 - risk.haircut) * (10_000 - risk.volatility_buffer) * kept;
    let g = big(rules.minimum_ratio) * risk.borrow_factor * (&whole + big(risk.debt_interest) * terms.elapsed);
    let price_decimals = rules.assets.iter().map(|risk| risk.price_decimals).max().unwrap();
    let decimals = assets.iter().map(|asset| asset.decimals).max().unwrap();
    let exponent = price_decimals - risk.price_decimals + decimals - assets[index].decimals;
    Exact { f: (f, &bps * &bps * &whole), g: (g, &bps * &whole), unit: big(10u8).pow(exponent.into()) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn weights_are_the_exact_values_rounded_once_against_the_prover(terms in terms()) {
        let scale = big(terms.policy.rules().scale);
        let limit = big(1u8) << 120;
        match Weights::derive(&terms.policy, &terms.bounds, terms.elapsed, None) {
            Ok(weights) => {
                for (index, asset) in weights.assets.iter().enumerate() {
                    let Exact { f, g, unit } = exact(&terms, index);
                    let (floor, ceiling) = (big(asset.bounds.floor), big(asset.bounds.ceiling));
                    // f <= exact < f + 1, and g - 1 < exact <= g.
                    let (rounded_f, rounded_g) = (big(asset.collateral_factor), big(asset.debt_factor));
                    prop_assert!(&rounded_f * &f.1 <= f.0 && f.0 < (&rounded_f + 1u8) * &f.1);
                    prop_assert!((&rounded_g - 1u8) * &g.1 < g.0 && g.0 <= &rounded_g * &g.1);
                    prop_assert!(asset.debt_factor >= 10_000);
                    let (w, v) = (big(asset.collateral.get()), big(asset.debt.get()));
                    let (exact_w, exact_v) = (floor * rounded_f * &unit, ceiling * rounded_g * &unit);
                    prop_assert!(&w * &scale <= exact_w && exact_w < (&w + 1u8) * &scale);
                    prop_assert!(exact_v <= &v * &scale && (&v - 1u8) * &scale < exact_v);
                }
                for slot in weights.assets.len()..8 {
                    prop_assert_eq!(weights.covenant().collateral()[slot], Weight::ZERO);
                    prop_assert_eq!(weights.covenant().debt()[slot], Weight::MAX);
                }
            }
            Err(WeightError::TooLarge { scale: needed, .. }) => {
                let needed = BigUint::from_bytes_be(&needed.to_be_bytes::<64>());
                let largest = |scale: &BigUint| (0..terms.bounds.0.len()).map(|index| {
                    let Exact { f, g, unit } = exact(&terms, index);
                    let (floor, ceiling) = (big(terms.bounds.0[index].floor), big(terms.bounds.0[index].ceiling));
                    let w = floor * (f.0 / f.1) * &unit;
                    let v = ceiling * up(g.0, &g.1) * &unit;
                    up(w.max(v), scale)
                }).max().unwrap();
                prop_assert!(largest(&scale) >= limit);
                prop_assert!(largest(&needed) < limit);
                prop_assert!(largest(&(needed / 10u8)) >= limit);
            }
            Err(other) => prop_assert!(false, "{}", other),
        }
    }

    #[test]
    fn a_lower_floor_a_higher_ceiling_or_more_time_never_helps(terms in terms(), index in 0..8usize, down in 0..1u128 << 40, up in 0..1u128 << 40, later in 0..YEAR) {
        let Ok(before) = Weights::derive(&terms.policy, &terms.bounds, terms.elapsed, None) else { return Ok(()) };
        let mut bounds = terms.bounds.clone();
        let changed = &mut bounds.0[index % terms.bounds.0.len()];
        changed.floor = changed.floor.saturating_sub(down);
        changed.ceiling += up;
        let Ok(after) = Weights::derive(&terms.policy, &bounds, terms.elapsed + later, None) else { return Ok(()) };
        for (before, after) in before.assets.iter().zip(&after.assets) {
            prop_assert!(after.collateral <= before.collateral);
            prop_assert!(after.debt >= before.debt);
        }
    }

    #[test]
    fn bounds_hold_at_their_snapshot_and_widen_with_the_buffer(low in 1..u128::MAX / 2, width in 0..u128::MAX / 8) {
        use assay_verifier::Buffer;
        let market = Market::new("one".into(), vec![market().assets()[0].clone()]).unwrap();
        let mut rules = policy().rules().clone();
        rules.assets.truncate(1);
        rules.sources.iter_mut().for_each(|source| source.feeds.truncate(1));
        let policy = Policy::new(rules, market).unwrap();
        let high = low + width;
        let mut last: Option<AssetBounds> = None;
        for buffer in Buffer::ALL {
            let range = PriceRange { low, high };
            let Ok(Bounds(bounds)) = Bounds::around(&policy, &[range], buffer) else {
                prop_assert!(big(high) * (100 + buffer.percent()) > big(u128::MAX) * 100u8);
                continue;
            };
            let bounds = &bounds[0];
            let percent = buffer.percent();
            let exact_floor = big(low) * (100 - percent);
            let exact_ceiling = big(high) * (100 + percent);
            prop_assert!(big(bounds.floor) * 100u8 <= exact_floor && exact_floor < (big(bounds.floor) + 1u8) * 100u8);
            prop_assert!(exact_ceiling <= big(bounds.ceiling) * 100u8 && (big(bounds.ceiling) - 1u8) * 100u8 < exact_ceiling);
            if let Some(last) = last {
                prop_assert!(bounds.floor <= last.floor && bounds.ceiling >= last.ceiling);
            }
            last = Some(bounds.clone());
        }
    }
}

#[test]
fn the_margin_is_the_credit_line_at_its_debt_weight() {
    let policy = policy();
    let bounds = statement(&policy, &assay_circuits::Opening::random(rand_core::OsRng)).bounds;
    let none = Weights::derive(&policy, &bounds, 0, None).unwrap();
    assert!(none.margin.get().is_zero());
    let line = CreditLine { asset: "USDC".into(), base_units: 7 };
    let some = Weights::derive(&policy, &bounds, 0, Some(&line)).unwrap();
    assert_eq!(some.margin.get().to_string(), (none.assets[3].debt.get() * 7).to_string());
    assert_eq!(some.assets, none.assets);
    let largest = CreditLine { asset: "USDC".into(), base_units: (1 << 120) - 1 };
    assert!(Weights::derive(&policy, &bounds, 0, Some(&largest)).is_ok(), "two 120-bit numbers fit 240 bits");
}

/// For each number of decimals of prices and of the asset: either the scale is refused, with one that does, or a base unit
/// outweighs what it is worth at a billion.
#[test]
fn debt_that_is_never_owed_outweighs_its_worth_whatever_the_decimals() {
    let (mut refused, mut accepted) = (0, 0);
    for price_decimals in [8, 18, 27, 36] {
        for decimals in [0, 2, 6, 18] {
            let scaled = |scale: u128| {
                let mut assets = market().assets().to_vec();
                assets[4].decimals = decimals;
                let mut rules = policy().rules().clone();
                (rules.assets[4].borrow_factor, rules.scale) = (0, scale);
                rules.assets.iter_mut().for_each(|risk| risk.price_decimals = price_decimals);
                Policy::new(rules, Market::new("decimals".into(), assets).unwrap()).unwrap()
            };
            let bounds = |policy: &Policy| {
                let bound = |asset: &Asset| AssetBounds { asset: asset.symbol.clone(), floor: 1, ceiling: 1 };
                Bounds(policy.market().assets().iter().map(bound).collect())
            };
            // A whole unit at a billion, times the minimum ratio.
            let worth = big(10u8).pow(9 + u32::from(price_decimals)) * policy().rules().minimum_ratio;
            let outweighs = |scale: u128| {
                let whole = big(10u8).pow(u32::from(decimals)) * Weight::MAX.get() * scale;
                whole >= &worth * big(10u8).pow(18)
            };
            let derive = |scale| {
                let policy = scaled(scale);
                Weights::derive(&policy, &bounds(&policy), 0, None)
            };
            let Err(error) = derive(1) else {
                assert!(outweighs(1), "{price_decimals}, {decimals}");
                accepted += 1;
                continue;
            };
            let WeightError::NeverOwed { asset, scale } = error else { panic!("{error}") };
            assert_eq!(asset, market().assets()[4].symbol);
            let least: u128 = scale.to();
            assert!(
                !outweighs(1) && !outweighs(least / 10) && outweighs(least),
                "{price_decimals}, {decimals}: {least}"
            );
            assert!(derive(least).is_ok() && derive(least / 10).is_err());
            assert_eq!(derive(least).unwrap().assets[4].debt, Weight::MAX);
            refused += 1;
        }
    }
    assert!(refused > 8 && accepted > 1, "{refused} refused, {accepted} accepted");
}

#[test]
fn a_credit_line_in_an_asset_that_is_never_owed_is_refused() {
    let policy = policy_with(|rules| rules.assets[4].borrow_factor = 0);
    let bounds = statement(&policy, &assay_circuits::Opening::random(rand_core::OsRng)).bounds;
    let line = |asset: usize| CreditLine { asset: policy.market().assets()[asset].symbol.clone(), base_units: 1 };
    let derive = |asset| Weights::derive(&policy, &bounds, 0, Some(&line(asset)));
    assert!(derive(3).is_ok());
    let WeightError::Terms(error) = derive(4).unwrap_err() else { panic!("another error") };
    assert_eq!(error.to_string(), format!("credit: {} is never owed under this policy", line(4).asset));
}

#[test]
fn weights_that_do_not_fit_name_the_asset_and_a_scale_that_works() {
    let wide = |rules: &mut Rules| {
        rules.assets[2].price_decimals = 30;
        rules.scale = 1;
    };
    let policy = policy_with(wide);
    let bounds = statement(&common::policy(), &assay_circuits::Opening::random(rand_core::OsRng)).bounds;
    let error = Weights::derive(&policy, &bounds, 0, None).unwrap_err();
    let WeightError::TooLarge { asset, scale, .. } = error else { panic!("{error}") };
    assert_eq!(asset, "WETH");
    let policy = policy_with(|rules| {
        wide(rules);
        rules.scale = scale.to::<u128>();
    });
    assert!(Weights::derive(&policy, &bounds, 0, None).is_ok());
}

#[test]
fn the_example_weights_leave_room_at_scale_one() {
    let policy = policy();
    let bounds = statement(&policy, &assay_circuits::Opening::random(rand_core::OsRng)).bounds;
    let weights = Weights::derive(&policy, &bounds, 86_400, None).unwrap();
    let largest = weights.assets.iter().map(|asset| asset.debt.get()).max().unwrap();
    assert!((1..1u128 << 100).contains(&largest), "{largest}");
}
