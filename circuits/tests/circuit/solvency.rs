//! The solvency statement as the harness sees it.

use assay_circuits::chip::limb::{DIFFERENCE_LIMBS, LIMBS};
use assay_circuits::poseidon::Parameters;
use assay_circuits::statements::solvency::circuit::{Advice, BLINDING_ROWS, SolvencyCircuit};
use assay_circuits::statements::solvency::layout::{DIFFERENCE_ROW, Layout};
use assay_circuits::statements::solvency::row;
use assay_circuits::statements::solvency::strategies::{commitment_from_field, opening_from_field};
use assay_circuits::{
    Amount, Context, Covenant, Fr, Instance, Margin, Position, PositionCommitment, Size, Violation, Weight, Witness,
};
use ff::Field;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use ruint::aliases::{U256, U512};

use crate::chips::{self, CAPACITY, Lane};
use crate::evaluator::{Cell, Columns, Evaluator, Failure};
use crate::forge::{Change, Solve, integer};
use crate::mutate::Move;
use crate::subject::{Claim, Forgery, Order, Subject};
use crate::support::{example, solvency_cases};
use crate::{forgeries, moves};

/// Names of the two advice columns.
pub(crate) const COLUMN_NAMES: [char; 2] = ['a', 'b'];

/// `solvency/v1` over `N` assets.
pub(crate) struct Solvency<const N: usize>;

impl<const N: usize> Solvency<N> {
    pub(crate) const SIZE: Size = match N {
        8 => Size::Eight,
        16 => Size::Sixteen,
        32 => Size::ThirtyTwo,
        64 => Size::SixtyFour,
        _ => panic!("no size has as many assets"),
    };
    pub(crate) const LAYOUT: Layout = Layout::new(Self::SIZE);
}

impl<const N: usize> Subject for Solvency<N> {
    type Circuit = SolvencyCircuit;
    type Instance = Instance;
    type Witness = Witness;
    type Violation = Violation;

    const K: u32 = Self::LAYOUT.k();
    const CASES: usize = if N <= 8 { 20_000 } else { 64_000 / N };
    const MIX: &'static [(&'static str, usize)] = &[("Ok", 25), ("Opening", 10), ("Amount", 2), ("Insolvent", 10)];

    fn name() -> String {
        format!("{}, {N} assets", assay_circuits::STATEMENT_ID)
    }

    fn circuit(columns: &Columns) -> SolvencyCircuit {
        SolvencyCircuit::new(Self::SIZE, Advice(columns.advice.clone().try_into().expect("two columns")))
    }

    fn input_columns<T>(inputs: &[T]) -> Vec<&[T]> {
        row::columns(Self::SIZE, inputs).to_vec()
    }

    fn claim(columns: &Columns) -> Claim<Self> {
        let Some(instance) = instance(Self::SIZE, &columns.inputs) else { return Claim::NoInstance };
        assert_eq!(instance.to_field_elements(), columns.inputs);
        let amount = |column: usize, asset: usize| {
            let head = columns.get(Lane::amount(column, asset).cell(0));
            u128::try_from(integer(head)).ok().map(Amount::forged)
        };
        let side = |column| (0..N).map(|asset| amount(column, asset)).collect::<Option<Vec<_>>>();
        let (Some(collateral), Some(debt)) = (side(0), side(1)) else { return Claim::NoWitness };
        let position = Position::new(collateral, debt).expect("of one size");
        let opening = opening_from_field(columns.get(blinding()) - Parameters::get().constants[0][0]);
        Claim::Of(instance, Witness { position, opening })
    }

    fn example() -> (Instance, Witness) {
        example(Self::SIZE)
    }

    /// `D = 0`, all amounts and weights nonzero, a margin with room.
    fn tight() -> (Instance, Witness) {
        let (mut instance, mut witness) = example(Self::SIZE);
        for i in 0..N {
            witness.position.collateral_mut()[i] = Amount::forged((1 << 100) + 977 * (i as u128 + 1));
            instance.covenant.collateral_mut()[i] = Weight::new((1 << 100) + 541 * (i as u128 + 1)).expect("small");
        }
        instance.commitment = PositionCommitment::new(&witness.position, &witness.opening);
        let sides = instance.covenant.sides(&witness.position);
        let margin = sides.collateral - sides.debt - U512::from(1);
        instance.covenant.margin = Margin::new(U256::from(margin)).expect("fits");
        (instance, witness)
    }

    fn cases(seed: u64) -> Box<dyn Iterator<Item = (Instance, Witness)>> {
        Box::new(solvency_cases(Self::SIZE, seed).map(|case| (case.instance, case.witness)))
    }

    /// Widened amounts also widen `D`, and another commitment may go with another `D`.
    fn objectors(violation: Violation) -> (&'static str, &'static [&'static str]) {
        match violation {
            Violation::Size { .. } => unreachable!("cases are over as many assets on both sides"),
            Violation::Opening => ("output", &["output", "difference", "limb"]),
            Violation::Amount => ("limb", &["limb", "difference"]),
            Violation::Insolvent => ("difference", &["difference"]),
        }
    }

    fn idle() -> Vec<Vec<usize>> {
        Self::LAYOUT.filler((1 << Self::K) - BLINDING_ROWS).to_vec()
    }

    fn free() -> Vec<Cell> {
        vec![blinding()]
    }

    fn unread_inputs() -> Vec<usize> {
        vec![row::CONTEXT]
    }

    fn tie(evaluator: &Evaluator, at: Failure) -> Option<(Order, Cell, Solve)> {
        let row = at.row as i64;
        let a = |offset: usize| Cell::Advice(0, at.row + offset);
        let constraint = evaluator.at(at);
        let (order, cell) = match (constraint.gate.as_str(), constraint.name.as_str()) {
            ("output", _) if at.row == Self::LAYOUT.commitment_row() => ((3, row + 2, 2), Cell::Input(row::COMMITMENT)),
            ("heads", "acc = Σ w·x − Σ v·y + carry·next acc") => ((4, -row, 0), a(3)),
            ("difference", "Σ lanes = acc − m − 1") => ((5, row, 0), Cell::Input(row::MARGIN)),
            _ => return Some(chips::tie(constraint, at.row)),
        };
        Some((order, cell, Solve::Affine))
    }

    fn false_statement(evaluator: &Evaluator, _: &Columns, at: Failure) -> Change {
        let constraint = evaluator.at(at);
        let (_, cell, _) = Self::tie(evaluator, at).expect("every constraint ties a cell");
        match constraint.gate.as_str() {
            "limb" | "edge" => {
                let (index, position) = digit::<N>(cell);
                match index.checked_sub(2 * N) {
                    // The amount grows by 2^120.
                    None => Change::shift(cell, Fr::from(4).pow_vartime([(LIMBS - position) as u64])),
                    // D = −1: this digit is −1 and all digits below it are 3.
                    Some(lane) => {
                        let below = (0..4).flat_map(|other| {
                            let digits = if other < lane { DIFFERENCE_LIMBS } else { position };
                            (0..if other > lane { 0 } else { digits }).map(move |i| Lane::difference(other).cell(i))
                        });
                        Change {
                            digits: below.map(|cell| (cell, Fr::from(3))).collect(),
                            ..Change::shift(cell, -Fr::ONE)
                        }
                    }
                }
            }
            // One more, and the margin follows: D = −1.
            "heads" if constraint.name.starts_with("acc") => Change::shift(cell, Fr::ONE),
            "difference" if matches!(cell, Cell::Input(_)) => Change::shift(cell, Fr::ONE),
            // Another commitment.
            _ => Change::shift(cell, Fr::random(ChaCha8Rng::seed_from_u64(at.row as u64))),
        }
    }

    fn forgeries() -> Box<dyn Iterator<Item = Forgery>> {
        Box::new(forgeries::all::<N>())
    }

    fn moves() -> Vec<Move> {
        moves::all::<N>()
    }
}

