//! What a permutation absorbs: the words of two assets, or tag and shape.
//!
//! Read in the row four above the permutation:
//!
//! ```text
//!        a                b
//! +1     x_2p             y_2p
//! +2     x_2p+1           y_2p+1
//! +4     S-box input of lane 1, the left word
//! +5     S-box input of lane 2, the right word
//! ```
//!
//! **Preconditions** heads bounded by [`super::limb`].
//! **Guarantees** the permutation's words are those of the four heads, or the tag and the shape.
//! **Does not constrain** the capacity lane of a permutation, see [`super::poseidon`].

use ff::PrimeField;
use halo2_proofs::plonk::{ConstraintSystem, Expression};

use super::limb::code::{EDGE, HEADS, LIMB};
use super::{Columns, Row, constant, select};
use crate::commitment::TAG;
use crate::poseidon::Parameters;
use crate::units::{AMOUNT_BITS, Fr};

/// A constraint with its name.
pub(crate) type Named = (&'static str, Expression<Fr>);

/// The words of two assets, as a permutation absorbs them. Degree 1.
pub(crate) fn words(at: &mut Row<'_, '_>) -> [Expression<Fr>; 2] {
    let [_, left_constant, right_constant] = Parameters::get().constants[0];
    let mut word = |asset: i32| at.a(asset) + at.b(asset) * Fr::from_u128(1 << AMOUNT_BITS);
    let (left, right) = (word(1), word(2));
    [left + constant(left_constant), right + constant(right_constant)]
}

/// The permutation absorbs these words. Degree 1.
pub(crate) fn absorbed(at: &mut Row<'_, '_>, [left, right]: [Expression<Fr>; 2]) -> [Named; 2] {
    [
        ("lane 1 = x_2p + 2^120·y_2p + constant", left - at.a(4)),
        ("lane 2 = x_2p+1 + 2^120·y_2p+1 + constant", right - at.a(5)),
    ]
}

/// The permutation absorbs the tag and the shape of a commitment. Degree 1.
pub(crate) fn domain(at: &mut Row<'_, '_>, shape: u64) -> [Named; 2] {
    let [_, left_constant, right_constant] = Parameters::get().constants[0];
    [
        ("lane 1 = TAG + constant", at.a(4) - constant(Fr::from_u128(TAG) + left_constant)),
        ("lane 2 = shape(n) + constant", at.a(5) - constant(Fr::from(shape) + right_constant)),
    ]
}

/// The rows of two assets, four above the permutation that absorbs them. Degree 3.
pub(crate) fn heads(at: &mut Row<'_, '_>) -> Expression<Fr> {
    select(&at.limb(), &[LIMB, EDGE])
}

/// The rows four above the permutation of a blinding. Degree 4.
pub(crate) fn start(at: &mut Row<'_, '_>) -> Expression<Fr> {
    select(&at.limb(), &[LIMB, HEADS]) * at.constant(0)
}

/// The gates, where nothing else is read in these rows.
pub(crate) fn configure(meta: &mut ConstraintSystem<Fr>, columns: &Columns, shape: u64) {
    // Degree 4. The heads are constrained by the limb gate.
    meta.create_gate("words", |meta| {
        let mut at = Row::new(meta, columns);
        let selector = heads(&mut at);
        let words = words(&mut at);
        absorbed(&mut at, words).map(|(name, word)| (name, selector.clone() * word))
    });

    // Degree 5.
    meta.create_gate("domain", |meta| {
        let mut at = Row::new(meta, columns);
        let selector = start(&mut at);
        domain(&mut at, shape).map(|(name, word)| (name, selector.clone() * word))
    });
}
