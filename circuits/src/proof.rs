//! Making a proof.

mod msm;
mod opening;
mod quotient;

use std::io;

use ff::Field;
use group::Curve;
use halo2_proofs::poly::commitment::ParamsProver;
use halo2_proofs::poly::{EvaluationDomain, Rotation};
use halo2_proofs::transcript::{EncodedChallenge, Transcript, TranscriptWrite};
use halo2curves::bn256::{G1, G1Affine};
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, RngCore, SeedableRng};
use rayon::prelude::*;
use zeroize::Zeroizing;

use self::msm::msm;
use self::opening::{Query, combine, open};
use self::quotient::{Program, Values};
use crate::artifact::ArtifactError;
use crate::keys::{ProvingKey, VerifyingKey};
use crate::solvency::circuit::{Advice, BLINDING_ROWS, assign};
use crate::solvency::layout::Layout;
use crate::solvency::{Instance, Violation, Witness, check, row};
use crate::srs::Srs;
use crate::transcript::ProofWriter;
use crate::units::Fr;

/// Why no proof was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError {
    /// The statement does not hold.
    #[error("the statement is false: {0}")]
    False(#[from] Violation),
    /// The SRS is not the one that the key was made from, or too small.
    #[error(transparent)]
    Srs(#[from] ArtifactError),
    /// halo2 failed.
    #[error("halo2 could not make the proof: {0}")]
    Halo2(String),
}

/// Proves `instance`. `srs` is the one that the key was made from, cut down to the circuit's size.
///
/// Runs on the threads of the current rayon pool. All randomness that hides the position is expanded from one draw of
/// `rng`, so it must be fresh for each proof; the same draw gives the same proof. The proof is not verified here.
///
/// # Errors
/// [`ProveError`]; a false statement is refused before any proving.
pub fn prove<const N: usize>(
    srs: &Srs,
    key: &ProvingKey<N>,
    instance: &Instance<N>,
    witness: &Witness<N>,
    rng: impl RngCore + CryptoRng + Send,
) -> Result<Vec<u8>, ProveError> {
    check(instance, witness)?;
    let digests = [key.verifying_key().srs_digest(), srs.digest()];
    if srs.k() != Layout::<N>::K || digests[0] != digests[1] {
        let [key, srs] = digests.map(|digest| digest.iter().map(|byte| format!("{byte:02x}")).collect());
        return Err(ArtifactError::OtherSrs { key, srs }.into());
    }
    create(srs, key, instance, witness, rng).map_err(|error| ProveError::Halo2(error.to_string()))
}

/// The same for a statement that may be false, and then a proof that does not verify.
///
/// # Errors
/// [`ProveError::Halo2`].
#[cfg(feature = "testing")]
pub fn prove_unchecked<const N: usize>(
    srs: &Srs,
    key: &ProvingKey<N>,
    instance: &Instance<N>,
    witness: &Witness<N>,
    rng: impl RngCore + CryptoRng + Send,
) -> Result<Vec<u8>, ProveError> {
    create(srs, key, instance, witness, rng).map_err(|error| ProveError::Halo2(error.to_string()))
}

/// What a proof needs of the circuit and not of the witness.
#[derive(Clone, Debug)]
pub(crate) struct Tables {
    domain: EvaluationDomain<Fr>,
    /// Coefficients of the fixed columns.
    fixed: Vec<Vec<Fr>>,
    /// Their values over the extended domain.
    fixed_cosets: Vec<Vec<Fr>>,
    program: Program,
}

impl Tables {
    pub(crate) fn new<const N: usize>(key: &VerifyingKey<N>) -> Self {
        let system = key.halo2_key().cs();
        let degree = u32::try_from(system.degree()).expect("a small degree");
        let domain = EvaluationDomain::new(degree, Layout::<N>::K);
        let columns = Layout::<N>::fixed();
        let polynomials = [columns.limb, columns.round, columns.turn, columns.constant].map(|mut values| {
            values.resize(1 << Layout::<N>::K, Fr::ZERO);
            domain.lagrange_to_coeff(domain.lagrange_from_vec(values))
        });
        Self {
            fixed: polynomials.iter().map(|polynomial| polynomial.to_vec()).collect(),
            fixed_cosets: polynomials.iter().map(|polynomial| domain.coeff_to_extended(polynomial).to_vec()).collect(),
            program: Program::new(system),
            domain,
        }
    }
}

/// The rounds of halo2's protocol for a circuit with neither lookups nor copy constraints: what `create_proof` computes
/// for this circuit, by routines that suit its size. halo2's verifier checks the result.
fn create<const N: usize>(
    srs: &Srs,
    key: &ProvingKey<N>,
    instance: &Instance<N>,
    witness: &Witness<N>,
    mut rng: impl RngCore + CryptoRng,
) -> io::Result<Vec<u8>> {
    // One draw from the caller's generator, which may be slow, seeds all randomness of the proof.
    let mut seed = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *seed);
    let mut rng = ChaCha20Rng::from_seed(*seed);
    let halo2_key = key.verifying_key().halo2_key();
    let system = halo2_key.cs();
    let Tables { domain, fixed, fixed_cosets, program } = key.tables();
    let (powers, lagrange) = (srs.params().get_g(), srs.lagrange());
    let n = powers.len();

    let mut transcript = ProofWriter::default();
    transcript.common_scalar(halo2_key.transcript_repr())?;
    let inputs = instance.to_field_elements();
    let instances = row::columns(N, &inputs);
    instances.iter().copied().flatten().try_for_each(|input| transcript.common_scalar(*input))?;

    // Advice, its last rows random, and the random polynomial.
    let mut advice = assign(instance, witness, &mut rng);
    for column in &mut advice.0 {
        column[n - BLINDING_ROWS..].fill_with(|| Fr::random(&mut rng));
    }
    let random: Vec<Fr> = (0..n).map(|_| Fr::random(&mut rng)).collect();
    let [a, b] = &advice.0;
    let commitments: Vec<G1> = [(a, lagrange.as_slice()), (b, &lagrange), (&random, powers)]
        .into_par_iter()
        .map(|(column, points)| msm(column, points))
        .collect();
    let commitments = normalize(&commitments);
    let (columns, random_commitment) = commitments.split_at(2);
    columns.iter().try_for_each(|commitment| transcript.write_point(*commitment))?;
    // Three challenges for the arguments that the circuit does not use.
    for _ in 0..3 {
        transcript.squeeze_challenge();
    }
    transcript.write_point(random_commitment[0])?;
    let y = transcript.squeeze_challenge().get_scalar();

    // The quotient of the gates' sum by the polynomial that vanishes on all rows, in pieces.
    let interpolate = |values: &[Fr]| {
        let mut values = values.to_vec();
        values.resize(n, Fr::ZERO);
        domain.lagrange_to_coeff(domain.lagrange_from_vec(values))
    };
    let advice = Advice(advice.0.each_ref().map(|column| interpolate(column).to_vec()));
    let extend = |coefficients: &[Fr]| domain.coeff_to_extended(&domain.coeff_from_vec(coefficients.to_vec())).to_vec();
    let advice_cosets = Advice(advice.0.each_ref().map(|column| extend(column)));
    let instance_cosets: Vec<Vec<Fr>> = instances.par_iter().map(|column| extend(&interpolate(column))).collect();
    let values = Values { fixed: fixed_cosets, advice: &advice_cosets.0, instance: &instance_cosets };
    let rows = domain.extended_len();
    let mut sum = domain.empty_extended();
    sum.copy_from_slice(&program.evaluate(&values, rows, rows / n, y));
    let quotient = domain.extended_to_coeff(domain.divide_by_vanishing_poly(sum));
    let pieces: Vec<&[Fr]> = quotient.chunks_exact(n).collect();
    let commitments: Vec<G1> = pieces.par_iter().map(|piece| msm(piece, powers)).collect();
    normalize(&commitments).into_iter().try_for_each(|commitment| transcript.write_point(commitment))?;

    // Values at x, and the proof of them.
    let x = transcript.squeeze_challenge().get_scalar();
    let x_n = x.pow_vartime([n as u64]);
    let folded = combine(pieces.iter().copied(), n, x_n);
    let at = |polynomial, rotation| Query { polynomial, point: domain.rotate_omega(x, rotation), value: Fr::ZERO };
    let mut queries: Vec<Query<'_>> = Vec::new();
    queries.extend(system.advice_queries().iter().map(|(column, rotation)| at(&advice.0[column.index()], *rotation)));
    queries.extend(system.fixed_queries().iter().map(|(column, rotation)| at(&fixed[column.index()], *rotation)));
    queries.extend([at(&folded, Rotation::cur()), at(&random, Rotation::cur())]);
    queries.par_iter_mut().for_each(|query| {
        query.value = query.polynomial.iter().rev().fold(Fr::ZERO, |sum, coefficient| sum * query.point + coefficient);
    });
    // The verifier computes the quotient's value itself.
    let sent = queries.iter().filter(|query| !std::ptr::eq(query.polynomial, folded.as_slice()));
    sent.map(|query| query.value).try_for_each(|value| transcript.write_scalar(value))?;
    open(&mut transcript, powers, &queries)?;
    Ok(transcript.finish())
}

fn normalize(points: &[G1]) -> Vec<G1Affine> {
    let mut affine = vec![G1Affine::default(); points.len()];
    G1::batch_normalize(points, &mut affine);
    affine
}
