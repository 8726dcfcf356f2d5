//! One base unit decides, whatever the decimals of the two assets.

use assay_circuits::{
    Amount, Covenant, Instance, Margin, Position, PositionCommitment, Size, Violation, Weight, Witness, check,
};

use crate::evaluator::Evaluator;
use crate::solvency::Solvency;
use crate::subject::Subject;
use crate::support::example;

const MAX_DECIMALS: u32 = 18;

/// One unit of debt in an asset of `debt` decimals, against collateral of `collateral` decimals worth the same, plus
/// `excess` base units. Weights are `10^(18 − d)`: both sides in units of `10^−18`.
fn pair(collateral: u32, debt: u32, excess: i128) -> (Instance, Witness) {
    let (example, witness) = example(Size::Eight);
    let scale = |decimals: u32| Weight::new(10u128.pow(MAX_DECIMALS - decimals)).expect("below 2^60");
    let mut position = Position::empty(Size::Eight);
    // The coarser of the two sets the amounts: the threshold is met exactly by whole base units on both sides.
    let units = 5 * 10u128.pow(collateral.max(debt));
    let amount = |decimals: u32| units / 10u128.pow(collateral.max(debt) - decimals);
    position.collateral_mut()[2] =
        Amount::new(amount(collateral).checked_add_signed(excess).expect("positive")).expect("small");
    position.debt_mut()[5] = Amount::new(amount(debt)).expect("small");
    let mut covenant = Covenant::from_fn(Size::Eight, Margin::ZERO, |_| (Weight::ZERO, Weight::MAX));
    covenant.collateral_mut()[2] = scale(collateral);
    covenant.debt_mut()[5] = scale(debt);
    let commitment = PositionCommitment::new(&position, &witness.opening);
    let instance = Instance { commitment, covenant, ..example };
    (instance, Witness { position, opening: witness.opening })
}

#[test]
fn one_base_unit_decides_for_every_pair_of_decimals() {
    let evaluator = Evaluator::of::<Solvency<8>>();
    let mut pairs = 0;
    for collateral in 0..=MAX_DECIMALS {
        for debt in 0..=MAX_DECIMALS {
            for (excess, expected) in [(-1, Err(Violation::Insolvent)), (0, Err(Violation::Insolvent)), (1, Ok(()))] {
                let (instance, witness) = pair(collateral, debt, excess);
                assert_eq!(check(&instance, &witness), expected, "{collateral} and {debt} decimals, {excess}");
                let failures = evaluator.failures(&Solvency::<8>::assign(&instance, &witness, 0));
                assert_eq!(failures.is_empty(), expected.is_ok(), "{collateral} and {debt} decimals, {excess}");
            }
            pairs += 1;
        }
    }
    assert_eq!(pairs, 19 * 19);
}

/// One unit less of the debt asset decides as well.
#[test]
fn ratio_equal_to_threshold_is_rejected_and_one_unit_of_debt_less_is_accepted() {
    let evaluator = Evaluator::of::<Solvency<8>>();
    for (collateral, debt) in [(18, 6), (6, 18), (8, 0), (0, 0), (18, 18)] {
        for (less, accepted) in [(0, false), (1, true)] {
            let (mut instance, mut witness) = pair(collateral, debt, 0);
            let owed = &mut witness.position.debt_mut()[5];
            *owed = Amount::new(owed.expose() - less).expect("smaller");
            instance.commitment = PositionCommitment::new(&witness.position, &witness.opening);
            assert_eq!(check(&instance, &witness).is_ok(), accepted);
            assert_eq!(evaluator.failures(&Solvency::<8>::assign(&instance, &witness, 0)).is_empty(), accepted);
        }
    }
}

#[test]
fn nothing_against_nothing_is_rejected_and_any_weighted_collateral_against_nothing_is_accepted() {
    let evaluator = Evaluator::of::<Solvency<8>>();
    let (mut instance, mut witness) = pair(18, 18, 0);
    witness.position = Position::empty(Size::Eight);
    for (amount, accepted) in [(0, false), (1, true)] {
        witness.position.collateral_mut()[2] = Amount::new(amount).expect("small");
        instance.commitment = PositionCommitment::new(&witness.position, &witness.opening);
        assert_eq!(check(&instance, &witness).is_ok(), accepted);
        assert_eq!(evaluator.failures(&Solvency::<8>::assign(&instance, &witness, 0)).is_empty(), accepted);
    }
}

#[test]
fn everything_at_its_maximum_is_decided_by_one_unit_of_margin() {
    let evaluator = Evaluator::of::<Solvency<8>>();
    let (example, witness) = example(Size::Eight);
    let largest = || vec![Amount::new(Amount::MAX).expect("fits"); 8];
    let mut position = Position::new(largest(), largest()).expect("eight assets");
    position.debt_mut()[7] = Amount::new(0).expect("fits");
    let commitment = PositionCommitment::new(&position, &witness.opening);
    let witness = Witness { position, opening: witness.opening };
    // Σ w x − Σ v y = (2^120 − 1)².
    let gap = ruint::aliases::U256::from(Amount::MAX) * ruint::aliases::U256::from(Amount::MAX);
    for (below, accepted) in [(0u64, false), (1, true)] {
        let margin = Margin::new(gap - ruint::aliases::U256::from(below)).expect("below 2^240");
        let covenant = Covenant::from_fn(Size::Eight, margin, |_| (Weight::MAX, Weight::MAX));
        let instance = Instance { commitment, covenant, ..example.clone() };
        assert_eq!(check(&instance, &witness).is_ok(), accepted);
        assert_eq!(evaluator.failures(&Solvency::<8>::assign(&instance, &witness, 0)).is_empty(), accepted);
    }
}
