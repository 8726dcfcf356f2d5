//! The statement of many rows as the harness sees it.

mod forgeries;
mod moves;
mod proofs;

use assay_circuits::chip::limb::{DIFFERENCE_LIMBS, LIMBS};
use assay_circuits::poseidon::Parameters;
use assay_circuits::statements::covenants::circuit::CovenantsCircuit;
use assay_circuits::statements::covenants::layout::{BLINDING_ROWS, Layout};
use assay_circuits::statements::covenants::{
    Coefficient, Constant, Instance, Row, STATEMENT_ID, Shape, Violation, Witness, strategies,
};
use assay_circuits::statements::solvency::strategies::{commitment_from_field, opening_from_field};
use assay_circuits::{Amount, Context, Fr, Position, PositionCommitment, Statement};
use ff::Field;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use ruint::aliases::U256;

use crate::chips::{self, CAPACITY, Lane};
use crate::evaluator::{Cell, Columns, Evaluator, Failure};
use crate::forge::{Change, Solve, integer};
use crate::mutate::Move;
use crate::subject::{Claim, Forgery, Order, Subject};
use crate::support::Seeded;

/// The column of the sum.
const SUM: usize = 2;

/// `covenants/v1` of the shape with this number in [`Shape::ALL`].
pub(crate) struct Covenants<const S: usize>;

impl<const S: usize> Covenants<S> {
    pub(crate) const SHAPE: Shape = Shape::ALL[S];
    pub(crate) const LAYOUT: Layout = Layout::new(Self::SHAPE);

    /// The number of a row's constant among the public inputs; rows are equalities and then tests.
    fn constant(row: usize) -> Cell {
        Cell::Input(Self::SHAPE.commitments() + 1 + row)
    }

    /// The number of a row's coefficient of a term among the public inputs.
    fn coefficient(row: usize, term: usize) -> Cell {
        Cell::Input(Self::SHAPE.commitments() + 1 + Self::SHAPE.rows() + row * Self::SHAPE.terms() + term)
    }

    /// The number of a test among all rows.
    fn test(test: usize) -> usize {
        Self::SHAPE.equalities() + test
    }

    /// The lane of a term.
    fn amount(term: usize) -> Lane {
        let mut places = Self::LAYOUT.amounts();
        let (above, head) = places
            .find_map(|(above, terms)| Some((above, terms.iter().position(|other| *other == term)?)))
            .expect("every term has a place");
        Lane { column: head / 2, head: above + 1 + head % 2, limbs: LIMBS }
    }

    /// Quarter 0 to 3 of the slack of a test, least significant first.
    fn slack(test: usize, quarter: usize) -> Lane {
        Lane { column: quarter % 2, head: Layout::slack(test) + 1 + quarter / 2, limbs: DIFFERENCE_LIMBS }
    }

    /// The cell of a blinding.
    fn blinding(commitment: usize) -> Cell {
        Cell::Advice(0, Self::LAYOUT.permutation(commitment, 0) + CAPACITY)
    }

    /// Constants that follow an amount that grows by `more`, so that no row's slack changes.
    fn followed(columns: &Columns, term: usize, more: Fr) -> impl Iterator<Item = (Cell, Fr)> {
        (0..Self::SHAPE.rows()).map(move |row| {
            let constant = Self::constant(row);
            (constant, columns.get(constant) + columns.get(Self::coefficient(row, term)) * more)
        })
    }

    /// How often what stands in the sum above `row` is multiplied by the challenge below it.
    fn multiplied(row: usize) -> u64 {
        (1..Self::SHAPE.tests()).filter(|test| Layout::slack(*test) > row).count() as u64
    }
}

impl<const S: usize> Subject for Covenants<S> {
    type Circuit = CovenantsCircuit;
    type Instance = Instance;
    type Witness = Witness;
    type Violation = Violation;

