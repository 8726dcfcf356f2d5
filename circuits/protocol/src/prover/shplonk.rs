//! SHPLONK: one proof, of two points, that polynomials have given values at given points (ePrint 2020/081, section 4).
//!
//! The order of challenges and the powers that combine polynomials are those that halo2's verifier expects.

use std::io;

use assay_arithmetic::{Path, combine};
use ff::Field;
use group::Curve;
use halo2_proofs::arithmetic::{kate_division, lagrange_interpolate};
use halo2_proofs::transcript::{EncodedChallenge, Transcript, TranscriptWrite};
use rayon::prelude::*;

use super::base::Base;
use crate::Fr;
use crate::plan::{OpeningSet, Plan, Polynomial};
use crate::transcript::ProofWriter;

/// What is opened: the plan's polynomials, and their values in the order of [`Plan::evaluations`].
pub(crate) struct Opening<'p> {
    pub(crate) plan: &'p Plan,
    /// The coefficients of a polynomial.
    pub(crate) polynomials: &'p (dyn Fn(Polynomial) -> &'p [Fr] + Sync),
    pub(crate) values: &'p [Fr],
    /// The point at a rotation.
    pub(crate) point: &'p (dyn Fn(i32) -> Fr + Sync),
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

/// Proves the values and writes the two points; `base` are the powers of the SRS, at least as many as any polynomial has
/// coefficients.
pub(crate) fn open(transcript: &mut ProofWriter, base: Base<'_>, opening: &Opening<'_>) -> io::Result<()> {
    let Opening { plan, polynomials, values, point } = opening;
    let (path, n) = (base.path(), base.len());
    let sets = plan.sets();
    let points: Vec<Vec<Fr>> =
        sets.iter().map(|set| set.rotations.iter().map(|rotation| point(*rotation)).collect()).collect();
    let y = transcript.squeeze_challenge().get_scalar();
    // Each set gives P = Σ y^j·P_j, and the R of low degree that has its values.
    let combine_set = |(set, points): (&OpeningSet, &Vec<Fr>)| {
        let polynomial = fold(path, set.members.iter().map(|member| polynomials(member.polynomial)), n, y);
        let opened: Vec<Vec<Fr>> =
            set.members.iter().map(|member| member.values.iter().map(|number| values[*number]).collect()).collect();
        let opened = fold(path, opened.iter().map(Vec::as_slice), points.len(), y);
        (polynomial, lagrange_interpolate(points, &opened))
    };
    let combined: Vec<(Vec<Fr>, Vec<Fr>)> = sets.par_iter().zip(&points).map(combine_set).collect();

    // H = Σ v^i·(P_i − R_i) / Z_i, where Z_i vanishes on the set's points.
    let v = transcript.squeeze_challenge().get_scalar();
    let quotients: Vec<Vec<Fr>> = combined
        .par_iter()
        .zip(&points)
        .map(|((polynomial, low), points)| {
            let mut numerator = polynomial.clone();
            numerator.iter_mut().zip(low).for_each(|(coefficient, low)| *coefficient -= low);
            points.iter().fold(numerator, |quotient, point| divide(&quotient, *point))
        })
        .collect();
    let h = fold(path, quotients.iter().map(Vec::as_slice), n, v);
    transcript.write_point(base.sum(&h).to_affine())?;

    // L = Σ v^i·z_i·(P_i − R_i(u)) − z·H vanishes at u; z is the product of u − p over all points p, and z_i over those
    // that set i lacks.
    let u = transcript.squeeze_challenge().get_scalar();
    let mut all: Vec<Fr> = points.iter().flatten().copied().collect();
    all.sort_unstable();
    all.dedup();
    let lacking = |points: &[Fr]| {
        all.iter().filter(|point| !points.contains(point)).fold(Fr::ONE, |product, point| product * (u - point))
    };
    let z = all.iter().fold(Fr::ONE, |product, point| product * (u - point));
    // The second point is the quotient of L by X − u, of which the constants R_i(u) are no part.
    let scale = lacking(&points[0]).invert().expect("u is a hash and meets no point");
    let terms: Vec<&[Fr]> =
        combined.iter().map(|(polynomial, _)| polynomial.as_slice()).chain([h.as_slice()]).collect();
    let factors = powers(v).zip(&points).map(|(power, points)| power * lacking(points)).chain([-z]);
    let factors: Vec<Fr> = factors.map(|factor| scale * factor).collect();
    let witness = divide(&combine(path, &terms, &factors, n), u);
    transcript.write_point(base.sum(&witness).to_affine())
}

#[cfg(test)]
mod tests {
    use halo2_proofs::arithmetic::eval_polynomial;
    use halo2_proofs::plonk::ConstraintSystem;
    use halo2_proofs::poly::Rotation;
    use halo2curves::bn256::G1Affine;
    use rand_core::OsRng;

    use super::*;

    const N: usize = 8;

    fn random<const COUNT: usize>() -> [Fr; COUNT] {
        std::array::from_fn(|_| Fr::random(OsRng))
    }

    /// A plan with one column that is read in two rows and one that is read in one.
    fn plan() -> Plan {
        let mut system = ConstraintSystem::default();
        let [long, short] = [(); 2].map(|()| system.advice_column());
        system.create_gate("any", |meta| {
            let [cur, next] = [Rotation::cur(), Rotation::next()].map(|rotation| meta.query_advice(long, rotation));
            [cur * next * meta.query_advice(short, Rotation::cur())]
        });
        Plan::new(&system, 4).expect("of the protocol's kind")
    }

    /// The opening, under the secret `tau`, of `fixed` at two points and of `polynomial` at the first of them.
    fn opened(tau: Fr, points: [Fr; 2], fixed: &[Fr], polynomial: &[Fr]) -> Vec<u8> {
        let powers: Vec<G1Affine> = (0..N)
            .map(|i| (G1Affine::generator() * tau.pow_vartime([u64::try_from(i).expect("small")])).to_affine())
            .collect();
        let (plan, zero) = (plan(), [Fr::ZERO; N]);
        let polynomials = |which| match which {
            Polynomial::Advice(0) => fixed,
            Polynomial::Advice(_) => polynomial,
            _ => &zero,
        };
        let point = |rotation: i32| points[usize::try_from(rotation).expect("not negative")];
        let value = |(which, rotation): &(Polynomial, i32)| eval_polynomial(polynomials(*which), point(*rotation));
        let values: Vec<Fr> = plan.evaluations().iter().map(value).collect();
        let mut transcript = ProofWriter::default();
        let opening = Opening { plan: &plan, polynomials: &polynomials, values: &values, point: &point };
        open(&mut transcript, Base::of(&powers), &opening).expect("writing to memory does not fail");
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
