//! What the compiler promises of its rows, besides what they say.

use std::collections::BTreeSet;

use assay_circuits::statements::covenants::{Instance, Row, Shape, Witness, check};
use assay_circuits::{Amount, Context, Opening, Position, PositionCommitment, Size};
use assay_verifier::covenants::{CompileError, Compiled, Origin, Purpose};
use assay_verifier::policy::covenant::{Kind, Limit, Mode, Schedule, Share, Side, Tier};
use assay_verifier::{AssetBounds, Bounds, CreditLine, Market, Policy, PriceRange, Rules};
use microlp::{ComparisonOp, OptimizationDirection, Problem};
use rand_core::OsRng;

use crate::cases;
use crate::common;
use crate::scene::{About, Random, Scene, amounts, covenant, equalities_hold, verdict};

const KINDS: [&str; 9] = Kind::WORDS;

fn about(random: &mut Random) -> About {
    match random.index(KINDS.len() + 2) {
        0 => About::Exclusions { of_admitted: false },
        1 => About::Exclusions { of_admitted: true },
        kind => About::Kind(KINDS[kind - 2]),
    }
}

/// The example policy with these kinds besides a coverage.
fn policy(kinds: Vec<Kind>) -> Policy {
    let coverage = Kind::Coverage { ratio: 10_500, after: Vec::new() };
    let covenants = [coverage].into_iter().chain(kinds).enumerate();
    common::policy().with_covenants(covenants.map(|(number, kind)| covenant(number, kind)).collect()).unwrap()
}

fn prices() -> Vec<PriceRange> {
    common::prices().for_policy(&common::policy()).unwrap()
}

fn bounds() -> Bounds {
    Bounds::around(&common::policy(), &prices(), assay_verifier::Buffer::P10).unwrap()
}

fn compile(kinds: Vec<Kind>) -> Result<Compiled, CompileError> {
    Compiled::new(&policy(kinds), &bounds(), 86_400, None)
}

fn whole(assets: &[usize]) -> Vec<Share> {
    assets.iter().map(|asset| Share { asset: *asset, part: 10_000 }).collect()
}

#[test]
fn the_rows_and_their_helper_amounts_are_a_statement_that_the_reference_accepts() {
    for seed in 0..cases() / 10 {
        let random = &mut Random::new(seed);
        let about = about(random);
        let scene = Scene::random(random, about, false, 10);
        let Ok(compiled) = scene.compile() else { continue };
        let position = scene.position(random, &compiled, 90);
        let opening = Opening::random(OsRng);
        let commitment = PositionCommitment::new(&position, &opening);
        let helpers = compiled.helpers(&position).unwrap();
        let Compiled { shape, equalities, tests, .. } = compiled.clone();
        let instance =
            Instance::new(shape, Context::from_digest([7; 32]), vec![commitment], equalities, tests).unwrap();
        let names: BTreeSet<&str> = compiled.origins.iter().map(|origin| origin.covenant.as_str()).collect();
        let all = names.into_iter().all(|name| verdict(&compiled, &position, name));
        let witness = Witness { positions: vec![position], openings: vec![opening], helpers };
        assert_eq!(check(&instance, &witness).is_ok(), all, "seed {seed}");
    }
}

#[test]
fn narrower_bounds_only_help() {
    let mut turned = 0;
    for seed in 0..4 * cases() {
        let random = &mut Random::new(seed);
        let about = about(random);
        let wide = Scene::random(random, about, false, 40);
        let mut narrow = Scene { policy: wide.policy.clone(), bounds: wide.bounds.clone(), elapsed: wide.elapsed };
        for bounds in &mut narrow.bounds.0 {
            let width = bounds.ceiling - bounds.floor;
            bounds.floor += width * u128::from(random.below(50)) / 100;
            bounds.ceiling -= width * u128::from(random.below(50)) / 100;
            bounds.ceiling = bounds.ceiling.max(bounds.floor);
        }
        let (Ok(wide), Ok(inner)) = (wide.compile(), narrow.compile()) else { continue };
        let position = narrow.position(random, &inner, 90);
        for name in ["c0", "c1"] {
            let (before, after) = (verdict(&wide, &position, name), verdict(&inner, &position, name));
            assert!(!before || after, "seed {seed}: {name} holds at wide bounds and not within them");
            turned += u64::from(before != after);
        }
    }
    assert!(turned > 0, "no verdict changes: the cases say nothing");
}

