//! Rows say what the rule says: exactly where nothing is rounded, and never more.

use assay_circuits::{Amount, Position};
use assay_verifier::covenants::Compiled;
use num_traits::One;

use crate::cases;
use crate::reading::{Fraction, Reading};
use crate::scene::{About, Random, Scene, verdict};

/// Calls `check` with `position` and with those where one amount is next to the place at which `holds` changes.
fn around(
    random: &mut Random,
    scene: &Scene,
    position: &Position,
    holds: &dyn Fn(&Position) -> bool,
    check: &mut dyn FnMut(&Position),
) {
    check(position);
    let asset = random.index(scene.policy.market().assets().len());
    let debt = random.chance(50) && scene.policy.rules().assets[asset].borrow_factor > 0;
    let with = |amount: u128| {
        let mut position = position.clone();
        let side = if debt { position.debt_mut() } else { position.collateral_mut() };
        side[asset] = Amount::new(amount).unwrap();
        position
    };
    let (mut low, mut high) = (0u128, 1u128 << 90);
    let first = holds(&with(low));
    if holds(&with(high)) == first {
        return;
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if holds(&with(middle)) == first { low = middle } else { high = middle }
    }
    (low.saturating_sub(1)..=high + 1).for_each(|amount| check(&with(amount)));
}

fn holds(scene: &Scene, prices: &[u128], position: &Position, tolerance: &Fraction) -> bool {
    let reading =
        Reading { policy: &scene.policy, prices, elapsed: scene.elapsed, position, tolerance: tolerance.clone() };
    reading.holds(&scene.policy.covenants()[subject(scene)])
}

/// The place of the covenant that a scene is about.
fn subject(scene: &Scene) -> usize {
    usize::from(scene.policy.covenants()[0].kind.after().is_empty())
}

fn compile(scene: &Scene) -> Option<Compiled> {
    scene.compile().ok()
}

/// Rows and rule agree at one price, with small numbers, on all positions next to a change of the rule's verdict.
fn agree(about: About) {
    let (mut decided, mut held) = (0u64, 0u64);
    for seed in 0..cases() {
        let random = &mut Random::new(seed);
        let scene = Scene::random(random, about, true, 0);
        let compiled = compile(&scene).unwrap_or_else(|| panic!("seed {seed}: {}", scene.compile().unwrap_err()));
        let name = format!("c{}", subject(&scene));
        let prices: Vec<u128> = scene.bounds.0.iter().map(|bounds| bounds.floor.max(1)).collect();
        if scene.bounds.0.iter().any(|bounds| bounds.floor == 0) {
            continue;
        }
        let exact = Fraction::one();
        let position = scene.position(random, &compiled, 60);
        let rule = |position: &Position| holds(&scene, &prices, position, &exact);
        around(random, &scene, &position, &rule, &mut |position| {
            let expected = rule(position);
            assert_eq!(verdict(&compiled, position, &name), expected, "seed {seed}");
            decided += 1;
            held += u64::from(expected);
        });
    }
    assert!(held * 10 > decided && (decided - held) * 10 > decided, "{held} of {decided} hold: the cases say nothing");
}

/// Rows of any width at bounds apart: where they hold, the rule holds at any prices within, and where the rule holds with two
/// parts in a million to spare at bounds that are one price, they do.
fn conservative(about: About) {
    let (mut held, mut refused) = (0u64, 0u64);
    for seed in 0..cases() {
        let random = &mut Random::new(seed);
        let width = u128::from(random.below(3)) * 15;
        let scene = Scene::random(random, about, false, width);
        let Some(compiled) = compile(&scene) else {
            refused += 1;
            continue;
        };
        let name = format!("c{}", subject(&scene));
        let exact = Fraction::one();
        let slack = Fraction::new(999_998.into(), 1_000_000.into());
        let position = scene.position(random, &compiled, 90);
        let prices: Vec<u128> = scene
            .bounds
            .0
            .iter()
            .map(|bounds| bounds.floor + (bounds.ceiling - bounds.floor) * u128::from(random.below(101)) / 100)
            .collect();
        let one_price = scene.bounds.0.iter().all(|bounds| bounds.floor == bounds.ceiling);
        let rule = |position: &Position| holds(&scene, &prices, position, &exact);
        around(random, &scene, &position, &rule, &mut |position| {
            let rows = verdict(&compiled, position, &name);
            held += u64::from(rows);
            assert!(!rows || rule(position), "seed {seed}: rows hold and the rule does not");
            assert!(
                !one_price || rows || !holds(&scene, &prices, position, &slack),
                "seed {seed}: the rule holds with room, and rows do not"
            );
        });
    }
    assert!(held > cases() / 10 && refused < cases() / 2, "{held} hold, {refused} refused of {}", cases());
}

macro_rules! kinds {
    ($($name:ident: $about:expr;)*) => {
        mod rows_agree_with_the_rule {
            $(#[test] fn $name() { super::agree($about) })*
        }
        mod rows_that_hold_imply_the_rule_at_all_prices_within_the_bounds {
            $(#[test] fn $name() { super::conservative($about) })*
        }
    };
}

kinds! {
    coverage: crate::scene::About::Kind("coverage");
    stress: crate::scene::About::Kind("stress");
    concentration: crate::scene::About::Kind("concentration");
    ceiling: crate::scene::About::Kind("ceiling");
    leverage: crate::scene::About::Kind("leverage");
    liquidity: crate::scene::About::Kind("liquidity");
    weighted_average: crate::scene::About::Kind("weighted-average");
    interest_coverage: crate::scene::About::Kind("interest-coverage");
    tiers: crate::scene::About::Kind("tiers");
    exclusion_of_shares_of_all: crate::scene::About::Exclusions { of_admitted: false };
    exclusion_of_shares_of_what_is_admitted: crate::scene::About::Exclusions { of_admitted: true };
}
