//! halo2's own verifier, which nothing but tests calls.

use assay_protocol::Fr;
use assay_protocol::keys::VerifyingKey;
use assay_protocol::transcript::ProofReader;
use halo2_proofs::plonk;
use halo2_proofs::poly::kzg::commitment::KZGCommitmentScheme;
use halo2_proofs::poly::kzg::multiopen::VerifierSHPLONK;
use halo2_proofs::poly::kzg::strategy::SingleStrategy;
use halo2curves::bn256::Bn256;

/// Whether halo2's verifier accepts a proof for these public inputs, by instance column, and reads all of it.
pub(crate) fn halo2_accepts(key: &VerifyingKey, public: &[Vec<Fr>], proof: &[u8]) -> bool {
    let columns: Vec<&[Fr]> = public.iter().map(Vec::as_slice).collect();
    let (params, mut transcript) = (key.halo2_params(), ProofReader::new(proof));
    let verified = plonk::verify_proof::<KZGCommitmentScheme<Bn256>, VerifierSHPLONK<'_, Bn256>, _, _, _>(
        &params,
        key.halo2_key(),
        SingleStrategy::new(&params),
        &[&columns],
        &mut transcript,
    );
    verified.is_ok() && transcript.is_empty()
}
