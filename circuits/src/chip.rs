//! The gate families, one file each.
//!
//! | chip | gates | reads |
//! |---|---|---|
//! | [`limb`] | 2-bit limb relation, zero above the first limb | `a, b` at 0, 2 |
//! | [`poseidon`] | S-box, full round, entry, partial round, exit, output | `a` at 0…5 and 128, `b` at 0…2 |
//! | [`absorb`] | words, domain tag | `a` at 1, 2, 4, 5, `b` at 1, 2 |
//! | [`linear`] | dot product and difference of one test, with the words and the tag | `a` at 1…5 and 209, `b` at 1, 2, public inputs |
//! | [`combination`] | many rows combined under a challenge | `a, b` at 1, 2, `s` at 0, 1, public inputs |

pub mod absorb;
pub mod combination;
pub mod limb;
pub mod linear;
pub mod poseidon;

use halo2_proofs::plonk::{Advice, Column, ConstraintSystem, Expression, Fixed as FixedColumn, Instance, VirtualCells};
use halo2_proofs::poly::Rotation;

use crate::units::Fr;

/// A distance in rows as a rotation.
#[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "asserted")]
pub(crate) const fn rotation(rows: usize) -> i32 {
    assert!(rows < 1 << 16);
    rows as i32
}

/// The columns that all chips share.
#[derive(Clone, Debug)]
pub struct Columns {
    /// Advice `a`.
    pub a: Column<Advice>,
    /// Advice `b`.
    pub b: Column<Advice>,
    /// Codes of range rows, [`limb::code`].
    pub limb: Column<FixedColumn>,
    /// Codes of S-box rows, [`poseidon::round`].
    pub round: Column<FixedColumn>,
    /// Turning points of permutations, [`poseidon::turn`].
    pub turn: Column<FixedColumn>,
    /// Round constants and carry bits.
    pub constant: Column<FixedColumn>,
}

/// The values of the fixed columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// Which range rows do what: [`limb::code`].
    pub limb: Vec<Fr>,
    /// Which S-box rows start what: [`poseidon::round`].
    pub round: Vec<Fr>,
    /// Turning points of a permutation: [`poseidon::turn`].
    pub turn: Vec<Fr>,
    /// Round constants; a carry or edge bit where there are none.
    pub constant: Vec<Fr>,
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
        }
    }
}

/// A public input, moved to the row of a gate: its column is rotated. Its neighbours in the column come to stand in the
/// rows beside, where no gate may read this query.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input {
    /// The column.
    pub(crate) column: Column<Instance>,
    /// From the row of the gate to that of the input.
    pub(crate) rotation: i32,
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

    /// A public input.
    pub(crate) fn input(&mut self, input: Input) -> Expression<Fr> {
        self.meta.query_instance(input.column, Rotation(input.rotation))
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
