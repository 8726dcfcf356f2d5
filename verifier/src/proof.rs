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

/// Verifies many proofs with one pairing check, each weighed by fresh randomness. Where the check fails, halves the batch
/// until the bad ones are named: about `2·log₂` of the batch more checks for each. An empty batch is accepted.
///
/// # Errors
/// [`BatchError`].
pub fn verify_proofs<const N: usize>(key: &VerifyingKey<N>, proofs: &[(Instance<N>, &[u8])]) -> Result<(), BatchError> {
    let mut invalid = Vec::new();
    find_invalid(key, proofs, 0, &mut invalid);
    if invalid.is_empty() { Ok(()) } else { Err(BatchError { invalid }) }
}

/// Adds to `invalid` the indices of proofs that do not verify, the first of `proofs` being number `offset`.
fn find_invalid<const N: usize>(
    key: &VerifyingKey<N>,
    proofs: &[(Instance<N>, &[u8])],
    offset: usize,
    invalid: &mut Vec<usize>,
) {
    if hold_together(key, proofs) {
        return;
    }
    if proofs.len() == 1 {
        invalid.push(offset);
        return;
    }
    let (left, right) = proofs.split_at(proofs.len() / 2);
    find_invalid(key, left, offset, invalid);
    find_invalid(key, right, offset.saturating_add(left.len()), invalid);
}

/// One pairing check for all of `proofs`.
fn hold_together<const N: usize>(key: &VerifyingKey<N>, proofs: &[(Instance<N>, &[u8])]) -> bool {
    let batch = AccumulatorStrategy::new(key.halo2_params());
    let folded = proofs.iter().try_fold(batch, |batch, (instance, proof)| read(key, instance, proof, batch));
    folded.is_ok_and(VerificationStrategy::<KZGCommitmentScheme<Bn256>, VerifierSHPLONK<'_, Bn256>>::finalize)
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
