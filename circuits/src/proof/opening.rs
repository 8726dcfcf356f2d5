//! SHPLONK: one proof, of two points, that polynomials have given values at given points (ePrint 2020/081, section 4).
//!
//! The order of challenges and the powers that combine polynomials are those that halo2's verifier expects.

use std::io;

use assay_arithmetic::{Path, combine, evaluate};
use ff::Field;
use group::Curve;
use halo2_proofs::arithmetic::{kate_division, lagrange_interpolate};
use halo2_proofs::transcript::{EncodedChallenge, Transcript, TranscriptWrite};
use rayon::prelude::*;

use super::protocol::Base;
use crate::transcript::ProofWriter;
use crate::units::Fr;

/// `polynomial(point) = value`. Two queries are of the same polynomial where their slices are the same memory.
#[derive(Clone, Copy)]
pub(crate) struct Query<'p> {
    pub(crate) polynomial: &'p [Fr],
    pub(crate) point: Fr,
    pub(crate) value: Fr,
}

impl<'p> Query<'p> {
    /// A query without its value.
    pub(crate) fn new(polynomial: &'p [Fr], point: Fr) -> Self {
        Self { polynomial, point, value: Fr::ZERO }
    }

    /// Computes the value.
    pub(crate) fn evaluate(&mut self, path: Path) {
        self.value = evaluate(path, self.polynomial, self.point);
    }
}

/// Polynomials that are opened at the same points.
struct Set<'p> {
    /// Ascending.
    points: Vec<Fr>,
    /// Each polynomial with its values at the points.
    members: Vec<(&'p [Fr], Vec<Fr>)>,
}

/// Groups queries by polynomial, then polynomials by points, each in the order of first appearance.
fn sets<'p>(queries: &[Query<'p>]) -> Vec<Set<'p>> {
    let mut seen: Vec<&[Fr]> = Vec::new();
    for query in queries {
        if !seen.iter().any(|polynomial| std::ptr::eq(*polynomial, query.polynomial)) {
            seen.push(query.polynomial);
        }
    }
    let mut sets: Vec<Set<'_>> = Vec::new();
    for polynomial in seen {
        let own = queries.iter().filter(|query| std::ptr::eq(polynomial, query.polynomial));
        let mut openings: Vec<(Fr, Fr)> = own.map(|query| (query.point, query.value)).collect();
        openings.sort_unstable();
        let (points, values): (Vec<Fr>, Vec<Fr>) = openings.into_iter().unzip();
        match sets.iter_mut().find(|set| set.points == points) {
            Some(set) => set.members.push((polynomial, values)),
            None => sets.push(Set { points, members: vec![(polynomial, values)] }),
        }
    }
    sets
}

/// `Σ_j factor^j·terms_j`, coefficient by coefficient; terms of less than `length` coefficients have zeros there.
pub(crate) fn fold<'t>(path: Path, terms: impl Iterator<Item = &'t [Fr]>, length: usize, factor: Fr) -> Vec<Fr> {
    let terms: Vec<&[Fr]> = terms.collect();
    let powers: Vec<Fr> = powers(factor).take(terms.len()).collect();
    combine(path, &terms, &powers, length)
}

/// The powers of `factor`, from one on.
fn powers(factor: Fr) -> impl Iterator<Item = Fr> {
    std::iter::successors(Some(Fr::ONE), move |power| Some(power * factor))
}

/// `polynomial / (X − point)`, without the remainder, as long as before.
fn divide(polynomial: &[Fr], point: Fr) -> Vec<Fr> {
    let mut quotient = kate_division(polynomial, point);
    quotient.resize(polynomial.len(), Fr::ZERO);
    quotient
}

