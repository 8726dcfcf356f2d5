//! Covenants that no position with debt can satisfy together, found by a linear program.
//!
//! Only shares can contradict each other. A position may be as small as one likes, so that no limit in amounts or values binds: the
//! rows that hold for all positions that are small enough are left out. The rest are linear in the *values* of what is held and
//! owed, so that prices do not matter either, and are looked at with every price at one. Time and buffers ask more of the prover,
//! never less, and are left out too.

use assay_circuits::statements::covenants::Row;
use assay_verifier::covenants::Compiled;
use assay_verifier::{AssetBounds, Bounds, Policy};
use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};

/// What floating-point numbers may miss, where the largest coefficient of a row is one.
const TOLERANCE: f64 = 1e-9;

/// The names of covenants of `policy` that no position with debt satisfies together, while all but any one of them leave some: one
/// name where it contradicts itself. None where there is such a position.
pub(super) fn contradiction(policy: &Policy) -> Option<Vec<String>> {
    let bounds = policy.market().assets().iter().zip(&policy.rules().assets).map(|(asset, risk)| {
        let one = 10u128.pow(risk.price_decimals.into());
        AssetBounds { asset: asset.symbol.clone(), floor: one, ceiling: one }
    });
    // Coefficients that lie too far apart at this price may not do so at others.
    let rows = Compiled::new(policy, &Bounds(bounds.collect()), 0, None).ok()?;
    let mut names: Vec<String> = policy.covenants().iter().map(|covenant| covenant.name.clone()).collect();
    if satisfiable(&rows, &names) {
        return None;
    }
    for name in names.clone().into_iter().rev() {
        let fewer: Vec<String> = names.iter().filter(|other| **other != name).cloned().collect();
        if !satisfiable(&rows, &fewer) {
            names = fewer;
        }
    }
    Some(names)
}

/// Whether a position with debt satisfies the covenants of these names.
fn satisfiable(rows: &Compiled, names: &[String]) -> bool {
    let tests = rows.tests.iter().zip(&rows.origins).filter(|(_, origin)| names.contains(&origin.covenant));
    let tests = tests.map(|(row, _)| row).filter(|row| !row.constant().is_negative());
    let strict: Vec<bool> = tests.clone().map(|row| !row.constant().magnitude().is_zero()).collect();
    let mut all: Vec<Vec<f64>> = rows.equalities.iter().chain(tests).map(coefficients).collect();
    balance(&mut all);
    let (equalities, tests) = all.split_at(rows.equalities.len());

    let mut problem = Problem::new(OptimizationDirection::Maximize);
    // By how much the strict tests hold: more than nothing is wanted.
    let spare = problem.add_var(1.0, (0.0, 1.0));
    let amounts: Vec<Variable> = (0..rows.shape.terms()).map(|_| problem.add_var(0.0, (0.0, f64::INFINITY))).collect();
    let sum = |row: &[f64]| amounts.iter().copied().zip(row.iter().copied()).filter(|(_, c)| *c != 0.0).collect();
    let debts = (0..rows.shape.size().assets()).map(|asset| (amounts[rows.shape.debt(0, asset)], 1.0));
    problem.add_constraint(debts.collect::<Vec<_>>(), ComparisonOp::Eq, 1.0);
    for row in equalities {
        let row: Vec<(Variable, f64)> = sum(row);
        problem.add_constraint(row, ComparisonOp::Eq, 0.0);
    }
    for (row, strict) in tests.iter().zip(strict) {
        let mut row: Vec<(Variable, f64)> = sum(row);
        row.extend(strict.then_some((spare, -1.0)));
        problem.add_constraint(row, ComparisonOp::Ge, 0.0);
    }
    match problem.solve() {
        Ok(solution) => solution.objective() > TOLERANCE,
        Err(microlp::Error::Infeasible) => false,
        // The solver gave up, which says nothing about the policy.
        Err(_) => true,
    }
}

#[allow(clippy::cast_precision_loss, reason = "a row is at most scaled by it")]
fn coefficients(row: &Row) -> Vec<f64> {
    row.coefficients().iter().map(|coefficient| coefficient.get() as f64).collect()
}

/// Scales rows and columns until the largest number of each is about one.
fn balance(rows: &mut [Vec<f64>]) {
    for _ in 0..4 {
        for row in rows.iter_mut() {
            let largest = row.iter().fold(0.0, |largest: f64, number| largest.max(number.abs()));
            row.iter_mut().filter(|number| **number != 0.0).for_each(|number| *number /= largest);
        }
        for column in 0..rows.first().map_or(0, Vec::len) {
            let largest = rows.iter().fold(0.0, |largest: f64, row| largest.max(row[column].abs()));
            rows.iter_mut().filter(|row| row[column] != 0.0).for_each(|row| row[column] /= largest);
        }
    }
}
