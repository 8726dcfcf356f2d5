//! Making a proof.

mod domain;
mod mask;
mod msm;
mod opening;
mod quotient;

use std::io;

use ff::Field;
use group::Curve;
use halo2_proofs::plonk::ConstraintSystem;
use halo2_proofs::poly::Rotation;
use halo2_proofs::poly::commitment::ParamsProver;
use halo2_proofs::transcript::{EncodedChallenge, Transcript, TranscriptWrite};
use halo2curves::bn256::{G1, G1Affine};
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, RngCore, SeedableRng};
use rayon::prelude::*;
use zeroize::Zeroizing;

use self::domain::Domain;
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
    domain: Domain,
    /// Coefficients of the fixed columns.
    fixed: Vec<Vec<Fr>>,
    /// For each coset, what the gates need of the fixed columns there.
    fixed_values: Vec<Vec<Vec<Fr>>>,
    program: Program,
    mask: Mask,
}

impl Tables {
    pub(crate) fn new<const N: usize>(key: &VerifyingKey<N>) -> Self {
        let system = key.halo2_key().cs();
        let domain = Domain::new(Layout::<N>::K, system.degree() - 1);
        let columns = Layout::<N>::fixed();
        let fixed: Vec<Vec<Fr>> = [columns.limb, columns.round, columns.turn, columns.constant]
            .iter()
            .map(|values| domain.interpolate(values))
            .collect();
        let program = Program::new(system);
        let on_coset = |coset| {
            let columns: Vec<Vec<Fr>> = fixed.iter().map(|column| domain.extend(column, coset)).collect();
            program.prepare(&columns)
        };
        let fixed_values = (0..domain.cosets()).into_par_iter().map(on_coset).collect();
        Self { fixed, fixed_values, program, mask: Mask::new::<N>(), domain }
    }

    /// Pieces of the quotient of the gates' sum by the polynomial that vanishes on all rows.
    fn quotient(&self, advice: &Advice, instance: &[Vec<Fr>], y: Fr) -> Vec<Vec<Fr>> {
        let on_coset = |coset: usize| {
            let advice = Advice(advice.0.each_ref().map(|column| self.domain.extend(column, coset)));
            let instance: Vec<Vec<Fr>> = instance.iter().map(|column| self.domain.extend(column, coset)).collect();
            let values = Values { fixed: &self.fixed_values[coset], advice: &advice.0, instance: &instance };
            self.domain.reduce(&self.program.evaluate(&values, y), coset)
        };
        let sums: Vec<Vec<Fr>> = (0..self.domain.cosets()).into_par_iter().map(on_coset).collect();
        self.domain.quotient(&sums)
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
            .map(|(polynomial, rotation)| Query::new(polynomial, self.domain.rotate(x, rotation.0)))
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

    // Advice, its last rows random, and the random polynomial. A proof depends on it by its values at τ and at x alone,
    // and with two random coefficients these take every pair of values equally often.
    let mut advice = assign(instance, witness, &mut rng);
    for column in &mut advice.0 {
        column[n - BLINDING_ROWS..].fill_with(|| Fr::random(&mut rng));
    }
    let mut random = vec![Fr::ZERO; n];
    random[..2].fill_with(|| Fr::random(&mut rng));
    let masked = tables.mask.hide(&advice);
    let [a, b] = &masked.0;
    let mut columns = sums(&[(a, lagrange), (b, lagrange), (&random[..2], &powers[..2])]);
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
    let (advice, inputs) = rayon::join(
        || interpolate(&tables.domain, advice),
        || row::columns(N, &inputs).into_iter().map(|column| tables.domain.interpolate(column)).collect::<Vec<_>>(),
    );
    let pieces = tables.quotient(&advice, &inputs, y);
    let commitments = to_affine(&sums(&pieces.iter().map(|piece| (piece.as_slice(), powers)).collect::<Vec<_>>()));
    commitments.into_iter().try_for_each(|commitment| transcript.write_point(commitment))?;

    // Values at x, and the proof of them. The verifier computes the quotient's value itself.
    let x = transcript.squeeze_challenge().get_scalar();
    let folded = combine(pieces.iter().map(Vec::as_slice), n, x.pow_vartime([n as u64]));
    let queries = tables.queries(halo2_key.cs(), &advice, &folded, &random, x);
    let sent = queries.iter().filter(|query| !std::ptr::eq(query.polynomial, folded.as_slice()));
    sent.map(|query| query.value).try_for_each(|value| transcript.write_scalar(value))?;
    open(&mut transcript, powers, &queries)?;
    Ok(transcript.finish())
}

/// Coefficients of the private columns.
fn interpolate(domain: &Domain, advice: Advice) -> Advice {
    let [a, b] = &advice.0;
    let (a, b) = rayon::join(|| domain.interpolate(a), || domain.interpolate(b));
    Advice([a, b])
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
