//! Public inputs as the gates read them.
//!
//! Where a part of a gate is a sum of public inputs of several columns, each times challenges, prover and verifier compute the
//! sum and never the columns apart: a statement may have thousands of public inputs, each alone in its column, and a proof of
//! it costs as many transforms and values as there are such parts.

use std::collections::BTreeMap;

use ff::Field;
use halo2_proofs::plonk::{ConstraintSystem, Expression};
use halo2_proofs::poly::Rotation;

use super::Query;
use crate::Fr;

/// A public input of a row, scaled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The instance column, and how many rows below.
    pub query: Query,
    /// A constant factor.
    pub factor: Fr,
    /// How often each challenge is a factor.
    pub powers: Vec<u32>,
}

/// A column of public values: a sum of terms in every row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicColumn {
    /// The terms.
    pub terms: Vec<Term>,
}

impl PublicColumn {
    /// The values of the rows in which they are not zero for want of a public input, for these instance columns and
    /// challenges. Row numbers may be negative, or beyond the last row, and count modulo the number of rows.
    #[must_use]
    pub fn values(&self, instance: &[Vec<Fr>], challenges: &[Fr]) -> BTreeMap<i32, Fr> {
        let mut powers = Powers { challenges, known: vec![vec![Fr::ONE]; challenges.len()] };
        let mut values = BTreeMap::new();
        for Term { query, factor, powers: exponents } in &self.terms {
            let factor = exponents.iter().enumerate().fold(*factor, |factor, (challenge, exponent)| {
                if *exponent == 0 { factor } else { factor * powers.get(challenge, *exponent) }
            });
            let rows = query.rotation.saturating_neg()..;
            for (row, input) in rows.zip(instance.get(query.column).into_iter().flatten()) {
                let value: &mut Fr = values.entry(row).or_default();
                *value += factor * input;
            }
        }
        values
    }
}

/// Powers of challenges, each computed once.
struct Powers<'c> {
    challenges: &'c [Fr],
    known: Vec<Vec<Fr>>,
}

impl Powers<'_> {
    /// Zero for a challenge that there is not.
    fn get(&mut self, challenge: usize, exponent: u32) -> Fr {
        let (Some(base), Some(known)) = (self.challenges.get(challenge), self.known.get_mut(challenge)) else {
            return Fr::ZERO;
        };
        let Ok(exponent) = usize::try_from(exponent) else { return Fr::ZERO };
        while known.len() <= exponent {
            let last = known.last().copied().unwrap_or(Fr::ONE);
            known.push(last * base);
        }
        known.get(exponent).copied().unwrap_or(Fr::ZERO)
    }
}

/// The gates with their public parts as columns of their own, in the order of first appearance.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) columns: Vec<PublicColumn>,
    pub(super) queries: Vec<Query>,
    challenges: usize,
}

impl Parts {
    pub(super) fn new(challenges: usize) -> Self {
        Self { challenges, ..Self::default() }
    }

    /// Replaces the public parts of `expression` by queries of columns.
    pub(super) fn replace(&mut self, expression: &Expression<Fr>) -> Expression<Fr> {
        if let Some(terms) = self.terms(expression) {
            return self.read(terms);
        }
        let mut of = |part: &Expression<Fr>| Box::new(self.replace(part));
        match expression {
            Expression::Negated(value) => Expression::Negated(of(value)),
            Expression::Sum(left, right) => Expression::Sum(of(left), of(right)),
            Expression::Product(left, right) => Expression::Product(of(left), of(right)),
            Expression::Scaled(value, factor) => Expression::Scaled(of(value), *factor),
            leaf => leaf.clone(),
        }
    }

    /// The terms of a part that is to be a column: a single query, or a sum of public inputs of several columns.
    fn terms(&self, expression: &Expression<Fr>) -> Option<Vec<Term>> {
        let one = Term { query: Query { column: 0, rotation: 0 }, factor: Fr::ONE, powers: vec![0; self.challenges] };
        let mut terms = Vec::new();
        collect(expression, &one, &mut terms)?;
        let first = terms.first()?.query.column;
        let several = terms.iter().any(|term| term.query.column != first);
        (several || matches!(expression, Expression::Instance(_))).then_some(terms)
    }

