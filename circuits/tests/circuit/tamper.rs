//! Every private cell and every public input changed alone.

use assay_circuits::solvency::circuit::BLINDING_ROWS;
use assay_circuits::solvency::layout::Layout;
use assay_circuits::solvency::row;
use assay_circuits::{Fr, check};
use ff::Field;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use rayon::prelude::*;

use crate::evaluator::{COLUMN_NAMES, Cell, Columns, Evaluator};
use crate::forge::Forger;
use crate::support::{Cases, example};

/// Zero, one more, one less, r − 1, random; those that differ from `value`.
fn tampered(value: Fr, rng: &mut ChaCha8Rng) -> impl Iterator<Item = Fr> {
    let all = [Fr::ZERO, value + Fr::ONE, value - Fr::ONE, -Fr::ONE, Fr::random(rng)];
    all.into_iter().filter(move |other| *other != value)
}

/// Changes each advice cell alone. Returns (cells that a gate guards, changes rejected, cells exempt).
fn sweep<const N: usize>(evaluator: &Evaluator<N>, columns: &Columns) -> (usize, usize, usize) {
    assert_eq!(evaluator.failures(columns), [], "the sweep starts from a true statement");
    let usable = Evaluator::<N>::ROWS - BLINDING_ROWS;
    let filler = Layout::<N>::filler(usable);
    let of_column = |column: usize| {
        let filler = &filler[column];
        (0..Evaluator::<N>::ROWS).into_par_iter().map(move |row| {
            let cell = Cell::Advice(column, row);
            let value = columns.get(cell);
            let mut rng = ChaCha8Rng::seed_from_u64((2 * row + column) as u64);
            let mut columns = columns.clone();
            let mut rejected = 0;
            for other in tampered(value, &mut rng) {
                columns.set(cell, other);
                if evaluator.failures_reading(cell, &columns).is_empty() {
                    let place = format!("{} in row {row}", COLUMN_NAMES[column]);
                    assert!(filler.contains(&row) || row >= usable, "{place} changed to {other:?} is accepted");
                    assert!(evaluator.readers(cell).is_empty(), "{place} is called filler and read");
                    return (0, 0, 1);
                }
                rejected += 1;
            }
            (1, rejected, 0)
        })
    };
    let add = |x: (usize, usize, usize), y: (usize, usize, usize)| (x.0 + y.0, x.1 + y.1, x.2 + y.2);
    of_column(0).chain(of_column(1)).reduce(|| (0, 0, 0), add)
}

#[test]
fn every_private_cell_changed_alone_is_rejected_or_is_filler() {
    let evaluator = Evaluator::<8>::shared();
    let (instance, witness) = example::<8>();
    let at_equality = Forger::<8>::new().columns;
    let boundary = Cases::<8>::new(7).filter(|case| check(&case.instance, &case.witness).is_ok()).take(6);
    let boundary = boundary.map(|case| Columns::of(&case.instance, &case.witness, 7));
    for columns in [Columns::of(&instance, &witness, 7), at_equality].into_iter().chain(boundary) {
        let (guarded, rejected, exempt) = sweep(evaluator, &columns);
        println!("{guarded} cells, {rejected} changes, all rejected; {exempt} cells are filler or halo2's blinding");
        assert_eq!((guarded, exempt), (2 * 1013 - 98, 98 + 22));
        assert!(rejected > 3 * guarded);
    }
}

#[test]
fn every_private_cell_changed_alone_is_rejected_or_is_filler_for_16_assets() {
    let (instance, witness) = example::<16>();
    sweep(Evaluator::<16>::shared(), &Columns::of(&instance, &witness, 7));
}

#[test]
fn the_whole_evaluator_and_the_sweep_see_the_same_failures() {
    let evaluator = Evaluator::<8>::shared();
    let (instance, witness) = example::<8>();
    let mut columns = Columns::of(&instance, &witness, 7);
    for i in 0..400 {
        let cell = Cell::Advice(i % 2, i * 619 % Evaluator::<8>::ROWS);
        let value = columns.get(cell);
        columns.set(cell, value + Fr::ONE);
        let mut touched = evaluator.failures_reading(cell, &columns);
        touched.sort();
        assert_eq!(evaluator.failures(&columns), touched);
        columns.set(cell, value);
    }
}

fn each_input_changed_alone<const N: usize>() {
    let evaluator = Evaluator::<N>::shared();
    let (instance, witness) = example::<N>();
    let mut columns = Columns::of(&instance, &witness, 7);
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for index in 0..row::len(N) {
        let value = columns.inputs[index];
        for other in tampered(value, &mut rng) {
            columns.inputs[index] = other;
            let failures = evaluator.failures(&columns);
            assert_eq!(failures.is_empty(), index == row::CONTEXT, "public input {index} changed to {other:?}");
        }
        columns.inputs[index] = value;
    }
}

#[test]
fn every_public_input_but_the_context_changed_alone_breaks_a_gate() {
    each_input_changed_alone::<8>();
    each_input_changed_alone::<16>();
    each_input_changed_alone::<32>();
}
