//! `Halo2Verifier.sol` beside the contract that snark-verifier writes for the same key.
//!
//! `solidity` writes that contract's source; `compare FILE`, with its runtime code in hexadecimal, runs both on stored
//! proofs and changed ones and ends with an error at the first difference. `run.sh` does one after the other.
//!
//! The reference takes words modulo the order, ignores what follows its arguments and returns nothing on success. So
//! changes here are of reduced words and of the right length; what is stricter in ours, the tests of the generator show.

mod contracts;

use std::error::Error;
use std::rc::Rc;

use assay_circuits::{Circuit, Size};
use assay_verifier::production_key;
use contracts::{Pair, fixtures};
use halo2_proofs::poly::commitment::ParamsProver;
use halo2curves::bn256::{Bn256, Fq, Fr};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use revm::primitives::{U256, uint};
use snark_verifier::loader::evm::EvmLoader;
use snark_verifier::pcs::kzg::{Bdfg21, KzgAs, KzgDecidingKey};
use snark_verifier::system::halo2::transcript::evm::EvmTranscript;
use snark_verifier::system::halo2::{Config, compile};
use snark_verifier::verifier::SnarkVerifier;
use snark_verifier::verifier::plonk::PlonkVerifier;

type Verifier = PlonkVerifier<KzgAs<Bn256, Bdfg21>>;

/// Order of the group.
const ORDER: U256 = uint!(0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001_U256);
/// Changed proofs and statements that are tried.
const CHANGES: usize = 1000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["solidity"] => print!("{}", solidity()?),
        ["compare", file] => compare(&hex::decode(std::fs::read_to_string(file)?.trim())?)?,
        _ => return Err("solidity, or compare FILE".into()),
    }
    Ok(())
}

/// The reference for the production key.
fn solidity() -> Result<String, Box<dyn Error>> {
    let key = production_key(Circuit::Solvency(Size::Eight))?;
    let params = key.halo2_params();
    let columns = vec![3, 8, 8];
    let protocol = compile(&params, key.halo2_key(), Config::kzg().with_num_instance(columns.clone()));
    let deciding: KzgDecidingKey<Bn256> = (params.get_g()[0], params.g2(), params.s_g2()).into();
    let loader = EvmLoader::new::<Fq, Fr>();
    let protocol = protocol.loaded(&loader);
    let mut transcript = EvmTranscript::<_, Rc<EvmLoader>, _, _>::new(&loader);
    let instances = transcript.load_instances(columns);
    let proof = Verifier::read_proof(&deciding, &protocol, &instances, &mut transcript).map_err(debug)?;
    Verifier::verify(&deciding, &protocol, &instances, &proof).map_err(debug)?;
    Ok(loader.solidity_code().replace("pragma solidity 0.8.19", "pragma solidity ^0.8.19"))
}

fn debug(error: impl std::fmt::Debug) -> String {
    format!("{error:?}")
}

fn compare(reference: &[u8]) -> Result<(), Box<dyn Error>> {
    let pair = Pair::new(reference)?;
    let fixtures = fixtures()?;
    for (number, (proof, inputs)) in fixtures.iter().enumerate() {
        let verdict = pair.verdicts(proof, inputs);
        if !verdict.ours.0 || !verdict.reference.0 {
            return Err(format!("proof {number}: {verdict:?}").into());
        }
        println!("proof {number}: {} gas, the reference {}", verdict.ours.1, verdict.reference.1);
    }
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    for number in 0..CHANGES {
        let (mut proof, mut inputs) = fixtures[number % fixtures.len()].clone();
        change(&mut proof, &mut inputs, number, &mut rng);
        let verdict = pair.verdicts(&proof, &inputs);
        if verdict.ours.0 || verdict.reference.0 {
            return Err(format!("change {number}: {verdict:?}").into());
        }
    }
    println!("{} proofs accepted and {CHANGES} changes refused by both", fixtures.len());
    Ok(())
}

/// Changes one word, in turn of the public inputs and of the proof, and keeps it reduced.
fn change(proof: &mut [u8], inputs: &mut [U256], number: usize, rng: &mut ChaCha20Rng) {
    let place = number % 55;
    let changed = |word: U256, rng: &mut ChaCha20Rng| {
        let shift = match rng.next_u32() % 3 {
            0 => U256::from(1),
            1 => ORDER - U256::from(1),
            _ => U256::from(1) << (rng.next_u32() % 100) as usize,
        };
        word.add_mod(shift, ORDER)
    };
    if place < 19 {
        // Within its width: the reference knows none.
        let width = if place < 2 { 250 } else { 119 };
        inputs[place] ^= U256::from(1) << (rng.next_u32() % width) as usize;
        return;
    }
    let word = &mut proof[32 * (place - 19)..][..32];
    let value = changed(U256::from_be_slice(word), rng);
    word.copy_from_slice(&value.to_be_bytes::<32>());
}
