//! The opening argument: which polynomials are opened at which points.

use std::collections::BTreeSet;

use assay_circuits::Fr;
use ff::Field;
use halo2_proofs::plonk::ConstraintSystem;

use crate::polynomial::Query;

/// A polynomial that a proof opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    Advice(usize),
    Fixed(usize),
    Quotient,
    Random,
}

/// Polynomials that are opened at the same points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Set {
    pub(crate) rotations: BTreeSet<i32>,
    pub(crate) members: Vec<Opened>,
}

/// The evaluations of a proof in their order: those of the columns. That of the random polynomial comes last.
pub(crate) fn evaluations(system: &ConstraintSystem<Fr>) -> Vec<Query> {
    let advice = system.advice_queries().iter().map(|(column, rotation)| Query::Advice(column.index(), rotation.0));
    let fixed = system.fixed_queries().iter().map(|(column, rotation)| Query::Fixed(column.index(), rotation.0));
    advice.chain(fixed).collect()
}

/// The sets in the order of halo2's verifier: of the first query of each.
pub(crate) fn sets(system: &ConstraintSystem<Fr>) -> Vec<Set> {
    let mut polynomials: Vec<(Opened, BTreeSet<i32>)> = Vec::new();
    let columns = evaluations(system).into_iter().map(|query| match query {
        Query::Advice(column, rotation) => (Opened::Advice(column), rotation),
        Query::Fixed(column, rotation) => (Opened::Fixed(column), rotation),
        Query::Instance(..) => unreachable!("public inputs are not opened"),
    });
    for (polynomial, rotation) in columns.chain([(Opened::Quotient, 0), (Opened::Random, 0)]) {
        match polynomials.iter_mut().find(|(known, _)| *known == polynomial) {
            Some((_, rotations)) => _ = rotations.insert(rotation),
            None => polynomials.push((polynomial, BTreeSet::from([rotation]))),
        }
    }
    let mut sets: Vec<Set> = Vec::new();
    for (polynomial, rotations) in polynomials {
        match sets.iter_mut().find(|set| set.rotations == rotations) {
            Some(set) => set.members.push(polynomial),
            None => sets.push(Set { rotations, members: vec![polynomial] }),
        }
    }
    sets
}

/// `1/Π_{σ ≠ ρ} (ω^ρ − ω^σ)` for each rotation `ρ`, ascending.
pub(crate) fn barycentric(rotations: &BTreeSet<i32>, omega: Fr) -> Vec<Fr> {
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
