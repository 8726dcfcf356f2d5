//! Accepted means healthy, and the test that shows it can fail.

use assay_circuits::Margin;
use assay_verifier::Profile;

use crate::protocol::{Prices, healthy};
use crate::scene::{Scene, shown};
use crate::{numbers, positions};

/// Policies share the cost of making one.
const POSITIONS_PER_POLICY: usize = 4;

fn accepted_are_healthy(profile: Profile) {
    let mut rng = numbers(profile, 1);
    let (wanted, mut accepted) = (positions(), 0);
    while accepted < wanted {
        let scene = Scene::random(profile, &mut rng);
        for _ in 0..POSITIONS_PER_POLICY {
            let Some(position) = scene.at_the_edge(scene.weights.margin, &mut rng) else { continue };
            assert!(scene.accepts(&position));
            let (worst, within) = (Prices::worst(&scene), Prices::within(&scene, &mut rng));
            let at_worst = healthy(&scene, &position, &worst, 0, None);
            let at_any = healthy(&scene, &position, &within, 0, Some(&mut rng));
            assert_ne!(at_worst, Some(false), "{scene:?}, {}, {worst:?}", shown(&position));
            assert_ne!(at_any, Some(false), "{scene:?}, {}, {within:?}", shown(&position));
            accepted += usize::from(at_worst.and(at_any).is_some());
        }
    }
    println!("{profile}: {accepted} accepted positions, all healthy");
}

#[test]
fn every_accepted_position_is_healthy_in_aave() {
    accepted_are_healthy(Profile::AaveV35);
}

#[test]
fn every_accepted_position_is_healthy_in_compound() {
    accepted_are_healthy(Profile::CompoundV3);
}

#[test]
fn every_accepted_position_is_healthy_in_maker() {
    accepted_are_healthy(Profile::Maker);
}

#[test]
fn every_accepted_position_is_healthy_in_liquity() {
    accepted_are_healthy(Profile::LiquityV1);
}

#[test]
fn every_accepted_position_is_healthy_in_morpho() {
    accepted_are_healthy(Profile::MorphoBlue);
}

/// Unhealthy ones among positions at the edge, with no margin for roundings or with a protocol stricter than the policy.
fn unhealthy(profile: Profile, margin_for_roundings: bool, stricter: u16) -> (usize, usize) {
    let mut rng = numbers(profile, 2);
    let (mut tried, mut unhealthy) = (0, 0);
    while tried < 5_000 {
        let scene = Scene::random(profile, &mut rng);
        let margin = if margin_for_roundings { scene.weights.margin } else { scene.weights.credit_margin };
        let Some(position) = scene.at_the_edge(margin, &mut rng) else { continue };
        let Some(verdict) = healthy(&scene, &position, &Prices::worst(&scene), stricter, None) else { continue };
        tried += 1;
        unhealthy += usize::from(!verdict);
    }
    (unhealthy, tried)
}

#[test]
fn without_its_margin_the_promise_breaks() {
    for profile in [Profile::AaveV35, Profile::CompoundV3, Profile::MorphoBlue] {
        let (unhealthy, tried) = unhealthy(profile, false, 0);
        println!("{profile}: {unhealthy} of {tried} unhealthy without the margin");
        assert!(unhealthy * 100 > tried, "{profile}: {unhealthy} of {tried}");
    }
    for profile in [Profile::Maker, Profile::LiquityV1] {
        assert_eq!(unhealthy(profile, false, 0).0, 0, "{profile} is exact");
    }
}

#[test]
fn with_a_threshold_above_the_protocols_the_promise_breaks() {
    for profile in [Profile::AaveV35, Profile::CompoundV3, Profile::Maker, Profile::MorphoBlue] {
        let (unhealthy, tried) = unhealthy(profile, true, 1);
        println!("{profile}: {unhealthy} of {tried} unhealthy where the protocol is stricter by one bps");
        assert!(unhealthy * 20 > tried, "{profile}: {unhealthy} of {tried}");
    }
}

#[test]
fn one_more_base_unit_of_debt_than_the_edge_is_refused() {
    for profile in Profile::ALL {
        let mut rng = numbers(profile, 3);
        let mut tried = 0;
        while tried < 500 {
            let scene = Scene::random(profile, &mut rng);
            let margin = scene.weights.margin;
            let Some(mut position) = scene.at_the_edge(margin, &mut rng) else { continue };
            // Debts are cut down by up to two units now and then: three more are too many in any case.
            let pivot = scene.lent().unwrap_or(0);
            let weight = scene.weights.assets[pivot].debt.get();
            let sides = scene.covenant(Margin::ZERO).sides(&position);
            let spare = sides.collateral - sides.debt - ruint::aliases::U512::from(margin.get());
            let more = u128::try_from(spare.div_ceil(ruint::aliases::U512::from(weight))).unwrap();
            let Ok(debt) = assay_circuits::Amount::new(position.debt()[pivot].expose().saturating_add(more)) else {
                continue;
            };
            position.debt_mut()[pivot] = debt;
            assert!(!scene.accepts(&position));
            tried += 1;
        }
    }
}
