//! Making a proof.

use halo2_proofs::plonk::create_proof_from_advice;
use halo2_proofs::poly::kzg::commitment::KZGCommitmentScheme;
use halo2_proofs::poly::kzg::multiopen::ProverSHPLONK;
use halo2curves::bn256::Bn256;
use rand_core::{CryptoRng, RngCore};

use crate::artifact::ArtifactError;
use crate::keys::ProvingKey;
use crate::solvency::circuit::assign;
use crate::solvency::layout::Layout;
use crate::solvency::{Instance, Violation, Witness, check, row};
use crate::srs::Srs;
use crate::transcript::ProofWriter;

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
/// Runs on the threads of the current rayon pool. The randomness that hides the position comes from `rng`, so it must be
/// fresh for each proof; halo2 draws one more polynomial from the thread's generator, so a seed does not reproduce a
/// proof. The proof is not verified here.
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
    create(srs, key, instance, witness, rng)
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
    create(srs, key, instance, witness, rng)
}

fn create<const N: usize>(
    srs: &Srs,
    key: &ProvingKey<N>,
    instance: &Instance<N>,
    witness: &Witness<N>,
    mut rng: impl RngCore + CryptoRng + Send,
) -> Result<Vec<u8>, ProveError> {
    let inputs = instance.to_field_elements();
    let columns = row::columns(N, &inputs);
    let mut advice = assign(instance, witness, &mut rng);
    let [a, b] = &mut advice.0;
    let advice = vec![std::mem::take(a), std::mem::take(b)];
    let mut transcript = ProofWriter::default();
    create_proof_from_advice::<KZGCommitmentScheme<Bn256>, ProverSHPLONK<'_, Bn256>, _, _, _>(
        srs.params(),
        key.halo2_key(),
        &columns,
        advice,
        rng,
        &mut transcript,
    )
    .map_err(|error| ProveError::Halo2(error.to_string()))?;
    Ok(transcript.finish())
}