/// The instance that public inputs make, if they have the widths of one.
fn instance(size: Size, inputs: &[Fr]) -> Option<Instance> {
    let weight = |index: usize| Weight::new(u128::try_from(integer(inputs[index])).ok()?).ok();
    let collateral: Option<Vec<_>> = (0..size.assets()).map(|asset| weight(row::collateral_weight(asset))).collect();
    let debt: Option<Vec<_>> = (0..size.assets()).map(|asset| weight(row::debt_weight(size, asset))).collect();
    let context = integer(inputs[row::CONTEXT]);
    Some(Instance {
        commitment: commitment_from_field(inputs[row::COMMITMENT]),
        context: (context.bit_len() <= 253).then(|| Context::from_digest(context.to_be_bytes()))?,
        covenant: Covenant::new(Margin::new(integer(inputs[row::MARGIN])).ok()?, collateral?, debt?)?,
    })
}

/// The cell of the blinding.
pub(crate) fn blinding() -> Cell {
    Cell::Advice(0, Layout::permutation(0) + CAPACITY)
}

impl Lane {
    /// Of an amount: collateral in column 0, debt in column 1.
    pub(crate) fn amount(column: usize, asset: usize) -> Self {
        Self { column, head: Layout::heads(asset / 2) + 1 + asset % 2, limbs: LIMBS }
    }

    /// Quarter 0 to 3 of the difference, least significant first.
    pub(crate) fn difference(quarter: usize) -> Self {
        Self { column: quarter % 2, head: DIFFERENCE_ROW + 1 + quarter / 2, limbs: DIFFERENCE_LIMBS }
    }

    /// All lanes: of collateral, of debt, of the difference.
    pub(crate) fn all<const N: usize>() -> Vec<Self> {
        let amounts = (0..2).flat_map(|column| (0..N).map(move |asset| Self::amount(column, asset)));
        amounts.chain((0..4).map(Self::difference)).collect()
    }
}

/// Index of the lane in which a cell stands, in the order of [`Lane::all`], and its position there.
fn digit<const N: usize>(cell: Cell) -> (usize, usize) {
    let mut found = Lane::all::<N>().into_iter().enumerate().filter_map(|(index, lane)| {
        let position = (0..=lane.limbs).find(|position| lane.cell(*position) == cell)?;
        Some((index, position))
    });
    found.next().unwrap_or_else(|| panic!("{cell:?} is in no lane"))
}
