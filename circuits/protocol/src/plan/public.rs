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
        if let Expression::Instance(query) = expression {
            let query = Query { column: query.column_index(), rotation: query.rotation().0 };
            return Some(vec![Term { query, factor: Fr::ONE, powers: vec![0; self.challenges] }]);
        }
        let mut terms = Vec::new();
        let one = Term { query: Query { column: 0, rotation: 0 }, factor: Fr::ONE, powers: vec![0; self.challenges] };
        is_public(expression)?;
        collect(expression, &one, &mut terms)?;
        let first = terms.first()?.query.column;
        terms.iter().any(|term| term.query.column != first).then_some(terms)
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

/// Whether an expression reads nothing but public inputs and challenges, and a public input in every term.
fn is_public(expression: &Expression<Fr>) -> Option<()> {
    match expression {
        Expression::Instance(_) => Some(()),
        Expression::Negated(value) | Expression::Scaled(value, _) => is_public(value),
        Expression::Sum(left, right) => is_public(left).and_then(|()| is_public(right)),
        Expression::Product(left, right) => match (&**left, &**right) {
            (Expression::Challenge(_) | Expression::Constant(_), value)
            | (value, Expression::Challenge(_) | Expression::Constant(_)) => is_public(value),
            _ => None,
        },
        _ => None,
    }
}

/// Adds the terms of a public expression, each times `outer`.
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
