//! Strategies for property tests: positions, weights and whole cases crowded around the boundaries of the statement.
//!
//! Uniform inputs would almost never meet a boundary: two random sides differ by about `2^240`. So each quantity is
//! drawn mostly from its edges, and [`case`] solves for the margin that puts `D` where it wants it.

use ff::Field;
use proptest::collection::vec;
use proptest::prelude::*;
use ruint::aliases::U256;

use crate::commitment::PositionCommitment;
use crate::covenant::Covenant;
use crate::position::{Opening, Position};
use crate::statement::Context;
use crate::statements::solvency::{Instance, Witness};
use crate::units::{Amount, Fr, MARGIN_BITS, Margin, Size, Weight, Wide};

/// 120 bits: the edges, powers of two and their neighbours, small numbers, any length.
fn bits120() -> impl Strategy<Value = u128> + Clone {
    const MAX: u128 = Amount::MAX;
    prop_oneof![
        4 => Just(0),
        1 => Just(1),
        1 => Just(1 << 119),
        2 => Just(MAX),
        1 => Just(MAX - 1),
        2 => (0..120u32, 0..3u128).prop_map(|(bit, near)| ((1 << bit) + near).saturating_sub(1).min(MAX)),
        2 => 0..1000u128,
        3 => (any::<u128>(), 8..128u32).prop_map(|(value, shift)| value >> shift),
    ]
}

/// An amount, mostly at an edge of `[0, 2^120)`.
pub fn amount() -> impl Strategy<Value = Amount> + Clone {
    bits120().prop_map(Amount::forged)
}

/// A weight, mostly at an edge of `[0, 2^120)`.
pub fn weight() -> impl Strategy<Value = Weight> + Clone {
    bits120().prop_map(|value| Weight::new(value).unwrap_or(Weight::MAX))
}

/// A margin: zero, the largest, or of any length.
pub fn margin() -> impl Strategy<Value = Margin> + Clone {
    let largest = (U256::from(1) << MARGIN_BITS) - U256::from(1);
    prop_oneof![
        2 => Just(U256::ZERO),
        1 => Just(largest),
        2 => (any::<[u64; 4]>(), 16..256usize).prop_map(|(limbs, shift)| U256::from_limbs(limbs) >> shift),
    ]
    .prop_map(|value| Margin::new(value).unwrap_or(Margin::ZERO))
}

/// A blinding: uniform, or one of the weak ones that a careless program would use.
pub fn opening() -> impl Strategy<Value = Opening> + Clone {
    prop_oneof![
        6 => any::<[u8; 32]>().prop_map(|mut bytes| {
            bytes[0] &= 0x1f;
            bytes
        }),
        1 => any::<u8>().prop_map(|low| {
            let mut bytes = [0; 32];
            bytes[31] = low;
            bytes
        }),
    ]
    .prop_map(|bytes| Opening::from_bytes(&bytes).expect("below 2^253"))
}

/// Amounts at the edges, most assets not held, or all of them equal.
pub fn position(size: Size) -> impl Strategy<Value = Position> + Clone {
    let n = size.assets();
    let side = || {
        prop_oneof![
            4 => vec(amount(), n),
            1 => amount().prop_map(move |amount| vec![amount; n]),
            2 => (0..n, amount()).prop_map(move |(held, amount)| {
                (0..n).map(|i| if i == held { amount.clone() } else { Amount::default() }).collect()
            }),
        ]
    };
    (side(), side()).prop_map(|(collateral, debt)| Position::new(collateral, debt).expect("of one size"))
}

/// The weights of one side: at the edges, or all of them equal.
pub fn weights(size: Size) -> impl Strategy<Value = Vec<Weight>> + Clone {
    let n = size.assets();
    prop_oneof![5 => vec(weight(), n), 1 => weight().prop_map(move |weight| vec![weight; n])]
}

/// Where [`case`] puts `D = Σ w x − Σ v y − m − 1`; the statement is true from zero on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// The margin stays as drawn.
    Anywhere,
    /// The margin is `Σ w x − Σ v y` less this, where that is a margin: 0 for equality, 1 for the least solvency.
    Excess(i8),
}

/// What [`case`] breaks after the commitment was made, or before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing.
    None,
    /// Another commitment: `C + delta`.
    Commitment(u64),
    /// Another blinding: `blinding + 1`.
    Opening,
    /// One amount of the witness is changed by one after the commitment was made.
    Amount(usize),
    /// An amount of up to 128 bits, committed to as it is.
    Wide {
        /// Which of the `2N` amounts, collateral first.
        slot: usize,
        /// Bits above the 120th, at least one.
        top: u8,
    },
}

