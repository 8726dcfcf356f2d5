//! The circuit of `covenants/v1`: gates of the [chips](crate::chip) over the map of rows in [`super::layout`].
//!
//! | clause | gates |
//! |---|---|
//! | 1 opening | `S-box`, `full round`, `partial round`, `enter`, `enter, next`, `exit`, `output`; `words`, `domain` |
//! | 2 amounts | `limb`, `edge` |
//! | 3 rows | `sum`, `end`; `limb`, `edge` for the slacks |
//!
//! For each private cell the gate that ties it: page "Circuit of covenants" of `docs/`.

use assay_protocol::Relation;
use ff::{Field, PrimeField};
use halo2_proofs::circuit::{Layouter, SimpleFloorPlanner, Value};
use halo2_proofs::plonk::{
    Advice, Circuit, Column, ConstraintSystem, Error, FirstPhase, Fixed as FixedColumn, Instance as InstanceColumn,
    SecondPhase,
};
use rand_core::{CryptoRng, RngCore};

use super::layout::{BLINDING_ROWS, Layout, NEXT_CAPACITY, SLACK_BLOCK};
use super::{Instance, Row, STATEMENT_ID, Shape, Witness};
use crate::chip::combination::{self, Config};
use crate::chip::limb::{self, DIFFERENCE_LANE_BITS, DIFFERENCE_LIMBS, LIMBS};
use crate::chip::poseidon::{self, PERMUTATION_ROWS};
use crate::chip::{Columns, Fixed, Input, absorb, rotation};
use crate::commitment::{TAG, shape, word};
use crate::units::{Amount, Fr};

/// Degree of the gates. Set as the least degree too, because halo2 caps what it computes by an environment variable.
const DEGREE: usize = 5;

/// Computes every cell of `a` and `b`, whether or not the statement holds; the filler comes from `rng`.
///
/// # Panics
/// Where the witness is not one of the instance's shape.
#[must_use]
pub fn assign_amounts(instance: &Instance, witness: &Witness, mut rng: impl RngCore + CryptoRng) -> Vec<Vec<Fr>> {
    let layout = Layout::new(instance.shape());
    let mut advice = vec![vec![Fr::zero(); 1 << layout.k()]; 2];
    advice.iter_mut().for_each(|column| column[layout.filler()].fill_with(|| Fr::random(&mut rng)));
    let [a, b] = &mut advice[..] else { unreachable!("two columns") };

    let amounts: Vec<&Amount> = witness.amounts().collect();
    for (test, row) in instance.tests().iter().enumerate() {
        let quarters = limb::quarters(row.slack(&amounts));
        let above = Layout::slack(test);
        for second in 0..2 {
            limb::assign(a, above + 1 + second, DIFFERENCE_LIMBS, quarters[2 * second]);
            limb::assign(b, above + 1 + second, DIFFERENCE_LIMBS, quarters[2 * second + 1]);
        }
    }
    for (above, [a1, a2, b1, b2]) in layout.amounts() {
        for (column, terms) in [(&mut *a, [a1, a2]), (&mut *b, [b1, b2])] {
            for (second, term) in terms.into_iter().enumerate() {
                limb::assign(column, above + 1 + second, LIMBS, amounts[term].expose());
            }
        }
    }
    for (commitment, (position, opening)) in witness.positions.iter().zip(&witness.openings).enumerate() {
        let mut capacity = *opening.expose();
        for i in 0..=layout.pairs() {
            let [left, right] = match i.checked_sub(1) {
                None => [Fr::from_u128(TAG), Fr::from(shape(position.size()))],
                Some(pair) => [2 * pair, 2 * pair + 1].map(|asset| word(position, asset)),
            };
            let first = layout.permutation(commitment, i);
            let rows = first..first + PERMUTATION_ROWS;
            capacity = poseidon::assign(&mut a[rows.clone()], &mut b[rows], [capacity, left, right]);
        }
    }
    advice
}

