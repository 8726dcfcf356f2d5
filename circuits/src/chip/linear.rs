//! One linear test: words for the hash, the weighted sum, the difference.
//!
//! Read in the `HEADS` row of a block, one row above its four heads:
//!
//! ```text
//!        a                b
//! +0     limb             limb          limb = HEADS, constant = carry
//! +1     x_2p             y_2p
//! +2     x_2p+1           y_2p+1
//! +3     accumulator      filler
//! +4     S-box input of lane 1, the left word
//! +5     S-box input of lane 2, the right word
//! +209   accumulator of the next block: the distance is the layout's
//! ```
//!
//! **Preconditions** heads bounded by [`super::limb`]; weights and margin bounded by their types.
//! **Guarantees** the permutation absorbs the same amounts that the sum weighs; the sum of all blocks, less the margin
//! and one, is the number in the four lanes of the difference.
//! **Does not constrain** the capacity lane of a permutation, see [`super::poseidon`].

use ff::Field;
use halo2_proofs::plonk::{ConstraintSystem, Expression};

use super::limb::DIFFERENCE_LANE_BITS;
use super::{Columns, Input, Row, absorb, constant};
use crate::units::Fr;

/// What the gates read from elsewhere.
pub(crate) struct Inputs {
    /// From the `HEADS` row of a block to the accumulator of the next.
    pub(crate) next_accumulator: i32,
    /// The weights of the collateral of each block's first and second asset, each moved to the `HEADS` row of its block.
    pub(crate) collateral: [Vec<Input>; 2],
    /// The weights of the debt, likewise.
    pub(crate) debt: [Vec<Input>; 2],
    /// The margin, moved to the row in which the difference is read.
    pub(crate) margin: Input,
    /// What the first permutation absorbs besides the tag.
    pub(crate) shape: u64,
}

/// The gates.
pub(crate) fn configure(meta: &mut ConstraintSystem<Fr>, columns: &Columns, inputs: &Inputs) {
    // Degree 5 (dot product: selector 3, weight times amount 2) and 4 (words). The heads are constrained by the limb
    // gate, the accumulator of the next block by this gate there; in the last block the carry is zero.
    meta.create_gate("heads", |meta| {
        let mut at = Row::new(meta, columns);
        let selector = absorb::heads(&mut at);
        let words = absorb::words(&mut at);
        let mut weight = |blocks: &Vec<Input>| -> Expression<Fr> {
            let weights = blocks.iter().map(|input| at.input(*input));
            weights.reduce(|sum, term| sum + term).expect("there is at least one block")
        };
        let collateral = inputs.collateral.each_ref().map(&mut weight);
        let debt = inputs.debt.each_ref().map(weight);
        let [w0, w1] = collateral;
        let [v0, v1] = debt;
        let share = w0 * at.a(1) - v0 * at.b(1) + w1 * at.a(2) - v1 * at.b(2);
        let carried = at.constant(0) * at.a(inputs.next_accumulator);
        let [left, right] = absorb::absorbed(&mut at, words);
        let sum = ("acc = Σ w·x − Σ v·y + carry·next acc", share + carried - at.a(3));
        [left, right, sum].map(|(name, value)| (name, selector.clone() * value))
    });

    // Degree 5: selector 4, cells 1. The lanes are bounded by the limb gate.
    meta.create_gate("difference", |meta| {
        let mut at = Row::new(meta, columns);
        let selector = absorb::start(&mut at);
        let power = |lane: u32| Fr::from(2).pow_vartime([u64::from(lane * DIFFERENCE_LANE_BITS)]);
        let lanes = at.a(1) + at.b(1) * power(1) + at.a(2) * power(2) + at.b(2) * power(3);
        let margin = at.input(inputs.margin);
        let sum = at.a(inputs.next_accumulator);
        let difference = ("Σ lanes = acc − m − 1", lanes + margin + constant(Fr::one()) - sum);
        let [tag, shape] = absorb::domain(&mut at, inputs.shape);
        [difference, tag, shape].map(|(name, value)| (name, selector.clone() * value))
    });
}