/// Proves `queries` and writes the two points; `base` are the powers of the SRS, at least as many as any polynomial has
/// coefficients.
pub(crate) fn open(transcript: &mut ProofWriter, base: Base<'_>, queries: &[Query<'_>]) -> io::Result<()> {
    let (path, n) = (base.path(), base.len());
    let y = transcript.squeeze_challenge().get_scalar();
    let sets = sets(queries);
    // Of each set P = Σ y^j·P_j, and the R of low degree that has its values.
    let combined: Vec<(Vec<Fr>, Vec<Fr>)> = sets
        .par_iter()
        .map(|set| {
            let polynomial = fold(path, set.members.iter().map(|(polynomial, _)| *polynomial), n, y);
            let values = fold(path, set.members.iter().map(|(_, values)| values.as_slice()), set.points.len(), y);
            (polynomial, lagrange_interpolate(&set.points, &values))
        })
        .collect();

    // H = Σ v^i·(P_i − R_i) / Z_i, where Z_i vanishes on the set's points.
    let v = transcript.squeeze_challenge().get_scalar();
    let quotients: Vec<Vec<Fr>> = combined
        .par_iter()
        .zip(&sets)
        .map(|((polynomial, low), set)| {
            let mut numerator = polynomial.clone();
            numerator.iter_mut().zip(low).for_each(|(coefficient, low)| *coefficient -= low);
            set.points.iter().fold(numerator, |quotient, point| divide(&quotient, *point))
        })
        .collect();
    let h = fold(path, quotients.iter().map(Vec::as_slice), n, v);
    transcript.write_point(base.sum(&h).to_affine())?;

    // L = Σ v^i·z_i·(P_i − R_i(u)) − z·H vanishes at u; z is the product of u − p over all points p, and z_i over those
    // that set i lacks.
    let u = transcript.squeeze_challenge().get_scalar();
    let mut points: Vec<Fr> = sets.iter().flat_map(|set| set.points.iter().copied()).collect();
    points.sort_unstable();
    points.dedup();
    let lacking = |set: &Set<'_>| {
        points.iter().filter(|point| !set.points.contains(point)).fold(Fr::ONE, |product, point| product * (u - point))
    };
    let z = points.iter().fold(Fr::ONE, |product, point| product * (u - point));
    // The second point is the quotient of L by X − u, of which the constants R_i(u) are no part.
    let scale = lacking(&sets[0]).invert().expect("u is a hash and meets no point");
    let terms: Vec<&[Fr]> =
        combined.iter().map(|(polynomial, _)| polynomial.as_slice()).chain([h.as_slice()]).collect();
    let factors = powers(v).zip(&sets).map(|(power, set)| power * lacking(set)).chain([-z]);
    let factors: Vec<Fr> = factors.map(|factor| scale * factor).collect();
    let witness = divide(&combine(path, &terms, &factors, n), u);
    transcript.write_point(base.sum(&witness).to_affine())
}

#[cfg(test)]
mod tests {
    use halo2_proofs::arithmetic::eval_polynomial;
    use halo2curves::bn256::G1Affine;
    use rand_core::OsRng;

    use super::*;

    const N: usize = 8;

    fn random<const COUNT: usize>() -> [Fr; COUNT] {
        std::array::from_fn(|_| Fr::random(OsRng))
    }

    /// The opening, under the secret `tau`, of `fixed` at two points and of `polynomial` at the first of them.
    fn opened(tau: Fr, [x, z]: [Fr; 2], fixed: &[Fr], polynomial: &[Fr]) -> Vec<u8> {
        let powers: Vec<G1Affine> = (0..N)
            .map(|i| (G1Affine::generator() * tau.pow_vartime([u64::try_from(i).expect("small")])).to_affine())
            .collect();
        let mut queries = [Query::new(fixed, x), Query::new(fixed, z), Query::new(polynomial, x)];
        queries.iter_mut().for_each(|query| query.evaluate(Path::detect()));
        let mut transcript = ProofWriter::default();
        open(&mut transcript, Base::of(&powers), &queries).expect("writing to memory does not fail");
        transcript.finish()
    }

    #[test]
    fn terms_of_any_length_are_combined() {
        let ([a, b, c, d, e, factor], scale) = (random::<6>(), Fr::from(2));
        let terms: [&[Fr]; 3] = [&[a], &[b, c, d], &[e]];
        let sums = [a + factor * (b + factor * e), factor * c, factor * d, Fr::ZERO];
        assert_eq!(fold(Path::detect(), terms.into_iter(), 4, factor), sums);
        assert_eq!(fold(Path::detect(), [&[a, b][..], &[c]].into_iter(), 2, scale), [a + scale * c, b]);
    }

    #[test]
    fn an_opening_depends_on_a_polynomial_by_its_values_at_tau_and_at_its_point_alone() {
        let [tau, x, z] = random();
        let (fixed, long) = (random::<N>(), random::<N>());
        let line = |shift: Fr| {
            let values = [tau, x].map(|point| eval_polynomial(&long, point));
            let mut line = lagrange_interpolate(&[tau, x], &[values[0] + shift, values[1]]);
            line.resize(N, Fr::ZERO);
            line
        };
        let proof = opened(tau, [x, z], &fixed, &long);
        assert_eq!(opened(tau, [x, z], &fixed, &line(Fr::ZERO)), proof);
        assert_ne!(opened(tau, [x, z], &fixed, &line(Fr::ONE)), proof);
    }
}