fn flaw(size: Size) -> impl Strategy<Value = Flaw> + Clone {
    let slots = 2 * size.assets();
    prop_oneof![
        12 => Just(Flaw::None),
        1 => (1..4u64).prop_map(Flaw::Commitment),
        1 => Just(Flaw::Opening),
        1 => (0..slots).prop_map(Flaw::Amount),
        1 => (0..slots, 1..=u8::MAX).prop_map(|(slot, top)| Flaw::Wide { slot, top }),
    ]
}

fn slot(position: &mut Position, slot: usize) -> &mut Amount {
    let n = position.size().assets();
    if slot < n { &mut position.collateral_mut()[slot] } else { &mut position.debt_mut()[slot - n] }
}

/// A whole case: a statement, a witness and what was done to them.
#[derive(Clone, Debug)]
pub struct Case {
    /// The public side.
    pub instance: Instance,
    /// The private side.
    pub witness: Witness,
    /// Where `D` was aimed.
    pub aim: Aim,
    /// What was broken.
    pub flaw: Flaw,
}

/// Cases near every boundary: about half of them true, the others false for one reason each.
pub fn case(size: Size) -> impl Strategy<Value = Case> + Clone {
    let aim = prop_oneof![2 => Just(Aim::Anywhere), 5 => (-1..=3i8).prop_map(Aim::Excess)];
    let private = (position(size), opening());
    let public = (weights(size), weights(size), margin(), any::<[u8; 32]>());
    (private, public, aim, flaw(size)).prop_map(
        |((mut position, opening), (collateral, debt, margin, context), aim, flaw)| {
            if let Flaw::Wide { slot: index, top } = flaw {
                let amount = slot(&mut position, index);
                *amount = Amount::forged(amount.expose() | (u128::from(top) << 120));
            }
            let commitment = PositionCommitment::new(&position, &opening);
            let context = Context::from_digest(context);
            let covenant = Covenant::new(margin, collateral, debt).expect("of one size");
            let mut instance = Instance { commitment, context, covenant };
            let mut witness = Witness { position, opening };
            if let Aim::Excess(excess) = aim {
                aim_at(&mut instance, &mut witness, excess);
            }
            match flaw {
                Flaw::None | Flaw::Wide { .. } => {}
                Flaw::Commitment(delta) => {
                    let other = instance.commitment.to_field() + Fr::from(delta);
                    instance.commitment = commitment_from_field(other);
                }
                Flaw::Opening => {
                    witness.opening = opening_from_field(*witness.opening.expose() + Fr::ONE);
                }
                Flaw::Amount(index) => {
                    let amount = slot(&mut witness.position, index);
                    *amount = Amount::forged(amount.expose() ^ 1);
                }
            }
            Case { instance, witness, aim, flaw }
        },
    )
}

/// Sets the margin so that the collateral exceeds debt and margin by `excess`; swaps the sides where that needs it.
/// Leaves the margin where no margin does it.
fn aim_at(instance: &mut Instance, witness: &mut Witness, excess: i8) {
    let Instance { covenant, .. } = instance;
    let sides = covenant.sides(&witness.position);
    if sides.collateral < sides.debt {
        let [collateral, debt] = [covenant.collateral(), covenant.debt()].map(<[_]>::to_vec);
        *covenant = Covenant::new(covenant.margin, debt, collateral).expect("of one size");
        let [collateral, debt] = [witness.position.collateral(), witness.position.debt()].map(<[_]>::to_vec);
        witness.position = Position::new(debt, collateral).expect("of one size");
        instance.commitment = PositionCommitment::new(&witness.position, &witness.opening);
    }
    let gap = sides.collateral.abs_diff(sides.debt);
    let margin = match u64::try_from(excess) {
        Ok(excess) => gap.checked_sub(Wide::from(excess)),
        Err(_) => Some(gap + Wide::from(excess.unsigned_abs())),
    };
    let fits = margin.filter(|margin| margin.bit_len() <= MARGIN_BITS as usize).map(U256::wrapping_from);
    if let Some(Ok(margin)) = fits.map(Margin::new) {
        covenant.margin = margin;
    }
}

/// Any field element as a commitment.
#[must_use]
pub fn commitment_from_field(value: Fr) -> PositionCommitment {
    PositionCommitment::from_bytes(&big_endian(value)).expect("canonical")
}

/// Any field element as a blinding.
#[must_use]
pub fn opening_from_field(value: Fr) -> Opening {
    Opening::from_bytes(&big_endian(value)).expect("canonical")
}

fn big_endian(value: Fr) -> [u8; 32] {
    let mut bytes: [u8; 32] = ff::PrimeField::to_repr(&value);
    bytes.reverse();
    bytes
}