    /// A query of the column with these terms. A column that is read alone keeps its rotations, so that it is one column
    /// wherever it is read.
    fn read(&mut self, mut terms: Vec<Term>) -> Expression<Fr> {
        let rotation = match &mut terms[..] {
            [term] => std::mem::take(&mut term.query.rotation),
            _ => 0,
        };
        let column = PublicColumn { terms };
        let number = self.columns.iter().position(|known| *known == column).unwrap_or_else(|| {
            self.columns.push(column);
            self.columns.len() - 1
        });
        let query = Query { column: number, rotation };
        if !self.queries.contains(&query) {
            self.queries.push(query);
        }
        instance(query)
    }
}

/// An expression that reads an instance column.
fn instance(query: Query) -> Expression<Fr> {
    let mut system = ConstraintSystem::<Fr>::default();
    let columns: Vec<_> = (0..=query.column).map(|_| system.instance_column()).collect();
    let mut read = None;
    system.create_gate("", |meta| {
        let expression = columns.last().map(|column| meta.query_instance(*column, Rotation(query.rotation)));
        read.clone_from(&expression);
        expression
    });
    read.unwrap_or(Expression::Constant(Fr::ZERO))
}

/// Adds the terms of a public expression, each times `outer`; `None` where it reads anything but public inputs and challenges,
/// or where a term has no public input.
fn collect(expression: &Expression<Fr>, outer: &Term, terms: &mut Vec<Term>) -> Option<()> {
    let mut outer = outer.clone();
    match expression {
        Expression::Instance(query) => {
            outer.query = Query { column: query.column_index(), rotation: query.rotation().0 };
            terms.push(outer);
            Some(())
        }
        Expression::Negated(value) => {
            outer.factor = -outer.factor;
            collect(value, &outer, terms)
        }
        Expression::Scaled(value, factor) => {
            outer.factor *= factor;
            collect(value, &outer, terms)
        }
        Expression::Sum(left, right) => {
            collect(left, &outer, terms)?;
            collect(right, &outer, terms)
        }
        Expression::Product(left, right) => {
            let (factor, value) = match (&**left, &**right) {
                (factor @ (Expression::Challenge(_) | Expression::Constant(_)), value) => (factor, value),
                (value, factor) => (factor, value),
            };
            match factor {
                Expression::Challenge(challenge) => *outer.powers.get_mut(challenge.index())? += 1,
                Expression::Constant(constant) => outer.factor *= constant,
                _ => return None,
            }
            collect(value, &outer, terms)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use halo2_proofs::plonk::FirstPhase;
    use rand_chacha::ChaCha8Rng;
    use rand_core::{RngCore, SeedableRng};

    use super::*;

    const ROWS: i32 = 16;
    const COLUMNS: usize = 3;

    /// A row as an index.
    fn index(row: i32) -> usize {
        usize::try_from(row.rem_euclid(ROWS)).expect("not negative")
    }

    fn below(rng: &mut ChaCha8Rng, bound: u32) -> u32 {
        rng.next_u32() % bound
    }

    /// An expression over everything that a gate may read; `leaves` are queries, challenges and constants.
    fn expression(rng: &mut ChaCha8Rng, leaves: &[Expression<Fr>], depth: u32) -> Expression<Fr> {
        if depth == 0 || below(rng, 6) == 0 {
            return leaves[below(rng, u32::try_from(leaves.len()).expect("few")) as usize].clone();
        }
        let kind = below(rng, 5);
        let mut part = || expression(rng, leaves, depth - 1);
        match kind {
            0 => -part(),
            1 => part() * Fr::from(7),
            2 => part() * part(),
            3 => part() - part(),
            _ => part() + part(),
        }
    }

    fn value(
        expression: &Expression<Fr>,
        row: i32,
        challenges: &[Fr],
        advice: &dyn Fn(i32) -> Fr,
        public: &dyn Fn(usize, i32) -> Fr,
    ) -> Fr {
        expression.evaluate(
            &|value| value,
            &|_| Fr::ZERO,
            &|_| Fr::ZERO,
            &|query| advice((row + query.rotation().0).rem_euclid(ROWS)),
            &|query| public(query.column_index(), (row + query.rotation().0).rem_euclid(ROWS)),
            &|challenge| challenges[challenge.index()],
            &|a| -a,
            &|a, b| a + b,
            &|a, b| a * b,
            &|a, factor| a * factor,
        )
    }

    #[test]
    fn gates_read_the_same_with_their_public_parts_as_columns() {
        let mut combined = 0;
        for seed in 0..400 {
            let rng = &mut ChaCha8Rng::seed_from_u64(seed);
            let mut system = ConstraintSystem::<Fr>::default();
            let private = system.advice_column();
            let columns = [(); COLUMNS].map(|()| system.instance_column());
            let challenges = [(); 2].map(|()| system.challenge_usable_after(FirstPhase));
            let mut gates = Vec::new();
            system.create_gate("random", |meta| {
                let mut leaves = vec![meta.query_advice(private, Rotation::cur()), Expression::Constant(Fr::from(5))];
                leaves.extend(challenges.map(|challenge| meta.query_challenge(challenge)));
                for column in columns {
                    for rotation in [-3, 0, 2] {
                        leaves.push(meta.query_instance(column, Rotation(rotation)));
                        leaves.push(leaves[2].clone() * leaves[leaves.len() - 1].clone());
                    }
                }
                gates = (0..4).map(|_| expression(rng, &leaves, 4)).collect();
                gates.clone()
            });
            // Columns of no public input, of some, and of one in every row.
            let instance: Vec<Vec<Fr>> =
                [0, 3, 16].map(|length| (0..length).map(|_| Fr::random(&mut *rng)).collect()).into();
            let challenges = [(); 2].map(|()| Fr::random(&mut *rng));
            let cells: Vec<Fr> = (0..ROWS).map(|_| Fr::random(&mut *rng)).collect();
            let advice = |row: i32| cells[index(row)];
            let mut parts = Parts::new(2);
            let replaced: Vec<Expression<Fr>> = gates.iter().map(|gate| parts.replace(gate)).collect();
            let mut values = vec![vec![Fr::ZERO; cells.len()]; parts.columns.len()];
            for (column, values) in parts.columns.iter().zip(&mut values) {
                for (row, value) in column.values(&instance, &challenges) {
                    values[index(row)] += value;
                }
                combined += usize::from(column.terms.len() > 1);
            }
            let plain = |column: usize, row: i32| instance[column].get(index(row)).copied().unwrap_or(Fr::ZERO);
            let public = |column: usize, row: i32| values[column][index(row)];
            for row in 0..ROWS {
                for (gate, replaced) in gates.iter().zip(&replaced) {
                    let [before, after] = [
                        value(gate, row, &challenges, &advice, &plain),
                        value(replaced, row, &challenges, &advice, &public),
                    ];
                    assert_eq!(before, after, "seed {seed}, row {row}");
                }
            }
        }
        assert!(combined > 100, "{combined}");
    }

    #[test]
    fn a_sum_over_one_column_stays_apart_and_over_several_is_one_query() {
        let mut system = ConstraintSystem::<Fr>::default();
        let [one, two] = [(); 2].map(|()| system.instance_column());
        let mut gates = Vec::new();
        system.create_gate("sums", |meta| {
            let mut read = |column, rotation| meta.query_instance(column, Rotation(rotation));
            gates = vec![read(one, 0) + read(one, 1), read(one, 0) + read(two, 1), read(two, 3) - read(one, 5)];
            gates.clone()
        });
        let mut parts = Parts::new(0);
        gates.iter().for_each(|gate| drop(parts.replace(gate)));
        let terms: Vec<usize> = parts.columns.iter().map(|column| column.terms.len()).collect();
        assert_eq!(terms, [1, 2, 2]);
        assert_eq!(
            parts.queries.iter().map(|query| (query.column, query.rotation)).collect::<Vec<_>>(),
            [(0, 0), (0, 1), (1, 0), (2, 0)]
        );
    }
}
