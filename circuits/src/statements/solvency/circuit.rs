//! The circuit of `solvency/v1`: gates of the [chips](crate::chip) over the map of rows in [`super::layout`].
//!
//! | clause | gates |
//! |---|---|
//! | 1 opening | `S-box`, `full round`, `partial round`, `enter`, `enter, next`, `exit`, `output`; `heads` (words), `difference` (tag) |
//! | 2 amounts | `limb`, `edge` |
//! | 3 solvency | `heads` (dot product), `difference`, `limb`, `edge` |
//!
//! For each private cell the gate that ties it: page "Circuit" of `docs/`.

use assay_protocol::Relation;
use ff::{Field, PrimeField};
use halo2_proofs::circuit::{Layouter, SimpleFloorPlanner, Value};
use halo2_proofs::plonk::{Circuit, Column, ConstraintSystem, Error, Instance as InstanceColumn};
use rand_core::{CryptoRng, RngCore};

use super::layout::{DIFFERENCE_ROW, Layout, NEXT_ACCUMULATOR, NEXT_CAPACITY};
use super::{Instance, STATEMENT_ID, Witness, row};
use crate::chip::limb::{DIFFERENCE_LIMBS, LIMBS};
use crate::chip::poseidon::PERMUTATION_ROWS;
use crate::chip::{Columns, Fixed, Input, limb, linear, poseidon, rotation};
use crate::commitment::{TAG, shape, word};
use crate::units::{Amount, Fr, Size};

/// Rows at the end of each column that halo2 fills with its own randomness: eight queries of `a`, and three.
pub const BLINDING_ROWS: usize = 11;

/// Degree of the gates. Set as the least degree too, because halo2 caps what it computes by an environment variable.
const DEGREE: usize = 5;

/// The two private columns `a` and `b`, `2^k` cells each; wiped on drop.
pub struct Advice(pub [Vec<Fr>; 2]);

impl Drop for Advice {
    fn drop(&mut self) {
        for column in &mut self.0 {
            column.fill(Fr::zero());
            std::hint::black_box(column);
        }
    }
}

/// Computes every private cell, whether or not the statement holds; the filler comes from `rng`.
#[must_use]
pub fn assign(instance: &Instance, witness: &Witness, mut rng: impl RngCore + CryptoRng) -> Advice {
    let (Instance { covenant, .. }, Witness { position, opening }) = (instance, witness);
    let layout = Layout::new(position.size());
    let n = 1 << layout.k();
    let mut advice = Advice([vec![Fr::zero(); n], vec![Fr::zero(); n]]);
    let [a, b] = &mut advice.0;
    for (column, rows) in [&mut *a, &mut *b].into_iter().zip(layout.filler(n - BLINDING_ROWS)) {
        for row in rows {
            column[row] = Fr::random(&mut rng);
        }
    }

    let quarters = limb::quarters(covenant.difference(position));
    for second in 0..2 {
        let head = DIFFERENCE_ROW + 1 + second;
        limb::assign(a, head, DIFFERENCE_LIMBS, quarters[2 * second]);
        limb::assign(b, head, DIFFERENCE_LIMBS, quarters[2 * second + 1]);
    }

    let mut accumulator = Fr::zero();
    for pair in (0..layout.pairs()).rev() {
        let heads = Layout::heads(pair);
        for second in 0..2 {
            let asset = 2 * pair + second;
            let [x, y] = [&position.collateral()[asset], &position.debt()[asset]].map(Amount::expose);
            limb::assign(a, heads + 1 + second, LIMBS, x);
            limb::assign(b, heads + 1 + second, LIMBS, y);
            accumulator += Fr::from_u128(covenant.collateral()[asset].get()) * Fr::from_u128(x)
                - Fr::from_u128(covenant.debt()[asset].get()) * Fr::from_u128(y);
        }
        a[heads + 3] = accumulator;
    }

    let mut capacity = *opening.expose();
    for i in 0..=layout.pairs() {
        let [left, right] = match i.checked_sub(1) {
            None => [Fr::from_u128(TAG), Fr::from(shape(position.size()))],
            Some(pair) => [2 * pair, 2 * pair + 1].map(|asset| word(position, asset)),
        };
        let rows = Layout::permutation(i)..Layout::permutation(i) + PERMUTATION_ROWS;
        capacity = poseidon::assign(&mut a[rows.clone()], &mut b[rows], [capacity, left, right]);
    }
    advice
}

/// Bits of the numbers that the cells of a row hold, in `a` and `b` alike: of limbs their width, of accumulators and of words
/// that enter a permutation any. Zero for rows that are zero or the same in every proof, and for those that are as good as
/// uniform: filler, and the states of a hash that begins with the blinding.
fn widths(size: Size) -> Vec<u32> {
    let layout = Layout::new(size);
    let mut widths = vec![0; 1 << layout.k()];
    let lanes = (0..layout.pairs()).map(|pair| (Layout::heads(pair) + 1, LIMBS));
    for (first, limbs) in lanes.chain([(DIFFERENCE_ROW + 1, DIFFERENCE_LIMBS)]) {
        for head in [first, first + 1] {
            (0..limbs).zip((2..).step_by(2)).for_each(|(i, width)| widths[head - 2 * (limbs - 1 - i)] = width);
        }
    }
    for pair in 0..layout.pairs() {
        widths[Layout::heads(pair) + 3] = Fr::NUM_BITS;
        // A permutation begins with its lanes 1 and 2.
        let words = Layout::permutation(pair + 1);
        widths[words..words + 2].fill(Fr::NUM_BITS);
    }
    widths
}

