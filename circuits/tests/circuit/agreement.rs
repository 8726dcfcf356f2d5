//! The circuit accepts exactly what the reference accepts.
//!
//! `ASSAY_CASES` sets the number of cases, 100,000 by default; `circuits/scripts/million-cases.sh` runs a million.

use std::collections::BTreeMap;

use assay_circuits::testing::{Case, Flaw};
use assay_circuits::{Fr, Violation, check};
use halo2_proofs::dev::VerifyFailure;
use rayon::prelude::*;

use crate::evaluator::{Cell, Columns, Evaluator, Failure};
use crate::support::{Cases, example, mock_prover};

const CASES_PER_SEED: usize = 500;

/// How often the reference gave each verdict.
type Verdicts = BTreeMap<&'static str, usize>;

fn verdict(case: &Result<(), Violation>) -> &'static str {
    match case {
        Ok(()) => "true",
        Err(Violation::Opening) => "opening",
        Err(Violation::Amount) => "amount",
        Err(Violation::Insolvent) => "insolvent",
    }
}

/// The constraint that must fail for each clause, and the only ones that may. Widened amounts also widen `D`.
fn expected_gates(violation: Violation) -> (&'static str, &'static [&'static str]) {
    match violation {
        Violation::Opening => ("output", &["output", "difference", "limb"]),
        Violation::Amount => ("limb", &["limb", "difference"]),
        Violation::Insolvent => ("difference", &["difference"]),
    }
}

fn agrees<const N: usize>(evaluator: &Evaluator<N>, case: &Case<N>, seed: u64) -> &'static str {
    let reference = check(&case.instance, &case.witness);
    let failures = evaluator.failures(&Columns::of(&case.instance, &case.witness, seed));
    let gates: Vec<&str> = failures.iter().map(|f| evaluator.constraints[f.constraint].gate.as_str()).collect();
    match reference {
        Ok(()) => assert!(gates.is_empty(), "a true statement fails {gates:?}: {case:?}"),
        Err(violation) => {
            let (must, may) = expected_gates(violation);
            assert!(gates.contains(&must), "{violation} is not caught by {must} but by {gates:?}: {case:?}");
            assert!(gates.iter().all(|gate| may.contains(gate)), "{violation} fails {gates:?}: {case:?}");
        }
    }
    verdict(&reference)
}

fn run<const N: usize>(cases: usize) -> Verdicts {
    let evaluator = Evaluator::<N>::shared();
    let merge = |mut all: Verdicts, some: Verdicts| {
        some.into_iter().for_each(|(verdict, count)| *all.entry(verdict).or_default() += count);
        all
    };
    let seeds = cases.div_ceil(CASES_PER_SEED) as u64;
    let verdicts = (0..seeds).into_par_iter().map(|seed| {
        let mut verdicts = Verdicts::new();
        for case in Cases::<N>::new(seed).take(CASES_PER_SEED) {
            *verdicts.entry(agrees(evaluator, &case, seed)).or_default() += 1;
        }
        verdicts
    });
    let verdicts = verdicts.reduce(Verdicts::new, merge);
    println!("{N} assets: {} cases agree: {verdicts:?}", verdicts.values().sum::<usize>());
    verdicts
}

#[test]
fn circuit_and_reference_agree_on_boundary_cases() {
    let cases = std::env::var("ASSAY_CASES").map_or(100_000, |text| text.parse().expect("ASSAY_CASES is a number"));
    let verdicts = run::<8>(cases);
    for (name, percent) in [("true", 25), ("opening", 10), ("amount", 2), ("insolvent", 10)] {
        let count = verdicts.get(name).copied().unwrap_or_default();
        assert!(count * 100 >= percent * cases, "only {count} of {cases} cases are {name}");
    }
}

#[test]
fn circuit_and_reference_agree_for_16_and_32_assets() {
    run::<16>(4_000);
    run::<32>(2_000);
}

fn failures_of_mock<const N: usize>(evaluator: &Evaluator<N>, columns: &Columns) -> Vec<Failure> {
    let name = |failure: &VerifyFailure| match failure {
        VerifyFailure::ConstraintNotSatisfied { constraint, location, .. } => {
            let row = match location {
                halo2_proofs::dev::FailureLocation::InRegion { offset, .. } => *offset,
                halo2_proofs::dev::FailureLocation::OutsideRegion { row } => *row,
            };
            let known = evaluator.constraints.iter().position(|ours| {
                let (gate, polynomial) = ours.index;
                *constraint == ((gate, ours.gate.as_str()).into(), polynomial, ours.name.as_str()).into()
            });
            Failure { constraint: known.expect("MockProver runs the same constraints"), row }
        }
        other => panic!("unexpected failure {other:?}"),
    };
    let mut failures: Vec<_> = mock_prover::<N>(columns).verify().err().unwrap_or_default().iter().map(name).collect();
    failures.sort();
    failures
}

fn mock_agrees<const N: usize>(cases: usize) {
    let evaluator = Evaluator::<N>::shared();
    let compared: usize = Cases::<N>::new(u64::MAX)
        .take(cases)
        .collect::<Vec<_>>()
        .par_iter()
        .enumerate()
        .map(|(i, case)| {
            let mut columns = Columns::of(&case.instance, &case.witness, i as u64);
            // Every other case also has a cell changed somewhere, so that every gate gets to fail.
            if i % 2 == 1 {
                let cell = Cell::Advice(i / 2 % 2, i * 7919 % Evaluator::<N>::ROWS.saturating_sub(11));
                columns.set(cell, columns.get(cell) + Fr::one());
            }
            let ours = evaluator.failures(&columns);
            assert_eq!(failures_of_mock(evaluator, &columns), ours, "{:?}", case.flaw);
            if i % 2 == 0 {
                assert_eq!(ours.is_empty(), check(&case.instance, &case.witness).is_ok());
            }
            1
        })
        .sum();
    assert_eq!(compared, cases);
}

#[test]
fn mock_prover_finds_the_same_failures_as_the_evaluator() {
    mock_agrees::<8>(1_000);
    mock_agrees::<16>(40);
    mock_agrees::<32>(20);
}

#[test]
fn the_example_is_true_and_every_flaw_occurs() {
    let (instance, witness) = example::<8>();
    assert_eq!(check(&instance, &witness), Ok(()));
    assert_eq!(mock_prover::<8>(&Columns::of(&instance, &witness, 0)).verify(), Ok(()));
    let mut seen = [false; 5];
    for case in Cases::<8>::new(1).take(500) {
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
