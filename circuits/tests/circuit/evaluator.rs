//! A fast evaluator of the circuit's own gates over whole columns.
//!
//! The gates are taken from the `ConstraintSystem` that the circuit configures and compiled once. Evaluation runs on
//! every row where a constraint is active, cyclic rotations included. A constraint is inactive in a row where the
//! fixed columns alone make it zero; [`Residual`] derives that from the polynomial, and with it the cells that the
//! constraint reads there.

use std::any::Any;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use assay_circuits::solvency::circuit::{Advice, SolvencyCircuit, assign};
use assay_circuits::solvency::layout::Layout;
use assay_circuits::solvency::row;
use assay_circuits::{Fr, Instance, Witness};
use ff::Field;
use halo2_proofs::plonk::{Circuit, ConstraintSystem, Expression};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

/// Rows evaluated at a time, so that the registers stay in the cache.
const CHUNK: usize = 64;

/// Names of the two advice columns.
pub(crate) const COLUMN_NAMES: [char; 2] = ['a', 'b'];

/// A value that gates read and a prover or an instance supplies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Cell {
    /// `(column, row)`.
    Advice(usize, usize),
    /// Public input by its index.
    Input(usize),
}

/// The private columns and the public inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) advice: [Vec<Fr>; 2],
    pub(crate) inputs: Vec<Fr>,
}

impl Columns {
    /// What the circuit itself assigns.
    pub(crate) fn of<const N: usize>(instance: &Instance<N>, witness: &Witness<N>, seed: u64) -> Self {
        let mut assigned = assign(instance, witness, ChaCha8Rng::seed_from_u64(seed));
        let advice = std::mem::take(&mut assigned.0);
        Self { advice, inputs: instance.to_field_elements() }
    }

    pub(crate) fn get(&self, cell: Cell) -> Fr {
        match cell {
            Cell::Advice(column, row) => self.advice[column][row],
            Cell::Input(index) => self.inputs[index],
        }
    }

    pub(crate) fn set(&mut self, cell: Cell, value: Fr) {
        match cell {
            Cell::Advice(column, row) => self.advice[column][row] = value,
            Cell::Input(index) => self.inputs[index] = value,
        }
    }

    /// For the circuit proper and its MockProver.
    pub(crate) fn to_advice(&self) -> Advice {
        Advice(self.advice.clone())
    }
}

/// One step of a compiled polynomial; operands are earlier steps.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    Constant(Fr),
    Fixed(usize, i32),
    Advice(usize, i32),
    Input(usize, i32),
    Negate(usize),
    Add(usize, usize),
    Multiply(usize, usize),
    Scale(usize, Fr),
}

/// What is left of a polynomial in one row once the fixed columns are known.
#[derive(Clone)]
enum Residual {
    Known(Fr),
    Reads(Rc<BTreeSet<Cell>>),
}

impl Residual {
    fn sum(self, other: Self) -> Self {
        match (self, other) {
            (Self::Known(a), Self::Known(b)) => Self::Known(a + b),
            (Self::Known(_), reads) | (reads, Self::Known(_)) => reads,
            (Self::Reads(a), Self::Reads(b)) => Self::Reads(Rc::new(a.union(&b).copied().collect())),
        }
    }

    fn product(self, other: Self) -> Self {
        match (self, other) {
            (Self::Known(a), Self::Known(b)) => Self::Known(a * b),
            (Self::Known(a), reads) | (reads, Self::Known(a)) => {
                if a.is_zero_vartime() {
                    Self::Known(Fr::ZERO)
                } else {
                    reads
                }
            }
            (Self::Reads(a), Self::Reads(b)) => Self::Reads(Rc::new(a.union(&b).copied().collect())),
        }
    }
}

/// One polynomial of one gate.
pub(crate) struct Constraint {
    pub(crate) gate: String,
    pub(crate) name: String,
    /// Indices of the gate and of the polynomial in it.
    pub(crate) index: (usize, usize),
    pub(crate) degree: usize,
    /// Active rows, ascending, with the cells read there.
    pub(crate) rows: Vec<(usize, Vec<Cell>)>,
    steps: Vec<Step>,
}

/// A constraint that is not zero in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Failure {
    /// Index in [`Evaluator::constraints`].
    pub(crate) constraint: usize,
    pub(crate) row: usize,
}

