//! The covenant: words for the hash, the weighted sum, the difference.
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
//! +209   accumulator of the next block
//! ```
//!
//! **Preconditions** heads bounded by [`super::limb`]; weights and margin bounded by their types.
//! **Guarantees** the permutation absorbs the same amounts that the sum weighs; the sum of all blocks, less the margin
//! and one, is the number in the four lanes of the difference.
//! **Does not constrain** the capacity lane of a permutation, see [`super::poseidon`].

use ff::{Field, PrimeField};
use halo2_proofs::plonk::{ConstraintSystem, Expression};

use super::limb::DIFFERENCE_LANE_BITS;
use super::{Columns, Row, constant, select};
use crate::commitment::{TAG, shape};
use crate::poseidon::Parameters;
use crate::solvency::layout::limb::{EDGE, HEADS, LIMB};
use crate::solvency::layout::{Layout, NEXT_ACCUMULATOR};
use crate::solvency::row;
use crate::units::{AMOUNT_BITS, Fr};

/// The gates.
pub(crate) fn configure<const N: usize>(meta: &mut ConstraintSystem<Fr>, columns: &Columns) {
    let [_, left_constant, right_constant] = Parameters::get().constants[0];

    // Degree 5 (dot product: selector 3, weight times amount 2) and 4 (words). The heads are constrained by the limb
    // gate, the accumulator of the next block by this gate there; in the last block the carry is zero.
    meta.create_gate("heads", |meta| {
        let mut at = Row::new(meta, columns);
        let selector = select(&at.limb(), &[LIMB, EDGE]);
        let mut word = |asset: i32| at.a(asset) + at.b(asset) * Fr::from_u128(1 << AMOUNT_BITS);
        let (left, right) = (word(1), word(2));
        let mut weight = |index: fn(usize) -> usize, second: usize| -> Expression<Fr> {
            (0..Layout::<N>::PAIRS)
                .map(|pair| at.input_in_row::<N>(index(2 * pair + second), Layout::<N>::heads(pair)))
                .reduce(|sum, term| sum + term)
                .expect("there is at least one pair")
        };
        let collateral = [weight(row::collateral_weight, 0), weight(row::collateral_weight, 1)];
        let debt = [weight(|asset| row::debt_weight(N, asset), 0), weight(|asset| row::debt_weight(N, asset), 1)];
        let [w0, w1] = collateral;
        let [v0, v1] = debt;
        let share = w0 * at.a(1) - v0 * at.b(1) + w1 * at.a(2) - v1 * at.b(2);
        let carried = at.constant(0) * at.a(NEXT_ACCUMULATOR);
        [
            ("lane 1 = x_2p + 2^120·y_2p + constant", selector.clone() * (left + constant(left_constant) - at.a(4))),
            (
                "lane 2 = x_2p+1 + 2^120·y_2p+1 + constant",
                selector.clone() * (right + constant(right_constant) - at.a(5)),
            ),
            ("acc = Σ w·x − Σ v·y + carry·next acc", selector * (share + carried - at.a(3))),
        ]
    });

    // Degree 5: selector 4, cells 1. The lanes are bounded by the limb gate.
    meta.create_gate("difference", |meta| {
        let mut at = Row::new(meta, columns);
        let selector = select(&at.limb(), &[LIMB, HEADS]) * at.constant(0);
        let power = |lane: u32| Fr::from(2).pow_vartime([u64::from(lane * DIFFERENCE_LANE_BITS)]);
        let lanes = at.a(1) + at.b(1) * power(1) + at.a(2) * power(2) + at.b(2) * power(3);
        let margin = at.input_in_row::<N>(row::MARGIN, Layout::<N>::DIFFERENCE_ROW);
        let sum = at.a(NEXT_ACCUMULATOR);
        [
            ("Σ lanes = acc − m − 1", selector.clone() * (lanes + margin + constant(Fr::one()) - sum)),
            ("lane 1 = TAG + constant", selector.clone() * (at.a(4) - constant(Fr::from_u128(TAG) + left_constant))),
            ("lane 2 = shape(n) + constant", selector * (at.a(5) - constant(Fr::from(shape(N)) + right_constant))),
        ]
    });
}
