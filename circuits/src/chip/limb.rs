//! Range checks: amounts and the difference in 2-bit limbs.
//!
//! A lane is a running value that stands in every second row of a column, most significant limb first: with `z = 0`
//! above the first limb, each row's value is `4·z + limb`. The last value of the lane, its *head*, is the bounded
//! number itself, so no gate recomposes it.
//!
//! **Preconditions** two `EDGE` rows before the first limbs; `limb ≠ 0` from there to two rows before the heads.
//! **Guarantees** a head after `l` limbs lies in `[0, 4^l)`.
//! **Does not constrain** what a head means.

use ff::PrimeField;
use halo2_proofs::plonk::ConstraintSystem;
use ruint::aliases::U256;
use zeroize::Zeroizing;

use self::code::{HEADS, LIMB};
use super::{Columns, Row, constant, select};
use crate::units::{AMOUNT_BITS, DIFFERENCE_BITS, Fr};

/// Codes of the `limb` column.
pub mod code {
    /// A limb relation and nothing else.
    pub const LIMB: u64 = 1;
    /// A limb relation; the rows below hold two pairs of amounts, the accumulator and two words.
    pub const HEADS: u64 = 2;
    /// A limb relation; with `constant = 0` this row is zero, with `constant = 1` the heads below are the difference.
    pub const EDGE: u64 = 3;
}

/// Limbs of an amount.
pub const LIMBS: usize = AMOUNT_BITS as usize / 2;
/// Bits of a quarter of the difference: it is checked in four lanes, two in each column.
pub const DIFFERENCE_LANE_BITS: u32 = DIFFERENCE_BITS / 4;
/// Limbs of a quarter of the difference.
pub const DIFFERENCE_LIMBS: usize = DIFFERENCE_LANE_BITS as usize / 2;

const _: () = assert!(LIMBS * 2 == AMOUNT_BITS as usize);
const _: () = assert!(DIFFERENCE_LIMBS * 8 == DIFFERENCE_BITS as usize);

/// The gates.
pub(crate) fn configure(meta: &mut ConstraintSystem<Fr>, columns: &Columns) {
    // Degree 5: a selector of degree 1 and four factors. Constrains the cell two rows below; the row itself is
    // constrained by the same gate two rows above, or by the edge gate.
    meta.create_gate("limb", |meta| {
        let mut row = Row::new(meta, columns);
        let selector = row.limb();
        let four_values = |limb: halo2_proofs::plonk::Expression<Fr>| {
            (1..4u64).fold(limb.clone(), |product, value| product * (limb.clone() - constant(Fr::from(value))))
        };
        let limb_a = row.a(2) - row.a(0) * Fr::from(4);
        let limb_b = row.b(2) - row.b(0) * Fr::from(4);
        [
            ("a(2) − 4·a(0) ∈ {0, 1, 2, 3}", selector.clone() * four_values(limb_a)),
            ("b(2) − 4·b(0) ∈ {0, 1, 2, 3}", selector * four_values(limb_b)),
        ]
    });

    // Degree 5: selector 4, cells 1.
    meta.create_gate("edge", |meta| {
        let mut row = Row::new(meta, columns);
        let selector = select(&row.limb(), &[LIMB, HEADS]) * (constant(Fr::one()) - row.constant(0));
        [("a(0) = 0", selector.clone() * row.a(0)), ("b(0) = 0", selector * row.b(0))]
    });
}

/// The four quarters of a difference or a slack, least significant first; of a negative one those of its low bits, which no gate
/// will accept. Secret.
pub(crate) fn quarters(value: Fr) -> Zeroizing<[u128; 4]> {
    let bytes = Zeroizing::new(value.to_repr());
    let bits = U256::from_le_slice(bytes.as_ref());
    Zeroizing::new([0, 1, 2, 3].map(|quarter| {
        let quarter = bits >> (quarter * DIFFERENCE_LANE_BITS as usize);
        u128::from(quarter.as_limbs()[0] & ((1 << DIFFERENCE_LANE_BITS) - 1))
    }))
}

/// Writes the lane of `value` with `limbs` limbs: its head in row `head` of `column`.
pub(crate) fn assign(column: &mut [Fr], head: usize, limbs: usize, value: u128) {
    for i in 0..limbs {
        column[head - 2 * i] = ff::PrimeField::from_u128(value >> (2 * i));
    }
}
