//! No constraint can be spared, in no row: for each there is a false statement that it alone rejects.

use std::collections::{BTreeMap, HashMap};

use assay_circuits::chip::limb::LIMBS;
use assay_circuits::{Fr, check};
use ff::Field;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use rayon::prelude::*;

use crate::evaluator::Cell;
use crate::forge::{Change, Digit, Forger, Tie};

/// The change that makes the statement false and leaves its public side within its widths.
fn change<const N: usize>(forger: &Forger<N>, tie: Tie) -> Change {
    let constraint = &forger.evaluator.constraints[tie.at.constraint];
    match (constraint.gate.as_str(), tie.cell) {
        ("limb" | "edge", Cell::Advice(column, row)) => {
            let digit = Digit::of::<N>(column, row);
            match digit.bit() {
                // The amount grows by 2^120.
                None => Change::shift(tie, Fr::from(4).pow_vartime([(LIMBS - digit.position) as u64])),
                // D = −1: this digit is −1 and all digits below it are 3.
                Some(bit) => Change { digits: threes_below(forger, bit), ..Change::shift(tie, -Fr::ONE) },
            }
        }
        // One more, and the margin follows: D = −1.
        ("heads", _) if constraint.name.starts_with("acc") => Change::shift(tie, Fr::ONE),
        ("difference", Cell::Input(_)) => Change::shift(tie, Fr::ONE),
        // Another commitment.
        _ => Change::shift(tie, Fr::random(ChaCha8Rng::seed_from_u64(tie.at.row as u64))),
    }
}

fn threes_below<const N: usize>(forger: &Forger<N>, bit: usize) -> HashMap<Cell, Fr> {
    let limbs = forger.ties.iter().filter(|tie| forger.evaluator.constraints[tie.at.constraint].gate == "limb");
    let below = limbs.filter(|tie| match tie.cell {
        Cell::Advice(column, row) => Digit::of::<N>(column, row).bit().is_some_and(|place| place < bit),
        Cell::Input(_) => false,
    });
    below.map(|tie| (tie.cell, Fr::from(3))).collect()
}

fn each_constraint_alone_rejects_a_false_statement_in_each_of_its_rows<const N: usize>() {
    let forger = Forger::<N>::new();
    assert_eq!(forger.evaluator.failures(&forger.columns), []);
    let caught: Vec<usize> = forger
        .ties
        .par_iter()
        .map(|tie| {
            let constraint = &forger.evaluator.constraints[tie.at.constraint];
            let place = format!("{}: {} in row {}", constraint.gate, constraint.name, tie.at.row);
            let columns = forger.forge(&change(&forger, *tie));
            assert_eq!(forger.evaluator.failures(&columns), [tie.at], "{place} is not the only one to object");
            let (instance, witness) = forger.claim(&columns).unwrap_or_else(|| panic!("{place}: no statement"));
            assert!(check(&instance, &witness).is_err(), "without {place} only a true statement would pass");
            tie.at.constraint
        })
        .collect();

    let mut forgeries: BTreeMap<usize, usize> = BTreeMap::new();
    caught.into_iter().for_each(|constraint| *forgeries.entry(constraint).or_default() += 1);
    println!("{N} assets: constraint, degree, active rows, false statements that it alone rejects");
    for (index, constraint) in forger.evaluator.constraints.iter().enumerate() {
        let count = forgeries.get(&index).copied().unwrap_or_default();
        let rows = constraint.rows.len();
        println!("{:14} {:60} {} {:4} {:4}", constraint.gate, constraint.name, constraint.degree, rows, count);
        assert_eq!(count, rows);
        assert!(rows > 0);
    }
}

#[test]
fn without_any_one_constraint_a_false_statement_would_pass() {
    each_constraint_alone_rejects_a_false_statement_in_each_of_its_rows::<8>();
}

#[test]
fn every_private_cell_is_tied_once_but_filler_and_the_blinding() {
    use assay_circuits::solvency::circuit::BLINDING_ROWS;
    use assay_circuits::solvency::layout::Layout;

    let forger = Forger::<8>::new();
    let mut tied: BTreeMap<Cell, usize> = BTreeMap::new();
    forger.ties.iter().for_each(|tie| *tied.entry(tie.cell).or_default() += 1);
    let usable = (1 << Layout::<8>::K) - BLINDING_ROWS;
    let filler = Layout::<8>::filler(usable);
    let blinding = Cell::Advice(0, Layout::<8>::permutation(0) + 2);
    for (column, filler) in filler.iter().enumerate() {
        for row in 0..usable {
            let cell = Cell::Advice(column, row);
            let free = filler.contains(&row) || cell == blinding;
            assert_eq!(tied.get(&cell).copied().unwrap_or_default(), usize::from(!free), "{cell:?}");
        }
    }
}
