//! Sums of scalar multiples in `G1`, by interleaved digits of width four.
//!
//! Public scalars, so time may depend on them. At the verifier's sizes buckets would save nothing: a point costs about
//! fifty additions either way.

use ff::PrimeField;
use group::{Curve, Group};
use halo2curves::bn256::{G1, G1Affine};
use ruint::aliases::U256;

use crate::Fr;

/// Points worked on at once, so that their multiples stay in the cache.
const CHUNK: usize = 128;

/// `±(1 + 2·two + 4·four)·2^position`.
#[derive(Clone, Copy, Debug)]
struct Digit {
    position: usize,
    two: bool,
    four: bool,
    negative: bool,
}

/// The digits of a scalar: odd, below eight in absolute value, in ascending positions at least four apart.
fn digits(scalar: &Fr) -> Vec<Digit> {
    let mut rest = U256::from_le_bytes(scalar.to_repr());
    let mut position = 0usize;
    let mut digits = Vec::with_capacity(64);
    while !rest.is_zero() {
        let zeros = rest.trailing_zeros();
        rest = rest.wrapping_shr(zeros);
        position = position.saturating_add(zeros);
        // Four bits w, of which the lowest is one: w itself, or w − 16 and a carry.
        let negative = rest.bit(3);
        digits.push(Digit { position, two: rest.bit(1) != negative, four: rest.bit(2) != negative, negative });
        rest = rest.wrapping_shr(4).wrapping_add(U256::from(negative));
        position = position.saturating_add(4);
    }
    digits
}

/// `P, 3P, 5P, 7P` for a point, and the digits of its scalar that are still to be added.
struct Term {
    multiples: [G1Affine; 4],
    digits: Vec<Digit>,
}

/// `Σ scalar·point`. Time depends on the scalars.
pub fn msm(terms: &[(Fr, G1Affine)]) -> G1 {
    terms.chunks(CHUNK).map(chunk).sum()
}

fn chunk(terms: &[(Fr, G1Affine)]) -> G1 {
    let multiples: Vec<G1> = terms.iter().flat_map(|(_, point)| odd_multiples(point)).collect();
    let mut affine = vec![G1Affine::default(); multiples.len()];
    G1::batch_normalize(&multiples, &mut affine);
    let (multiples, _) = affine.as_chunks();
    let scalars = terms.iter().map(|(scalar, _)| digits(scalar));
    let mut terms: Vec<Term> =
        multiples.iter().zip(scalars).map(|(multiples, digits)| Term { multiples: *multiples, digits }).collect();

    let highest = terms.iter().filter_map(|term| term.digits.last()).map(|digit| digit.position).max();
    let Some(highest) = highest else { return G1::identity() };
    (0..=highest).rev().fold(G1::identity(), |sum, position| {
        terms.iter_mut().fold(sum.double(), |sum, Term { multiples, digits }| {
            let Some(digit) = digits.pop_if(|digit| digit.position == position) else { return sum };
            let [one, three, five, seven] = &*multiples;
            let multiple = match (digit.four, digit.two) {
                (false, false) => one,
                (false, true) => three,
                (true, false) => five,
                (true, true) => seven,
            };
            if digit.negative { sum - multiple } else { sum + multiple }
        })
    })
}

fn odd_multiples(point: &G1Affine) -> [G1; 4] {
    let twice = G1::from(point).double();
    let three = twice + point;
    let five = three + twice;
    [G1::from(point), three, five, five + twice]
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::as_conversions, clippy::indexing_slicing, clippy::unwrap_used)]
mod tests {
    use super::*;
    use ff::Field;
    use rand_core::OsRng;

    fn plain(terms: &[(Fr, G1Affine)]) -> G1 {
        terms.iter().map(|(scalar, point)| point * scalar).sum()
    }

    fn random_terms(count: usize) -> Vec<(Fr, G1Affine)> {
        (0..count).map(|_| (Fr::random(OsRng), G1::random(OsRng).to_affine())).collect()
    }

    #[test]
    fn sums_equal_plain_ones() {
        for count in [0, 1, 2, 14, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let terms = random_terms(count);
            assert_eq!(msm(&terms), plain(&terms), "{count} terms");
        }
    }

    #[test]
    fn digits_add_up_and_are_sparse_at_every_edge() {
        let low = (0..600).map(Fr::from);
        let high = (0..254).flat_map(|bit| [-2i8, -1, 0, 1, 2].map(|near| (bit, near))).map(|(bit, near)| {
            let power = Fr::from(2).pow([bit]);
            let near_abs = Fr::from(u64::from(near.unsigned_abs()));
            if near < 0 { power - near_abs } else { power + near_abs }
        });
        for scalar in low.clone().chain(low.map(|low| -low)).chain(high) {
            let digits = digits(&scalar);
            let sum: Fr = digits
                .iter()
                .map(|digit| {
                    let value = 1 + 2 * u64::from(digit.two) + 4 * u64::from(digit.four);
                    let value = Fr::from(value) * Fr::from(2).pow([digit.position as u64]);
                    if digit.negative { -value } else { value }
                })
                .sum();
            assert_eq!(sum, scalar);
            assert!(digits.windows(2).all(|pair| pair[1].position >= pair[0].position + 4), "{scalar:?}");
        }
    }

    #[test]
    fn equal_opposite_and_missing_points_are_added_right() {
        let [(r, p), (s, q)] = [random_terms(1)[0], random_terms(1)[0]];
        let identity = G1Affine::default();
        let pool =
            [(r, p), (r, p), (r, -p), (-r, p), (s, identity), (Fr::ZERO, q), (Fr::ONE, q), (-Fr::ONE, q), (s, p)];
        for count in 0..=pool.len() {
            assert_eq!(msm(&pool[..count]), plain(&pool[..count]), "{count} terms");
        }
    }
}
