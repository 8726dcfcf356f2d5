//! A fast evaluator of the circuit's own gates over whole columns.
//!
//! The gates are taken from the `ConstraintSystem` that the circuit configures, the fixed columns from its synthesis. For
//! each row a polynomial is compiled with the fixed values that it meets there, rows that meet the same ones share the
//! result. A constraint is inactive in a row where the fixed columns alone make it zero. What is left of it in the other
//! rows says which cells it reads.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use assay_circuits::{Fr, Statement};
use assay_protocol::Relation;
use blake2b_simd::blake2b;
use ff::{Field, FromUniformBytes};
use halo2_proofs::dev::{CellValue, MockProver};
use halo2_proofs::plonk::{ConstraintSystem, Expression};
use halo2_proofs::poly::Rotation;

use crate::program::{Builder, Operand, Program, Step, used};
use crate::subject::{Subject, once};

/// A value that gates read and a prover, an instance or a verifier supplies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Cell {
    /// `(column, row)`.
    Advice(usize, usize),
    /// Public input by its index.
    Input(usize),
    /// Challenge by its index.
    Challenge(usize),
}

/// The private columns, the public inputs, and the challenges for which columns of the second phase are written. A change to
/// columns of the first phase never looks at them, so they are as good as drawn after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) advice: Vec<Vec<Fr>>,
    pub(crate) inputs: Vec<Fr>,
    pub(crate) challenges: Vec<Fr>,
}

impl Columns {
    pub(crate) fn get(&self, cell: Cell) -> Fr {
        match cell {
            Cell::Advice(column, row) => self.advice[column][row],
            Cell::Input(index) => self.inputs[index],
            Cell::Challenge(index) => self.challenges[index],
        }
    }

    pub(crate) fn set(&mut self, cell: Cell, value: Fr) {
        match cell {
            Cell::Advice(column, row) => self.advice[column][row] = value,
            Cell::Input(index) => self.inputs[index] = value,
            Cell::Challenge(index) => self.challenges[index] = value,
        }
    }
}

/// The challenges of MockProver, whatever the columns: a chain of hashes.
pub(crate) fn mock_challenges<S: Subject>() -> Vec<Fr> {
    let mut hash = *blake2b(b"Halo2-MockProver").as_array();
    let chain = std::iter::repeat_with(|| {
        hash = *blake2b(&hash).as_array();
        Fr::from_uniform_bytes(&hash)
    });
    chain.take(S::plan().challenges()).collect()
}

/// MockProver over columns, which are for its own challenges.
pub(crate) fn mock_prover<S: Subject>(columns: &Columns) -> MockProver<Fr> {
    assert_eq!(columns.challenges, mock_challenges::<S>(), "MockProver has challenges of its own");
    let inputs = S::input_columns(&columns.inputs).into_iter().map(<[Fr]>::to_vec).collect();
    MockProver::run(S::K, &S::circuit(columns), inputs).expect("the circuit fits")
}

/// One polynomial of one gate.
pub(crate) struct Constraint {
    pub(crate) gate: String,
    pub(crate) name: String,
    /// Indices of the gate and of the polynomial in it.
    pub(crate) index: (usize, usize),
    /// Active rows, ascending, with the cells read there.
    pub(crate) rows: Vec<(usize, Vec<Cell>)>,
    /// For each row of the circuit, none where the constraint is inactive.
    programs: Vec<Option<Arc<Program>>>,
}

/// A constraint that is not zero in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Failure {
    /// Index in [`Evaluator::constraints`].
    pub(crate) constraint: usize,
    pub(crate) row: usize,
}

/// A compiled circuit.
pub(crate) struct Evaluator {
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) system: ConstraintSystem<Fr>,
    /// Rows of a column.
    pub(crate) rows: usize,
    /// Rows that halo2 leaves to the circuit.
    pub(crate) usable: usize,
    /// Number of public inputs.
    pub(crate) inputs: usize,
    /// The fixed columns, as the circuit's own synthesis writes them.
    pub(crate) fixed: Vec<Vec<Fr>>,
    /// For each instance column the public inputs from row 0 on.
    places: Vec<Vec<usize>>,
    readers: HashMap<Cell, Vec<Failure>>,
}

impl Evaluator {
    /// Compiled on first use, once for all tests.
    pub(crate) fn of<S: Subject>() -> Arc<Self> {
        once::<S, Self>(Self::new::<S>)
    }

    fn new<S: Subject>() -> Self {
        let (instance, witness) = S::example();
        let system = instance.circuit().system();
        let columns = S::assign_for(&instance, &witness, &mock_challenges::<S>(), 0);
        let value = |cell: &CellValue<Fr>| match cell {
            CellValue::Assigned(value) => *value,
            CellValue::Unassigned | CellValue::Poison(_) => Fr::ZERO,
        };
        let fixed =
            mock_prover::<S>(&columns).fixed().iter().map(|column| column.iter().map(value).collect()).collect();
        let inputs: Vec<usize> = (0..columns.inputs.len()).collect();
        let rows = 1 << S::K;
        let mut evaluator = Self {
            constraints: Vec::new(),
            rows,
            usable: rows - system.blinding_factors() - 1,
            inputs: inputs.len(),
            fixed,
            places: S::input_columns(&inputs).into_iter().map(<[usize]>::to_vec).collect(),
            readers: HashMap::new(),
            system,
        };
        evaluator.compile();
        evaluator
    }