/// The compiled circuit for `N` assets.
pub(crate) struct Evaluator<const N: usize> {
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) system: ConstraintSystem<Fr>,
    fixed: Vec<Vec<Fr>>,
    readers: HashMap<Cell, Vec<Failure>>,
}

impl<const N: usize> Evaluator<N> {
    /// Rows of a column.
    pub(crate) const ROWS: usize = 1 << Layout::<N>::K;

    /// Compiled on first use, once for all tests.
    pub(crate) fn shared() -> &'static Self {
        static EVALUATORS: Mutex<BTreeMap<usize, &'static (dyn Any + Send + Sync)>> = Mutex::new(BTreeMap::new());
        let mut evaluators = EVALUATORS.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = *evaluators.entry(N).or_insert_with(|| Box::leak(Box::new(Self::new())));
        shared.downcast_ref().expect("stored under its own N")
    }

    fn new() -> Self {
        let mut system = ConstraintSystem::default();
        let columns = SolvencyCircuit::<N>::configure(&mut system);
        let layout = Layout::<N>::fixed();
        let mut fixed = vec![Vec::new(); system.num_fixed_columns()];
        for (column, values) in [
            (columns.limb, layout.limb),
            (columns.round, layout.round),
            (columns.turn, layout.turn),
            (columns.constant, layout.constant),
        ] {
            fixed[column.index()] = values;
        }
        let mut constraints = Vec::new();
        let mut readers: HashMap<Cell, Vec<Failure>> = HashMap::new();
        for (gate_index, gate) in system.gates().iter().enumerate() {
            for (poly_index, polynomial) in gate.polynomials().iter().enumerate() {
                let rows: Vec<(usize, Vec<Cell>)> = (0..Self::ROWS)
                    .filter_map(|row| match residual::<N>(polynomial, &fixed, row) {
                        Residual::Known(value) if value.is_zero_vartime() => None,
                        Residual::Known(_) => Some((row, Vec::new())),
                        Residual::Reads(cells) => Some((row, cells.iter().copied().collect())),
                    })
                    .collect();
                for (row, cells) in &rows {
                    let reader = Failure { constraint: constraints.len(), row: *row };
                    cells.iter().for_each(|cell| readers.entry(*cell).or_default().push(reader));
                }
                constraints.push(Constraint {
                    gate: gate.name().to_owned(),
                    name: gate.constraint_name(poly_index).to_owned(),
                    index: (gate_index, poly_index),
                    degree: polynomial.degree(),
                    rows,
                    steps: compile(polynomial),
                });
            }
        }
        Self { constraints, system, fixed, readers }
    }

    /// The constraint with this name.
    pub(crate) fn find(&self, gate: &str, name: &str) -> usize {
        let named = |c: &Constraint| c.gate == gate && c.name == name;
        self.constraints.iter().position(named).unwrap_or_else(|| panic!("no constraint {gate}: {name}"))
    }

    /// Where `cell` is read.
    pub(crate) fn readers(&self, cell: Cell) -> &[Failure] {
        self.readers.get(&cell).map_or(&[], Vec::as_slice)
    }

    /// Every constraint that does not hold, in the order of constraints and rows.
    pub(crate) fn failures(&self, columns: &Columns) -> Vec<Failure> {
        let mut failures = Vec::new();
        let mut registers = Vec::new();
        for (index, constraint) in self.constraints.iter().enumerate() {
            for chunk in constraint.rows.chunks(CHUNK) {
                let values = self.run(constraint, chunk.iter().map(|(row, _)| *row), columns, &mut registers);
                let nonzero = values.iter().zip(chunk).filter(|(value, _)| !value.is_zero_vartime());
                failures.extend(nonzero.map(|(_, (row, _))| Failure { constraint: index, row: *row }));
            }
        }
        failures
    }

    /// The failures among the constraints that read `cell`.
    pub(crate) fn failures_reading(&self, cell: Cell, columns: &Columns) -> Vec<Failure> {
        self.readers(cell).iter().copied().filter(|at| !self.value(*at, columns).is_zero_vartime()).collect()
    }

    /// The value of a constraint in a row, active or not.
    pub(crate) fn value(&self, at: Failure, columns: &Columns) -> Fr {
        self.run(&self.constraints[at.constraint], std::iter::once(at.row), columns, &mut Vec::new())[0]
    }

    fn run<'r>(
        &self,
        constraint: &Constraint,
        rows: impl Iterator<Item = usize> + Clone,
        columns: &Columns,
        registers: &'r mut Vec<Vec<Fr>>,
    ) -> &'r [Fr] {
        let steps = &constraint.steps;
        registers.resize_with(registers.len().max(steps.len()), Vec::new);
        for (at, step) in steps.iter().enumerate() {
            let (before, rest) = registers.split_at_mut(at);
            let out = &mut rest[0];
            out.clear();
            let rotate = |rotation: i32| rows.clone().map(move |row| rotated::<N>(row, rotation));
            match *step {
                Step::Constant(value) => out.extend(rows.clone().map(|_| value)),
                Step::Fixed(column, rotation) => out.extend(rotate(rotation).map(|row| self.fixed[column][row])),
                Step::Advice(column, rotation) => out.extend(rotate(rotation).map(|row| columns.advice[column][row])),
                Step::Input(column, rotation) => {
                    let values = row::columns(N, &columns.inputs)[column];
                    out.extend(rotate(rotation).map(|row| values.get(row).copied().unwrap_or(Fr::ZERO)));
                }
                Step::Negate(a) => out.extend(before[a].iter().map(|a| -a)),
                Step::Add(a, b) => out.extend(before[a].iter().zip(&before[b]).map(|(a, b)| a + b)),
                Step::Multiply(a, b) => out.extend(before[a].iter().zip(&before[b]).map(|(a, b)| a * b)),
                Step::Scale(a, factor) => out.extend(before[a].iter().map(|a| a * factor)),
            }
        }
        &registers[steps.len() - 1]
    }
}