/// `Σ factor · helper ≥ constant`, in the solver's numbers.
struct Limit64 {
    factors: Vec<f64>,
    constant: f64,
}

/// What definitions and equalities ask of the helper amounts beside `position`. The second of each pair is what the first
/// leaves of the collateral, so it is replaced.
fn limits(compiled: &Compiled, position: &Position) -> Vec<Limit64> {
    let shape = compiled.shape;
    let known: Vec<&Amount> = position.collateral().iter().chain(position.debt()).collect();
    let read = |row: &Row| {
        let of = |term: usize| row.coefficients()[term].get() as f64;
        let sum: f64 = known.iter().enumerate().map(|(term, amount)| of(term) * amount.expose() as f64).sum();
        let sign = if row.constant().is_negative() { -1.0 } else { 1.0 };
        let constant = sign * u128::try_from(row.constant().magnitude()).unwrap() as f64;
        Limit64 { factors: (0..shape.helpers()).map(|h| of(shape.helper(h))).collect(), constant: constant - sum }
    };
    let definitions = compiled.tests.iter().zip(&compiled.origins);
    let definitions = definitions.filter(|(_, origin)| origin.purpose == Purpose::Definition);
    let mut limits: Vec<Limit64> = definitions.map(|(row, _)| read(row)).collect();
    for row in &compiled.equalities {
        let mut pair = read(row);
        let Some(rest) = pair.factors.iter().rposition(|factor| *factor != 0.0) else { continue };
        let admitted = pair.factors.iter().position(|factor| *factor != 0.0).unwrap();
        let held = -pair.constant;
        for limit in &mut limits {
            let factor = std::mem::take(&mut limit.factors[rest]);
            limit.factors[admitted] -= factor;
            limit.constant -= factor * held;
        }
        pair.factors[rest] = 0.0;
        limits.push(pair);
    }
    limits
}

/// The largest helper amounts that `limits` permit, by linear programming over the reals; none where the solver gives up. Each
/// is counted in a unit that is found by lowering all to their limits a few times, so that the solver's numbers are of one order;
/// the unit is returned beside it.
fn largest(limits: &[Limit64], helpers: usize) -> Option<Vec<(f64, f64)>> {
    let mut units = vec![f64::MAX.sqrt(); helpers];
    for _ in 0..8 {
        let most = |helper: usize, limit: &Limit64| {
            let others = limit.factors.iter().zip(&units).filter(|(factor, _)| **factor > 0.0);
            let sum: f64 = others.map(|(factor, unit)| factor * unit).sum();
            (sum - limit.constant) / -limit.factors[helper]
        };
        let of = |helper: usize| {
            let own = limits.iter().filter(|limit| limit.factors[helper] < 0.0);
            own.map(|limit| most(helper, limit)).fold(units[helper], f64::min).max(1.0)
        };
        units = (0..helpers).map(of).collect();
    }
    for (helper, unit) in units.iter_mut().enumerate() {
        if limits.iter().all(|limit| limit.factors[helper] >= 0.0) {
            *unit = 1.0;
        }
    }
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let variables: Vec<_> = units.iter().map(|_| problem.add_var(1.0, (0.0, 1e6))).collect();
    for limit in limits {
        let factors: Vec<f64> = limit.factors.iter().zip(&units).map(|(factor, unit)| factor * unit).collect();
        let widest = factors.iter().fold(0.0, |widest: f64, factor| widest.max(factor.abs()));
        if widest > 0.0 {
            let terms: Vec<_> = variables.iter().copied().zip(factors.iter().map(|factor| factor / widest)).collect();
            problem.add_constraint(terms.as_slice(), ComparisonOp::Ge, limit.constant / widest);
        }
    }
    let solution = problem.solve().ok()?;
    Some(variables.iter().zip(units).map(|(variable, unit)| (solution.var_value(*variable) * unit, unit)).collect())
}

