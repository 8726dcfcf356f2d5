//! The opening argument: which values a proof holds, and what the points need.

use assay_circuits::Fr;
use assay_protocol::plan::Plan;
use ff::Field;

use crate::polynomial::Query;

/// The evaluations of a proof in their order: those of the columns. That of the random polynomial comes last.
pub(crate) fn evaluations(plan: &Plan) -> Vec<Query> {
    let advice = plan.advice_queries().iter().map(|query| Query::Advice(query.column, query.rotation));
    let fixed = plan.fixed_queries().iter().map(|query| Query::Fixed(query.column, query.rotation));
    advice.chain(fixed).collect()
}

/// `1/Π_{σ ≠ ρ} (ω^ρ − ω^σ)` for each rotation `ρ`, ascending.
pub(crate) fn barycentric(rotations: &[i32], omega: Fr) -> Vec<Fr> {
    let points: Vec<Fr> = rotations.iter().map(|rotation| power(omega, *rotation)).collect();
    let weight = |point: &Fr| {
        let differences = points.iter().filter(|other| *other != point).map(|other| *point - other);
        differences.fold(Fr::ONE, |product, difference| product * difference)
    };
    points.iter().map(|point| weight(point).invert().expect("the points are distinct")).collect()
}

/// `ω^rotation`.
pub(crate) fn power(omega: Fr, rotation: i32) -> Fr {
    let power = omega.pow_vartime([u64::from(rotation.unsigned_abs())]);
    if rotation < 0 { power.invert().expect("a root of unity") } else { power }
}
