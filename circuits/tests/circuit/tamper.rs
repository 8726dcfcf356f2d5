//! Every private cell and every public input changed alone.

use std::sync::Arc;

use assay_circuits::{Fr, Statement};
use ff::Field;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use rayon::prelude::*;

use crate::evaluator::{Cell, Columns, Evaluator};
use crate::forge::sole;
use crate::mutate::oracle;
use crate::subject::{Subject, once};

/// True statements, besides the example and the tight one, whose cells are changed.
const BOUNDARY_CASES: usize = 6;

/// Zero, one more, one less, r − 1, two random values; those that differ from `value`.
fn tampered(value: Fr, rng: &mut ChaCha8Rng) -> impl Iterator<Item = Fr> + use<> {
    let all = [Fr::ZERO, value + Fr::ONE, value - Fr::ONE, -Fr::ONE, Fr::random(&mut *rng), Fr::random(rng)];
    all.into_iter().filter(move |other| *other != value)
}

/// What a sweep found.
pub(crate) struct Sweep {
    /// Changes that each constraint alone rejected.
    pub(crate) rejected: Vec<usize>,
    guarded: usize,
    exempt: usize,
    changes: usize,
}

/// Changes each advice cell alone.
fn sweep<S: Subject>(columns: &Columns) -> Sweep {
    let evaluator = Evaluator::of::<S>();
    assert_eq!(evaluator.failures(columns), [], "the sweep starts from a true statement");
    let idle = S::idle();
    let exempt = |cell| match cell {
        Cell::Advice(column, row) => idle[column].contains(&row) || row >= evaluator.usable,
        Cell::Input(_) | Cell::Challenge(_) => false,
    };
    let of_cell = |(index, cell): (usize, Cell)| {
        let value = columns.get(cell);
        let mut rng = ChaCha8Rng::seed_from_u64(index as u64);
        let mut columns = columns.clone();
        let mut rejections = Vec::new();
        for other in tampered(value, &mut rng) {
            columns.set(cell, other);
            let failures = evaluator.failures_reading([&cell], &columns);
            // What no row weighs may be another: then the columns are those of another witness.
            let accepted = exempt(cell) || (failures.is_empty() && oracle::<S>(&columns) == Some(true));
            assert_eq!(failures.is_empty(), accepted, "{cell:?} changed to {other:?}");
            rejections.push(sole(&failures));
        }
        assert_eq!(evaluator.readers(cell).is_empty(), exempt(cell), "{cell:?}");
        (cell, rejections)
    };
    let cells: Vec<(usize, Cell)> = evaluator.cells().enumerate().collect();
    let swept: Vec<(Cell, Vec<Option<usize>>)> = cells.into_par_iter().map(of_cell).collect();
    let mut found = Sweep { rejected: vec![0; evaluator.constraints.len()], guarded: 0, exempt: 0, changes: 0 };
    for (cell, rejections) in swept {
        if exempt(cell) {
            found.exempt += 1;
        } else {
            found.guarded += 1;
            found.changes += rejections.len();
            rejections.into_iter().flatten().for_each(|constraint| found.rejected[constraint] += 1);
        }
    }
    found
}

/// Sweeps the example, the tight statement and cases at the boundary; returns the sum.
pub(crate) fn every_private_cell_changed_alone_is_rejected_or_is_idle<S: Subject>() -> Arc<Sweep> {
    once::<S, Sweep>(|| {
        let evaluator = Evaluator::of::<S>();
        let boundary = S::cases(7).filter(|(instance, witness)| instance.check(witness).is_ok());
        let statements = [S::example(), S::tight()].into_iter().chain(boundary.take(BOUNDARY_CASES));
        let sweeps = statements.map(|(instance, witness)| sweep::<S>(&S::assign(&instance, &witness, 7)));
        let idle: usize = S::idle().iter().map(Vec::len).sum();
        let sum = sweeps.reduce(|mut sum, sweep| {
            sum.rejected.iter_mut().zip(&sweep.rejected).for_each(|(sum, count)| *sum += count);
            Sweep { changes: sum.changes + sweep.changes, ..sum }
        });
        let sum = sum.expect("there is an example");
        println!(
            "{}: {} cells, {} changes, all rejected; {} cells are idle or halo2's blinding",
            S::name(),
            sum.guarded,
            sum.changes,
            sum.exempt
        );
        let cells = evaluator.cells().count();
        let blinding = evaluator.system.num_advice_columns() * (evaluator.rows - evaluator.usable);
        assert_eq!((sum.guarded, sum.exempt), (cells - idle - blinding, idle + blinding));
        assert!(sum.changes > (BOUNDARY_CASES + 2) * 4 * sum.guarded);
        sum
    })
}

pub(crate) fn the_whole_evaluator_and_the_sweep_see_the_same_failures<S: Subject>() {
    let evaluator = Evaluator::of::<S>();
    let (instance, witness) = S::example();
    let mut columns = S::assign(&instance, &witness, 7);
    for i in 0..400 {
        let cell = Cell::Advice(i % columns.advice.len(), i * 619 % evaluator.rows);
        let value = columns.get(cell);
        columns.set(cell, value + Fr::ONE);
        assert_eq!(evaluator.failures(&columns), evaluator.failures_reading([&cell], &columns));
        columns.set(cell, value);
    }
}

pub(crate) fn every_public_input_changed_alone_breaks_a_gate_if_one_reads_it<S: Subject>() {
    let evaluator = Evaluator::of::<S>();
    let (instance, witness) = S::example();
    let mut columns = S::assign(&instance, &witness, 7);
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for index in 0..evaluator.inputs {
        let value = columns.inputs[index];
        for other in tampered(value, &mut rng) {
            columns.inputs[index] = other;
            let failures = evaluator.failures(&columns);
            let unread = S::unread_inputs().contains(&index);
            assert_eq!(failures.is_empty(), unread, "public input {index} changed to {other:?}");
        }
        columns.inputs[index] = value;
    }
}
