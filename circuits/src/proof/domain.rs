//! The domain of the rows, `{1, ω, …, ω^(n − 1)}`, and as many cosets of it as the quotient has pieces.
//!
//! A polynomial of less than `p·n` coefficients is known by its values on `p` cosets `g_c·⟨ω⟩`. On each of them `X^n` is
//! one constant, `s_c = g_c^n`; so the values there give `Σ_j s_c^j·h_j`, where `h_j` are the pieces of `n` coefficients,
//! and a matrix of `p × p` constants turns these sums into the pieces. No transform is larger than `n`.

use ff::{Field, PrimeField, WithSmallOrderMulGroup};
use halo2_proofs::arithmetic::lagrange_interpolate;
use rayon::prelude::*;

use crate::units::Fr;

/// A coset `g·⟨ω⟩` of the domain.
#[derive(Clone, Debug)]
struct Coset {
    /// Powers of `g`.
    powers: Vec<Fr>,
    /// Powers of `1/g`.
    inverses: Vec<Fr>,
    /// What a sum over this coset counts in each piece, divided by `n` and by `s − 1`, the value of `X^n − 1`.
    shares: Vec<Fr>,
}

/// `n = 2^k` rows and the cosets.
#[derive(Clone, Debug)]
pub(crate) struct Domain {
    k: u32,
    omega: Fr,
    /// `1/n`.
    scale: Fr,
    /// Twiddle factors of a transform: before the place `half`, a power of two, those of smaller blocks; from it on, the
    /// first `half` powers of a root of unity of order `2·half`.
    forward: Vec<Fr>,
    /// The same with inverse roots.
    backward: Vec<Fr>,
    cosets: Vec<Coset>,
}

impl Domain {
    /// For `2^k` rows and a quotient of `pieces` pieces.
    pub(crate) fn new(k: u32, pieces: usize) -> Self {
        let n = 1u64 << k;
        // Of order n·2^spare: generators of so many cosets that are distinct.
        let spare = pieces.next_power_of_two().trailing_zeros();
        let fine = root_of_unity(k + spare);
        let omega = root_of_unity(k);
        let scale = Fr::from(n).invert().expect("a power of two is not zero");
        // ζ has order three, so no coset is the domain itself.
        let generators: Vec<Fr> = powers(fine, pieces).into_iter().map(|power| Fr::ZETA * power).collect();
        let constants: Vec<Fr> = generators.iter().map(|g| g.pow_vartime([n])).collect();
        let cosets = generators
            .iter()
            .enumerate()
            .map(|(c, g)| {
                let unit: Vec<Fr> = (0..pieces).map(|other| Fr::from(u64::from(other == c))).collect();
                let vanishing = (constants[c] - Fr::ONE).invert().expect("the coset is not the domain");
                let shares = lagrange_interpolate(&constants, &unit);
                let inverse = g.invert().expect("a root of unity is not zero");
                Coset {
                    powers: powers(*g, 1 << k),
                    inverses: powers(inverse, 1 << k),
                    shares: shares.into_iter().map(|share| share * vanishing * scale).collect(),
                }
            })
            .collect();
        let inverse = omega.invert().expect("a root of unity is not zero");
        Self { k, omega, scale, forward: twiddles(omega, k), backward: twiddles(inverse, k), cosets }
    }

    /// Rows.
    pub(crate) fn rows(&self) -> usize {
        1 << self.k
    }

    /// Cosets, as many as pieces.
    pub(crate) fn cosets(&self) -> usize {
        self.cosets.len()
    }

    /// `point · ω^rotation`.
    pub(crate) fn rotate(&self, point: Fr, rotation: i32) -> Fr {
        let turns = i64::from(rotation).rem_euclid(1 << self.k);
        point * self.omega.pow_vartime([turns.unsigned_abs()])
    }

    /// Coefficients of the polynomial that has these values on the domain, and zero in the rows after them.
    pub(crate) fn interpolate(&self, values: &[Fr]) -> Vec<Fr> {
        let mut coefficients = self.reversed(values.iter().copied());
        transform(&mut coefficients, &self.backward);
        coefficients.iter_mut().for_each(|coefficient| *coefficient *= self.scale);
        coefficients
    }

    /// Values on a coset, of a polynomial of `n` coefficients.
    pub(crate) fn extend(&self, coefficients: &[Fr], coset: usize) -> Vec<Fr> {
        let powers = &self.cosets[coset].powers;
        let mut values = self.reversed(coefficients.iter().zip(powers).map(|(coefficient, power)| coefficient * power));
        transform(&mut values, &self.forward);
        values
    }

    /// `n·Σ_j s^j·h_j`, coefficient by coefficient, of a polynomial with these values on a coset.
    pub(crate) fn reduce(&self, values: &[Fr], coset: usize) -> Vec<Fr> {
        let mut sums = self.reversed(values.iter().copied());
        transform(&mut sums, &self.backward);
        sums.iter_mut().zip(&self.cosets[coset].inverses).for_each(|(sum, inverse)| *sum *= inverse);
        sums
    }

