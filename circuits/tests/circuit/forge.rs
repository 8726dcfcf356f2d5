//! A forger: changes some cells and repairs everything that depends on them.
//!
//! Every private cell but the filler and the free ones is tied by one active constraint, and every constraint ties one but
//! those that compare what was computed under a challenge. [`Ties`] keeps these ties in an
//! order in which each can be solved for its cell. A [`Draft`] solves again only those that a change reaches, and only
//! the constraints that read a changed cell are evaluated.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use assay_circuits::Fr;
use ff::{Field, PrimeField};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use ruint::aliases::U256;

use crate::evaluator::{Cell, Columns, Evaluator, Failure};
use crate::subject::{Subject, once};

/// How a constraint determines its cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Solve {
    /// It is affine in the cell, with a coefficient that no other cell changes.
    Affine,
    /// `cell = radix·above + digit`, where the digit is one of several: it is kept unless a change replaces it.
    Digit { above: Cell, radix: u64 },
}

/// An active constraint and the cell that it determines.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tie {
    pub(crate) at: Failure,
    pub(crate) cell: Cell,
    solve: Solve,
    /// `−1/coefficient` of the cell where the constraint is affine in it.
    correction: Fr,
}

/// The ties of a circuit, in the order of solving.
pub(crate) struct Ties {
    pub(crate) evaluator: Arc<Evaluator>,
    pub(crate) all: Vec<Tie>,
    /// Cells without a tie that a gate reads, and public inputs without one.
    pub(crate) untied: Vec<Cell>,
    /// Cells of lanes, each with its radix.
    pub(crate) digits: Vec<(Cell, u64)>,
    /// The ties of each constraint.
    pub(crate) of_constraint: Vec<Vec<usize>>,
    of_cell: HashMap<Cell, usize>,
    readers: HashMap<Cell, Vec<usize>>,
}

impl Ties {
    /// Made on first use, once for all tests.
    pub(crate) fn of<S: Subject>() -> Arc<Self> {
        once::<S, Self>(Self::new::<S>)
    }

    fn new<S: Subject>() -> Self {
        let evaluator = Evaluator::of::<S>();
        let phases = evaluator.system.advice_column_phase();
        let late = |cell: &Cell| matches!(cell, Cell::Advice(column, _) if phases[*column] > 0);
        let mut ordered = Vec::new();
        for at in evaluator.everywhere() {
            let (reads, name) = (evaluator.reads(at), &evaluator.at(at).name);
            match S::tie(&evaluator, at) {
                Some(tie) => {
                    let under_challenge = reads.iter().any(|cell| late(cell) || matches!(cell, Cell::Challenge(_)));
                    assert!(late(&tie.1) || !under_challenge, "{name} ties what is chosen before the challenge");
                    ordered.push((tie, at));
                }
                None => assert!(reads.iter().all(late), "{name} ties no cell"),
            }
        }
        ordered.sort_unstable_by_key(|((order, ..), at)| (*order, *at));
        let mut noise = [1, 2].map(|seed| Columns::noise(&evaluator, seed));
        let mut all = Vec::new();
        let mut of_cell = HashMap::new();
        let mut of_constraint = vec![Vec::new(); evaluator.constraints.len()];
        let mut readers: HashMap<Cell, Vec<usize>> = HashMap::new();
        for (index, ((_, cell, solve), at)) in ordered.into_iter().enumerate() {
            let correction = match solve {
                Solve::Digit { .. } => Fr::ZERO,
                Solve::Affine => {
                    let slopes = noise.each_mut().map(|columns| slope(&evaluator, at, cell, columns));
                    assert_eq!(slopes[0], slopes[1], "{}: the coefficient is not fixed", evaluator.at(at).name);
                    -slopes[0].invert().expect("a tie determines its cell")
                }
            };
            all.push(Tie { at, cell, solve, correction });
            of_constraint[at.constraint].push(index);
            assert_eq!(of_cell.insert(cell, index), None, "{cell:?} is tied twice");
            evaluator.reads(at).iter().for_each(|read| readers.entry(*read).or_default().push(index));
        }
        for (index, tie) in all.iter().enumerate() {
            for read in evaluator.reads(tie.at) {
                let tied = of_cell.get(read);
                assert!(tied.is_none_or(|before| *before <= index), "{:?} is solved before what it reads", tie.cell);
            }
        }
        let digits = all.iter().filter_map(|tie| match tie.solve {
            Solve::Digit { radix, .. } => Some((tie.cell, radix)),
            Solve::Affine => None,
        });
        let read = evaluator.cells().filter(|cell| !evaluator.readers(*cell).is_empty());
        let untied = read.chain((0..evaluator.inputs).map(Cell::Input)).filter(|cell| !of_cell.contains_key(cell));
        Self { digits: digits.collect(), untied: untied.collect(), evaluator, all, of_constraint, of_cell, readers }
    }

    /// The tie of this constraint in a row.
    pub(crate) fn find(&self, gate: &str, name: &str, row: usize) -> Tie {
        let at = Failure { constraint: self.evaluator.find(gate, name), row };
        *self.all.iter().find(|tie| tie.at == at).unwrap_or_else(|| panic!("{gate}: {name} is idle in row {row}"))
    }

    /// Columns in which every constraint holds, to be changed.
    pub(crate) fn draft(self: &Arc<Self>, columns: &Columns) -> Draft {
        Draft { ties: self.clone(), columns: columns.clone(), changed: BTreeSet::new() }
    }

    /// `columns`, in which every constraint holds, with `change` made to them and everything else repaired.
    pub(crate) fn forge(self: &Arc<Self>, columns: &Columns, change: &Change) -> Draft {
        let mut draft = self.draft(columns);
        draft.apply(change);
        draft
    }
}

