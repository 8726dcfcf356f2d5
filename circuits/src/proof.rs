//! Making a proof.

mod mask;
mod msm;
mod opening;
mod quotient;

use std::io;

use ff::Field;
use group::Curve;
use halo2_proofs::plonk::ConstraintSystem;
use halo2_proofs::poly::commitment::ParamsProver;
use halo2_proofs::poly::{EvaluationDomain, Rotation};
use halo2_proofs::transcript::{EncodedChallenge, Transcript, TranscriptWrite};
use halo2curves::bn256::{G1, G1Affine};
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, RngCore, SeedableRng};
use rayon::prelude::*;
use zeroize::Zeroizing;

use self::mask::Mask;
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
    Ok(create(srs, key, instance, witness, rng))
}

/// The same for a statement that may be false, and then a proof that does not verify.
#[cfg(feature = "testing")]
pub fn prove_unchecked<const N: usize>(
    srs: &Srs,
    key: &ProvingKey<N>,
    instance: &Instance<N>,
    witness: &Witness<N>,
    rng: impl RngCore + CryptoRng + Send,
) -> Vec<u8> {
    create(srs, key, instance, witness, rng)
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
    mask: Mask,
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
            mask: Mask::new::<N>(),
            domain,
        }
    }

    /// Coefficients of the polynomial with these values, the rest being zero.
    fn interpolate(&self, values: &[Fr]) -> Vec<Fr> {
        let mut column = self.domain.empty_lagrange();
        column.iter_mut().zip(values).for_each(|(place, value)| *place = *value);
        self.domain.lagrange_to_coeff(column).to_vec()
    }

    /// Values over the extended domain.
    fn extend(&self, coefficients: &[Fr]) -> Vec<Fr> {
        self.domain.coeff_to_extended(&self.domain.coeff_from_vec(coefficients.to_vec())).to_vec()
    }

    /// Coefficients of the gates' sum divided by the polynomial that vanishes on all rows.
    fn quotient(&self, advice: &Advice, instance: &[&[Fr]], y: Fr) -> Vec<Fr> {
        let advice = Advice(advice.0.each_ref().map(|column| self.extend(column)));
        let instance: Vec<Vec<Fr>> = instance.par_iter().map(|column| self.extend(&self.interpolate(column))).collect();
        let values = Values { fixed: &self.fixed_cosets, advice: &advice.0, instance: &instance };
        let mut sum = self.domain.empty_extended();
        let (rows, stride) = (sum.len(), sum.len() >> self.domain.k());
        sum.copy_from_slice(&self.program.evaluate(&values, rows, stride, y));
        self.domain.extended_to_coeff(self.domain.divide_by_vanishing_poly(sum))
    }

    /// Every value that the proof opens, in the order of halo2's verifier: columns, quotient, random polynomial.
    fn queries<'p>(
        &'p self,
        system: &ConstraintSystem<Fr>,
        advice: &'p Advice,
        quotient: &'p [Fr],
        random: &'p [Fr],
        x: Fr,
    ) -> Vec<Query<'p>> {
        let columns = system.advice_queries().iter().map(|(column, rotation)| (&advice.0[column.index()], rotation));
        let fixed = system.fixed_queries().iter().map(|(column, rotation)| (&self.fixed[column.index()], rotation));
        let mut queries: Vec<Query<'p>> = columns
            .chain(fixed)
            .map(|(polynomial, rotation)| (polynomial.as_slice(), *rotation))
            .chain([(quotient, Rotation::cur()), (random, Rotation::cur())])
            .map(|(polynomial, rotation)| Query::new(polynomial, self.domain.rotate_omega(x, rotation)))
            .collect();
        queries.par_iter_mut().for_each(Query::evaluate);
        queries
    }
}

/// The rounds of halo2's protocol for a circuit with neither lookups nor copy constraints: what `create_proof` computes
/// for this circuit, by routines that suit its size.
fn create<const N: usize>(
    srs: &Srs,
    key: &ProvingKey<N>,
    instance: &Instance<N>,
    witness: &Witness<N>,
    mut rng: impl RngCore + CryptoRng,
) -> Vec<u8> {
    // One draw from the caller's generator, which may be slow, seeds all randomness of the proof.
    let mut seed = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *seed);
    let rng = ChaCha20Rng::from_seed(*seed);
    rounds(srs, key, instance, witness, rng).expect("writing to memory does not fail")
}

fn rounds<const N: usize>(
    srs: &Srs,
    key: &ProvingKey<N>,
    instance: &Instance<N>,
    witness: &Witness<N>,
    mut rng: ChaCha20Rng,
) -> io::Result<Vec<u8>> {
    let halo2_key = key.verifying_key().halo2_key();
    let tables = key.tables();
    let (powers, lagrange) = (srs.params().get_g(), srs.lagrange());
    let n = powers.len();

    let mut transcript = ProofWriter::default();
    transcript.common_scalar(halo2_key.transcript_repr())?;
    let inputs = instance.to_field_elements();
    inputs.iter().try_for_each(|input| transcript.common_scalar(*input))?;

    // Advice, its last rows random, and the random polynomial.
    let mut advice = assign(instance, witness, &mut rng);
    for column in &mut advice.0 {
        column[n - BLINDING_ROWS..].fill_with(|| Fr::random(&mut rng));
    }
    let random: Vec<Fr> = (0..n).map(|_| Fr::random(&mut rng)).collect();
    let masked = tables.mask.hide(&advice);
    let [a, b] = &masked.0;
    let mut columns = sums(&[(a, lagrange), (b, lagrange), (&random, powers)]);
    columns[..2].iter_mut().for_each(|sum| *sum -= tables.mask.commitment(lagrange));
    let commitments = to_affine(&columns);
    let (columns, random_commitment) = commitments.split_at(2);
    columns.iter().try_for_each(|commitment| transcript.write_point(*commitment))?;
    // Three challenges for the arguments that the circuit does not use.
    for _ in 0..3 {
        transcript.squeeze_challenge();
    }
    transcript.write_point(random_commitment[0])?;

    let y = transcript.squeeze_challenge().get_scalar();
    let advice = Advice(advice.0.each_ref().map(|column| tables.interpolate(column)));
    let quotient = tables.quotient(&advice, &row::columns(N, &inputs), y);
    let pieces: Vec<&[Fr]> = quotient.chunks_exact(n).collect();
    let commitments = to_affine(&sums(&pieces.iter().map(|piece| (*piece, powers)).collect::<Vec<_>>()));
    commitments.into_iter().try_for_each(|commitment| transcript.write_point(commitment))?;

    // Values at x, and the proof of them. The verifier computes the quotient's value itself.
    let x = transcript.squeeze_challenge().get_scalar();
    let folded = combine(pieces.iter().copied(), n, x.pow_vartime([n as u64]));
    let queries = tables.queries(halo2_key.cs(), &advice, &folded, &random, x);
    let sent = queries.iter().filter(|query| !std::ptr::eq(query.polynomial, folded.as_slice()));
    sent.map(|query| query.value).try_for_each(|value| transcript.write_scalar(value))?;
    open(&mut transcript, powers, &queries)?;
    Ok(transcript.finish())
}

/// The sum of each vector of scalars with its points.
fn sums(pairs: &[(&[Fr], &[G1Affine])]) -> Vec<G1> {
    pairs.par_iter().map(|(scalars, points)| msm(scalars, points)).collect()
}

fn to_affine(sums: &[G1]) -> Vec<G1Affine> {
    let mut points = vec![G1Affine::default(); sums.len()];
    G1::batch_normalize(sums, &mut points);
    points
}
