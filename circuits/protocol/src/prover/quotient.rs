//! The gates as a straight-line program, run over blocks of rows.

use std::collections::HashMap;

use assay_arithmetic::{BLOCK, Path, Registers};
use ff::Field;
use halo2_proofs::plonk::Expression;
use rayon::prelude::*;

use crate::Fr;
use crate::plan::Plan;

/// A column, and how many rows of the circuit below the current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Query {
    Fixed(usize, i32),
    Advice(usize, i32),
    Public(usize, i32),
}

/// A step; operands are the numbers of earlier steps.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Step {
    Query(Query),
    Constant(Fr),
    Challenge(usize),
    Add(usize, usize),
    Subtract(usize, usize),
    Multiply(usize, usize),
}

/// The columns' values over the rows, or over a coset of their domain.
pub(crate) struct Values<'v> {
    /// As [`Program::prepare`] made them.
    pub(crate) fixed: &'v [Vec<Fr>],
    pub(crate) advice: &'v [Vec<Fr>],
    pub(crate) public: &'v [Vec<Fr>],
    pub(crate) challenges: &'v [Fr],
}

impl<'v> Values<'v> {
    fn column(&self, query: Query) -> (&'v [Fr], i32) {
        match query {
            Query::Fixed(column, rotation) => (&self.fixed[column], rotation),
            Query::Advice(column, rotation) => (&self.advice[column], rotation),
            Query::Public(column, rotation) => (&self.public[column], rotation),
        }
    }
}

/// Gate polynomials that share a factor.
#[derive(Clone, Debug)]
struct Gates {
    /// The step that holds the factor.
    factor: Option<usize>,
    /// The steps that hold the other factors, with the numbers of the polynomials, counted from the last.
    terms: Vec<(usize, usize)>,
}

/// Every gate polynomial, with common subexpressions computed once, and those of fixed columns alone once for each key.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    path: Path,
    steps: Vec<Step>,
    gates: Vec<Gates>,
    /// Steps over fixed columns alone.
    fixed_steps: Vec<Step>,
    /// The fixed steps of which [`Program::prepare`] makes further columns.
    tables: Vec<usize>,
}

impl Program {
    pub(crate) fn new(path: Path, plan: &Plan) -> Self {
        let mut compiler = Compiler { columns: plan.fixed(), ..Compiler::default() };
        let mut gates: Vec<Gates> = Vec::new();
        for (number, polynomial) in plan.gates().iter().rev().enumerate() {
            let (factor, term) = match polynomial {
                Expression::Product(factor, rest) if is_fixed(factor) => (Some(compiler.expression(factor)), &**rest),
                all => (None, all),
            };
            let term = (compiler.expression(term), number);
            match gates.iter_mut().find(|gates| gates.factor == factor) {
                Some(gates) => gates.terms.push(term),
                None => gates.push(Gates { factor, terms: vec![term] }),
            }
        }
        let Compiler { of_all, of_fixed, tables, .. } = compiler;
        Self { path, steps: of_all.steps, gates, fixed_steps: of_fixed.steps, tables }
    }

    /// The fixed columns over some rows, a multiple of 64, and after them those that follow from them.
    pub(crate) fn prepare(&self, columns: &[Vec<Fr>]) -> Vec<Vec<Fr>> {
        let values = Values { fixed: columns, advice: &[], public: &[], challenges: &[] };
        let rows = columns[0].len();
        assert_eq!(rows % BLOCK, 0);
        let mut tables = vec![Vec::with_capacity(rows); self.tables.len()];
        let mut results = Registers::new(self.path, self.fixed_steps.len());
        let mut block = [Fr::ZERO; BLOCK];
        for start in (0..rows).step_by(BLOCK) {
            run(&self.fixed_steps, &mut results, &values, start, rows);
            for (table, step) in tables.iter_mut().zip(&self.tables) {
                results.store(*step, &mut block);
                table.extend_from_slice(&block);
            }
        }
        [columns, &tables].concat()
    }

    /// `Σ_i y^i·gate_i` in every row, where the last gate polynomial has the number 0.
    pub(crate) fn evaluate(&self, values: &Values<'_>, y: Fr) -> Vec<Fr> {
        let rows = values.advice[0].len();
        let count = self.gates.iter().map(|gates| gates.terms.len()).sum();
        let powers: Vec<Fr> = std::iter::successors(Some(Fr::ONE), |power| Some(power * y)).take(count).collect();
        let mut sums = vec![Fr::ZERO; rows];
        // After the steps' registers come that of all gates, and that of those which share a factor.
        let (all, shared) = (self.steps.len(), self.steps.len() + 1);
        let blocks = sums.as_chunks_mut::<BLOCK>().0;
        blocks.par_iter_mut().enumerate().for_each_init(
            || Registers::new(self.path, self.steps.len() + 2),
            |results, (block, sums)| {
                run(&self.steps, results, values, block * BLOCK, rows);
                results.fill(all, Fr::ZERO);
                for gates in &self.gates {
                    results.fill(shared, Fr::ZERO);
                    for &(step, number) in &gates.terms {
                        results.add_scaled(shared, step, powers[number]);
                    }
                    if let Some(factor) = gates.factor {
                        results.multiply(shared, shared, factor);
                    }
                    results.add(all, all, shared);
                }
                results.store(all, sums);
            },
        );
        sums
    }
}

