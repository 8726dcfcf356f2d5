//! SHPLONK: that committed polynomials have given values at given points, as one claim about one point `W`
//! (ePrint 2020/081, section 4).
//!
//! Polynomials that are opened at the same points form a set. With `P_ij` the polynomials of set `i`, `Z_i` the
//! polynomial that vanishes at its points and `R_ij` the one of low degree that has the claimed values there, the prover
//! commits to `H = Σ v^i·y^j·(P_ij − R_ij) / Z_i`, which is a polynomial only where all values are right, and `W` proves
//! that `H` is that quotient at a random `u`:
//!
//! ```text
//! (X − u)·W = Σ_i v^i·Z_0(u)/Z_i(u)·Σ_j y^j·(P_ij − R_ij(u)) − Z_0(u)·H
//! ```

use assay_circuits::Fr;
use ff::Field;

use super::domain::{Domain, invert};

/// Which commitment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Commitment {
    Advice(usize),
    Fixed(usize),
    Quotient,
    Random,
}

/// A commitment and the values that its polynomial is said to have in the rows at these rotations from `x`.
pub(super) struct Opening {
    commitment: Commitment,
    /// Ascending.
    rotations: Vec<i32>,
    values: Vec<Fr>,
}

/// The openings of a proof, each commitment once, in the order of first appearance.
#[derive(Default)]
pub(super) struct Openings(Vec<Opening>);

impl Openings {
    /// Adds one value.
    pub(super) fn push(&mut self, commitment: Commitment, rotation: i32, value: Fr) {
        match self.0.iter_mut().find(|opening| opening.commitment == commitment) {
            Some(opening) => {
                let place = opening.rotations.partition_point(|other| *other < rotation);
                opening.rotations.insert(place, rotation);
                opening.values.insert(place, value);
            }
            None => self.0.push(Opening { commitment, rotations: vec![rotation], values: vec![value] }),
        }
    }

    /// Those with the same rotations together, in the order of first appearance.
    fn sets(&self) -> Vec<(&[i32], Vec<&Opening>)> {
        let mut sets: Vec<(&[i32], Vec<&Opening>)> = Vec::new();
        for opening in &self.0 {
            match sets.iter_mut().find(|(rotations, _)| *rotations == opening.rotations) {
                Some((_, members)) => members.push(opening),
                None => sets.push((&opening.rotations, vec![opening])),
            }
        }
        sets
    }
}

/// The challenges of the opening proof, in the order in which they are drawn.
pub(super) struct Challenges {
    pub(super) y: Fr,
    pub(super) v: Fr,
    pub(super) u: Fr,
}

/// The right-hand side of the equation as a combination of commitments.
pub(super) struct Combination {
    /// The factor of each commitment that was opened.
    pub(super) commitments: Vec<(Commitment, Fr)>,
    /// `−Z_0(u)`.
    pub(super) h: Fr,
    /// Minus the sum of all `R_ij(u)` with their factors.
    pub(super) generator: Fr,
}

/// `None` where a denominator vanishes: `u` is one of the points, or `x` is zero. A hash is neither.
pub(super) fn combine(openings: &Openings, domain: &Domain, x: Fr, challenges: &Challenges) -> Option<Combination> {
    let Challenges { y, v, u } = *challenges;
    let sets = openings.sets();
    let points =
        |rotations: &[i32]| -> Vec<Fr> { rotations.iter().map(|rotation| domain.root(*rotation) * x).collect() };
    let vanishing = |points: &[Fr]| points.iter().map(|point| u - point).product::<Fr>();
    let z_0 = vanishing(&points(sets.first()?.0));

    let mut combination = Combination { commitments: Vec::new(), h: -z_0, generator: Fr::ZERO };
    let mut scale = z_0;
    for (rotations, members) in sets {
        // R(u) = Z(u)·Σ_k value_k / ((u − p_k)·Π_{l≠k} (p_k − p_l)).
        let points = points(rotations);
        let mut denominators: Vec<Fr> = Vec::new();
        for (k, point) in points.iter().enumerate() {
            let others = points.iter().enumerate().filter(|(l, _)| *l != k).map(|(_, other)| *point - other);
            denominators.push((u - point) * others.product::<Fr>());
        }
        denominators.push(vanishing(&points));
        let mut inverses = invert(denominators)?;
        let inverse_z = inverses.pop()?;
        let mut factor = scale;
        for Opening { commitment, values, .. } in members {
            combination.commitments.push((*commitment, factor * inverse_z));
            let low: Fr = values.iter().zip(&inverses).map(|(value, inverse)| *value * inverse).sum();
            combination.generator -= factor * low;
            factor *= y;
        }
        scale *= v;
    }
    Some(combination)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::unwrap_used)]
mod tests {
    use super::*;

    fn openings() -> Openings {
        let mut openings = Openings::default();
        for (rotation, value) in [(2, 20), (0, 10), (5, 50)] {
            openings.push(Commitment::Advice(0), rotation, Fr::from(value));
        }
        openings.push(Commitment::Random, 0, Fr::from(7));
        openings
    }

    #[test]
    fn values_are_kept_by_rotation_and_sets_in_order_of_appearance() {
        let openings = openings();
        let sets = openings.sets();
        assert_eq!(sets.iter().map(|(rotations, _)| rotations.to_vec()).collect::<Vec<_>>(), [vec![0, 2, 5], vec![0]]);
        assert_eq!(openings.0.first().unwrap().values, [10, 20, 50].map(Fr::from));
    }

    #[test]
    fn challenges_at_which_a_denominator_vanishes_are_refused() {
        let domain = Domain::new(4).unwrap();
        let combined = |x: Fr, u: Fr| {
            combine(&openings(), &domain, x, &Challenges { y: Fr::from(2), v: Fr::from(3), u }).is_some()
        };
        let x = Fr::from(1234);
        assert!(combined(x, Fr::from(99)));
        for rotation in [0, 2, 5] {
            assert!(!combined(x, domain.root(rotation) * x));
        }
        assert!(combined(x, domain.root(1) * x));
        assert!(!combined(Fr::ZERO, Fr::from(99)));
    }
}
