//! No constraint can be spared, in no row: for each there is a false statement that it alone rejects.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::evaluator::{Cell, Evaluator, Failure};
use crate::forge::Ties;
use crate::mutate::oracle;
use crate::subject::{Subject, once};

/// For each constraint how many false statements it alone rejects: one in each of its rows.
pub(crate) struct Indispensable(pub(crate) BTreeMap<usize, usize>);

pub(crate) fn without_any_one_constraint_a_false_statement_would_pass<S: Subject>() -> Arc<Indispensable> {
    once::<S, Indispensable>(|| {
        let ties = Ties::of::<S>();
        let evaluator = &ties.evaluator;
        let (instance, witness) = S::tight();
        let columns = S::assign(&instance, &witness, 0);
        assert_eq!(evaluator.failures(&columns), []);
        let places: Vec<Failure> = evaluator.everywhere().collect();
        places.par_iter().for_each(|at| {
            let constraint = evaluator.at(*at);
            let place = format!("{}: {} in row {}", constraint.gate, constraint.name, at.row);
            let draft = ties.forge(&columns, &S::false_statement(evaluator, &columns, *at));
            assert_eq!(draft.failures(), [*at], "{place} is not the only one to object");
            assert_eq!(oracle::<S>(&draft.columns), Some(false), "without {place} only a true statement would pass");
        });
        let mut rejected: BTreeMap<usize, usize> = BTreeMap::new();
        places.iter().for_each(|at| *rejected.entry(at.constraint).or_default() += 1);
        for (index, constraint) in evaluator.constraints.iter().enumerate() {
            assert!(!constraint.rows.is_empty());
            assert_eq!(rejected.get(&index), Some(&constraint.rows.len()), "{}", constraint.name);
        }
        Indispensable(rejected)
    })
}

pub(crate) fn every_private_cell_is_tied_once_but_idle_and_free_ones<S: Subject>() {
    let evaluator = Evaluator::of::<S>();
    let tied: BTreeSet<Cell> = Ties::of::<S>().all.iter().map(|tie| tie.cell).collect();
    let (idle, free) = (S::idle(), S::free());
    for cell in evaluator.cells() {
        let Cell::Advice(column, row) = cell else { unreachable!("a private cell") };
        let untied = idle[column].contains(&row) || row >= evaluator.usable || free.contains(&cell);
        assert_eq!(tied.contains(&cell), !untied, "{cell:?}");
    }
}
