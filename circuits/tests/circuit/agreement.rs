//! The circuit accepts exactly what the reference accepts.
//!
//! `ASSAY_CASES` sets the number of cases; `circuits/scripts/million-cases.sh` runs a million for eight assets.

use std::collections::BTreeMap;
use std::sync::Arc;

use assay_circuits::statements::solvency::strategies::Flaw;
use assay_circuits::{Fr, Size, Statement};
use halo2_proofs::dev::{FailureLocation, VerifyFailure};
use rayon::prelude::*;

use crate::evaluator::{Cell, Columns, Evaluator, Failure, mock_challenges, mock_prover};
use crate::forge::sole;
use crate::subject::{Subject, once};
use crate::support::solvency_cases;

const CASES_PER_SEED: usize = 500;

/// What a comparison found.
#[derive(Default)]
pub(crate) struct Agreement {
    /// How often the reference gave each verdict.
    verdicts: BTreeMap<String, usize>,
    /// For each constraint how many false statements it alone rejected.
    pub(crate) rejected: BTreeMap<usize, usize>,
}

impl Agreement {
    fn merge(mut self, other: Self) -> Self {
        other.verdicts.into_iter().for_each(|(verdict, count)| *self.verdicts.entry(verdict).or_default() += count);
        other.rejected.into_iter().for_each(|(at, count)| *self.rejected.entry(at).or_default() += count);
        self
    }
}

fn agree<S: Subject>(seed: u64, cases: usize) -> Agreement {
    let evaluator = Evaluator::of::<S>();
    let mut agreement = Agreement::default();
    for (i, (instance, witness)) in S::cases(seed).take(cases).enumerate() {
        let reference = instance.check(&witness);
        let failures = evaluator.failures(&S::assign(&instance, &witness, seed));
        let gates: Vec<&str> = failures.iter().map(|at| evaluator.at(*at).gate.as_str()).collect();
        let verdict = match reference {
            Ok(()) => {
                assert!(gates.is_empty(), "a true statement fails {gates:?}: seed {seed}, case {i}: {instance:?}");
                "Ok".to_owned()
            }
            Err(violation) => {
                let (must, may) = S::objectors(violation);
                let right = gates.contains(&must) && gates.iter().all(|gate| may.contains(gate));
                assert!(right, "{violation:?} fails {gates:?}: seed {seed}, case {i}: {instance:?}");
                // Its name, without the number of what does not hold.
                format!("{violation:?}").split('(').next().expect("a name").to_owned()
            }
        };
        *agreement.verdicts.entry(verdict).or_default() += 1;
        sole(&failures).into_iter().for_each(|at| *agreement.rejected.entry(at).or_default() += 1);
    }
    agreement
}

pub(crate) fn circuit_and_reference_agree_on_boundary_cases<S: Subject>() -> Arc<Agreement> {
    once::<S, Agreement>(|| {
        let set = std::env::var("ASSAY_CASES");
        let cases = set.map_or(S::CASES, |text| text.parse().expect("ASSAY_CASES is a number"));
        let seeds = (0..cases.div_ceil(CASES_PER_SEED)).into_par_iter();
        let agreement = seeds
            .map(|seed| agree::<S>(seed as u64, CASES_PER_SEED.min(cases - seed * CASES_PER_SEED)))
            .reduce(Agreement::default, Agreement::merge);
        println!("{}: {cases} cases agree: {:?}", S::name(), agreement.verdicts);
        assert_eq!(agreement.verdicts.values().sum::<usize>(), cases);
        for (verdict, percent) in S::MIX {
            let count = agreement.verdicts.get(*verdict).copied().unwrap_or_default();
            assert!(count * 100 >= percent * cases, "only {count} of {cases} cases are {verdict}");
        }
        agreement
    })
}

fn failures_of_mock<S: Subject>(evaluator: &Evaluator, columns: &Columns) -> Vec<Failure> {
    let name = |failure: &VerifyFailure| match failure {
        VerifyFailure::ConstraintNotSatisfied { constraint, location, .. } => {
            let row = match location {
                FailureLocation::InRegion { offset, .. } => *offset,
                FailureLocation::OutsideRegion { row } => *row,
            };
            let known = evaluator.constraints.iter().position(|ours| {
                let (gate, polynomial) = ours.index;
                *constraint == ((gate, ours.gate.as_str()).into(), polynomial, ours.name.as_str()).into()
            });
            Failure { constraint: known.expect("MockProver runs the same constraints"), row }
        }
        other => panic!("unexpected failure {other:?}"),
    };
    let mut failures: Vec<_> = mock_prover::<S>(columns).verify().err().unwrap_or_default().iter().map(name).collect();
    failures.sort();
    failures
}

pub(crate) fn mock_prover_finds_the_same_failures_as_the_evaluator<S: Subject>() {
    let evaluator = Evaluator::of::<S>();
    let challenges = mock_challenges::<S>();
    let cases: Vec<_> = S::cases(u64::MAX).take(S::CASES / 100).collect();
    cases.par_iter().enumerate().for_each(|(i, (instance, witness))| {
        let mut columns = S::assign_for(instance, witness, &challenges, i as u64);
        // Every other case also has a cell changed somewhere, so that every gate gets to fail.
        if i % 2 == 1 {
            let cell = Cell::Advice(i / 2 % columns.advice.len(), i * 7919 % evaluator.usable);
            columns.set(cell, columns.get(cell) + Fr::one());
        }
        let ours = evaluator.failures(&columns);
        assert_eq!(failures_of_mock::<S>(&evaluator, &columns), ours, "case {i}");
        if i % 2 == 0 {
            assert_eq!(ours.is_empty(), instance.check(witness).is_ok());
        }
    });
}

pub(crate) fn the_example_and_the_tight_statement_are_true<S: Subject>() {
    for (instance, witness) in [S::example(), S::tight()] {
        assert_eq!(instance.check(&witness), Ok(()));
        let columns = S::assign_for(&instance, &witness, &mock_challenges::<S>(), 0);
        assert_eq!(mock_prover::<S>(&columns).verify(), Ok(()));
    }
}

#[test]
fn every_flaw_occurs_among_the_cases() {
    let mut seen = [false; 5];
    for case in solvency_cases(Size::Eight, 1).take(500) {
        let kind = match case.flaw {
            Flaw::None => 0,
            Flaw::Commitment(_) => 1,
            Flaw::Opening => 2,
            Flaw::Amount(_) => 3,
            Flaw::Wide { .. } => 4,
        };
        seen[kind] = true;
    }
    assert_eq!(seen, [true; 5]);
}
