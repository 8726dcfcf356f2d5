//! Verifying proofs: the one place that calls halo2's verifier.
//!
//! halo2 trusts some of its input, so this module pins what it leaves open: the exact length, canonical scalars and
//! points (by [`assay_circuits::transcript::ProofReader`]), and the number of public inputs.

use assay_circuits::Instance;
use assay_circuits::encoding::{G1_LEN, SCALAR_LEN};
use assay_circuits::keys::VerifyingKey;
use assay_circuits::solvency::row;
use assay_circuits::transcript::ProofReader;
use halo2_proofs::plonk;
use halo2_proofs::poly::VerificationStrategy;
use halo2_proofs::poly::kzg::commitment::KZGCommitmentScheme;
use halo2_proofs::poly::kzg::multiopen::VerifierSHPLONK;
use halo2_proofs::poly::kzg::strategy::{AccumulatorStrategy, SingleStrategy};
use halo2curves::bn256::Bn256;

/// Points in a proof: two columns, the random polynomial, four quotient pieces, two opening proofs.
const POINTS: usize = 9;
/// Scalars in a proof: eleven evaluations of columns, six of fixed columns, one of the random polynomial.
const SCALARS: usize = 18;
/// Bytes of a proof.
pub const PROOF_LEN: usize = POINTS * G1_LEN + SCALARS * SCALAR_LEN;

/// Why a proof was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Not exactly [`PROOF_LEN`] bytes.
    #[error("the proof has {found} bytes and must have {PROOF_LEN}")]
    Length {
        /// Bytes of the proof.
        found: usize,
    },
    /// Malformed or not a proof of this statement under this key.
    #[error("the proof does not verify")]
    Invalid,
}

/// Some proofs of a batch were refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} of the proofs do not verify", invalid.len())]
pub struct BatchError {
    /// Their indices, ascending.
    pub invalid: Vec<usize>,
}

/// Verifies one proof.
///
/// # Errors
/// [`ProofError`].
pub fn verify_proof<const N: usize>(
    key: &VerifyingKey<N>,
    instance: &Instance<N>,
    proof: &[u8],
) -> Result<(), ProofError> {
    read(key, instance, proof, SingleStrategy::new(key.halo2_params()))
}

/// Verifies many proofs with one pairing check, each weighed by fresh randomness. Where the check fails, verifies each
/// alone to name the bad ones. An empty batch is accepted.
///
/// # Errors
/// [`BatchError`].
pub fn verify_proofs<const N: usize>(key: &VerifyingKey<N>, proofs: &[(Instance<N>, &[u8])]) -> Result<(), BatchError> {
    let folded = proofs.iter().try_fold(AccumulatorStrategy::new(key.halo2_params()), |batch, (instance, proof)| {
        read(key, instance, proof, batch)
    });
    let holds = |batch: AccumulatorStrategy<'_, Bn256>| {
        VerificationStrategy::<KZGCommitmentScheme<Bn256>, VerifierSHPLONK<'_, Bn256>>::finalize(batch)
    };
    if folded.is_ok_and(holds) {
        return Ok(());
    }
    let alone = |(index, (instance, proof)): (usize, &(Instance<N>, &[u8]))| {
        verify_proof(key, instance, proof).is_err().then_some(index)
    };
    let invalid: Vec<usize> = proofs.iter().enumerate().filter_map(alone).collect();
    // Empty only if halo2 contradicts itself: then nothing is accepted.
    Err(BatchError { invalid })
}

/// Reads a proof into what `strategy` accumulates.
fn read<'k, const N: usize, S>(
    key: &'k VerifyingKey<N>,
    instance: &Instance<N>,
    proof: &[u8],
    strategy: S,
) -> Result<S::Output, ProofError>
where
    S: VerificationStrategy<'k, KZGCommitmentScheme<Bn256>, VerifierSHPLONK<'k, Bn256>>,
{
    if proof.len() != PROOF_LEN {
        return Err(ProofError::Length { found: proof.len() });
    }
    let inputs = instance.to_field_elements();
    let columns = row::columns(N, &inputs);
    let mut transcript = ProofReader::new(proof);
    let verified = plonk::verify_proof::<KZGCommitmentScheme<Bn256>, _, _, _, S>(
        key.halo2_params(),
        key.halo2_key(),
        strategy,
        &[&columns],
        &mut transcript,
    )
    .map_err(|_| ProofError::Invalid)?;
    if transcript.is_empty() { Ok(verified) } else { Err(ProofError::Invalid) }
}
