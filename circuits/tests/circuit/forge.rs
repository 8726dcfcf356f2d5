//! A forger: changes one cell and repairs everything else, so that exactly one constraint can object.
//!
//! Every private cell but the filler, the blinding and the free digits of amounts is tied by one constraint that is
//! affine in it. [`Forger`] keeps these ties in an order in which each can be solved for its cell, limbs included: a
//! limb's digit is kept unless the forgery replaces it.

use std::collections::HashMap;

use assay_circuits::chip::limb::{DIFFERENCE_LIMBS, LIMBS};
use assay_circuits::poseidon::Parameters;
use assay_circuits::solvency::layout::Layout;
use assay_circuits::solvency::row;
use assay_circuits::testing::{commitment_from_field, opening_from_field};
use assay_circuits::{Amount, Fr, Instance, Margin, Position, PositionCommitment, Weight, Witness};
use ff::{Field, PrimeField};
use ruint::aliases::U256;

use crate::evaluator::{Cell, Columns, Evaluator, Failure};
use crate::support::example;

/// Row of the capacity in a permutation.
const CAPACITY: usize = 2;

/// A constraint in a row and the cell that it determines.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tie {
    pub(crate) at: Failure,
    pub(crate) cell: Cell,
}

pub(crate) struct Forger<const N: usize> {
    pub(crate) evaluator: &'static Evaluator<N>,
    pub(crate) ties: Vec<Tie>,
    pub(crate) instance: Instance<N>,
    pub(crate) columns: Columns,
    digits: HashMap<Cell, Fr>,
}

impl<const N: usize> Forger<N> {
    /// Starts from a statement that is true by one unit: `D = 0`, all amounts and weights nonzero, a margin with room.
    pub(crate) fn new() -> Self {
        let (mut instance, mut witness) = example::<N>();
        for i in 0..N {
            witness.position.collateral[i] = Amount::forged((1 << 100) + 977 * (i as u128 + 1));
            instance.collateral_weights[i] = Weight::new((1 << 100) + 541 * (i as u128 + 1)).expect("small");
        }
        instance.commitment = PositionCommitment::new(&witness.position, &witness.opening);
        let sides = assay_circuits::solvency::Sides::of(&instance, &witness.position);
        let margin = sides.collateral - sides.debt - ruint::aliases::U512::from(1);
        instance.margin = Margin::new(U256::from(margin)).expect("fits");
        let evaluator = Evaluator::<N>::shared();
        let columns = Columns::of(&instance, &witness, 0);
        let mut ties: Vec<_> = (0..evaluator.constraints.len())
            .flat_map(|index| evaluator.constraints[index].rows.iter().map(move |(row, _)| (index, *row)))
            .map(|(constraint, row)| tie(evaluator, Failure { constraint, row }))
            .collect();
        ties.sort_by_key(|(order, _)| *order);
        let ties: Vec<Tie> = ties.into_iter().map(|(_, tie)| tie).collect();
        let digits = ties.iter().filter(|tie| evaluator.constraints[tie.at.constraint].gate == "limb");
        let digits = digits.map(|tie| (tie.cell, digit(&columns, tie.cell))).collect();
        Self { evaluator, ties, instance, columns, digits }
    }

    /// The honest columns with `change` made to them and everything else repaired.
    pub(crate) fn forge(&self, change: &Change) -> Columns {
        let mut columns = self.columns.clone();
        let digit_of = |cell: Cell| change.digits.get(&cell).or(self.digits.get(&cell)).copied();
        for tie in &self.ties {
            let solved = match digit_of(tie.cell) {
                Some(digit) => above(&columns, tie.cell) * Fr::from(4) + digit,
                None => columns.get(tie.cell) - self.correction(*tie, &mut columns),
            };
            let shift = change.shifts.get(&tie.cell).copied().unwrap_or_default();
            columns.set(tie.cell, solved + shift);
        }
        columns
    }

    /// By how much the cell of `tie` is off: the constraint is affine in it.
    fn correction(&self, tie: Tie, columns: &mut Columns) -> Fr {
        let here = self.evaluator.value(tie.at, columns);
        if here.is_zero_vartime() {
            return Fr::ZERO;
        }
        let value = columns.get(tie.cell);
        columns.set(tie.cell, value + Fr::ONE);
        let slope = self.evaluator.value(tie.at, columns) - here;
        columns.set(tie.cell, value);
        here * slope.invert().expect("a tie determines its cell")
    }

    /// The statement and the witness that columns claim to hold. `None` where the public side is out of its widths or
    /// an amount does not even fit 128 bits.
    pub(crate) fn claim(&self, columns: &Columns) -> Option<(Instance<N>, Witness<N>)> {
        let amount = |column: usize, asset: usize| {
            let value = columns.advice[column][Layout::<N>::heads(asset / 2) + 1 + asset % 2];
            u128::try_from(integer(value)).ok().map(Amount::forged)
        };
        let side = |column| (0..N).map(|asset| amount(column, asset)).collect::<Option<Vec<_>>>()?.try_into().ok();
        let position = Position { collateral: side(0)?, debt: side(1)? };
        let capacity = columns.advice[0][Layout::<N>::permutation(0) + CAPACITY];
        let opening = opening_from_field(capacity - Parameters::get().constants[0][0]);
        let instance = Instance {
            commitment: commitment_from_field(columns.inputs[row::COMMITMENT]),
            margin: Margin::new(integer(columns.inputs[row::MARGIN])).ok()?,
            ..self.instance.clone()
        };
        assert_eq!(instance.to_field_elements(), columns.inputs, "only C and m are repaired");
        Some((instance, Witness { position, opening }))
    }