    fn compile(&mut self) {
        let mut constraints = Vec::new();
        let mut readers: HashMap<Cell, Vec<Failure>> = HashMap::new();
        for (gate_index, gate) in self.system.gates().iter().enumerate() {
            for (poly_index, polynomial) in gate.polynomials().iter().enumerate() {
                let programs = self.programs(polynomial);
                let rows: Vec<(usize, Vec<Cell>)> = programs
                    .iter()
                    .enumerate()
                    .filter_map(|(row, program)| Some((row, self.cells_read(program.as_ref()?, row))))
                    .collect();
                for (row, cells) in &rows {
                    let reader = Failure { constraint: constraints.len(), row: *row };
                    cells.iter().for_each(|cell| readers.entry(*cell).or_default().push(reader));
                }
                constraints.push(Constraint {
                    gate: gate.name().to_owned(),
                    name: gate.constraint_name(poly_index).to_owned(),
                    index: (gate_index, poly_index),
                    rows,
                    programs,
                });
            }
        }
        (self.constraints, self.readers) = (constraints, readers);
    }

    /// The constraint with this name.
    pub(crate) fn find(&self, gate: &str, name: &str) -> usize {
        let named = |c: &Constraint| c.gate == gate && c.name == name;
        self.constraints.iter().position(named).unwrap_or_else(|| panic!("no constraint {gate}: {name}"))
    }

    /// The constraint of a failure.
    pub(crate) fn at(&self, failure: Failure) -> &Constraint {
        &self.constraints[failure.constraint]
    }

    /// The cells that an active constraint reads.
    pub(crate) fn reads(&self, at: Failure) -> &[Cell] {
        let rows = &self.at(at).rows;
        let found = rows.binary_search_by_key(&at.row, |(row, _)| *row);
        &rows[found.unwrap_or_else(|_| panic!("{} is idle in row {}", self.at(at).name, at.row))].1
    }

    /// Where `cell` is read.
    pub(crate) fn readers(&self, cell: Cell) -> &[Failure] {
        self.readers.get(&cell).map_or(&[], Vec::as_slice)
    }

    /// Every private cell.
    pub(crate) fn cells(&self) -> impl Iterator<Item = Cell> + use<> {
        let (columns, rows) = (self.system.num_advice_columns(), self.rows);
        (0..columns).flat_map(move |column| (0..rows).map(move |row| Cell::Advice(column, row)))
    }

    /// Every constraint in every row where it is active, in the order of constraints and rows.
    pub(crate) fn everywhere(&self) -> impl Iterator<Item = Failure> {
        self.constraints.iter().enumerate().flat_map(|(constraint, compiled)| {
            compiled.rows.iter().map(move |(row, _)| Failure { constraint, row: *row })
        })
    }

    /// Every constraint that does not hold, in the order of constraints and rows.
    pub(crate) fn failures(&self, columns: &Columns) -> Vec<Failure> {
        let mut registers = Vec::new();
        self.everywhere().filter(|at| !self.run(*at, columns, &mut registers).is_zero_vartime()).collect()
    }

