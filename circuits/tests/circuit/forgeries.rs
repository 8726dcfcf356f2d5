//! Forgeries that an attacker would think of: a false statement, with everything rewritten that can be rewritten.

use std::sync::Arc;

use assay_circuits::chip::limb::{DIFFERENCE_LANE_BITS, DIFFERENCE_LIMBS, LIMBS};
use assay_circuits::chip::poseidon::PERMUTATION_ROWS;
use assay_circuits::statements::solvency::layout::{DIFFERENCE_ROW, Layout};
use assay_circuits::{Amount, Fr, Instance, Margin, Position, PositionCommitment, Size, Violation, Witness, check};
use ff::{Field, PrimeField};
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};
use ruint::aliases::{U256, U512};

use crate::chips::Lane;
use crate::evaluator::{Cell, Columns, Evaluator};
use crate::forge::{Change, Ties, sole};
use crate::mutate::{below, oracle};
use crate::solvency::Solvency;
use crate::subject::{Forgery, Subject, once};
use crate::support::{example, solvency_cases};

/// Every forgery of this file.
pub(crate) fn all<const N: usize>() -> impl Iterator<Item = Forgery> {
    wrapped_amounts::<N>()
        .chain(lifted_amounts::<N>())
        .chain(negative_differences::<N>())
        .chain(low_bits_of_negative_differences::<N>())
        .chain(other_amounts_weighed::<N>())
        .chain(broken_links::<N>())
}

/// A statement true by one unit, to be changed.
fn forge<const N: usize>(change: &Change) -> Columns {
    let columns = once::<Solvency<N>, Columns>(|| {
        let (instance, witness) = Solvency::<N>::tight();
        Solvency::<N>::assign(&instance, &witness, 0)
    });
    Ties::of::<Solvency<N>>().forge(&columns, change).columns
}

/// An amount of `r − 1`, that is of minus one, or another beyond its range, hashed and weighed as such; its excess in
/// each digit in turn.
fn wrapped_amounts<const N: usize>() -> impl Iterator<Item = Forgery> {
    let half = Fr::from(2).invert().expect("odd modulus");
    let amounts = [-Fr::ONE, -Fr::from(12_345), Fr::from_u128(1 << 120), half];
    let lanes = [(0, 0), (1, N - 1)].into_iter().flat_map(move |at| amounts.map(|amount| (at, amount)));
    lanes.flat_map(|((column, asset), amount)| (0..LIMBS).map(move |position| (column, asset, amount, position))).map(
        |(column, asset, amount, position)| {
            let lane = Lane::amount(column, asset);
            let columns = forge::<N>(&Change::digits(lane.digits(amount, position)));
            assert_eq!(columns.get(lane.cell(0)), amount);
            let Cell::Advice(_, row) = lane.cell(position) else { unreachable!("lanes stand in advice columns") };
            let name = format!("amount {asset} of side {column} wraps, digit {position}");
            Forgery { name, columns, gate: "limb", row: Some(row - 2) }
        },
    )
}

/// An amount of `2^120` more, from a lane that does not begin at zero.
fn lifted_amounts<const N: usize>() -> impl Iterator<Item = Forgery> {
    (0..2 * N).map(|i| {
        let (column, asset) = (i % 2, i / 2);
        let cell = Lane::amount(column, asset).cell(LIMBS);
        let columns = forge::<N>(&Change::shift(cell, Fr::ONE));
        let Cell::Advice(_, row) = cell else { unreachable!("lanes stand in advice columns") };
        Forgery { name: format!("amount {asset} of side {column} begins at 1"), columns, gate: "edge", row: Some(row) }
    })
}

/// A statement false by `short` base units, honest up to the difference.
fn insolvent(size: Size, short: u64) -> (Instance, Witness) {
    let (mut instance, witness) = example(size);
    let sides = instance.covenant.sides(&witness.position);
    let margin = sides.collateral - sides.debt + U512::from(short);
    instance.covenant.margin = Margin::new(U256::from(margin)).expect("fits");
    assert_eq!(check(&instance, &witness), Err(Violation::Insolvent));
    (instance, witness)
}

