//! The domain of the rows, `{1, ω, …, ω^(n − 1)}`, transforms over it, and as many cosets of it as the quotient has pieces.
//!
//! A polynomial of less than `p·n` coefficients is known by its values on `p` cosets `g_c·⟨ω⟩`. On each of them `X^n` is
//! one constant, `s_c = g_c^n`; so the values there give `Σ_j s_c^j·h_j`, where `h_j` are the pieces of `n` coefficients,
//! and a matrix of `p × p` constants turns these sums into the pieces. No transform is larger than `n`.

use ff::{Field, PrimeField, WithSmallOrderMulGroup};
use halo2curves::bn256::Fr;
use rayon::prelude::*;

#[cfg(target_arch = "x86_64")]
use crate::ifma;
use crate::vectors::combine;
use crate::{Kind, Path};

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
pub struct Domain {
    path: Path,
    k: u32,
    omega: Fr,
    /// `1/n`.
    scale: Fr,
    forward: Transform,
    /// With the inverse root.
    backward: Transform,
    cosets: Vec<Coset>,
}

/// What the values of a transform are multiplied by.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Factors<'f> {
    /// Nothing.
    One,
    /// One factor.
    All(Fr),
    /// As many factors as values.
    Each(&'f [Fr]),
}

impl Factors<'_> {
    fn multiply(self, values: &mut [Fr]) {
        match self {
            Factors::One => {}
            Factors::All(factor) => values.iter_mut().for_each(|value| *value *= factor),
            Factors::Each(factors) => values.iter_mut().zip(factors).for_each(|(value, factor)| *value *= factor),
        }
    }
}

/// Twiddle factors: before the place `half`, a power of two, those of smaller blocks; from it on, the first `half` powers
/// of a root of unity of order `2·half`.
#[derive(Clone, Debug)]
enum Transform {
    Scalar(Vec<Fr>),
    #[cfg(target_arch = "x86_64")]
    Ifma(ifma::Twiddles),
}

impl Transform {
    /// For `2^k` values and a root of that order.
    fn new(path: Path, root: Fr, k: u32) -> Self {
        let twiddles = twiddles(root, k);
        match path.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Ifma(ifma) if twiddles.len() >= 64 => Self::Ifma(ifma::Twiddles::new(ifma, &twiddles)),
            _ => Self::Scalar(twiddles),
        }
    }

    /// `after_i·Σ_j root^(i·j)·before_j·values_j`, where missing values are zero.
    fn run(&self, values: &[Fr], before: Factors<'_>, after: Factors<'_>) -> Vec<Fr> {
        match self {
            Self::Scalar(twiddles) => {
                let mut given = values.to_vec();
                before.multiply(&mut given);
                let mut places = reversed(&given, twiddles.len());
                transform(&mut places, twiddles);
                after.multiply(&mut places);
                places
            }
            #[cfg(target_arch = "x86_64")]
            Self::Ifma(twiddles) => twiddles.transform(values, before, after),
        }
    }
}

impl Domain {
    /// For `2^k` rows and a quotient of `pieces` pieces.
    ///
    /// # Panics
    /// Where there is no root of unity of order `pieces·2^k`, rounded up to a power of two.
    pub fn new(path: Path, k: u32, pieces: usize) -> Self {
        let n = 1u64 << k;
        // The root has order n·2^spare, so its powers generate as many cosets as are needed, all distinct.
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
                let vanishing = (constants[c] - Fr::ONE).invert().expect("the coset is not the domain");
                let shares = lagrange(&constants, c);
                let inverse = g.invert().expect("a root of unity is not zero");
                Coset {
                    powers: powers(*g, 1 << k),
                    inverses: powers(inverse, 1 << k),
                    shares: shares.into_iter().map(|share| share * vanishing * scale).collect(),
                }
            })
            .collect();
        let inverse = omega.invert().expect("a root of unity is not zero");
        let [forward, backward] = [omega, inverse].map(|root| Transform::new(path, root, k));
        Self { path, k, omega, scale, forward, backward, cosets }
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        1 << self.k
    }

    /// Cosets, as many as pieces.
    pub fn cosets(&self) -> usize {
        self.cosets.len()
    }

    /// `point · ω^rotation`.
    pub fn rotate(&self, point: Fr, rotation: i32) -> Fr {
        let turns = i64::from(rotation).rem_euclid(1 << self.k);
        point * self.omega.pow_vartime([turns.unsigned_abs()])
    }

    /// Coefficients of the polynomial that has these values on the domain, and zero in the rows after them.
    pub fn interpolate(&self, values: &[Fr]) -> Vec<Fr> {
        self.backward.run(values, Factors::One, Factors::All(self.scale))
    }

    /// Values on a coset, of a polynomial of `n` coefficients.
    pub fn extend(&self, coefficients: &[Fr], coset: usize) -> Vec<Fr> {
        self.forward.run(coefficients, Factors::Each(&self.cosets[coset].powers), Factors::One)
    }

    /// `n·Σ_j s^j·h_j`, coefficient by coefficient, of a polynomial with these values on a coset.
    pub fn reduce(&self, values: &[Fr], coset: usize) -> Vec<Fr> {
        self.backward.run(values, Factors::One, Factors::Each(&self.cosets[coset].inverses))
    }

    /// The pieces of the polynomial that [`reduce`](Self::reduce) was given on every coset, divided by `X^n − 1`.
    pub fn quotient(&self, sums: &[Vec<Fr>]) -> Vec<Vec<Fr>> {
        let terms: Vec<&[Fr]> = sums.iter().map(Vec::as_slice).collect();
        let piece = |piece: usize| {
            let shares: Vec<Fr> = self.cosets.iter().map(|coset| coset.shares[piece]).collect();
            combine(self.path, &terms, &shares, self.rows())
        };
        (0..self.cosets()).into_par_iter().map(piece).collect()
    }
}