fn slope(evaluator: &Evaluator, at: Failure, cell: Cell, columns: &mut Columns) -> Fr {
    let (before, value) = (evaluator.value(at, columns), columns.get(cell));
    columns.set(cell, value + Fr::ONE);
    let slope = evaluator.value(at, columns) - before;
    columns.set(cell, value);
    slope
}

impl Columns {
    /// Random values everywhere, also where halo2 puts its blinding.
    pub(crate) fn noise(evaluator: &Evaluator, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut column = |length: usize| (0..length).map(|_| Fr::random(&mut rng)).collect::<Vec<_>>();
        let advice = (0..evaluator.system.num_advice_columns()).map(|_| column(evaluator.rows)).collect();
        let inputs = column(evaluator.inputs);
        Self { advice, inputs, challenges: column(evaluator.system.num_challenges()) }
    }
}

/// What a forgery changes. Everything that depends on it follows, but for what is shifted or kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    /// New values of cells that have no tie.
    pub(crate) cells: BTreeMap<Cell, Fr>,
    /// Other digits of lanes, each by the cell of its running value.
    pub(crate) digits: BTreeMap<Cell, Fr>,
    /// By how much a cell differs from what its tie asks for.
    pub(crate) shifts: BTreeMap<Cell, Fr>,
    /// Cells that stay as they are, whatever their ties ask for.
    pub(crate) kept: BTreeSet<Cell>,
}

impl Change {
    /// Breaks one tie.
    pub(crate) fn shift(cell: Cell, shift: Fr) -> Self {
        Self { shifts: BTreeMap::from([(cell, shift)]), ..Self::default() }
    }

    /// Other digits.
    pub(crate) fn digits(digits: impl IntoIterator<Item = (Cell, Fr)>) -> Self {
        Self { digits: digits.into_iter().collect(), ..Self::default() }
    }

    /// Another value of a cell that has no tie.
    pub(crate) fn cell(cell: Cell, value: Fr) -> Self {
        Self { cells: BTreeMap::from([(cell, value)]), ..Self::default() }
    }

    /// The same, while these cells stay.
    pub(crate) fn keeping(self, kept: impl IntoIterator<Item = Cell>) -> Self {
        Self { kept: kept.into_iter().collect(), ..self }
    }
}

/// Columns under forgery.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) ties: Arc<Ties>,
    pub(crate) columns: Columns,
    /// Every cell that was ever changed.
    changed: BTreeSet<Cell>,
}

impl Draft {
    /// Changes a cell and nothing else.
    pub(crate) fn set(&mut self, cell: Cell, value: Fr) {
        self.columns.set(cell, value);
        self.changed.insert(cell);
    }

    /// Makes `change` and solves every tie again that it reaches.
    pub(crate) fn apply(&mut self, change: &Change) {
        let ties = self.ties.clone();
        // Values before this change, of the cells that it reached.
        let mut before = HashMap::new();
        let tied = change.digits.keys().chain(change.shifts.keys());
        let mut queue: BTreeSet<usize> = tied.map(|cell| ties.of_cell[cell]).collect();
        for (cell, value) in &change.cells {
            assert!(!ties.of_cell.contains_key(cell), "{cell:?} has a tie");
            self.replace(*cell, *value, &mut before, &mut queue);
        }
        while let Some(index) = queue.pop_first() {
            let tie = ties.all[index];
            if change.kept.contains(&tie.cell) {
                continue;
            }
            let value = self.columns.get(tie.cell);
            let solved = match tie.solve {
                Solve::Affine => value + ties.evaluator.value(tie.at, &self.columns) * tie.correction,
                Solve::Digit { above, radix } => {
                    let now = self.columns.get(above) * Fr::from(radix);
                    let then = before.get(&above).map_or(now, |then| *then * Fr::from(radix));
                    change.digits.get(&tie.cell).map_or(value - then, |digit| *digit) + now
                }
            };
            let shift = change.shifts.get(&tie.cell).copied().unwrap_or_default();
            self.replace(tie.cell, solved + shift, &mut before, &mut queue);
        }
    }

    fn replace(&mut self, cell: Cell, value: Fr, before: &mut HashMap<Cell, Fr>, queue: &mut BTreeSet<usize>) {
        let old = self.columns.get(cell);
        if old != value {
            before.insert(cell, old);
            self.set(cell, value);
            let own = self.ties.of_cell.get(&cell);
            queue.extend(self.ties.readers.get(&cell).into_iter().flatten().filter(|index| Some(*index) != own));
        }
    }

    /// The digit that a cell of a lane holds.
    pub(crate) fn digit(&self, cell: Cell) -> Fr {
        let tie = self.ties.all[self.ties.of_cell[&cell]];
        let Solve::Digit { above, radix } = tie.solve else { panic!("{cell:?} is not in a lane") };
        self.columns.get(cell) - self.columns.get(above) * Fr::from(radix)
    }

    /// Every constraint that does not hold. Those that read no changed cell hold as before.
    pub(crate) fn failures(&self) -> Vec<Failure> {
        self.ties.evaluator.failures_reading(&self.changed, &self.columns)
    }
}

/// The integer that a field element stands for.
pub(crate) fn integer(value: Fr) -> U256 {
    U256::from_le_bytes::<32>(value.to_repr())
}

/// The constraint that alone objects, if one does.
pub(crate) fn sole(failures: &[Failure]) -> Option<usize> {
    let constraints: HashSet<usize> = failures.iter().map(|failure| failure.constraint).collect();
    (constraints.len() == 1).then(|| failures[0].constraint)
}