/// Digits of the four lanes of the difference, that they may sum to `total` modulo r: the first three lanes as given,
/// what does not fit in the digit at `position` of each.
pub(crate) fn difference_digits(total: Fr, first: [Fr; 3], position: usize) -> Vec<(Cell, Fr)> {
    let power = |lane: u64| Fr::from(2).pow_vartime([lane * u64::from(DIFFERENCE_LANE_BITS)]);
    let rest = total - first[0] - first[1] * power(1) - first[2] * power(2);
    let last = rest * power(3).invert().expect("a power of two");
    let lanes = first.into_iter().chain([last]).enumerate();
    lanes.flat_map(|(lane, head)| Lane::difference(lane).digits(head, position)).collect()
}

/// However the lanes of a negative difference are written, they sum to it only with a digit out of range.
fn negative_differences<const N: usize>() -> impl Iterator<Item = Forgery> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    (0..300).map(move |i| {
        let short = if i % 2 == 0 { 0 } else { rng.next_u64() % 1000 };
        let first = match i % 3 {
            0 => [0; 3],
            1 => [(1 << DIFFERENCE_LANE_BITS) - 1; 3],
            _ => [0; 3].map(|_| rng.next_u64() >> 2),
        };
        let position = below(&mut rng, DIFFERENCE_LIMBS);
        let (instance, witness) = insolvent(Solvency::<N>::SIZE, short);
        let mut columns = Solvency::<N>::assign(&instance, &witness, 0);
        let digits = difference_digits(-Fr::from(short + 1), first.map(Fr::from), position);
        for lane in digits.chunks(DIFFERENCE_LIMBS) {
            lane.iter().rev().fold(Fr::ZERO, |above, (cell, digit)| {
                columns.set(*cell, above * Fr::from(4) + digit);
                columns.get(*cell)
            });
        }
        Forgery { name: format!("D = −1 − {short}, lanes from {first:?}"), columns, gate: "limb", row: None }
    })
}

/// What the circuit's own assignment writes: the lanes are in range and their sum is not the difference.
fn low_bits_of_negative_differences<const N: usize>() -> impl Iterator<Item = Forgery> {
    [0, 1, 77].into_iter().map(|short| {
        let (instance, witness) = insolvent(Solvency::<N>::SIZE, short);
        let columns = Solvency::<N>::assign(&instance, &witness, 0);
        let row = Some(DIFFERENCE_ROW);
        Forgery { name: format!("low bits of −1 − {short}"), columns, gate: "difference", row }
    })
}

/// Two positions: one is weighed, the other hashed.
fn other_amounts_weighed<const N: usize>() -> impl Iterator<Item = Forgery> {
    (0..2 * N).map(|i| {
        let (column, asset) = (i % 2, i / 2);
        let (mut instance, hashed) = example(Solvency::<N>::SIZE);
        let mut weighed = hashed.clone();
        let side = if column == 0 { weighed.position.collateral_mut() } else { weighed.position.debt_mut() };
        side[asset] = Amount::new(side[asset].expose() + 1 - 2 * column as u128).expect("small");
        instance.commitment = PositionCommitment::new(&hashed.position, &hashed.opening);
        let mut columns = Solvency::<N>::assign(&instance, &weighed, 0);
        let honest = Solvency::<N>::assign(&instance, &hashed, 0);
        for permutation in 0..=Solvency::<N>::LAYOUT.pairs() {
            let start = Layout::permutation(permutation);
            let rows = start..start + PERMUTATION_ROWS;
            for (column, honest) in columns.advice.iter_mut().zip(&honest.advice) {
                column[rows.clone()].copy_from_slice(&honest[rows.clone()]);
            }
        }
        let row = Some(Layout::heads(asset / 2));
        Forgery { name: format!("another amount {asset} of side {column} hashed"), columns, gate: "heads", row }
    })
}

