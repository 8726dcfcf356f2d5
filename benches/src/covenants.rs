//! A true statement of `covenants/v1` for measurements.

use assay_circuits::statements::covenants::{Coefficient, Constant, Instance, Row, Shape, Witness};
use assay_circuits::{Amount, Context, Opening, Position, PositionCommitment};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use ruint::aliases::U256;

/// All amounts are held, of 118 to 120 bits, and every coefficient is of about 91 bits, half of them negative: no covenant
/// leaves a shortcut. The same seed gives the same statement.
#[must_use]
pub fn example(shape: Shape, seed: u64) -> (Instance, Witness) {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut bits = |width: u32| ((u128::from(rng.next_u64()) << 64) | u128::from(rng.next_u64())) >> (128 - width);
    let mut amounts = |count: usize| -> Vec<Amount> {
        (0..count).map(|_| Amount::new(bits(118) | 1 << 118).expect("119 bits")).collect()
    };
    let n = shape.size().assets();
    let positions: Vec<Position> =
        (0..shape.commitments()).map(|_| Position::new(amounts(n), amounts(n)).expect("of one size")).collect();
    let helpers = amounts(shape.helpers());
    let openings: Vec<Opening> = (0..shape.commitments()).map(|_| Opening::random(&mut rng)).collect();
    let commitments =
        positions.iter().zip(&openings).map(|(position, opening)| PositionCommitment::new(position, opening)).collect();
    let witness = Witness { positions, openings, helpers };
    let amounts = witness.amounts().collect::<Vec<_>>();
    let mut row = || {
        let coefficient = |_| {
            let value = i128::from(rng.next_u64()) << 27;
            Coefficient::new(if rng.next_u32() & 1 == 0 { value } else { -value }).expect("91 bits")
        };
        let coefficients: Vec<Coefficient> = (0..shape.terms()).map(coefficient).collect();
        let sums = Row::new(coefficients.clone(), Constant::ZERO).sums(&amounts);
        let gap = U256::wrapping_from(sums.left.abs_diff(sums.right));
        Row::new(coefficients, Constant::new(sums.left < sums.right, gap).expect("below 2^220"))
    };
    let equalities = (0..shape.equalities()).map(|_| row()).collect();
    let tests = (0..shape.tests()).map(|_| row()).collect();
    let context = Context::from_digest([0xab; 32]);
    let instance = Instance::new(shape, context, commitments, equalities, tests).expect("of the shape");
    (instance, witness)
}
