//! The gates: their sum by powers of `y`, less what they read of the public inputs.

use assay_circuits::Fr;
use assay_protocol::plan::Plan;
use ff::Field;
use halo2_proofs::plonk::{ConstraintSystem, Expression, Gate as Halo2Gate};

use crate::polynomial::{Factor, Query, Sum, Term};
use crate::yul::{Code, Program, Value};

/// What a constraint reads of the plan's public columns: `selector·y^exponent·Σ term·value(query)`.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    pub(crate) selector: usize,
    pub(crate) exponent: usize,
    pub(crate) terms: Vec<(Query, Term)>,
}

/// Gates as the generator sees them.
struct Gate {
    name: String,
    /// Factors that all constraints have in common.
    selector: usize,
    constraints: Vec<Constraint>,
}

struct Constraint {
    name: String,
    /// The part that reads no public input.
    body: Sum,
    inputs: Vec<(Query, Term)>,
}

/// Adds every gate of `plan` to `program`, writes their sum into the variable `g`, and returns what they read of public
/// inputs. `system` has the names of the gates, in the same order.
///
/// With `y`, `y2` and `y3` the powers of the challenge, `g = Σ_i y^(count − 1 − i)·constraint_i`.
pub(crate) fn write(plan: &Plan, system: &ConstraintSystem<Fr>, program: &mut Program, code: &mut Code) -> Vec<Read> {
    let mut polynomials = plan.gates();
    let of_plan = |gate| {
        let (of_gate, rest) = polynomials.split_at(Halo2Gate::polynomials(gate).len());
        polynomials = rest;
        read(gate, of_gate, program)
    };
    let mut gates: Vec<Gate> = system.gates().iter().map(of_plan).collect();
    let mut bodies: Vec<&mut Sum> =
        gates.iter_mut().flat_map(|gate| &mut gate.constraints).map(|constraint| &mut constraint.body).collect();
    share(&mut bodies);
    let bodies: Vec<usize> = bodies.into_iter().map(|body| program.sum(body)).collect();
    bodies.iter().for_each(|body| program.count(*body));
    for gate in &gates {
        // The selector is read once more where public inputs are added.
        let readings = gate.constraints.iter().filter(|constraint| !constraint.inputs.is_empty()).count();
        (0..=readings).for_each(|_| program.count(gate.selector));
    }

    let mut reads = Vec::new();
    let mut bodies = bodies.into_iter();
    for (number, gate) in gates.into_iter().enumerate() {
        code.line("");
        code.comment(&gate.name);
        let count = gate.constraints.len();
        let mut sum: Option<Value> = None;
        for (index, constraint) in gate.constraints.into_iter().enumerate() {
            let body = bodies.next().expect("one for each constraint");
            if !constraint.inputs.is_empty() {
                reads.push(Read { selector: gate.selector, exponent: bodies.len(), terms: constraint.inputs });
            }
            code.comment(&format!("  {}", constraint.name));
            let body = program.value(body, code);
            let total = match sum.take() {
                Some(sum) => sum.times(&Value::reduced("y")).plus(body),
                None => body,
            };
            if index + 1 == count {
                sum = Some(total);
                continue;
            }
            code.line(&format!("e := {}", total.text));
            sum = Some(Value { text: "e".to_owned(), bound: total.bound });
        }
        let product = program.value(gate.selector, code).times(&sum.expect("a gate has a constraint"));
        let power = ["y", "y2", "y3"][count - 1];
        let total = if number == 0 { product } else { Value::reduced("g").times(&Value::reduced(power)).plus(product) };
        code.line(&format!("g := {}", total.text));
    }
    reads
}

/// Terms that make a common part worth taking out.
const SHARED_TERMS: usize = 3;

/// Makes what two sums have in common one factor of both.
fn share(sums: &mut [&mut Sum]) {
    for first in 0..sums.len() {
        for second in first + 1..sums.len() {
            let common = sums[first].common(sums[second]);
            if common.0.len() >= SHARED_TERMS {
                sums[first].take_out(&common);
                sums[second].take_out(&common);
            }
        }
    }
}

/// Reads a gate's `polynomials`.
fn read(gate: &Halo2Gate<Fr>, polynomials: &[Expression<Fr>], program: &mut Program) -> Gate {
    let terms: Vec<Term> = polynomials.iter().map(|polynomial| Sum::read(polynomial).into_term()).collect();
    let common = common_factors(&terms);
    let selector = program.product(&terms[0].factors[..common]).expect("every gate has a selector");
    let constraints = terms.into_iter().enumerate().map(|(index, mut term)| {
        term.factors.drain(..common);
        let (body, inputs) = match term.factors.as_slice() {
            [Factor::Sum(sum)] if term.coefficient == Fr::ONE => sum.clone().split_public(),
            _ => term.into_sum().split_public(),
        };
        Constraint { name: gate.constraint_name(index).to_owned(), body, inputs }
    });
    let constraints = constraints.collect();
    Gate { name: gate.name().to_owned(), selector, constraints }
}

/// How many factors in front all `terms` share; each keeps one of its own.
fn common_factors(terms: &[Term]) -> usize {
    let first = &terms[0].factors;
    let most = terms.iter().map(|term| term.factors.len() - 1).min().unwrap_or_default();
    (0..most).take_while(|&i| terms.iter().all(|term| term.factors[i] == first[i])).count()
}