/// One link cut, everything after it rewritten: a capacity, the tag or the shape, an accumulator, the margin.
fn broken_links<const N: usize>() -> impl Iterator<Item = Forgery> {
    let output = |permutation| Layout::permutation(permutation) + PERMUTATION_ROWS - 3;
    // A capacity of zero: the hash of the words after it alone, with the blinding and the rest cut off.
    let capacities =
        (0..Solvency::<N>::LAYOUT.pairs()).map(move |i| ("output", "M₀·u = carry·next capacity + C", output(i), None));
    let heads = (0..Solvency::<N>::LAYOUT.pairs()).map(Layout::heads);
    let accumulators = heads.map(|row| ("heads", "acc = Σ w·x − Σ v·y + carry·next acc", row, Some(1_000_000)));
    let tag = ("difference", "lane 1 = TAG + constant", DIFFERENCE_ROW, Some(1));
    let shape = |shift| ("difference", "lane 2 = shape(n) + constant", DIFFERENCE_ROW, Some(shift));
    let margin = ("difference", "Σ lanes = acc − m − 1", DIFFERENCE_ROW, Some(1));
    let others = [tag, shape(8), shape(24), margin];
    capacities.chain(accumulators).chain(others).map(|(gate, name, row, shift)| {
        let ties = Ties::of::<Solvency<N>>();
        let tie = ties.find(gate, name, row);
        let zero = || -forge::<N>(&Change::default()).get(tie.cell);
        let columns = forge::<N>(&Change::shift(tie.cell, shift.map_or_else(zero, Fr::from)));
        Forgery { name: format!("{name} broken in row {row}"), columns, gate, row: Some(row) }
    })
}

/// How many forgeries each constraint alone rejects.
pub(crate) struct Rejected(pub(crate) Vec<usize>);

/// Each forgery is false, and one gate sees it.
pub(crate) fn every_forgery_is_rejected_by_its_gate_alone<S: Subject>() -> Arc<Rejected> {
    once::<S, Rejected>(|| {
        let evaluator = Evaluator::of::<S>();
        let mut rejected = vec![0; evaluator.constraints.len()];
        for forgery in S::forgeries() {
            let failures = evaluator.failures(&forgery.columns);
            assert!(!failures.is_empty(), "{} is accepted", forgery.name);
            for failure in &failures {
                let rows = (evaluator.at(*failure).gate.as_str(), forgery.row.map(|_| failure.row));
                assert_eq!(rows, (forgery.gate, forgery.row), "{}", forgery.name);
            }
            assert_ne!(oracle::<S>(&forgery.columns), Some(true), "{} is true", forgery.name);
            sole(&failures).into_iter().for_each(|constraint| rejected[constraint] += 1);
        }
        Rejected(rejected)
    })
}

#[test]
fn collateral_and_debt_exchanged_are_rejected() {
    let evaluator = Evaluator::of::<Solvency<8>>();
    let (instance, witness) = example(Size::Eight);
    let mut columns = Solvency::<8>::assign(&instance, &witness, 0);
    columns.advice.swap(0, 1);
    assert!(!evaluator.failures(&columns).is_empty());
    let [collateral, debt] = [witness.position.collateral(), witness.position.debt()].map(<[_]>::to_vec);
    let exchanged = Witness { position: Position::new(debt, collateral).expect("of one size"), ..witness };
    assert!(!evaluator.failures(&Solvency::<8>::assign(&instance, &exchanged, 0)).is_empty());
}

/// Two true statements of the same holder; the columns of one up to some row, of the other from there on.
#[test]
fn columns_spliced_from_two_valid_witnesses_are_rejected_at_every_row() {
    let evaluator = Evaluator::of::<Solvency<8>>();
    let mut valid = solvency_cases(Size::Eight, 11).filter(|case| check(&case.instance, &case.witness).is_ok());
    let one = valid.next().expect("half of the cases are true");
    let two = valid.next().expect("half of the cases are true");
    let first = Solvency::<8>::assign(&one.instance, &one.witness, 0);
    let second = Solvency::<8>::assign(&two.instance, &two.witness, 1);
    for cut in 1..Solvency::<8>::LAYOUT.rows() {
        let mut columns = second.clone();
        for (column, first) in columns.advice.iter_mut().zip(&first.advice) {
            column[..cut].copy_from_slice(&first[..cut]);
        }
        for inputs in [&first.inputs, &second.inputs] {
            columns.inputs.clone_from(inputs);
            // Near the ends the two may agree: rows of zeros, or filler.
            let same = columns.advice == second.advice && *inputs == second.inputs;
            let rows = Solvency::<8>::LAYOUT.rows();
            let all = columns.advice.iter().zip(&first.advice).all(|(c, f)| c[..rows] == f[..rows])
                && *inputs == first.inputs;
            assert!(same || all || !evaluator.failures(&columns).is_empty(), "spliced at row {cut}");
        }
    }
}
