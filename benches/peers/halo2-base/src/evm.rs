//! The contract that snark-verifier writes, and what it is called with.

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::rc::Rc;

use ff::PrimeField;
use halo2_base::halo2_proofs::halo2curves::bn256::{Bn256, Fq, Fr};
use halo2_base::halo2_proofs::poly::commitment::ParamsProver;
use snark_verifier::loader::evm::EvmLoader;
use snark_verifier::pcs::kzg::{Bdfg21, KzgAs, KzgDecidingKey};
use snark_verifier::system::halo2::transcript::evm::EvmTranscript;
use snark_verifier::system::halo2::{Config, compile};
use snark_verifier::verifier::SnarkVerifier;
use snark_verifier::verifier::plonk::PlonkVerifier;

use crate::circuit::PUBLIC_INPUTS;
use crate::keys::Keys;

type Verifier = PlonkVerifier<KzgAs<Bn256, Bdfg21>>;

/// Source of the contract. Its pragma names one version of the compiler; it is widened to those after it.
///
/// # Errors
/// What snark-verifier says.
pub fn solidity(keys: &Keys) -> Result<String, Box<dyn Error>> {
    let columns = vec![PUBLIC_INPUTS];
    let config = Config::kzg().with_num_instance(columns.clone());
    let protocol = compile(&keys.srs, keys.proving.get_vk(), config);
    let deciding: KzgDecidingKey<Bn256> = (keys.srs.get_g()[0], keys.srs.g2(), keys.srs.s_g2()).into();
    let loader = EvmLoader::new::<Fq, Fr>();
    let protocol = protocol.loaded(&loader);
    let mut transcript = EvmTranscript::<_, Rc<EvmLoader>, _, _>::new(&loader);
    let instances = transcript.load_instances(columns);
    let debug = |error: snark_verifier::Error| format!("{error:?}");
    let proof = Verifier::read_proof(&deciding, &protocol, &instances, &mut transcript).map_err(debug)?;
    Verifier::verify(&deciding, &protocol, &instances, &proof).map_err(debug)?;
    Ok(loader.solidity_code().replace("pragma solidity 0.8.19", "pragma solidity ^0.8.19"))
}

/// Creation code of the contract, by `compile.mjs` with the compiler that `install.sh` installs.
///
/// # Errors
/// Where Node.js or the compiler is missing, or the compiler refuses.
pub fn creation_code(solidity: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("compile.mjs");
    let mut node = Command::new("node").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    node.stdin.take().ok_or("node takes no input")?.write_all(solidity.as_bytes())?;
    let output = node.wait_with_output()?;
    if !output.status.success() {
        return Err("the contract was not compiled; has install.sh been run?".into());
    }
    Ok(hex::decode(output.stdout)?)
}

/// Public inputs, then the proof: words without any encoding.
#[must_use]
pub fn calldata(public: &[Fr; PUBLIC_INPUTS], proof: &[u8]) -> Vec<u8> {
    let words = public.iter().flat_map(|input| input.to_repr().into_iter().rev().collect::<Vec<u8>>());
    words.chain(proof.iter().copied()).collect()
}

/// Calldata with something changed. The contract has to refuse each of them; it accepts words modulo the order and calldata
/// that is too long, which therefore are not among them.
#[must_use]
pub fn altered(calldata: &[u8]) -> Vec<Vec<u8>> {
    let proof = 32 * PUBLIC_INPUTS;
    let flipped = |byte: usize| {
        let mut other = calldata.to_vec();
        other[byte] ^= 1;
        other
    };
    let mut altered: Vec<Vec<u8>> = (0..PUBLIC_INPUTS).map(|input| flipped(32 * input + 31)).collect();
    // The first point, which leaves the curve; the last evaluations and the point after them; half a proof.
    altered.extend([proof + 31, calldata.len() - 128 - 1, calldata.len() - 1].map(flipped));
    altered.push(calldata[..proof + (calldata.len() - proof) / 2].to_vec());
    altered
}