fn rotated<const N: usize>(row: usize, rotation: i32) -> usize {
    let rows = i32::try_from(Evaluator::<N>::ROWS).expect("few rows");
    let row = i32::try_from(row).expect("few rows");
    usize::try_from((row + rotation).rem_euclid(rows)).expect("not negative")
}

/// Flattens a polynomial, equal subexpressions once; the last step is the polynomial.
fn compile(polynomial: &Expression<Fr>) -> Vec<Step> {
    let steps = RefCell::new(Vec::new());
    let known = RefCell::new(HashMap::new());
    let push = |step: Step| {
        *known.borrow_mut().entry(step).or_insert_with(|| {
            steps.borrow_mut().push(step);
            steps.borrow().len() - 1
        })
    };
    let last = polynomial.evaluate(
        &|value| push(Step::Constant(value)),
        &|_| unreachable!("the circuit has no selectors"),
        &|query| push(Step::Fixed(query.column_index(), query.rotation().0)),
        &|query| push(Step::Advice(query.column_index(), query.rotation().0)),
        &|query| push(Step::Input(query.column_index(), query.rotation().0)),
        &|_| unreachable!("the circuit has no challenges"),
        &|a| push(Step::Negate(a)),
        &|a, b| push(Step::Add(a, b)),
        &|a, b| push(Step::Multiply(a, b)),
        &|a, factor| push(Step::Scale(a, factor)),
    );
    let steps = steps.into_inner();
    assert_eq!(last, steps.len() - 1);
    steps
}

fn residual<const N: usize>(polynomial: &Expression<Fr>, fixed: &[Vec<Fr>], at: usize) -> Residual {
    let reads = |cell| Residual::Reads(Rc::new(BTreeSet::from([cell])));
    polynomial.evaluate(
        &Residual::Known,
        &|_| unreachable!("the circuit has no selectors"),
        &|query| Residual::Known(fixed[query.column_index()][rotated::<N>(at, query.rotation().0)]),
        &|query| reads(Cell::Advice(query.column_index(), rotated::<N>(at, query.rotation().0))),
        &|query| {
            let place = (query.column_index(), rotated::<N>(at, query.rotation().0));
            let input = (0..row::len(N)).find(|index| row::place(N, *index) == place);
            input.map_or(Residual::Known(Fr::ZERO), |index| reads(Cell::Input(index)))
        },
        &|_| unreachable!("the circuit has no challenges"),
        &|a| Residual::Known(-Fr::ONE).product(a),
        &Residual::sum,
        &Residual::product,
        &|a, factor| a.product(Residual::Known(factor)),
    )
}
