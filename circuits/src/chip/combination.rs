//! Many linear rows as one: `Σ_r ρ^(R − 1 − r)·(Σ_i A_ri·z_i − c_r − slack_r) = 0`, for a challenge `ρ` that is drawn after the
//! amounts `z` and the slacks. Rows `r = 0 … R − 1` are the equalities, which have no slack, and then the tests.
//!
//! The sum runs down a column `s` of the second phase. Every row has one of five codes:
//!
//! | code | in this row |
//! |---|---|
//! | 0 | nothing |
//! | `CARRY` | `s(1) = s(0) + T` |
//! | `SLACK` | `s(1) = ρ·s(0) − slack + T`; the slack is in the four lanes of the two rows below |
//! | `FIRST` | `s(1) = −slack + T`, and so the sum begins |
//! | `END` | `s(0) = 0` |
//!
//! `T` is `P·a(1) + Q·b(1) − c`. The public columns `P` and `Q` are `Σ_r ρ^(R − 1 − r)·A_ri` in the row above the head of term `i`,
//! and zero in all others; `c` is `Σ_r ρ^(R − 1 − r)·c_r` in one row. Each public input stands alone in a column, so that no
//! neighbour comes to stand in another row.
//!
//! **Preconditions** heads and lanes bounded by [`super::limb`]; coefficients and constants bounded by their types; every
//! public input alone in its column, which the key pins; the slacks of all tests stand above all terms.
//! **Guarantees** for all but `R − 1` challenges: every equality is zero modulo `r`, and every test is its slack.
//! **Does not constrain** what a head means.

use ff::{Field, PrimeField};
use halo2_proofs::plonk::{Advice, Challenge, Column, ConstraintSystem, Expression, Fixed, VirtualCells};
use halo2_proofs::poly::Rotation;

use super::limb::DIFFERENCE_LANE_BITS;
use super::{Columns, Input, Row, constant};
use crate::units::Fr;

/// Codes of the `step` column.
pub mod code {
    /// The sum goes on.
    pub const CARRY: u64 = 1;
    /// The sum is multiplied by the challenge, and takes a slack.
    pub const SLACK: u64 = 2;
    /// The sum begins with a slack.
    pub const FIRST: u64 = 3;
    /// The sum is zero.
    pub const END: u64 = 4;
}

/// What the chip needs besides the columns that all share.
#[derive(Clone, Debug)]
pub struct Config {
    /// Advice `s`, of the second phase.
    pub(crate) sum: Column<Advice>,
    /// Codes of the rows, [`code`].
    pub(crate) step: Column<Fixed>,
    /// `ρ`.
    pub(crate) challenge: Challenge,
}

/// What the gates read from elsewhere.
pub(crate) struct Inputs {
    /// For each row `r` the coefficients of terms in `a`, and of those in `b`, each moved to the row above its head.
    pub(crate) coefficients: Vec<[Vec<Input>; 2]>,
    /// For each row `r` the constant, moved to the row in which it is taken off.
    pub(crate) constants: Vec<Input>,
}

/// The gates.
pub(crate) fn configure(meta: &mut ConstraintSystem<Fr>, columns: &Columns, config: &Config, inputs: &Inputs) {
    // Degree 5: selector 2, what the code says 2, cells 1; and 4: selector 2, public input times head 2.
    meta.create_gate("sum", |meta| {
        let [before, after] = [0, 1].map(|rotation| meta.query_advice(config.sum, Rotation(rotation)));
        let rho = meta.query_challenge(config.challenge);
        let step = meta.query_fixed(config.step, Rotation::cur());
        let from = |code: u64| step.clone() - constant(Fr::from(code));
        // Zero off the sum and at its end, where `s` is not carried to the next row.
        let active = step.clone() * from(code::END);
        // One for the first of the codes CARRY, SLACK, FIRST and zero for the others; one for the second.
        let carry = from(code::SLACK) * from(code::FIRST) * Fr::TWO_INV;
        let slack = from(code::CARRY) * from(code::FIRST) * (-Fr::ONE);

        let mut at = Row::new(meta, columns);
        let power = |lane: u32| Fr::from(2).pow_vartime([u64::from(lane * DIFFERENCE_LANE_BITS)]);
        let [a1, a2, b1, b2] = [at.a(1), at.a(2), at.b(1), at.b(2)];
        let lanes = a1.clone() + b1.clone() * power(1) + a2 * power(2) + b2 * power(3);
        let [p, q] = [0, 1].map(|column| {
            let rows = inputs.coefficients.iter().map(|row| row[column].as_slice());
            combine(meta, &rho, rows)
        });
        let terms = p * a1 + q * b1;
        let constants = combine(meta, &rho, inputs.constants.iter().map(std::slice::from_ref));
        let next = before * (carry.clone() + slack * rho) - (constant(Fr::ONE) - carry) * lanes + terms - constants;
        [("s(1) = (1, ρ, 0)·s(0) − (0, 1, 1)·Σ lanes + P·a(1) + Q·b(1) − c", active * (after - next))]
    });

    // Degree 5: selector 4, cell 1.
    meta.create_gate("end", |meta| {
        let sum = meta.query_advice(config.sum, Rotation::cur());
        let step = meta.query_fixed(config.step, Rotation::cur());
        let others = [code::CARRY, code::SLACK, code::FIRST];
        let selector = super::select(&step, &others);
        [("s(0) = 0", selector * sum)]
    });
}

/// `Σ_r ρ^(R − 1 − r)·(the inputs of row r)`.
fn combine<'i>(
    meta: &mut VirtualCells<'_, Fr>,
    rho: &Expression<Fr>,
    rows: impl Iterator<Item = &'i [Input]>,
) -> Expression<Fr> {
    let mut row = |inputs: &[Input]| {
        let inputs = inputs.iter().map(|input| meta.query_instance(input.column, Rotation(input.rotation)));
        inputs.reduce(|sum, input| sum + input).expect("every row has inputs")
    };
    let mut combined: Option<Expression<Fr>> = None;
    for inputs in rows {
        let row = row(inputs);
        combined = Some(match combined {
            Some(sum) => sum * rho.clone() + row,
            None => row,
        });
    }
    combined.expect("there are rows")
}