    const K: u32 = Self::LAYOUT.k();
    const CASES: usize = if S == 0 { 6_000 } else { 1_000 };
    const MIX: &'static [(&'static str, usize)] =
        &[("Ok", 25), ("Opening", 10), ("Amount", 2), ("Equality", 5), ("Test", 10)];

    fn name() -> String {
        format!("{STATEMENT_ID}, {}", Self::SHAPE)
    }

    fn circuit(columns: &Columns) -> CovenantsCircuit {
        CovenantsCircuit::new(Self::SHAPE, columns.advice.clone())
    }

    fn input_columns<T>(inputs: &[T]) -> Vec<&[T]> {
        inputs.chunks(1).collect()
    }

    fn claim(columns: &Columns) -> Claim<Self> {
        let shape = Self::SHAPE;
        let Some(instance) = instance::<S>(columns) else { return Claim::NoInstance };
        assert_eq!(instance.public_inputs().concat(), columns.inputs);
        let amount = |term| u128::try_from(integer(columns.get(Self::amount(term).cell(0)))).ok().map(Amount::forged);
        let Some(amounts) = (0..shape.terms()).map(amount).collect::<Option<Vec<_>>>() else {
            return Claim::NoWitness;
        };
        let (of_positions, helpers) = amounts.split_at(shape.helper(0));
        let n = shape.size().assets();
        let position = |amounts: &[Amount]| Position::new(amounts[..n].to_vec(), amounts[n..].to_vec());
        let blinding = |k| opening_from_field(columns.get(Self::blinding(k)) - Parameters::get().constants[0][0]);
        let witness = Witness {
            positions: of_positions.chunks(2 * n).map(|amounts| position(amounts).expect("of one size")).collect(),
            openings: (0..shape.commitments()).map(blinding).collect(),
            helpers: helpers.to_vec(),
        };
        Claim::Of(instance, witness)
    }

    fn example() -> (Instance, Witness) {
        statement::<S>(1_000_000_007, 1_000_003, 12_345)
    }

    /// Every slack is zero, and amounts and coefficients leave room for forgeries.
    fn tight() -> (Instance, Witness) {
        statement::<S>(1 << 100, 1 << 90, 0)
    }

    fn cases(seed: u64) -> Box<dyn Iterator<Item = (Instance, Witness)>> {
        Box::new(Seeded::new(strategies::case(Self::SHAPE), seed))
    }

    /// Widened amounts may also widen a row, and another commitment or amount may go with rows that do not hold.
    fn objectors(violation: Violation) -> (&'static str, &'static [&'static str]) {
        match violation {
            Violation::Shape(_) => unreachable!("cases are of the shape"),
            Violation::Opening(_) => ("output", &["output", "end", "limb"]),
            Violation::Amount => ("limb", &["limb", "end"]),
            Violation::Equality(_) | Violation::Test(_) => ("end", &["end"]),
        }
    }

    /// The idle row before each permutation, the two last in use, everything below them; in `b` also the rows without an
    /// S-box, and in `s` everything above the first slack.
    fn idle() -> Vec<Vec<usize>> {
        let (layout, usable) = (Self::LAYOUT, (1 << Self::K) - BLINDING_ROWS);
        let of_commitment = |k| (0..=layout.pairs()).map(move |i| layout.permutation(k, i));
        let permutations: Vec<usize> = (0..Self::SHAPE.commitments()).flat_map(of_commitment).collect();
        let tail = layout.constants_row()..usable;
        let a: Vec<usize> = permutations.iter().map(|first| first - 1).chain(tail).collect();
        let lanes = permutations.iter().flat_map(|first| [first + 12, first + 13]);
        let b = a.iter().copied().chain(lanes).collect();
        vec![a, b, (0..=Layout::slack(0)).chain(layout.end() + 1..usable).collect()]
    }

    fn free() -> Vec<Cell> {
        (0..Self::SHAPE.commitments()).map(Self::blinding).collect()
    }

    fn unread_inputs() -> Vec<usize> {
        vec![Self::SHAPE.commitments()]
    }

    fn tie(evaluator: &Evaluator, at: Failure) -> Option<(Order, Cell, Solve)> {
        let row = at.row as i64;
        let constraint = evaluator.at(at);
        let commitment = (0..Self::SHAPE.commitments()).find(|k| Self::LAYOUT.commitment_row(*k) == at.row);
        let (order, cell) = match (constraint.gate.as_str(), commitment) {
            ("output", Some(k)) => ((3, row + 2, 2), Cell::Input(k)),
            ("sum", _) => ((4, row, 0), Cell::Advice(SUM, at.row + 1)),
            ("end", _) => return None,
            _ => return Some(chips::tie(constraint, at.row)),
        };
        Some((order, cell, Solve::Affine))
    }

    fn false_statement(evaluator: &Evaluator, columns: &Columns, at: Failure) -> Change {
        // The last test falls short by one: in the sum its row has the factor one.
        let last = Self::constant(Self::SHAPE.rows() - 1);
        let short = Change::cell(last, columns.get(last) + Fr::ONE);
        let Some((_, cell, _)) = Self::tie(evaluator, at) else { return short };
        match evaluator.at(at).gate.as_str() {
            // The sum jumps by what is missing at its end.
            "sum" => {
                let factor = columns.challenges[0].pow_vartime([Self::multiplied(at.row)]);
                let jump = factor.invert().expect("the challenge is not zero");
                Change { shifts: [(cell, jump)].into(), ..short }
            }
            "limb" | "edge" => match digit::<S>(cell) {
                // The amount grows by 2^120, and the constants follow.
                (Digit::Amount(term), position) => {
                    let more = Fr::from(4).pow_vartime([LIMBS as u64]);
                    let shift = Fr::from(4).pow_vartime([(LIMBS - position) as u64]);
                    let cells = Self::followed(columns, term, more).collect();
                    Change { cells, ..Change::shift(cell, shift) }
                }
                // The slack is −1: this digit is −1 and all digits below it are 3.
                (Digit::Slack(test, quarter), position) => {
                    let below = (0..=quarter).flat_map(|other| {
                        let digits = if other < quarter { DIFFERENCE_LIMBS } else { position };
                        (0..digits).map(move |i| Self::slack(test, other).cell(i))
                    });
                    let constant = Self::constant(Self::test(test));
                    Change {
                        digits: below.map(|cell| (cell, Fr::from(3))).collect(),
                        cells: [(constant, columns.get(constant) + Fr::ONE)].into(),
                        ..Change::shift(cell, -Fr::ONE)
                    }
                }
            },
            // Another commitment.
            _ => Change::shift(cell, Fr::random(ChaCha8Rng::seed_from_u64(at.row as u64))),
        }
    }

    fn forgeries() -> Box<dyn Iterator<Item = Forgery>> {
        Box::new(forgeries::all::<S>())
    }

    fn moves() -> Vec<Move> {
        moves::all::<S>()
    }
}