    /// The failures among the constraints that read one of `cells`, in the order of constraints and rows.
    pub(crate) fn failures_reading<'c>(
        &self,
        cells: impl IntoIterator<Item = &'c Cell>,
        columns: &Columns,
    ) -> Vec<Failure> {
        let readers: HashSet<Failure> = cells.into_iter().flat_map(|cell| self.readers(*cell)).copied().collect();
        let mut registers = Vec::new();
        let failing = readers.into_iter().filter(|at| !self.run(*at, columns, &mut registers).is_zero_vartime());
        let mut failures: Vec<Failure> = failing.collect();
        failures.sort_unstable();
        failures
    }

    /// The value of an active constraint.
    pub(crate) fn value(&self, at: Failure, columns: &Columns) -> Fr {
        self.run(at, columns, &mut Vec::new())
    }

    fn run(&self, at: Failure, columns: &Columns, registers: &mut Vec<Fr>) -> Fr {
        registers.clear();
        let program = self.at(at).programs[at.row].as_ref();
        for step in program.expect("the constraint is active").iter() {
            let value = match *step {
                Step::Constant(value) => value,
                Step::Advice(column, rotation) => columns.advice[column][rotated(at.row, rotation, self.rows)],
                Step::Input(index) => columns.inputs[index],
                Step::Challenge(index) => columns.challenges[index],
                Step::Negate(a) => -registers[a],
                Step::Add(a, b) => registers[a] + registers[b],
                Step::Multiply(a, b) => registers[a] * registers[b],
                Step::Scale(a, factor) => registers[a] * factor,
            };
            registers.push(value);
        }
        registers[registers.len() - 1]
    }

    /// The value of a constraint in a row, active or not, straight from halo2's expression.
    pub(crate) fn plain_value(&self, at: Failure, columns: &Columns) -> Fr {
        let (gate, polynomial) = self.at(at).index;
        self.system.gates()[gate].polynomials()[polynomial].evaluate(
            &|value| value,
            &|_| unreachable!("the circuit has no selectors"),
            &|query| self.fixed[query.column_index()][rotated(at.row, query.rotation().0, self.rows)],
            &|query| columns.advice[query.column_index()][rotated(at.row, query.rotation().0, self.rows)],
            &|query| {
                let input = self.input(query.column_index(), rotated(at.row, query.rotation().0, self.rows));
                input.map_or(Fr::ZERO, |index| columns.inputs[index])
            },
            &|challenge| columns.challenges[challenge.index()],
            &|a| -a,
            &|a, b| a + b,
            &|a, b| a * b,
            &|a, factor| a * factor,
        )
    }

    /// The public input that stands in a row of an instance column.
    fn input(&self, column: usize, row: usize) -> Option<usize> {
        self.places[column].get(row).copied()
    }

    fn cells_read(&self, program: &Program, row: usize) -> Vec<Cell> {
        let reads: BTreeSet<Cell> = program
            .iter()
            .filter_map(|step| match *step {
                Step::Advice(column, rotation) => Some(Cell::Advice(column, rotated(row, rotation, self.rows))),
                Step::Input(index) => Some(Cell::Input(index)),
                Step::Challenge(index) => Some(Cell::Challenge(index)),
                _ => None,
            })
            .collect();
        reads.into_iter().collect()
    }

    /// What is left of a polynomial in each row.
    fn programs(&self, polynomial: &Expression<Fr>) -> Vec<Option<Arc<Program>>> {
        let mut queries = BTreeSet::new();
        collect_known(polynomial, &mut queries);
        let mut compiled: HashMap<Vec<Known>, Option<Arc<Program>>> = HashMap::new();
        let of_row = |row| {
            let known: Vec<Known> = queries
                .iter()
                .map(|(is_fixed, column, rotation)| {
                    let read = rotated(row, *rotation, self.rows);
                    if *is_fixed {
                        Known::Fixed(self.fixed[*column][read])
                    } else {
                        Known::Input(self.input(*column, read))
                    }
                })
                .collect();
            compiled.entry(known).or_insert_with(|| self.program(polynomial, row).map(Arc::new)).clone()
        };
        (0..self.rows).map(of_row).collect()
    }

    /// What is left of a polynomial in a row, equal subexpressions once; `None` where it is zero.
    fn program(&self, polynomial: &Expression<Fr>, row: usize) -> Option<Program> {
        let builder = RefCell::new(Builder::default());
        let last = polynomial.evaluate(
            &Operand::Known,
            &|_| unreachable!("the circuit has no selectors"),
            &|query| Operand::Known(self.fixed[query.column_index()][rotated(row, query.rotation().0, self.rows)]),
            &|query| builder.borrow_mut().push(Step::Advice(query.column_index(), query.rotation().0)),
            &|query| {
                let input = self.input(query.column_index(), rotated(row, query.rotation().0, self.rows));
                input.map_or(Operand::Known(Fr::ZERO), |index| builder.borrow_mut().push(Step::Input(index)))
            },
            &|challenge| builder.borrow_mut().push(Step::Challenge(challenge.index())),
            &|a| builder.borrow_mut().negate(a),
            &|a, b| builder.borrow_mut().add(a, b),
            &|a, b| builder.borrow_mut().multiply(a, b),
            &|a, factor| builder.borrow_mut().multiply(a, Operand::Known(factor)),
        );
        match last {
            Operand::Known(value) if value.is_zero_vartime() => None,
            Operand::Known(value) => Some(vec![Step::Constant(value)]),
            Operand::Step(last) => Some(used(&builder.into_inner().steps, last)),
        }
    }
}

/// What a row fixes of a polynomial.
#[derive(PartialEq, Eq, Hash)]
enum Known {
    Fixed(Fr),
    Input(Option<usize>),
}

/// Fixed and instance queries of a polynomial: whether fixed, column, rotation.
fn collect_known(polynomial: &Expression<Fr>, queries: &mut BTreeSet<(bool, usize, i32)>) {
    let found = RefCell::new(queries);
    let insert = |is_fixed, column, rotation: Rotation| {
        found.borrow_mut().insert((is_fixed, column, rotation.0));
    };
    polynomial.evaluate(
        &|_| (),
        &|_| (),
        &|query| insert(true, query.column_index(), query.rotation()),
        &|_| (),
        &|query| insert(false, query.column_index(), query.rotation()),
        &|_| (),
        &|()| (),
        &|(), ()| (),
        &|(), ()| (),
        &|(), _| (),
    );
}

fn rotated(row: usize, rotation: i32, rows: usize) -> usize {
    (row + rows).checked_add_signed(rotation as isize).expect("no rotation is longer than a column") % rows
}