/// How far whole amounts may lie below the optimum over the reals: a unit each, and what the others' units cost them.
fn losses(limits: &[Limit64], helpers: usize) -> Vec<f64> {
    let mut losses = vec![1.0; helpers];
    for _ in 0..200 {
        let of = |helper: usize| {
            let by_limit = limits.iter().filter(|limit| limit.factors[helper] < 0.0).map(|limit| {
                let others = limit.factors.iter().zip(&losses).filter(|(factor, _)| **factor > 0.0);
                others.map(|(factor, loss)| factor * loss).sum::<f64>() / -limit.factors[helper]
            });
            1.0 + by_limit.fold(0.0, f64::max)
        };
        losses = (0..helpers).map(of).collect();
    }
    losses
}

#[test]
fn admitted_amounts_are_the_largest_of_a_linear_program() {
    let (mut compared, mut given_up) = (0, 0);
    for seed in 0..cases() {
        let random = &mut Random::new(seed);
        let about = match random.index(4) {
            0 => About::Exclusions { of_admitted: false },
            1 => About::Exclusions { of_admitted: true },
            2 => About::Kind("tiers"),
            _ => About::Kind("liquidity"),
        };
        let scene = Scene::random(random, about, true, 20);
        let compiled = scene.compile().unwrap();
        let position = scene.position(random, &compiled, 30);
        let found = compiled.helpers(&position).unwrap();
        let limits = limits(&compiled, &position);
        let Some(largest) = largest(&limits, found.len()) else {
            given_up += 1;
            continue;
        };
        let losses = losses(&limits, found.len());
        for (helper, (found, (largest, unit))) in found.iter().zip(largest).enumerate() {
            if limits.iter().all(|limit| limit.factors[helper] >= 0.0) {
                continue;
            }
            let found = found.expose() as f64;
            let room = losses[helper] + unit * 1e-6;
            assert!(
                (largest - found).abs() <= room,
                "seed {seed}: helper {helper}: {found} where {largest} is possible"
            );
            compared += 1;
        }
    }
    assert!(compared > cases() && given_up * 50 < cases(), "{compared} compared, {given_up} given up");
}

#[test]
fn a_credit_line_is_debt_wherever_debt_counts_against_the_prover() {
    let kinds = vec![
        Kind::Leverage { most: 30_000 },
        Kind::Ceiling { group: whole(&[3]), side: Side::Debt, limit: Limit::Amount(70_000_000_000) },
    ];
    let policy = policy(kinds);
    let credit = |base_units| CreditLine { asset: "USDC".into(), base_units };
    let at = |credit: Option<&CreditLine>| Compiled::new(&policy, &bounds(), 0, credit).unwrap();
    let position = |owed: u128| {
        let mut position = common::position();
        position.debt_mut()[3] = Amount::new(owed).unwrap();
        position
    };
    for name in ["c0", "c1", "c2"] {
        let drawn = |line: u128, owed: u128| verdict(&at(Some(&credit(line))), &position(owed), name);
        let owed = |owed: u128| verdict(&at(None), &position(owed), name);
        let (mut low, mut high) = (0u128, 1u128 << 60);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if owed(middle) { low = middle } else { high = middle }
        }
        for line in [1, low / 3, low - 1] {
            assert!(drawn(line, low - line) && !drawn(line, high - line), "{name}: {line}");
        }
    }
    assert!(Compiled::new(&policy, &bounds(), 0, Some(&CreditLine { asset: "ETH".into(), base_units: 1 })).is_err());
}

