//! Gate polynomials as sums of products, read from halo2's expressions.

use std::collections::BTreeMap;

use assay_circuits::Fr;
use ff::Field;
use halo2_proofs::plonk::Expression;

/// A column at a rotation, or a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Query {
    Advice(usize, i32),
    Fixed(usize, i32),
    /// A column of public values, see [`Plan::public_columns`](assay_protocol::plan::Plan::public_columns).
    Public(usize, i32),
    Challenge(usize),
}

/// A factor of a term.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Factor {
    Query(Query),
    Sum(Sum),
}

/// `Σ coefficient·Π factors`: each product once, no coefficient zero. The empty product is the constant term.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sum(pub(crate) BTreeMap<Vec<Factor>, Fr>);

/// A product of a sum with one term.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    pub(crate) coefficient: Fr,
    pub(crate) factors: Vec<Factor>,
}

impl Sum {
    /// Reads an expression. Sums are multiplied by constants term by term and otherwise kept as factors, so that the
    /// structure of a gate, selector times constraint, stays visible.
    ///
    /// # Panics
    /// Where it has a selector: a plan's have none.
    pub(crate) fn read(expression: &Expression<Fr>) -> Self {
        match expression {
            Expression::Constant(value) => Self::default().plus(*value, Vec::new()),
            Expression::Fixed(query) => Self::query(Query::Fixed(query.column_index(), query.rotation().0)),
            Expression::Advice(query) => Self::query(Query::Advice(query.column_index(), query.rotation().0)),
            Expression::Instance(query) => Self::query(Query::Public(query.column_index(), query.rotation().0)),
            Expression::Negated(value) => Self::read(value).scaled(-Fr::ONE),
            Expression::Scaled(value, factor) => Self::read(value).scaled(*factor),
            Expression::Sum(left, right) => {
                let right = Self::read(right);
                right.0.into_iter().fold(Self::read(left), |sum, (factors, value)| sum.plus(value, factors))
            }
            Expression::Product(left, right) => Self::read(left).times(Self::read(right)),
            Expression::Challenge(challenge) => Self::query(Query::Challenge(challenge.index())),
            Expression::Selector(_) => unreachable!("a plan has no selectors"),
        }
    }

    fn query(query: Query) -> Self {
        Self::default().plus(Fr::ONE, vec![Factor::Query(query)])
    }

    fn plus(mut self, coefficient: Fr, factors: Vec<Factor>) -> Self {
        let sum = self.0.entry(factors.clone()).or_default();
        *sum += coefficient;
        if bool::from(sum.is_zero()) {
            self.0.remove(&factors);
        }
        self
    }

    fn scaled(self, factor: Fr) -> Self {
        self.0.into_iter().fold(Self::default(), |sum, (factors, value)| sum.plus(value * factor, factors))
    }

    fn times(self, other: Self) -> Self {
        let (left, right) = (self.into_term(), other.into_term());
        match (left, right) {
            (Term { coefficient, factors }, other) if factors.is_empty() => other.into_sum().scaled(coefficient),
            (other, Term { coefficient, factors }) if factors.is_empty() => other.into_sum().scaled(coefficient),
            (left, right) => Term {
                coefficient: left.coefficient * right.coefficient,
                factors: [left.factors, right.factors].concat(),
            }
            .into_sum(),
        }
    }

    /// The sum as one product: itself the only factor, where it has several terms.
    pub(crate) fn into_term(self) -> Term {
        if self.0.len() == 1 {
            let (factors, coefficient) = self.0.into_iter().next().expect("one term");
            return Term { coefficient, factors };
        }
        Term { coefficient: Fr::ONE, factors: vec![Factor::Sum(self)] }
    }

    /// The terms with a coefficient that both have.
    pub(crate) fn common(&self, other: &Self) -> Self {
        let scaled = |value: &Fr| *value != Fr::ONE && *value != -Fr::ONE;
        let both = self
            .0
            .iter()
            .filter(|(factors, value)| !factors.is_empty() && scaled(value) && other.0.get(*factors) == Some(*value));
        Self(both.map(|(factors, value)| (factors.clone(), *value)).collect())
    }

    /// Makes some of the terms one factor.
    pub(crate) fn take_out(&mut self, part: &Self) {
        self.0.retain(|factors, _| !part.0.contains_key(factors));
        self.0.insert(vec![Factor::Sum(part.clone())], Fr::ONE);
    }

    /// The terms that are linear in queries of public values, as their queries with the rest of each product; and the other
    /// terms.
    pub(crate) fn split_public(self) -> (Self, Vec<(Query, Term)>) {
        let mut rest = Self::default();
        let mut split = Vec::new();
        for (mut factors, coefficient) in self.0 {
            let Some(position) = factors.iter().position(Factor::reads_public) else {
                rest = rest.plus(coefficient, factors);
                continue;
            };
            let inputs = match factors.remove(position) {
                Factor::Query(query) => vec![(query, Fr::ONE)],
                Factor::Sum(sum) => sum.public_queries(),
            };
            assert!(!factors.iter().any(Factor::reads_public), "gates are linear in the public inputs");
            split.extend(
                inputs
                    .into_iter()
                    .map(|(query, scale)| (query, Term { coefficient: coefficient * scale, factors: factors.clone() })),
            );
        }
        (rest, split)
    }

    /// The queries of a sum that consists of queries of public values.
    fn public_queries(self) -> Vec<(Query, Fr)> {
        let query = |(factors, value): (Vec<Factor>, Fr)| match factors.as_slice() {
            [Factor::Query(query @ Query::Public(..))] => (*query, value),
            _ => unreachable!("a sum with public inputs is a sum of public inputs"),
        };
        self.0.into_iter().map(query).collect()
    }
}

impl Term {
    pub(crate) fn into_sum(self) -> Sum {
        Sum::default().plus(self.coefficient, self.factors)
    }
}

impl Factor {
    fn reads_public(&self) -> bool {
        match self {
            Self::Query(query) => matches!(query, Query::Public(..)),
            Self::Sum(sum) => sum.0.keys().flatten().any(Self::reads_public),
        }
    }
}
