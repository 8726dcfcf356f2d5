//! arkworks Groth16 as a contender of the report: `arkworks-contender setup|serve DIR`.
//!
//! Proves with the circuit's matrices kept from key generation, which is faster than `Groth16::prove`.

use std::fs::File;
use std::path::Path;

use ark_bn254::{Bn254, Fr};
use ark_groth16::Proof;
use ark_serialize::CanonicalSerialize;
use assay_benches::contender::{
    Contender, Failure, Hello, Made, Operation, Setup, Statement, cases, locked, run, thousands,
};
use assay_peer_arkworks::{Keys, Solvency};
use rand::rngs::OsRng;

const KEY: &str = "arkworks.pk";

struct Arkworks {
    keys: Keys,
    key_bytes: u64,
}

/// What fixes the circuit's shape.
fn shape() -> Result<Solvency, Failure> {
    Ok(Solvency::read(&cases::truth(0))?)
}

impl Contender for Arkworks {
    type Input = Solvency;
    type Proof = (Proof<Bn254>, Vec<Fr>);

    fn setup(_: &[String], directory: &Path) -> Result<(), Failure> {
        Ok(Keys::generate(&shape()?, &mut OsRng)?.write(File::create(directory.join(KEY))?)?)
    }

    fn load(_: &[String], directory: &Path) -> Result<Self, Failure> {
        let file = std::fs::read(directory.join(KEY))?;
        Ok(Self { keys: Keys::read(&shape()?, file.as_slice())?, key_bytes: file.len() as u64 })
    }

    fn hello(&self) -> Hello {
        Hello {
            name: "arkworks Groth16".into(),
            version: locked(include_str!("../../../Cargo.lock"), "ark-groth16"),
            language: "Rust".into(),
            setup: Setup::PerCircuit,
            size: format!("{} constraints", thousands(self.keys.constraints() as u64)),
            same_commitment: true,
            proving_key_bytes: self.key_bytes,
            verifying_key_bytes: self.keys.verifying_key_bytes() as u64,
            operations: vec![Operation::Prove, Operation::Verify, Operation::VerifyOther],
        }
    }

    fn read(&self, statement: &Statement) -> Result<Solvency, String> {
        Solvency::read(statement)
    }

    fn prove(&mut self, circuit: &Solvency) -> Result<Made<Self::Proof>, String> {
        let inputs = circuit.public_inputs().to_vec();
        let proof = self.keys.prove_with_kept_matrices(circuit.clone(), &mut OsRng);
        let proof = proof.map_err(|error| error.to_string())?;
        Ok(Made { bytes: proof.compressed_size(), proof: (proof, inputs), witness_seconds: None })
    }

    fn verify(&mut self, (proof, inputs): &Self::Proof) -> Result<bool, Failure> {
        Ok(self.keys.verify(inputs, proof)?)
    }

    fn with_other_commitment(&self, (proof, inputs): &Self::Proof) -> Result<Self::Proof, Failure> {
        let mut inputs = inputs.clone();
        inputs[0] += Fr::from(1);
        Ok((proof.clone(), inputs))
    }
}

fn main() -> Result<(), Failure> {
    run::<Arkworks>()
}