/// One base unit of it is enough, whatever the kinds of covenants and the decimals of prices and assets.
#[test]
fn no_row_holds_with_debt_that_the_policy_rules_out() {
    let kinds = [
        Kind::Coverage { ratio: 10_500, after: Vec::new() },
        Kind::Leverage { most: 30_000 },
        Kind::Ceiling { group: whole(&[3]), side: Side::Debt, limit: Limit::Amount(70_000_000_000) },
    ];
    for price_decimals in [8, 18, 27, 36] {
        for decimals in [0, 2, 6, 18] {
            let mut assets = common::market().assets().to_vec();
            (assets[4].decimals, assets[6].decimals) = (decimals, decimals);
            let market = Market::new("decimals".into(), assets).unwrap();
            let mut rules = common::policy().rules().clone();
            (rules.assets[4].borrow_factor, rules.assets[6].borrow_factor) = (0, 0);
            rules.assets.iter_mut().for_each(|risk| risk.price_decimals = price_decimals);
            let covenants = kinds.iter().enumerate().map(|(number, kind)| covenant(number, kind.clone())).collect();
            let policy = Policy::new(rules, market).unwrap().with_covenants(covenants).unwrap();
            let bounds = policy.market().assets().iter().map(|asset| AssetBounds {
                asset: asset.symbol.clone(),
                floor: 10u128.pow(u32::from(price_decimals)),
                ceiling: 10u128.pow(u32::from(price_decimals)),
            });
            let compiled = Compiled::new(&policy, &Bounds(bounds.collect()), 0, None).unwrap();
            let mut position = Position::empty(compiled.shape.size());
            // The position holds as much of every collateral as there can be.
            position.collateral_mut().fill(Amount::new(Amount::MAX).unwrap());
            assert!(equalities_hold(&compiled, &amounts(&compiled, &position)));
            for slot in 0..8 {
                let mut position = position.clone();
                position.debt_mut()[slot] = Amount::new(1).unwrap();
                let never_owed = slot == 4 || slot == 6;
                assert_eq!(
                    equalities_hold(&compiled, &amounts(&compiled, &position)),
                    !never_owed,
                    "{price_decimals}, {decimals}: {slot}"
                );
            }
        }
    }
}

#[test]
fn a_credit_line_in_an_asset_that_is_never_owed_is_refused() {
    let policy = common::policy_with(|rules| rules.assets[4].borrow_factor = 0);
    let policy = policy.with_covenants(vec![covenant(0, Kind::Coverage { ratio: 10_500, after: Vec::new() })]).unwrap();
    let line = |asset: usize| CreditLine { asset: policy.market().assets()[asset].symbol.clone(), base_units: 1 };
    let at = |asset| Compiled::new(&policy, &bounds(), 0, Some(&line(asset)));
    assert!(at(3).is_ok());
    let expected = format!("credit: {} is never owed under this policy", line(4).asset);
    assert_eq!(at(4).unwrap_err().to_string(), expected);
}

#[test]
fn a_policys_own_rule_as_a_covenant_weighs_as_in_solvency() {
    let compiled = compile(Vec::new()).unwrap();
    let weights = assay_verifier::Weights::derive(&common::policy(), &bounds(), 86_400, None).unwrap().covenant();
    let row = &compiled.tests[0];
    let of = |term: usize| row.coefficients()[term].get();
    // Both are exact, so they differ by one factor.
    let scale = |asset: usize| (weights.collateral()[asset].get(), of(compiled.shape.collateral(0, asset)));
    let (w0, a0) = scale(0);
    for asset in 0..8 {
        let (w, a) = scale(asset);
        let wide = |x: u128, y: i128| ruint::aliases::U256::from(x) * ruint::aliases::U256::from(y.unsigned_abs());
        assert_eq!(wide(w, a0), wide(w0, a));
        let (v, d) = (weights.debt()[asset].get(), of(compiled.shape.debt(0, asset)));
        assert!(d < 0);
        assert_eq!(wide(v, a0), wide(w0, d));
    }
}

#[test]
fn a_price_beyond_either_bound_is_seen_where_a_row_has_it_and_nowhere_else() {
    let ceiling = Kind::Ceiling { group: whole(&[0]), side: Side::Collateral, limit: Limit::Value(1) };
    let compiled = compile(vec![ceiling]).unwrap();
    assert_eq!(compiled.crossed_by(&prices()), None);
    for asset in 0..8 {
        let change = |change: &dyn Fn(&mut PriceRange)| {
            let mut prices = prices();
            change(&mut prices[asset]);
            compiled.crossed_by(&prices)
        };
        let high = change(&|price| price.high *= 2).unwrap();
        assert_eq!(
            (high.asset.as_str(), high.side),
            (bounds().0[asset].asset.as_str(), assay_verifier::assertion::Side::Ceiling)
        );
        assert!(change(&|price| price.low /= 2).is_some());
    }
    // An asset that is neither accepted nor owed is in no row.
    let policy = common::policy_with(|rules| {
        rules.assets[7].liquidation_threshold = 0;
        rules.assets[7].borrow_factor = 0;
    });
    let policy = policy.with_covenants(vec![covenant(0, Kind::Coverage { ratio: 10_500, after: vec![] })]).unwrap();
    let compiled = Compiled::new(&policy, &bounds(), 0, None).unwrap();
    let mut prices = prices();
    prices[7].high *= 2;
    assert_eq!(compiled.crossed_by(&prices), None);
}

