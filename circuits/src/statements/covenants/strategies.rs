//! Strategies for property tests: whole cases crowded around the boundaries of the statement.
//!
//! Amounts and positions are those of `solvency/v1`. Coefficients are drawn mostly from their edges, and constants solved for,
//! so that every equality holds and every test holds with little to spare, but for the flaw of a case.

use ff::Field;
use proptest::collection::vec;
use proptest::prelude::*;
use ruint::aliases::U256;

use super::{Coefficient, Constant, Instance, Row, Shape, Witness};
use crate::commitment::PositionCommitment;
use crate::position::Position;
use crate::statement::Context;
use crate::statements::solvency::strategies::{
    amount, commitment_from_field, opening, opening_from_field, position, weight,
};
use crate::units::{Amount, Fr, MARGIN_BITS, Wide};

/// A coefficient: zero, or at an edge on either side of it.
pub fn coefficient() -> impl Strategy<Value = Coefficient> + Clone {
    (weight(), -1..=1i128).prop_map(|(weight, sign)| {
        let magnitude = i128::try_from(weight.get()).expect("120 bits");
        Coefficient::new(sign * magnitude).expect("120 bits")
    })
}

/// What [`case`] breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing.
    None,
    /// Another commitment: `C_k + delta`.
    Commitment(usize, u64),
    /// Another blinding.
    Opening(usize),
    /// One amount of a position is changed by one after the commitment was made.
    Amount(usize, usize),
    /// An amount of more than 120 bits in a position, committed to as it is, or among the helper amounts.
    Wide(usize, u8),
    /// The constant of an equality is one more, or one less.
    Equality(usize, bool),
    /// A test falls short by this much.
    Test(usize, u64),
}

fn flaw(shape: Shape) -> impl Strategy<Value = Flaw> + Clone {
    let (commitments, amounts) = (shape.commitments(), 2 * shape.size().assets());
    prop_oneof![
        8 => Just(Flaw::None),
        1 => (0..commitments, 1..4u64).prop_map(|(k, delta)| Flaw::Commitment(k, delta)),
        1 => (0..commitments).prop_map(Flaw::Opening),
        1 => (0..commitments, 0..amounts).prop_map(|(k, slot)| Flaw::Amount(k, slot)),
        1 => (0..shape.terms(), 1..=u8::MAX).prop_map(|(slot, top)| Flaw::Wide(slot, top)),
        2 => (0..shape.equalities(), any::<bool>()).prop_map(|(row, more)| Flaw::Equality(row, more)),
        3 => (0..shape.tests(), 1..4u64).prop_map(|(row, short)| Flaw::Test(row, short)),
    ]
}

/// Amount `slot` of a witness, in the order of a row's coefficients.
fn amount_mut(witness: &mut Witness, slot: usize) -> &mut Amount {
    let Witness { positions, helpers, .. } = witness;
    let n = positions[0].size().assets();
    if let Some(helper) = slot.checked_sub(2 * n * positions.len()) {
        return &mut helpers[helper];
    }
    let position = &mut positions[slot / (2 * n)];
    if slot % (2 * n) < n { &mut position.collateral_mut()[slot % n] } else { &mut position.debt_mut()[slot % n] }
}

/// A row whose sum is `excess` more than its constant. Coefficients are cut by eight bits until a constant fits.
fn row(mut coefficients: Vec<Coefficient>, excess: i128, amounts: &[&Amount]) -> Row {
    loop {
        let sums = Row::new(coefficients.clone(), Constant::ZERO).sums(amounts);
        // sum − excess, as two sides without a sign.
        let by = Wide::from(excess.unsigned_abs());
        let [left, right] = if excess < 0 { [sums.left + by, sums.right] } else { [sums.left, sums.right + by] };
        let gap = left.abs_diff(right);
        if gap.bit_len() <= MARGIN_BITS as usize {
            let constant = Constant::new(left < right, U256::wrapping_from(gap));
            return Row::new(coefficients, constant.expect("240 bits"));
        }
        let cut = |coefficient: &Coefficient| Coefficient::new(coefficient.get() / 256).expect("smaller");
        coefficients = coefficients.iter().map(cut).collect();
    }
}

/// Cases near every boundary: about half of them true, the others false for one reason each.
pub fn case(shape: Shape) -> impl Strategy<Value = (Instance, Witness)> + Clone {
    let m = shape.commitments();
    let private = (vec(position(shape.size()), m), vec(opening(), m), vec(amount(), shape.helpers()));
    let rows = |count| vec(vec(coefficient(), shape.terms()), count);
    let public = (rows(shape.equalities()), rows(shape.tests()), vec(0..3i128, shape.tests()), any::<[u8; 32]>());
    (private, public, flaw(shape)).prop_map(
        move |((positions, openings, helpers), (equalities, tests, excesses, context), flaw)| {
            let mut witness = Witness { positions, openings, helpers };
            if let Flaw::Wide(slot, top) = flaw {
                let amount = amount_mut(&mut witness, slot);
                *amount = Amount::forged(amount.expose() | (u128::from(top) << 120));
            }
            let commit = |(position, opening): (&Position, _)| PositionCommitment::new(position, opening);
            let mut commitments: Vec<_> = witness.positions.iter().zip(&witness.openings).map(commit).collect();
            let amounts: Vec<&Amount> = witness.amounts().collect();
            let equalities = equalities.into_iter().enumerate().map(|(number, coefficients)| {
                let excess = match flaw {
                    Flaw::Equality(row, more) if row == number => {
                        if more {
                            1
                        } else {
                            -1
                        }
                    }
                    _ => 0,
                };
                row(coefficients, excess, &amounts)
            });
            let equalities = equalities.collect();
            let tests = tests.into_iter().zip(excesses).enumerate().map(|(number, (coefficients, excess))| {
                let excess = match flaw {
                    Flaw::Test(row, short) if row == number => -i128::from(short),
                    _ => excess,
                };
                row(coefficients, excess, &amounts)
            });
            let tests = tests.collect();
            match flaw {
                Flaw::Commitment(k, delta) => {
                    commitments[k] = commitment_from_field(commitments[k].to_field() + Fr::from(delta));
                }
                Flaw::Opening(k) => {
                    witness.openings[k] = opening_from_field(*witness.openings[k].expose() + Fr::ONE);
                }
                Flaw::Amount(k, slot) => {
                    let amount = amount_mut(&mut witness, 2 * k * shape.size().assets() + slot);
                    *amount = Amount::forged(amount.expose() ^ 1);
                }
                Flaw::None | Flaw::Wide(..) | Flaw::Equality(..) | Flaw::Test(..) => {}
            }
            let context = Context::from_digest(context);
            (Instance::new(shape, context, commitments, equalities, tests).expect("of the shape"), witness)
        },
    )
}
