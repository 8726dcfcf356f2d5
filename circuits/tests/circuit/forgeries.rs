//! Forgeries that an attacker would think of: a false statement, with everything rewritten that can be rewritten.

use assay_circuits::chip::limb::{DIFFERENCE_LANE_BITS, DIFFERENCE_LIMBS, LIMBS};
use assay_circuits::chip::poseidon::PERMUTATION_ROWS;
use assay_circuits::solvency::layout::Layout;
use assay_circuits::solvency::{Sides, row};
use assay_circuits::{Amount, Fr, Instance, PositionCommitment, Violation, Witness, check};
use ff::{Field, PrimeField};
use proptest::prelude::*;
use ruint::aliases::{U256, U512};

use crate::evaluator::{Cell, Columns, Evaluator, Failure};
use crate::forge::{Change, Forger, integer};
use crate::support::{Cases, example};

type L = Layout<8>;

fn gates(evaluator: &Evaluator<8>, failures: &[Failure]) -> Vec<String> {
    let mut gates: Vec<String> = failures.iter().map(|f| evaluator.constraints[f.constraint].gate.clone()).collect();
    gates.dedup();
    gates
}

/// Writes a lane that ends in `head`, with `excess` in the digit of `position` and digits 0 to 3 elsewhere: the
/// integer is cut into digits, and what does not fit is pushed into one of them.
fn write_lane(column: &mut [Fr], head_row: usize, limbs: usize, head: Fr, position: usize) {
    let low = integer(head) % (U256::from(1) << (2 * limbs));
    let digit = |i: usize| Fr::from(u64::from(low.bit(2 * i)) + 2 * u64::from(low.bit(2 * i + 1)));
    let honest = (0..limbs).rev().fold(Fr::ZERO, |z, i| z * Fr::from(4) + digit(i));
    let weight = Fr::from(4).pow_vartime([position as u64]);
    let excess = (head - honest) * weight.invert().expect("a power of four");
    let mut z = Fr::ZERO;
    for i in (0..limbs).rev() {
        z = z * Fr::from(4) + digit(i) + if i == position { excess } else { Fr::ZERO };
        column[head_row - 2 * i] = z;
    }
    assert_eq!(z, head);
}

/// The example with a debt of `r − 1`, that is of minus one, hashed and weighed as such.
#[test]
fn an_amount_that_wraps_around_the_field_is_rejected_wherever_its_excess_is_put() {
    let forger = Forger::<8>::new();
    for (column, asset) in [(0, 0), (1, 0), (0, 7), (1, 5)] {
        let head = L::heads(asset / 2) + 1 + asset % 2;
        for amount in [-Fr::ONE, -Fr::from(12_345), Fr::from_u128(1 << 120), Fr::from(2).invert().expect("odd modulus")]
        {
            for position in 0..LIMBS {
                // A forger keeps digits: hand it the digits of the lane that ends in `amount`.
                let mut lane = vec![Fr::ZERO; head + 1];
                write_lane(&mut lane, head, LIMBS, amount, position);
                let rows = (0..LIMBS).map(|i| head - 2 * i);
                let digits = rows.map(|row| {
                    let above = if row + 2 * LIMBS == head + 2 { Fr::ZERO } else { lane[row - 2] };
                    (Cell::Advice(column, row), lane[row] - above * Fr::from(4))
                });
                let change = Change { digits: digits.collect(), ..Change::default() };
                let columns = forger.forge(&change);
                assert_eq!(columns.advice[column][head], amount);
                let failures = forger.evaluator.failures(&columns);
                assert_eq!(gates(forger.evaluator, &failures), ["limb"], "asset {asset}, digit {position}");
                assert_eq!(failures[0].row, head - 2 * position - 2);
            }
        }
    }
}

/// A statement false by `short` base units, honest up to the difference.
fn insolvent(short: u64) -> (Instance<8>, Witness<8>) {
    let (mut instance, witness) = example::<8>();
    let sides = Sides::of(&instance, &witness.position);
    let margin = sides.collateral - sides.debt + U512::from(short);
    instance.margin = assay_circuits::Margin::new(U256::from(margin)).expect("fits");
    assert_eq!(check(&instance, &witness), Err(Violation::Insolvent));
    (instance, witness)
}

