//! The gate families, one file each.
//!
//! | chip | gates | reads |
//! |---|---|---|
//! | [`limb`] | 2-bit limb relation, zero above the first limb | `a, b` at 0, 2 |
//! | [`poseidon`] | S-box, full round, entry, partial round, exit, output | `a` at 0…5 and 128, `b` at 0…2 |
//! | [`covenant`] | words, dot product, difference, domain tag | `a` at 1…5 and 209, `b` at 1, 2, public inputs |

pub mod covenant;
pub mod limb;
pub mod poseidon;

use halo2_proofs::plonk::{Advice, Column, ConstraintSystem, Expression, Fixed, Instance, VirtualCells};
use halo2_proofs::poly::Rotation;

use crate::solvency::layout::rotation;
use crate::solvency::row;
use crate::units::Fr;

/// The columns that all chips share.
#[derive(Clone, Debug)]
pub struct Columns {
    /// Advice `a`.
    pub a: Column<Advice>,
    /// Advice `b`.
    pub b: Column<Advice>,
    /// Codes of range rows, [`crate::solvency::layout::limb`].
    pub limb: Column<Fixed>,
    /// Codes of S-box rows, [`poseidon::round`].
    pub round: Column<Fixed>,
    /// Turning points of permutations, [`poseidon::turn`].
    pub turn: Column<Fixed>,
    /// Round constants and carry bits.
    pub constant: Column<Fixed>,
    /// The public inputs, in the columns of [`row::place`].
    pub inputs: [Column<Instance>; row::COLUMNS],
}

impl Columns {
    /// Allocates the columns.
    pub fn configure(meta: &mut ConstraintSystem<Fr>) -> Self {
        Self {
            a: meta.advice_column(),
            b: meta.advice_column(),
            limb: meta.fixed_column(),
            round: meta.fixed_column(),
            turn: meta.fixed_column(),
            constant: meta.fixed_column(),
            inputs: std::array::from_fn(|_| meta.instance_column()),
        }
    }
}

/// Queries relative to the row of a gate.
pub(crate) struct Row<'r, 'm> {
    meta: &'r mut VirtualCells<'m, Fr>,
    columns: &'r Columns,
}

impl<'r, 'm> Row<'r, 'm> {
    pub(crate) fn new(meta: &'r mut VirtualCells<'m, Fr>, columns: &'r Columns) -> Self {
        Self { meta, columns }
    }

    pub(crate) fn a(&mut self, rotation: i32) -> Expression<Fr> {
        self.meta.query_advice(self.columns.a, Rotation(rotation))
    }

    pub(crate) fn b(&mut self, rotation: i32) -> Expression<Fr> {
        self.meta.query_advice(self.columns.b, Rotation(rotation))
    }

    pub(crate) fn limb(&mut self) -> Expression<Fr> {
        self.meta.query_fixed(self.columns.limb, Rotation::cur())
    }

    pub(crate) fn round(&mut self) -> Expression<Fr> {
        self.meta.query_fixed(self.columns.round, Rotation::cur())
    }

    pub(crate) fn turn(&mut self) -> Expression<Fr> {
        self.meta.query_fixed(self.columns.turn, Rotation::cur())
    }

    pub(crate) fn constant(&mut self, rotation: i32) -> Expression<Fr> {
        self.meta.query_fixed(self.columns.constant, Rotation(rotation))
    }

    /// Public input `index`, moved to row `row`: its column is rotated. Its neighbours in the column come to stand in
    /// the rows beside, where no gate may read this query.
    pub(crate) fn input_in_row<const N: usize>(&mut self, index: usize, row: usize) -> Expression<Fr> {
        let (column, offset) = row::place(N, index);
        self.meta.query_instance(self.columns.inputs[column], Rotation(rotation(offset) - rotation(row)))
    }

    /// `u = x^5` of the S-box row `rotation` below: its input times its fourth power.
    pub(crate) fn sbox_output(&mut self, rotation: i32) -> Expression<Fr> {
        self.a(rotation) * self.b(rotation)
    }
}

/// A polynomial in `column` that is zero at zero and at `others`, and not zero at the code it selects.
pub(crate) fn select(column: &Expression<Fr>, others: &[u64]) -> Expression<Fr> {
    others.iter().fold(column.clone(), |product, &other| product * (column.clone() - constant(Fr::from(other))))
}

pub(crate) fn constant(value: Fr) -> Expression<Fr> {
    Expression::Constant(value)
}
