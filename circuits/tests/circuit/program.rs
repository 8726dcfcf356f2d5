//! Polynomials as straight-line programs, constants folded and equal subexpressions once.

use std::collections::HashMap;

use assay_circuits::Fr;
use ff::Field;

/// One step of a compiled polynomial; operands are earlier steps.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    Constant(Fr),
    Advice(usize, i32),
    Input(usize),
    Challenge(usize),
    Negate(usize),
    Add(usize, usize),
    Multiply(usize, usize),
    Scale(usize, Fr),
}

impl Step {
    fn operands(self) -> Vec<usize> {
        match self {
            Self::Constant(_) | Self::Advice(..) | Self::Input(_) | Self::Challenge(_) => Vec::new(),
            Self::Negate(a) | Self::Scale(a, _) => vec![a],
            Self::Add(a, b) | Self::Multiply(a, b) => vec![a, b],
        }
    }
}

/// What is left of a polynomial once the fixed columns are known. The last step is its value.
pub(crate) type Program = Vec<Step>;

/// The steps on which step `last` depends, and it: a product with zero leaves others behind.
pub(crate) fn used(steps: &[Step], last: usize) -> Program {
    let mut needed = vec![false; last + 1];
    needed[last] = true;
    for (at, step) in steps[..=last].iter().enumerate().rev() {
        if needed[at] {
            step.operands().into_iter().for_each(|operand| needed[operand] = true);
        }
    }
    let mut places = vec![0; last + 1];
    let mut program = Program::new();
    for (at, step) in steps[..=last].iter().enumerate().filter(|(at, _)| needed[*at]) {
        places[at] = program.len();
        program.push(match *step {
            Step::Negate(a) => Step::Negate(places[a]),
            Step::Add(a, b) => Step::Add(places[a], places[b]),
            Step::Multiply(a, b) => Step::Multiply(places[a], places[b]),
            Step::Scale(a, factor) => Step::Scale(places[a], factor),
            leaf => leaf,
        });
    }
    program
}

/// An operand while a program is built.
#[derive(Clone, Copy)]
pub(crate) enum Operand {
    Known(Fr),
    Step(usize),
}

/// Builds a program step by step.
#[derive(Default)]
pub(crate) struct Builder {
    pub(crate) steps: Program,
    made: HashMap<Step, usize>,
}

impl Builder {
    pub(crate) fn push(&mut self, step: Step) -> Operand {
        let steps = &mut self.steps;
        Operand::Step(*self.made.entry(step).or_insert_with(|| {
            steps.push(step);
            steps.len() - 1
        }))
    }

    fn constant(&mut self, value: Fr) -> usize {
        match self.push(Step::Constant(value)) {
            Operand::Step(step) => step,
            Operand::Known(_) => unreachable!("a step was pushed"),
        }
    }

    pub(crate) fn negate(&mut self, a: Operand) -> Operand {
        match a {
            Operand::Known(value) => Operand::Known(-value),
            Operand::Step(a) => self.push(Step::Negate(a)),
        }
    }

    pub(crate) fn add(&mut self, a: Operand, b: Operand) -> Operand {
        match (a, b) {
            (Operand::Known(a), Operand::Known(b)) => Operand::Known(a + b),
            (Operand::Known(known), step) | (step, Operand::Known(known)) if known.is_zero_vartime() => step,
            (Operand::Known(known), Operand::Step(step)) | (Operand::Step(step), Operand::Known(known)) => {
                let known = self.constant(known);
                self.push(Step::Add(step, known))
            }
            (Operand::Step(a), Operand::Step(b)) => self.push(Step::Add(a, b)),
        }
    }

    pub(crate) fn multiply(&mut self, a: Operand, b: Operand) -> Operand {
        match (a, b) {
            (Operand::Known(a), Operand::Known(b)) => Operand::Known(a * b),
            (Operand::Known(known), _) | (_, Operand::Known(known)) if known.is_zero_vartime() => Operand::Known(known),
            (Operand::Known(known), step) | (step, Operand::Known(known)) if known == Fr::ONE => step,
            (Operand::Known(known), Operand::Step(step)) | (Operand::Step(step), Operand::Known(known)) => {
                self.push(Step::Scale(step, known))
            }
            (Operand::Step(a), Operand::Step(b)) => self.push(Step::Multiply(a, b)),
        }
    }
}