/// Computes every cell of `s` for a challenge; the filler comes from `rng`.
///
/// # Panics
/// Where the witness is not one of the instance's shape.
#[must_use]
pub fn assign_sum(instance: &Instance, witness: &Witness, rho: Fr, mut rng: impl RngCore + CryptoRng) -> Vec<Fr> {
    let layout = Layout::new(instance.shape());
    let amounts: Vec<&Amount> = witness.amounts().collect();
    let mut sum = vec![Fr::zero(); 1 << layout.k()];
    sum[layout.filler()].fill_with(|| Fr::random(&mut rng));

    // First what every row adds to the next.
    let combined = |value: &dyn Fn(&Row) -> Fr| instance.rows().fold(Fr::zero(), |sum, row| sum * rho + value(row));
    for (test, row) in instance.tests().iter().enumerate() {
        sum[Layout::slack(test) + 1] = -low_bits(row.slack(&amounts));
    }
    for (above, terms) in layout.amounts() {
        for (head, term) in terms.into_iter().enumerate() {
            let coefficient = combined(&|row| row.coefficients()[term].to_field());
            sum[above + head % 2 + 1] += coefficient * Fr::from_u128(amounts[term].expose());
        }
    }
    sum[layout.end()] = -combined(&|row| row.constant().to_field());
    // Then what is carried to it, times the challenge below a slack.
    for row in Layout::slack(0) + 1..layout.end() {
        let slack = row <= layout.start(0) && row % SLACK_BLOCK == Layout::slack(0);
        let carried = if slack { sum[row] * rho } else { sum[row] };
        sum[row + 1] += carried;
    }
    sum
}

/// What the four lanes of a slack hold.
fn low_bits(slack: Fr) -> Fr {
    let power = Fr::from(1 << DIFFERENCE_LANE_BITS);
    limb::quarters(slack).iter().rev().fold(Fr::zero(), |sum, quarter| sum * power + Fr::from_u128(*quarter))
}

/// Bits of the numbers that the cells of a row hold, see [`Relation::widths`]: in `a` and `b` alike, and those of the steps of `s`.
fn widths(shape: Shape) -> [Vec<u32>; 2] {
    let layout = Layout::new(shape);
    let [mut widths, mut sum] = [vec![0; 1 << layout.k()], vec![0; 1 << layout.k()]];
    let slacks = (0..shape.tests()).map(|test| (Layout::slack(test), DIFFERENCE_LIMBS));
    for (above, limbs) in slacks.chain(layout.amounts().map(|(above, _)| (above, LIMBS))) {
        for head in [above + 1, above + 2] {
            (0..limbs).zip((2..).step_by(2)).for_each(|(i, width)| widths[head - 2 * (limbs - 1 - i)] = width);
        }
    }
    for commitment in 0..shape.commitments() {
        for pair in 0..layout.pairs() {
            // A permutation begins with its lanes 1 and 2.
            let words = layout.permutation(commitment, 1 + pair);
            widths[words..words + 2].fill(Fr::NUM_BITS);
        }
    }
    let slacks = (0..shape.tests()).map(Layout::slack);
    let terms = layout.amounts().flat_map(|(above, _)| [above, above + 1]);
    slacks.chain(terms).for_each(|row| sum[row + 1] = Fr::NUM_BITS);
    [widths, sum]
}

/// The circuit for one shape: private cells, or none for key generation.
pub struct CovenantsCircuit {
    shape: Shape,
    advice: Option<Vec<Vec<Fr>>>,
}

impl CovenantsCircuit {
    /// The circuit without private cells.
    #[must_use]
    pub fn empty(shape: Shape) -> Self {
        Self { shape, advice: None }
    }

    /// The circuit with its private cells: `a`, `b` and `s`.
    #[must_use]
    pub fn new(shape: Shape, advice: Vec<Vec<Fr>>) -> Self {
        Self { shape, advice: Some(advice) }
    }
}

impl Drop for CovenantsCircuit {
    fn drop(&mut self) {
        for column in self.advice.iter_mut().flatten() {
            column.fill(Fr::zero());
            std::hint::black_box(column);
        }
    }
}

impl Relation for CovenantsCircuit {
    const ID: &'static str = STATEMENT_ID;

    fn of_size(size: u32) -> Option<Self> {
        Shape::of_number(size).map(Self::empty)
    }

    fn size(&self) -> u32 {
        self.shape.number()
    }

    fn size_in_words(&self) -> String {
        self.shape.to_string()
    }

    fn k(&self) -> u32 {
        Layout::new(self.shape).k()
    }