    /// The pieces of the polynomial that [`reduce`](Self::reduce) was given on every coset, divided by `X^n − 1`.
    pub(crate) fn quotient(&self, sums: &[Vec<Fr>]) -> Vec<Vec<Fr>> {
        let piece = |piece: usize| {
            let mut coefficients = vec![Fr::ZERO; self.rows()];
            for (sums, coset) in sums.iter().zip(&self.cosets) {
                let share = coset.shares[piece];
                coefficients.iter_mut().zip(sums).for_each(|(coefficient, sum)| *coefficient += share * sum);
            }
            coefficients
        };
        (0..self.cosets()).into_par_iter().map(piece).collect()
    }

    /// `values` in the order that [`transform`] takes, and zeros where there are none.
    fn reversed(&self, values: impl Iterator<Item = Fr>) -> Vec<Fr> {
        let mut places = vec![Fr::ZERO; self.rows()];
        for (i, value) in values.enumerate() {
            places[i.reverse_bits() >> (usize::BITS - self.k)] = value;
        }
        places
    }
}

/// A root of unity of order `2^k`.
fn root_of_unity(k: u32) -> Fr {
    (k..Fr::S).fold(Fr::ROOT_OF_UNITY, |root, _| root.square())
}

/// The first `count` powers of `base`, from one on.
fn powers(base: Fr, count: usize) -> Vec<Fr> {
    std::iter::successors(Some(Fr::ONE), |power| Some(power * base)).take(count).collect()
}

/// Twiddle factors for `root`, of order `2^k`.
fn twiddles(root: Fr, k: u32) -> Vec<Fr> {
    let mut twiddles = vec![Fr::ONE];
    for layer in 0..k {
        let of_order = (layer + 1..k).fold(root, |root, _| root.square());
        twiddles.extend(powers(of_order, 1 << layer));
    }
    twiddles
}

/// `values_i = Σ_j root^(i·j)·v_j`, where `v_j` stood at the place of which the number is that of `j` with its bits
/// reversed.
fn transform(values: &mut [Fr], twiddles: &[Fr]) {
    let mut half = 1;
    while half < values.len() {
        let factors = &twiddles[half + 1..2 * half];
        for block in values.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            // The first factor is one.
            (low[0], high[0]) = (low[0] + high[0], low[0] - high[0]);
            for ((low, high), factor) in low[1..].iter_mut().zip(&mut high[1..]).zip(factors) {
                let term = *high * factor;
                *high = *low - term;
                *low += term;
            }
        }
        half *= 2;
    }
}

#[cfg(test)]
mod tests {
    use halo2_proofs::arithmetic::eval_polynomial;
    use rand_core::OsRng;

    use super::*;

    const K: u32 = 4;

    fn random(count: usize) -> Vec<Fr> {
        (0..count).map(|_| Fr::random(OsRng)).collect()
    }

    #[test]
    fn interpolated_polynomials_have_the_values_given_and_then_zero() {
        let domain = Domain::new(K, 4);
        for given in [0, 1, 5, 16] {
            let values = random(given);
            let coefficients = domain.interpolate(&values);
            for row in 0..16 {
                let at = domain.rotate(Fr::ONE, row.try_into().expect("small"));
                let value = values.get(row).copied().unwrap_or(Fr::ZERO);
                assert_eq!(eval_polynomial(&coefficients, at), value, "row {row} of {given} values");
            }
        }
    }

    #[test]
    fn values_on_a_coset_are_those_of_the_polynomial() {
        let domain = Domain::new(K, 3);
        let coefficients = random(16);
        for coset in 0..3 {
            let values = domain.extend(&coefficients, coset);
            for (row, value) in (0..).zip(values) {
                let at = domain.rotate(domain.cosets[coset].powers[1], row);
                assert_eq!(eval_polynomial(&coefficients, at), value, "row {row} of coset {coset}");
            }
        }
    }

    #[test]
    fn rotations_go_both_ways_and_around() {
        let domain = Domain::new(K, 1);
        let point = Fr::random(OsRng);
        assert_eq!(domain.rotate(domain.rotate(point, 5), -5), point);
        assert_eq!(domain.rotate(point, 16), point);
        assert_ne!(domain.rotate(point, 1), point);
    }

    #[test]
    fn a_multiple_of_the_vanishing_polynomial_is_divided_by_it() {
        for pieces in 1..=8 {
            let domain = Domain::new(K, pieces);
            let quotient = random(16 * pieces);
            let sums: Vec<Vec<Fr>> = (0..pieces)
                .map(|coset| {
                    let value = |row| {
                        let at = domain.rotate(domain.cosets[coset].powers[1], row);
                        eval_polynomial(&quotient, at) * (at.pow_vartime([16]) - Fr::ONE)
                    };
                    domain.reduce(&(0..16).map(value).collect::<Vec<Fr>>(), coset)
                })
                .collect();
            assert_eq!(domain.quotient(&sums).concat(), quotient, "{pieces} pieces");
        }
    }
}