/// Rewrites the four lanes of the difference so that they sum to `−1 − short` modulo r, the first three as given.
fn write_difference(columns: &mut Columns, short: u64, first: [u64; 3], position: usize) {
    let power = |lane: u64| Fr::from(2).pow_vartime([lane * u64::from(DIFFERENCE_LANE_BITS)]);
    let first = first.map(Fr::from);
    let rest = -Fr::from(short + 1) - first[0] - first[1] * power(1) - first[2] * power(2);
    let last = rest * power(3).invert().expect("a power of two");
    for (lane, head) in [first[0], first[1], first[2], last].into_iter().enumerate() {
        let row = L::DIFFERENCE_ROW + 1 + lane / 2;
        write_lane(&mut columns.advice[lane % 2], row, DIFFERENCE_LIMBS, head, position);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_negative_difference_is_rejected_however_its_lanes_are_written(
        short in prop_oneof![Just(0u64), 0..1000u64],
        lanes in prop_oneof![
            Just([0; 3]),
            Just([(1 << 62) - 1; 3]),
            any::<[u64; 3]>().prop_map(|lanes| lanes.map(|lane| lane >> 2)),
        ],
        position in 0..DIFFERENCE_LIMBS,
    ) {
        let evaluator = Evaluator::<8>::shared();
        let (instance, witness) = insolvent(short);
        let mut columns = Columns::of(&instance, &witness, 0);
        write_difference(&mut columns, short, lanes, position);
        let failures = evaluator.failures(&columns);
        prop_assert_eq!(gates(evaluator, &failures), ["limb"]);
    }
}

#[test]
fn the_low_248_bits_of_a_negative_difference_do_not_pass_for_it() {
    let evaluator = Evaluator::<8>::shared();
    for short in [0, 1, 77] {
        let (instance, witness) = insolvent(short);
        // What the circuit's own assignment writes: the lanes are in range and their sum is not the difference.
        let failures = evaluator.failures(&Columns::of(&instance, &witness, 0));
        assert_eq!(gates(evaluator, &failures), ["difference"]);
    }
}

/// Two positions: one is weighed, the other hashed.
#[test]
fn amounts_weighed_must_be_the_amounts_hashed() {
    let evaluator = Evaluator::<8>::shared();
    for asset in 0..8 {
        for column in 0..2 {
            let (mut instance, hashed) = example::<8>();
            let mut weighed = hashed.clone();
            let side = if column == 0 { &mut weighed.position.collateral } else { &mut weighed.position.debt };
            side[asset] = Amount::new(side[asset].expose() + 1 - 2 * column as u128).expect("small");
            instance.commitment = PositionCommitment::new(&hashed.position, &hashed.opening);
            let mut columns = Columns::of(&instance, &weighed, 0);
            let honest = Columns::of(&instance, &hashed, 0);
            for permutation in 0..=L::PAIRS {
                let start = L::permutation(permutation);
                for (column, honest) in columns.advice.iter_mut().zip(&honest.advice) {
                    let rows = start..start + PERMUTATION_ROWS;
                    column[rows.clone()].copy_from_slice(&honest[rows]);
                }
            }
            let failures = evaluator.failures(&columns);
            assert_eq!(gates(evaluator, &failures), ["heads"]);
            assert_eq!(failures.len(), 1);
            assert_eq!(failures[0].row, L::heads(asset / 2));
        }
    }
}

#[test]
fn a_capacity_replaced_between_two_permutations_is_rejected() {
    let forger = Forger::<8>::new();
    for permutation in 0..L::PAIRS {
        let output = L::permutation(permutation) + PERMUTATION_ROWS - 3;
        let tie = forger.tie("output", "M₀·u = carry·next capacity + C", output);
        // The capacity becomes zero: the hash of the words after it alone, with the blinding and the rest cut off.
        let honest = forger.columns.get(tie.cell);
        let columns = forger.forge(&Change::shift(tie, -honest));
        assert_eq!(forger.evaluator.failures(&columns), [tie.at]);
    }
}

#[test]
fn another_tag_or_shape_is_rejected() {
    let forger = Forger::<8>::new();
    for (name, shift) in
        [("lane 1 = TAG + constant", 1), ("lane 2 = shape(n) + constant", 8), ("lane 2 = shape(n) + constant", 24)]
    {
        let tie = forger.tie("difference", name, L::DIFFERENCE_ROW);
        let columns = forger.forge(&Change::shift(tie, Fr::from(shift)));
        assert_eq!(forger.evaluator.failures(&columns), [tie.at]);
    }
}

#[test]
fn a_free_accumulator_or_margin_is_rejected() {
    let forger = Forger::<8>::new();
    let acc = "acc = Σ w·x − Σ v·y + carry·next acc";
    for pair in 0..L::PAIRS {
        let tie = forger.tie("heads", acc, L::heads(pair));
        let columns = forger.forge(&Change::shift(tie, Fr::from(1_000_000)));
        assert_eq!(forger.evaluator.failures(&columns), [tie.at]);
    }
    let mut columns = forger.columns.clone();
    columns.inputs[row::MARGIN] += Fr::ONE;
    assert_eq!(gates(forger.evaluator, &forger.evaluator.failures(&columns)), ["difference"]);
}

#[test]
fn collateral_and_debt_exchanged_are_rejected() {
    let evaluator = Evaluator::<8>::shared();
    let (instance, witness) = example::<8>();
    let mut columns = Columns::of(&instance, &witness, 0);
    columns.advice.swap(0, 1);
    assert!(!evaluator.failures(&columns).is_empty());
    let mut exchanged = witness;
    std::mem::swap(&mut exchanged.position.collateral, &mut exchanged.position.debt);
    assert!(!evaluator.failures(&Columns::of(&instance, &exchanged, 0)).is_empty());
}

/// Two true statements of the same holder; the columns of one up to some row, of the other from there on.
#[test]
fn columns_spliced_from_two_valid_witnesses_are_rejected_at_every_row() {
    let evaluator = Evaluator::<8>::shared();
    let mut valid = Cases::<8>::new(11).filter(|case| check(&case.instance, &case.witness).is_ok());
    let one = valid.next().expect("half of the cases are true");
    let two = valid.next().expect("half of the cases are true");
    let first = Columns::of(&one.instance, &one.witness, 0);
    let second = Columns::of(&two.instance, &two.witness, 1);
    for cut in 1..L::ROWS {
        let mut columns = second.clone();
        for (column, first) in columns.advice.iter_mut().zip(&first.advice) {
            column[..cut].copy_from_slice(&first[..cut]);
        }
        for inputs in [&first.inputs, &second.inputs] {
            columns.inputs.clone_from(inputs);
            // Near the ends the two may agree: rows of zeros, or filler.
            let same = columns.advice == second.advice && *inputs == second.inputs;
            let all = columns.advice.iter().zip(&first.advice).all(|(c, f)| c[..L::ROWS] == f[..L::ROWS])
                && *inputs == first.inputs;
            assert!(same || all || !evaluator.failures(&columns).is_empty(), "spliced at row {cut}");
        }
    }
}
