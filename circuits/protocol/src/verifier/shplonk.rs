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

use ff::Field;

use super::domain::{Domain, invert};
use crate::Fr;
use crate::plan::{OpeningSet, Plan, Polynomial};

/// The challenges of the opening proof, in the order in which they are drawn.
pub(super) struct Challenges {
    pub(super) y: Fr,
    pub(super) v: Fr,
    pub(super) u: Fr,
}

/// The right-hand side of the equation as a combination of commitments.
pub(super) struct Combination {
    /// The factor of each polynomial that was opened.
    pub(super) polynomials: Vec<(Polynomial, Fr)>,
    /// `−Z_0(u)`.
    pub(super) h: Fr,
    /// Minus the sum of all `R_ij(u)` with their factors.
    pub(super) generator: Fr,
}

/// Combines the plan's sets; `values` are those of its evaluations. `None` where a denominator vanishes: `u` is one of the
/// points, or `x` is zero. A hash is neither.
pub(super) fn combine(
    plan: &Plan,
    values: &[Fr],
    domain: &Domain,
    x: Fr,
    challenges: &Challenges,
) -> Option<Combination> {
    let Challenges { y, v, u } = *challenges;
    let points =
        |rotations: &[i32]| -> Vec<Fr> { rotations.iter().map(|rotation| domain.root(*rotation) * x).collect() };
    let vanishing = |points: &[Fr]| points.iter().map(|point| u - point).product::<Fr>();
    let z_0 = vanishing(&points(&plan.sets().first()?.rotations));

    let mut combination = Combination { polynomials: Vec::new(), h: -z_0, generator: Fr::ZERO };
    let mut scale = z_0;
    for OpeningSet { rotations, members } in plan.sets() {
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
        for member in members {
            combination.polynomials.push((member.polynomial, factor * inverse_z));
            let opened = member.values.iter().map(|number| values.get(*number));
            let low: Option<Fr> = opened.zip(&inverses).map(|(value, inverse)| Some(*value? * inverse)).sum();
            combination.generator -= factor * low?;
            factor *= y;
        }
        scale *= v;
    }
    Some(combination)
}
