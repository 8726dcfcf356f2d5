//! The gates as a straight-line program, run over blocks of rows.

use std::collections::HashMap;

use ff::Field;
use halo2_proofs::plonk::{ConstraintSystem, Expression};
use rayon::prelude::*;

use crate::units::Fr;

/// Rows that one step works on.
const BLOCK: usize = 64;

/// A column, and how many rows of the circuit below the current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Query {
    Fixed(usize, i32),
    Advice(usize, i32),
    Instance(usize, i32),
}

/// A step; operands are the numbers of earlier steps.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Step {
    Query(Query),
    Constant(Fr),
    Add(usize, usize),
    Subtract(usize, usize),
    Multiply(usize, usize),
}

/// The columns' values over one domain, which extends the circuit's rows by a factor.
pub(crate) struct Values<'v> {
    pub(crate) fixed: &'v [Vec<Fr>],
    pub(crate) advice: &'v [Vec<Fr>],
    pub(crate) instance: &'v [Vec<Fr>],
}

impl<'v> Values<'v> {
    fn column(&self, query: Query) -> (&'v [Fr], i32) {
        match query {
            Query::Fixed(column, rotation) => (&self.fixed[column], rotation),
            Query::Advice(column, rotation) => (&self.advice[column], rotation),
            Query::Instance(column, rotation) => (&self.instance[column], rotation),
        }
    }
}

/// Every gate polynomial, with common subexpressions computed once.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    steps: Vec<Step>,
    /// The step that holds each gate polynomial, in the order of the constraint system.
    gates: Vec<usize>,
}

impl Program {
    /// # Panics
    /// Where a gate has a selector or a challenge: this circuit's have none.
    pub(crate) fn new(system: &ConstraintSystem<Fr>) -> Self {
        let mut compiler = Compiler::default();
        let polynomials = system.gates().iter().flat_map(|gate| gate.polynomials());
        let gates = polynomials.map(|polynomial| compiler.expression(polynomial)).collect();
        Self { steps: compiler.steps, gates }
    }

    /// `Σ_i y^(g − 1 − i)·gate_i` in every row of a domain whose rows are `stride` to one of the circuit. `rows` is a
    /// multiple of 64.
    pub(crate) fn evaluate(&self, values: &Values<'_>, rows: usize, stride: usize, y: Fr) -> Vec<Fr> {
        assert_eq!(rows % BLOCK, 0);
        let mut sums = vec![Fr::ZERO; rows];
        sums.par_chunks_mut(BLOCK).enumerate().for_each_init(
            || vec![[Fr::ZERO; BLOCK]; self.steps.len()],
            |results, (block, sums)| self.block(results, values, block * BLOCK, (rows, stride), y, sums),
        );
        sums
    }

    fn block(
        &self,
        results: &mut [[Fr; BLOCK]],
        values: &Values<'_>,
        start: usize,
        (rows, stride): (usize, usize),
        y: Fr,
        sums: &mut [Fr],
    ) {
        for (number, step) in self.steps.iter().enumerate() {
            let (earlier, rest) = results.split_at_mut(number);
            let result = &mut rest[0];
            match *step {
                Step::Query(query) => {
                    let (column, rotation) = values.column(query);
                    let shift = rotation.unsigned_abs() as usize * stride % rows;
                    let first = if rotation < 0 { start + rows - shift } else { start + shift } % rows;
                    let (head, tail) = result.split_at_mut(BLOCK.min(rows - first));
                    head.copy_from_slice(&column[first..first + head.len()]);
                    tail.copy_from_slice(&column[..tail.len()]);
                }
                Step::Constant(value) => result.fill(value),
                Step::Add(a, b) => each(result, &earlier[a], &earlier[b], |a, b| a + b),
                Step::Subtract(a, b) => each(result, &earlier[a], &earlier[b], |a, b| a - b),
                Step::Multiply(a, b) if a == b => each(result, &earlier[a], &earlier[a], |a, _| a.square()),
                Step::Multiply(a, b) => each(result, &earlier[a], &earlier[b], |a, b| a * b),
            }
        }
        for &gate in &self.gates {
            sums.iter_mut().zip(&results[gate]).for_each(|(sum, value)| *sum = *sum * y + value);
        }
    }
}

fn each(result: &mut [Fr; BLOCK], a: &[Fr; BLOCK], b: &[Fr; BLOCK], operation: impl Fn(&Fr, &Fr) -> Fr) {
    result.iter_mut().zip(a.iter().zip(b)).for_each(|(result, (a, b))| *result = operation(a, b));
}

#[derive(Default)]
struct Compiler {
    steps: Vec<Step>,
    known: HashMap<Step, usize>,
}

impl Compiler {
    fn step(&mut self, step: Step) -> usize {
        if let Some(&number) = self.known.get(&step) {
            return number;
        }
        self.steps.push(step.clone());
        self.known.insert(step, self.steps.len() - 1);
        self.steps.len() - 1
    }

    fn expression(&mut self, expression: &Expression<Fr>) -> usize {
        match expression {
            Expression::Constant(value) => self.step(Step::Constant(*value)),
            Expression::Fixed(query) => self.step(Step::Query(Query::Fixed(query.column_index(), query.rotation().0))),
            Expression::Advice(query) => {
                self.step(Step::Query(Query::Advice(query.column_index(), query.rotation().0)))
            }
            Expression::Instance(query) => {
                self.step(Step::Query(Query::Instance(query.column_index(), query.rotation().0)))
            }
            Expression::Negated(value) => {
                let (zero, value) = (self.step(Step::Constant(Fr::ZERO)), self.expression(value));
                self.step(Step::Subtract(zero, value))
            }
            Expression::Sum(left, right) => {
                let left = self.expression(left);
                if let Expression::Negated(right) = &**right {
                    let right = self.expression(right);
                    return self.step(Step::Subtract(left, right));
                }
                let right = self.expression(right);
                self.step(Step::Add(left.min(right), left.max(right)))
            }
            Expression::Product(left, right) => {
                let (left, right) = (self.expression(left), self.expression(right));
                self.step(Step::Multiply(left.min(right), left.max(right)))
            }
            Expression::Scaled(value, factor) => {
                let (value, factor) = (self.expression(value), self.step(Step::Constant(*factor)));
                self.step(Step::Multiply(value.min(factor), value.max(factor)))
            }
            Expression::Selector(_) | Expression::Challenge(_) => {
                unreachable!("the circuit has neither selectors nor challenges")
            }
        }
    }
}