/// A true statement in which no amount, coefficient or constant is zero and all differ; every test holds with `excess`.
fn statement<const S: usize>(amounts: u128, coefficients: i128, excess: u64) -> (Instance, Witness) {
    let shape = Shape::ALL[S];
    let n = shape.size().assets();
    let amount = |term: usize| Amount::new(amounts + 998_244_353 * (term as u128 + 2)).expect("small");
    let side = |first: usize| (first..first + n).map(amount).collect::<Vec<_>>();
    let position = |k| Position::new(side(shape.collateral(k, 0)), side(shape.debt(k, 0))).expect("of one size");
    let opening = |k: usize| opening_from_field(Fr::from(0x0123_4567_89ab_cdef + k as u64).square());
    let witness = Witness {
        positions: (0..shape.commitments()).map(position).collect(),
        openings: (0..shape.commitments()).map(opening).collect(),
        helpers: (0..shape.helpers()).map(|helper| amount(shape.helper(helper))).collect(),
    };
    let commit = |(position, opening)| PositionCommitment::new(position, opening);
    let commitments = witness.positions.iter().zip(&witness.openings).map(commit).collect();
    let all: Vec<Amount> = (0..shape.terms()).map(amount).collect();
    let row = |number: usize, excess: u64| {
        // Every third coefficient is negative.
        let coefficient = |term: usize| {
            let magnitude = coefficients + 541 * (number * shape.terms() + term + 1) as i128;
            Coefficient::new(if term % 3 == 2 { -magnitude } else { magnitude }).expect("small")
        };
        let coefficients: Vec<Coefficient> = (0..shape.terms()).map(coefficient).collect();
        let sums = Row::new(coefficients.clone(), Constant::ZERO).sums(&all.iter().collect::<Vec<_>>());
        let constant = U256::wrapping_from(sums.left - sums.right) - U256::from(excess);
        Row::new(coefficients, Constant::new(false, constant).expect("fits"))
    };
    let equalities = (0..shape.equalities()).map(|number| row(number, 0)).collect();
    let tests = (0..shape.tests()).map(|test| row(shape.equalities() + test, excess)).collect();
    let context = Context::from_digest([0xab; 32]);
    (Instance::new(shape, context, commitments, equalities, tests).expect("of the shape"), witness)
}

