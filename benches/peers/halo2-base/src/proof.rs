//! Proofs as the contract takes them: SHPLONK, a Keccak transcript, uncompressed points.

use std::error::Error;

use halo2_base::halo2_proofs::halo2curves::bn256::{Bn256, Fr, G1Affine};
use halo2_base::halo2_proofs::plonk::{create_proof, verify_proof};
use halo2_base::halo2_proofs::poly::VerificationStrategy;
use halo2_base::halo2_proofs::poly::commitment::ParamsProver;
use halo2_base::halo2_proofs::poly::kzg::commitment::KZGCommitmentScheme;
use halo2_base::halo2_proofs::poly::kzg::multiopen::{ProverSHPLONK, VerifierSHPLONK};
use halo2_base::halo2_proofs::poly::kzg::strategy::{AccumulatorStrategy, SingleStrategy};
use rand::rngs::OsRng;
use snark_verifier::loader::native::NativeLoader;
use snark_verifier::system::halo2::transcript::evm::{ChallengeEvm, EvmTranscript};

use crate::circuit::{Numbers, PUBLIC_INPUTS};
use crate::keys::Keys;

type Transcript<S> = EvmTranscript<G1Affine, NativeLoader, S, Vec<u8>>;
type Challenge = ChallengeEvm<G1Affine>;
type Scheme = KZGCommitmentScheme<Bn256>;

/// Makes a proof; it verifies where the statement is true.
///
/// # Errors
/// Where halo2 notices that it cannot prove this, as it does for a looked-up cell that is not in the table.
pub fn prove(keys: &Keys, numbers: &Numbers) -> Result<Vec<u8>, Box<dyn Error>> {
    let circuit = keys.layout.witness(numbers);
    let mut transcript = Transcript::new(Vec::new());
    create_proof::<Scheme, ProverSHPLONK<Bn256>, Challenge, _, _, _>(
        &keys.srs,
        &keys.proving,
        &[circuit],
        &[&[&numbers.public]],
        OsRng,
        &mut transcript,
    )
    .map_err(|error| format!("no proof: {error:?}"))?;
    Ok(transcript.finalize())
}

/// Whether the proof is valid for these public inputs.
#[must_use]
pub fn verify(keys: &Keys, public: &[Fr; PUBLIC_INPUTS], proof: &[u8]) -> bool {
    let mut transcript = Transcript::new(proof);
    verify_proof::<Scheme, VerifierSHPLONK<Bn256>, Challenge, _, _>(
        keys.srs.verifier_params(),
        keys.proving.get_vk(),
        SingleStrategy::new(&keys.srs),
        &[&[public]],
        &mut transcript,
    )
    .is_ok()
}

/// Whether all proofs are valid, by one pairing check of a random combination.
#[must_use]
pub fn verify_batch<'a>(keys: &Keys, proofs: impl IntoIterator<Item = (&'a [Fr; PUBLIC_INPUTS], &'a [u8])>) -> bool {
    let mut strategy = AccumulatorStrategy::new(&keys.srs);
    for (public, proof) in proofs {
        let mut transcript = Transcript::new(proof);
        let checked = verify_proof::<Scheme, VerifierSHPLONK<Bn256>, Challenge, _, _>(
            keys.srs.verifier_params(),
            keys.proving.get_vk(),
            strategy,
            &[&[public]],
            &mut transcript,
        );
        match checked {
            Ok(next) => strategy = next,
            Err(_) => return false,
        }
    }
    VerificationStrategy::<Scheme, VerifierSHPLONK<Bn256>>::finalize(strategy)
}
