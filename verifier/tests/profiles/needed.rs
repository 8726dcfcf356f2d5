//! Positions that need nearly all of the margin: accepted with a little less of it, and unhealthy.

use assay_circuits::{Margin, Position, Size};
use assay_verifier::policy::{BPS, Risk};
use assay_verifier::{AssetBounds, Profile};
use ruint::aliases::U256;

use crate::protocol::{Prices, healthy, ten};
use crate::scene::{Scene, amount};

/// One whole unit of the assets here.
const ONE: u128 = 1_000_000_000_000_000_000;
/// A threshold in bps that shares no divisor with 10,000.
const THRESHOLD: u16 = 8_301;

/// Assets of 18 decimals at `price`, those marked true as collateral.
fn scene(profile: Profile, collateral: &[bool], price: u128) -> Scene {
    let risk = |collateral: &bool| Risk {
        liquidation_threshold: if *collateral { THRESHOLD } else { 0 },
        haircut: 0,
        volatility_buffer: 0,
        yield_decay: 0,
        borrow_factor: BPS,
        debt_interest: 0,
        price_decimals: 8,
    };
    let bounds =
        (0..collateral.len()).map(|index| AssetBounds { asset: format!("A{index}"), floor: price, ceiling: price });
    let decimals = vec![18; collateral.len()];
    Scene::new(profile, collateral.iter().map(risk).collect(), decimals, BPS, bounds.collect(), 0, None, 1)
}

/// The statement about `position` is true with `margin`, false with the policy's, and the position is not healthy.
fn needs_more_than(scene: &Scene, position: &Position, margin: U256) {
    let margin = Margin::new(margin).unwrap();
    assert!(margin < scene.weights.margin);
    assert!(scene.covenant(margin).sides(position).solvent(), "{}", scene.profile);
    assert!(!scene.accepts(position), "{}", scene.profile);
    assert_eq!(healthy(scene, position, &Prices::worst(scene), 0, None), Some(false), "{}", scene.profile);
}

/// The least number from 1 of which the multiple by the threshold leaves `remainder` over 10,000.
fn solve(remainder: u128) -> u128 {
    (1..=10_000).find(|k| k * u128::from(THRESHOLD) % 10_000 == remainder).unwrap()
}

/// At a price of one unit the collateral is worth almost one unit more than the pool counts, each debt almost one less.
#[test]
fn aave_needs_all_but_one_part_in_28000() {
    let scene = scene(Profile::AaveV35, &[true, false], 1);
    let factors = u128::from(THRESHOLD) + 20_000;
    assert_eq!(scene.weights.margin.get(), U256::from(factors) * ten(18));
    // 8301 k − 10⁴ (j + l) = factors − 1.
    let k = solve((factors - 1) % 10_000) + 10_000;
    let debts = (k * u128::from(THRESHOLD) - (factors - 1)) / 10_000;
    let mut position = Position::empty(Size::Eight);
    position.collateral_mut()[0] = amount(k * ONE - 1);
    position.debt_mut()[0] = amount(ONE + 1);
    position.debt_mut()[1] = amount((debts - 1) * ONE + 1);
    needs_more_than(&scene, &position, U256::from(factors - 1) * ten(18) - U256::from(factors + 1));
}

/// Seven collaterals lose almost one unit each after the price, and almost one after the factor.
#[test]
fn compound_needs_more_than_nine_tenths() {
    let scene = scene(Profile::CompoundV3, &[true, true, true, true, true, true, true, false], 1);
    let threshold = u128::from(THRESHOLD);
    assert_eq!(scene.weights.margin.get(), U256::from(7 * (threshold + 10_000)) * ten(18));
    let counted = solve(9_999);
    let mut position = Position::empty(Size::Eight);
    for collateral in &mut position.collateral_mut()[..7] {
        *collateral = amount((counted + 1) * ONE - 1);
    }
    position.debt_mut()[7] = amount((7 * (counted * threshold / 10_000) + 1) * ONE);
    let needed = U256::from(7 * (threshold + 9_999) - 10_001) * ten(18);
    assert!(needed * U256::from(10u8) > scene.weights.margin.get() * U256::from(9u8));
    needs_more_than(&scene, &position, needed);
}

/// The value of the collateral is almost one base unit of the loan asset more than the market counts.
#[test]
fn morpho_needs_more_than_eight_tenths() {
    // The loan at one USD, the collateral at 10^-8.
    let mut scene = scene(Profile::MorphoBlue, &[true, false], 100_000_000);
    scene.bounds[0].floor = 1;
    let (risks, ratio) = (scene.risks().to_vec(), scene.policy.rules().minimum_ratio);
    let scene = Scene::new(scene.profile, risks, vec![18, 18], ratio, scene.bounds, 0, None, 1);
    let threshold = u128::from(THRESHOLD);
    assert_eq!(scene.weights.margin.get(), U256::from(scene.weights.assets[1].debt.get()));
    // The market counts `counted` base units of the loan and drops all but one of 10^8 parts of another.
    let counted = solve(9_999);
    let mut position = Position::empty(Size::Eight);
    position.collateral_mut()[0] = amount((counted + 1) * 100_000_000 - 1);
    position.debt_mut()[1] = amount(counted * threshold / 10_000 + 1);
    // In parts of v over 10^4, of which it needs one less than the threshold.
    let needed = scene.weights.margin.get() / U256::from(10_000u16) * U256::from(threshold - 2);
    assert!(needed * U256::from(10u8) > scene.weights.margin.get() * U256::from(8u8));
    needs_more_than(&scene, &position, needed);
}

/// Where the protocol compares exactly, the margin is zero, and equality, which the protocol bears, is refused.
#[test]
fn maker_and_liquity_need_none() {
    for (profile, threshold, ratio) in [(Profile::Maker, 5_000, 10_000), (Profile::LiquityV1, 10_000, 11_000)] {
        let flat = scene(Profile::Maker, &[true, false], 100_000_000);
        let mut risks = flat.risks().to_vec();
        risks[0].liquidation_threshold = threshold;
        let scene = Scene::new(profile, risks, vec![18, 18], ratio, flat.bounds.clone(), 0, None, 1);
        assert!(scene.weights.margin.get().is_zero());
        let mut position = Position::empty(Size::Eight);
        position.collateral_mut()[0] = amount(2 * u128::from(ratio) * ONE);
        position.debt_mut()[1] = amount(2 * u128::from(threshold) * ONE);
        let verdict = |position: &Position| {
            (scene.accepts(position), healthy(&scene, position, &Prices::worst(&scene), 0, None).unwrap())
        };
        assert_eq!(verdict(&position), (false, true), "{profile}: equality");
        position.debt_mut()[1] = amount(2 * u128::from(threshold) * ONE - 1);
        assert_eq!(verdict(&position), (true, true), "{profile}: one base unit less");
        position.debt_mut()[1] = amount(2 * u128::from(threshold) * ONE + 1);
        if profile == Profile::LiquityV1 {
            assert_eq!(verdict(&position), (false, false), "{profile}: one base unit more");
        }
    }
}