/// The instance that public inputs make, if they have the widths of one.
fn instance<const S: usize>(columns: &Columns) -> Option<Instance> {
    let shape = Shape::ALL[S];
    // The sign and the number that a public input stands for.
    let signed = |cell: Cell| {
        let (plus, minus) = (integer(columns.get(cell)), integer(-columns.get(cell)));
        if plus <= minus { (false, plus) } else { (true, minus) }
    };
    let row = |row: usize| {
        let coefficient = |term: usize| {
            let (negative, magnitude) = signed(Covenants::<S>::coefficient(row, term));
            let magnitude = i128::try_from(u128::try_from(magnitude).ok()?).ok()?;
            Coefficient::new(if negative { -magnitude } else { magnitude }).ok()
        };
        let (negative, magnitude) = signed(Covenants::<S>::constant(row));
        let coefficients = (0..shape.terms()).map(coefficient).collect::<Option<_>>()?;
        Some(Row::new(coefficients, Constant::new(negative, magnitude).ok()?))
    };
    let context = integer(columns.inputs[shape.commitments()]);
    let context = (context.bit_len() <= 253).then(|| Context::from_digest(context.to_be_bytes()))?;
    let commitments = columns.inputs[..shape.commitments()].iter().map(|input| commitment_from_field(*input)).collect();
    let equalities = (0..shape.equalities()).map(row).collect::<Option<_>>()?;
    let tests = (0..shape.tests()).map(|test| row(shape.equalities() + test)).collect::<Option<_>>()?;
    Instance::new(shape, context, commitments, equalities, tests)
}

/// What a lane is of.
enum Digit {
    Amount(usize),
    Slack(usize, usize),
}

/// The lane in which a cell stands, and its position there.
fn digit<const S: usize>(cell: Cell) -> (Digit, usize) {
    let shape = Shape::ALL[S];
    let slacks = (0..shape.tests()).flat_map(|test| {
        (0..4).map(move |quarter| (Digit::Slack(test, quarter), Covenants::<S>::slack(test, quarter)))
    });
    let amounts = (0..shape.terms()).map(|term| (Digit::Amount(term), Covenants::<S>::amount(term)));
    let mut found = slacks.chain(amounts).filter_map(|(of, lane)| {
        let position = (0..=lane.limbs).find(|position| lane.cell(*position) == cell)?;
        Some((of, position))
    });
    found.next().unwrap_or_else(|| panic!("{cell:?} is in no lane"))
}