    fn fixed(&self) -> Vec<Vec<Fr>> {
        let (Fixed { limb, round, turn, constant }, step) = Layout::new(self.shape).fixed();
        vec![limb, round, turn, constant, step]
    }

    fn public_rows(&self) -> Vec<usize> {
        let of = self.shape;
        vec![1; of.commitments() + 1 + of.rows() * (1 + of.terms())]
    }

    fn filler(&self) -> Vec<Vec<usize>> {
        vec![Layout::new(self.shape).filler().collect(); 3]
    }

    fn widths(&self) -> Vec<Vec<u32>> {
        let [amounts, sum] = widths(self.shape);
        vec![amounts.clone(), amounts, sum]
    }

    /// The sum.
    fn steady(&self) -> Vec<usize> {
        vec![2]
    }
}

/// The columns that the circuit writes.
#[derive(Clone, Debug)]
pub struct Written {
    advice: [Column<Advice>; 3],
    fixed: [Column<FixedColumn>; 5],
}

impl Circuit<Fr> for CovenantsCircuit {
    type Config = Written;
    type FloorPlanner = SimpleFloorPlanner;
    type Params = Shape;

    fn params(&self) -> Shape {
        self.shape
    }

    fn without_witnesses(&self) -> Self {
        Self::empty(self.shape)
    }

    fn configure_with_params(meta: &mut ConstraintSystem<Fr>, of: Shape) -> Written {
        let layout = Layout::new(of);
        meta.set_minimum_degree(DEGREE);
        let columns = Columns::configure(meta);
        let config = Config {
            sum: meta.advice_column_in(SecondPhase),
            step: meta.fixed_column(),
            challenge: meta.challenge_usable_after(FirstPhase),
        };
        // A public input, alone in its column, read in the row `at`.
        let mut input = |at: usize| Input { column: meta.instance_column(), rotation: -rotation(at) };
        let commitments = (0..of.commitments()).map(|k| input(layout.commitment_row(k))).collect();
        let _context: Column<InstanceColumn> = input(0).column;
        let constants = (0..of.rows()).map(|_| input(layout.constants_row())).collect();
        // By row, term by term; then by the column that the term stands in.
        let mut places = vec![(0, 0); of.terms()];
        for (above, terms) in layout.amounts() {
            terms.into_iter().enumerate().for_each(|(head, term)| places[term] = (above + head % 2, head / 2));
        }
        let mut of_row = || {
            let mut columns: [Vec<Input>; 2] = Default::default();
            places.iter().for_each(|(above, column)| columns[*column].push(input(*above)));
            columns
        };
        let coefficients = (0..of.rows()).map(|_| of_row()).collect();

        limb::configure(meta, &columns);
        absorb::configure(meta, &columns, shape(of.size()));
        combination::configure(meta, &columns, &config, &combination::Inputs { coefficients, constants });
        poseidon::configure(meta, &columns, &poseidon::Inputs { next_capacity: NEXT_CAPACITY, commitments });
        let Columns { a, b, limb, round, turn, constant } = columns;
        Written { advice: [a, b, config.sum], fixed: [limb, round, turn, constant, config.step] }
    }

    fn configure(_: &mut ConstraintSystem<Fr>) -> Written {
        unreachable!("the circuit has parameters")
    }

    fn synthesize(&self, columns: Written, mut layouter: impl Layouter<Fr>) -> Result<(), Error> {
        let fixed = self.fixed();
        layouter.assign_region(
            || "covenants",
            |mut region| {
                for row in 0..(1 << self.k()) - BLINDING_ROWS {
                    for (column, values) in columns.fixed.iter().zip(&fixed) {
                        region.assign_fixed(*column, row, values[row]);
                    }
                    for (number, column) in columns.advice.iter().enumerate() {
                        let cell = self.advice.as_ref().map(|advice| advice[number][row]);
                        region.assign_advice(*column, row, cell.map_or(Value::unknown(), Value::known));
                    }
                }
                Ok(())
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_knows_the_rows_that_halo2_fills_and_the_rotations() {
        for shape in Shape::ALL {
            let plan = CovenantsCircuit::empty(shape).plan();
            assert_eq!(plan.blinding_rows(), BLINDING_ROWS);
            assert_eq!([0, 1, 2].map(|column| plan.rotations(column)), super::super::layout::ROTATIONS);
        }
    }
}