/// Runs `steps` over the block of rows from `start` on, where the columns have `rows`.
fn run(steps: &[Step], results: &mut Registers, values: &Values<'_>, start: usize, rows: usize) {
    let mut block = [Fr::ZERO; BLOCK];
    for (number, step) in steps.iter().enumerate() {
        match *step {
            Step::Query(query) => {
                let (column, rotation) = values.column(query);
                let shift = rotation.unsigned_abs() as usize % rows;
                let first = if rotation < 0 { start + rows - shift } else { start + shift } % rows;
                let (head, tail) = block.split_at_mut(BLOCK.min(rows - first));
                head.copy_from_slice(&column[first..first + head.len()]);
                tail.copy_from_slice(&column[..tail.len()]);
                results.load(number, &block);
            }
            Step::Constant(value) => results.fill(number, value),
            Step::Challenge(challenge) => results.fill(number, values.challenges[challenge]),
            Step::Add(a, b) => results.add(number, a, b),
            Step::Subtract(a, b) => results.subtract(number, a, b),
            Step::Multiply(a, b) => results.multiply(number, a, b),
        }
    }
}

/// Whether an expression reads nothing but fixed columns.
fn is_fixed(expression: &Expression<Fr>) -> bool {
    match expression {
        Expression::Constant(_) | Expression::Fixed(_) => true,
        Expression::Negated(value) | Expression::Scaled(value, _) => is_fixed(value),
        Expression::Sum(left, right) | Expression::Product(left, right) => is_fixed(left) && is_fixed(right),
        _ => false,
    }
}

/// Steps, each of them once.
#[derive(Default)]
struct Steps {
    steps: Vec<Step>,
    known: HashMap<Step, usize>,
}

impl Steps {
    fn step(&mut self, step: Step) -> usize {
        let next = self.steps.len();
        *self.known.entry(step).or_insert_with_key(|step| {
            self.steps.push(step.clone());
            next
        })
    }

    /// The step that holds `expression`; `shortcut` may know one for a part of it.
    fn expression(
        &mut self,
        expression: &Expression<Fr>,
        shortcut: &mut impl FnMut(&Expression<Fr>) -> Option<Query>,
    ) -> usize {
        if let Some(query) = shortcut(expression) {
            return self.step(Step::Query(query));
        }
        match expression {
            Expression::Constant(value) => self.step(Step::Constant(*value)),
            Expression::Fixed(query) => self.step(Step::Query(Query::Fixed(query.column_index(), query.rotation().0))),
            Expression::Advice(query) => {
                self.step(Step::Query(Query::Advice(query.column_index(), query.rotation().0)))
            }
            Expression::Instance(query) => {
                self.step(Step::Query(Query::Public(query.column_index(), query.rotation().0)))
            }
            Expression::Negated(value) => {
                let (zero, value) = (self.step(Step::Constant(Fr::ZERO)), self.expression(value, shortcut));
                self.step(Step::Subtract(zero, value))
            }
            Expression::Sum(left, right) => {
                let left = self.expression(left, shortcut);
                if let Expression::Negated(right) = &**right {
                    let right = self.expression(right, shortcut);
                    return self.step(Step::Subtract(left, right));
                }
                let right = self.expression(right, shortcut);
                self.step(Step::Add(left.min(right), left.max(right)))
            }
            Expression::Product(left, right) => {
                let (left, right) = (self.expression(left, shortcut), self.expression(right, shortcut));
                self.step(Step::Multiply(left.min(right), left.max(right)))
            }
            Expression::Scaled(value, factor) => {
                let (value, factor) = (self.expression(value, shortcut), self.step(Step::Constant(*factor)));
                self.step(Step::Multiply(value.min(factor), value.max(factor)))
            }
            Expression::Challenge(challenge) => self.step(Step::Challenge(challenge.index())),
            Expression::Selector(_) => unreachable!("a plan has no selectors"),
        }
    }
}

#[derive(Default)]
struct Compiler {
    /// Fixed columns of the circuit; tables follow them.
    columns: usize,
    of_all: Steps,
    of_fixed: Steps,
    tables: Vec<usize>,
}

impl Compiler {
    fn expression(&mut self, expression: &Expression<Fr>) -> usize {
        let Self { columns, of_all, of_fixed, tables } = self;
        of_all.expression(expression, &mut |part| {
            let worth = !matches!(part, Expression::Constant(_) | Expression::Fixed(_)) && is_fixed(part);
            worth.then(|| {
                let step = of_fixed.expression(part, &mut |_| None);
                let table = tables.iter().position(|known| *known == step).unwrap_or_else(|| {
                    tables.push(step);
                    tables.len() - 1
                });
                Query::Fixed(*columns + table, 0)
            })
        })
    }
}