/// The circuit for one size: private cells, or none for key generation.
pub struct SolvencyCircuit {
    size: Size,
    advice: Option<Advice>,
}

impl SolvencyCircuit {
    /// The circuit without private cells.
    #[must_use]
    pub fn empty(size: Size) -> Self {
        Self { size, advice: None }
    }

    /// The circuit with its private cells.
    #[must_use]
    pub fn new(size: Size, advice: Advice) -> Self {
        Self { size, advice: Some(advice) }
    }
}

impl Relation for SolvencyCircuit {
    const ID: &'static str = STATEMENT_ID;

    fn of_size(size: u32) -> Option<Self> {
        Size::of(size as usize).map(Self::empty)
    }

    fn size(&self) -> u32 {
        u32::try_from(self.size.assets()).expect("few assets")
    }

    fn size_in_words(&self) -> String {
        self.size.to_string()
    }

    fn k(&self) -> u32 {
        Layout::new(self.size).k()
    }

    fn fixed(&self) -> Vec<Vec<Fr>> {
        let Fixed { limb, round, turn, constant } = Layout::new(self.size).fixed();
        vec![limb, round, turn, constant]
    }

    fn public_rows(&self) -> Vec<usize> {
        row::lengths(self.size).into()
    }

    fn filler(&self) -> Vec<Vec<usize>> {
        let layout = Layout::new(self.size);
        layout.filler((1 << layout.k()) - BLINDING_ROWS).into()
    }

    fn widths(&self) -> Vec<Vec<u32>> {
        vec![widths(self.size); 2]
    }
}

impl Circuit<Fr> for SolvencyCircuit {
    type Config = Columns;
    type FloorPlanner = SimpleFloorPlanner;
    type Params = Size;

    fn params(&self) -> Size {
        self.size
    }

    fn without_witnesses(&self) -> Self {
        Self::empty(self.size)
    }

    fn configure_with_params(meta: &mut ConstraintSystem<Fr>, size: Size) -> Columns {
        let layout = Layout::new(size);
        meta.set_minimum_degree(DEGREE);
        let columns = Columns::configure(meta);
        let inputs: [Column<InstanceColumn>; row::COLUMNS] = std::array::from_fn(|_| meta.instance_column());
        // Public input `index`, read in row `at`.
        let input = |index: usize, at: usize| {
            let (column, row) = row::place(size, index);
            Input { column: inputs[column], rotation: rotation(row) - rotation(at) }
        };
        let weights = |index: &dyn Fn(usize) -> usize| {
            [0, 1].map(|second| {
                (0..layout.pairs()).map(|pair| input(index(2 * pair + second), Layout::heads(pair))).collect()
            })
        };
        limb::configure(meta, &columns);
        let linear = linear::Inputs {
            next_accumulator: NEXT_ACCUMULATOR,
            collateral: weights(&row::collateral_weight),
            debt: weights(&|asset| row::debt_weight(size, asset)),
            margin: input(row::MARGIN, DIFFERENCE_ROW),
            shape: shape(size),
        };
        linear::configure(meta, &columns, &linear);
        let poseidon = poseidon::Inputs {
            next_capacity: NEXT_CAPACITY,
            commitments: vec![input(row::COMMITMENT, layout.commitment_row())],
        };
        poseidon::configure(meta, &columns, &poseidon);
        columns
    }

    fn configure(_: &mut ConstraintSystem<Fr>) -> Columns {
        unreachable!("the circuit has parameters")
    }

    fn synthesize(&self, columns: Columns, mut layouter: impl Layouter<Fr>) -> Result<(), Error> {
        let layout = Layout::new(self.size);
        let fixed = layout.fixed();
        layouter.assign_region(
            || "solvency",
            |mut region| {
                let usable = (1 << layout.k()) - BLINDING_ROWS;
                for (column, values) in [
                    (columns.limb, &fixed.limb),
                    (columns.round, &fixed.round),
                    (columns.turn, &fixed.turn),
                    (columns.constant, &fixed.constant),
                ] {
                    for (row, value) in values.iter().enumerate().take(usable) {
                        region.assign_fixed(column, row, *value);
                    }
                }
                for (i, column) in [columns.a, columns.b].into_iter().enumerate() {
                    for row in 0..usable {
                        let cell =
                            self.advice.as_ref().map_or(Value::unknown(), |advice| Value::known(advice.0[i][row]));
                        region.assign_advice(column, row, cell);
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
    fn widths_cover_every_limb_accumulator_and_word() {
        for size in Size::ALL {
            let pairs = size.assets() / 2;
            let covered = widths(size).iter().filter(|width| **width > 0).count();
            assert_eq!(covered, 2 * (pairs * LIMBS + DIFFERENCE_LIMBS) + pairs + size.assets());
        }
    }
}