#[test]
fn the_least_shape_with_room_is_chosen_and_more_than_any_has_is_refused() {
    let leverage = || Kind::Leverage { most: 30_000 };
    let many = |count| (0..count).map(|_| leverage()).collect::<Vec<_>>();
    assert_eq!(compile(many(7)).unwrap().shape, Shape::fitting(1, 8, 0, 8).unwrap());
    assert_eq!(compile(many(8)).unwrap().shape, Shape::fitting(1, 16, 8, 16).unwrap());
    let tiers = |count: u32| {
        let tiers = (0..count).map(|n| Tier { up_to: u128::from(n + 1), threshold: 5_000 }).collect();
        Kind::Tiers { ratio: 10_500, schedules: vec![Schedule { asset: 0, tiers, beyond: 5_000 }] }
    };
    // With room for four pairs an asset that is never owed needs the next circuit.
    let of = |risk: fn(&mut Rules), count| {
        let covenants = [Kind::Coverage { ratio: 10_500, after: Vec::new() }, tiers(count)];
        let covenants = covenants.into_iter().enumerate().map(|(number, kind)| covenant(number, kind)).collect();
        let policy = common::policy_with(risk).with_covenants(covenants).unwrap();
        Compiled::new(&policy, &bounds(), 0, None).unwrap().shape
    };
    assert_eq!(of(|_| (), 4), Shape::fitting(1, 8, 4, 8).unwrap());
    assert_eq!(of(|rules| rules.assets[4].borrow_factor = 0, 3), Shape::fitting(1, 8, 4, 8).unwrap());
    assert_eq!(of(|rules| rules.assets[4].borrow_factor = 0, 4), Shape::fitting(1, 16, 8, 16).unwrap());
    assert!(compile(vec![tiers(30)]).is_ok());
    let error = compile(vec![tiers(31)]).unwrap_err();
    assert_eq!(error, CompileError::Room { assets: 8, tests: 33, pairs: 31 });
    assert_eq!(
        error.to_string(),
        "covenants: 8 assets, 33 tests and 31 pairs of helper amounts are needed, and no circuit has room for them; write \
         fewer covenants, tiers or exclusions"
    );
}

#[test]
fn numbers_that_fit_no_unit_are_refused_by_name() {
    let mut bounds = bounds();
    (bounds.0[0].floor, bounds.0[0].ceiling) = (u128::MAX / 2, u128::MAX / 2);
    (bounds.0[1].floor, bounds.0[1].ceiling) = (1, 1);
    let error = Compiled::new(&policy(Vec::new()), &bounds, 0, None).unwrap_err();
    assert_eq!(error, CompileError::TooFarApart { covenant: "c0".into() });
    assert!(Compiled::new(&policy(Vec::new()), &Bounds(Vec::new()), 0, None).is_err());
}

#[test]
fn helper_amounts_are_for_positions_of_the_shapes_size_and_are_not_printed() {
    let admit =
        |asset| Kind::Concentration { group: whole(&[asset]), share: 100, mode: Mode::Exclude { of_admitted: false } };
    let coverage = covenant(0, Kind::Coverage { ratio: 10_500, after: vec![1] });
    let policy = common::policy().with_covenants(vec![coverage, covenant(1, admit(0))]).unwrap();
    let compiled = Compiled::new(&policy, &bounds(), 0, None).unwrap();
    assert_eq!(compiled.helpers(&Position::empty(Size::Sixteen)), None);
    let helpers = compiled.helpers(&common::position()).unwrap();
    assert!(helpers[0].expose() > 0);
    assert!(!format!("{helpers:?}").contains(&helpers[0].expose().to_string()));
    assert_eq!(compiled.origins[1], Origin { covenant: "c1".into(), purpose: Purpose::Definition });
}