/// Coefficients of the polynomial of least degree that is one at point `number`, and zero at the other points.
fn lagrange(points: &[Fr], number: usize) -> Vec<Fr> {
    let others = || points.iter().enumerate().filter(|(other, _)| *other != number).map(|(_, point)| point);
    let product = others().fold(Fr::ONE, |product, other| product * (points[number] - other));
    let mut coefficients = vec![product.invert().expect("points are distinct")];
    for point in others() {
        coefficients.insert(0, Fr::ZERO);
        for i in 1..coefficients.len() {
            let term = point * coefficients[i];
            coefficients[i - 1] -= term;
        }
    }
    coefficients
}

/// `values`, and zeros where there are none, in the order that [`transform`] takes; as many as `count`, a power of two.
fn reversed(values: &[Fr], count: usize) -> Vec<Fr> {
    let mut places = vec![Fr::ZERO; count];
    for (i, value) in values.iter().enumerate() {
        // Shifted twice, since one row leaves no bit.
        places[i.reverse_bits() >> 1 >> (usize::BITS - 1 - count.trailing_zeros())] = *value;
    }
    places
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
    use rand_core::OsRng;

    use super::*;

    /// The scalar path, and for transforms of 64 values the vector path too.
    const K: u32 = 6;
    const N: usize = 1 << K;

    fn domains(pieces: usize) -> [Domain; 2] {
        [Path::SCALAR, Path::detect()].map(|path| Domain::new(path, K, pieces))
    }

    fn value(polynomial: &[Fr], point: Fr) -> Fr {
        polynomial.iter().rev().fold(Fr::ZERO, |value, coefficient| value * point + coefficient)
    }

    fn random(count: usize) -> Vec<Fr> {
        (0..count).map(|_| Fr::random(OsRng)).collect()
    }

    #[test]
    fn interpolated_polynomials_have_the_values_given_and_then_zero() {
        for domain in domains(4) {
            for given in [0, 1, 5, N] {
                let values = random(given);
                let coefficients = domain.interpolate(&values);
                for row in 0..N {
                    let at = domain.rotate(Fr::ONE, row.try_into().expect("small"));
                    let expected = values.get(row).copied().unwrap_or(Fr::ZERO);
                    assert_eq!(value(&coefficients, at), expected, "row {row} of {given} values");
                }
            }
        }
    }

    #[test]
    fn values_on_a_coset_are_those_of_the_polynomial() {
        for domain in domains(3) {
            let coefficients = random(N);
            for coset in 0..3 {
                let values = domain.extend(&coefficients, coset);
                for (row, found) in (0..).zip(values) {
                    let at = domain.rotate(domain.cosets[coset].powers[1], row);
                    assert_eq!(value(&coefficients, at), found, "row {row} of coset {coset}");
                }
            }
        }
    }

    #[test]
    fn rotations_go_both_ways_and_around() {
        let domain = Domain::new(Path::SCALAR, K, 1);
        let point = Fr::random(OsRng);
        assert_eq!(domain.rotate(domain.rotate(point, 5), -5), point);
        assert_eq!(domain.rotate(point, N.try_into().expect("small")), point);
        assert_ne!(domain.rotate(point, 1), point);
    }

    #[test]
    fn a_multiple_of_the_vanishing_polynomial_is_divided_by_it() {
        for pieces in 1..=8 {
            for domain in domains(pieces) {
                let quotient = random(N * pieces);
                let sums: Vec<Vec<Fr>> = (0..pieces)
                    .map(|coset| {
                        let product = |row| {
                            let at = domain.rotate(domain.cosets[coset].powers[1], row);
                            value(&quotient, at) * (at.pow_vartime([N as u64]) - Fr::ONE)
                        };
                        domain.reduce(&(0..).map(product).take(N).collect::<Vec<Fr>>(), coset)
                    })
                    .collect();
                assert_eq!(domain.quotient(&sums).concat(), quotient, "{pieces} pieces");
            }
        }
    }
}