    /// The tie of a constraint in a row.
    pub(crate) fn tie(&self, gate: &str, name: &str, row: usize) -> Tie {
        let at = Failure { constraint: self.evaluator.find(gate, name), row };
        *self.ties.iter().find(|tie| tie.at == at).unwrap_or_else(|| panic!("{gate}: {name} is idle in row {row}"))
    }
}

/// What a forgery changes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    /// By how much a cell differs from what its tie asks for.
    pub(crate) shifts: HashMap<Cell, Fr>,
    /// Other digits of lanes, each by the cell of its running value.
    pub(crate) digits: HashMap<Cell, Fr>,
}

impl Change {
    /// Breaks one tie.
    pub(crate) fn shift(tie: Tie, shift: Fr) -> Self {
        Self { shifts: HashMap::from([(tie.cell, shift)]), digits: HashMap::new() }
    }
}

/// The integer that a field element stands for.
pub(crate) fn integer(value: Fr) -> U256 {
    U256::from_le_bytes::<32>(value.to_repr())
}

/// The running value one limb above.
fn above(columns: &Columns, cell: Cell) -> Fr {
    match cell {
        Cell::Advice(column, row) => columns.advice[column][row - 2],
        Cell::Input(_) => unreachable!("limbs stand in advice columns"),
    }
}

fn digit(columns: &Columns, cell: Cell) -> Fr {
    columns.get(cell) - above(columns, cell) * Fr::from(4)
}

/// Where a cell stands in a range check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Digit {
    /// 0 to 3, least significant lane first, for the difference; `None` for an amount.
    pub(crate) difference_lane: Option<usize>,
    /// 0 for the head; one more than the most significant limb for the edge.
    pub(crate) position: usize,
}

impl Digit {
    /// Of a cell between an edge and a head.
    pub(crate) fn of<const N: usize>(column: usize, row: usize) -> Self {
        let pair = (0..Layout::<N>::PAIRS).rev().find(|pair| Layout::<N>::start(*pair) <= row);
        let last = pair.map_or(Layout::<N>::DIFFERENCE_ROW, Layout::<N>::heads) + 2;
        let second = usize::from(row % 2 == last % 2);
        let position = (last - 1 + second - row) / 2;
        let digit = Self { difference_lane: pair.is_none().then_some(2 * second + column), position };
        assert!(position <= if pair.is_none() { DIFFERENCE_LIMBS } else { LIMBS });
        digit
    }

    /// Place of the digit in the difference: a multiple of two bits.
    pub(crate) fn bit(self) -> Option<usize> {
        self.difference_lane.map(|lane| 2 * (lane * DIFFERENCE_LIMBS + self.position))
    }
}

/// The tie of an active constraint, with its place in the order of repair.
fn tie<const N: usize>(evaluator: &Evaluator<N>, at: Failure) -> ((u8, i64, u8), Tie) {
    let constraint = &evaluator.constraints[at.constraint];
    let row = at.row as i64;
    let a = |offset: usize| Cell::Advice(0, at.row + offset);
    let b = |offset: usize| Cell::Advice(1, at.row + offset);
    let name = constraint.name.as_str();
    // Most constraints are named after the cell that they determine.
    let named = || {
        let offset = name.strip_prefix("a(").and_then(|rest| rest[..1].parse().ok());
        a(offset.unwrap_or_else(|| panic!("no cell in the name {name}")))
    };
    let (order, cell) = match (constraint.gate.as_str(), name) {
        ("edge", name) => ((0, row, 0), if name.starts_with('a') { a(0) } else { b(0) }),
        ("limb", name) => ((1, row, 0), if name.starts_with('a') { a(2) } else { b(2) }),
        ("heads" | "difference", name) if name.starts_with("lane 1") => ((2, row, 0), a(4)),
        ("heads" | "difference", name) if name.starts_with("lane 2") => ((2, row, 0), a(5)),
        ("S-box", _) => ((3, row, 0), b(0)),
        // Lanes 1 and 2 are solved from lane 0.
        ("exit", name) => ((3, row + 2, if name.starts_with("a(5)") { 1 } else { 2 }), named()),
        ("full round" | "partial round" | "enter" | "enter, next", _) => ((3, row + 2, 2), named()),
        ("output", _) if at.row == Layout::<N>::commitment_row() => ((3, row + 2, 2), Cell::Input(row::COMMITMENT)),
        ("output", _) => ((3, row + 2, 2), a(128)),
        ("heads", _) => ((4, -row, 0), a(3)),
        ("difference", _) => ((5, row, 0), Cell::Input(row::MARGIN)),
        (gate, name) => panic!("no tie for {gate}: {name}"),
    };
    (order, Tie { at, cell })
}
