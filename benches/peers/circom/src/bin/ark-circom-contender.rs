//! circom's circuit, proven natively, as a contender of the report: `ark-circom-contender [wide] setup|serve DIR`.
//!
//! The witness is computed by the compiled circuit in WebAssembly, and timed apart. `wide` is the circuit with another
//! commitment.

use std::fs::File;
use std::path::Path;
use std::time::Instant;

use ark_bn254::{Bn254, Fr};
use ark_groth16::Proof;
use ark_serialize::CanonicalSerialize;
use assay_benches::contender::{Contender, Failure, Hello, Made, Operation, Setup, Statement, locked, run, thousands};
use assay_peer_circom::{Circuit, Generator, Keys};
use rand::rngs::OsRng;

const KEY: &str = "circom.pk";

struct ArkCircom {
    circuit: Circuit,
    keys: Keys,
    generator: Generator,
    key_bytes: u64,
}

fn circuit(options: &[String]) -> Result<Circuit, Failure> {
    match options {
        [] => Ok(Circuit::Solvency),
        [option] if option == "wide" => Ok(Circuit::Wide),
        _ => Err("the only option is: wide".into()),
    }
}

impl Contender for ArkCircom {
    type Input = Statement;
    type Proof = (Proof<Bn254>, Vec<Fr>);

    fn setup(options: &[String], directory: &Path) -> Result<(), Failure> {
        Ok(Keys::generate(circuit(options)?, &mut OsRng)?.write(File::create(directory.join(KEY))?)?)
    }

    fn load(options: &[String], directory: &Path) -> Result<Self, Failure> {
        let circuit = circuit(options)?;
        let file = std::fs::read(directory.join(KEY))?;
        let keys = Keys::read(circuit, file.as_slice())?;
        Ok(Self { circuit, keys, generator: Generator::load(circuit)?, key_bytes: file.len() as u64 })
    }

    fn hello(&self) -> Hello {
        let same = self.circuit == Circuit::Solvency;
        Hello {
            name: if same { "ark-circom Groth16" } else { "ark-circom Groth16, wide hash" }.into(),
            version: locked(include_str!("../../../Cargo.lock"), "ark-circom"),
            language: "Rust; witness in WebAssembly".into(),
            setup: Setup::PerCircuit,
            size: format!("{} constraints", thousands(self.keys.constraints() as u64)),
            same_commitment: same,
            proving_key_bytes: self.key_bytes,
            verifying_key_bytes: self.keys.verifying_key_bytes() as u64,
            operations: vec![Operation::Prove, Operation::Verify, Operation::VerifyOther],
        }
    }

    fn read(&self, statement: &Statement) -> Result<Statement, String> {
        Ok(statement.clone())
    }

    fn prove(&mut self, statement: &Statement) -> Result<Made<Self::Proof>, String> {
        let start = Instant::now();
        let wires = self.generator.witness(statement).map_err(|error| error.to_string())?;
        let witness_seconds = Some(start.elapsed().as_secs_f64());
        let proof = self.keys.prove(&wires, &mut OsRng).map_err(|error| error.to_string())?;
        let inputs = self.keys.public_inputs(&wires).to_vec();
        Ok(Made { bytes: proof.compressed_size(), proof: (proof, inputs), witness_seconds })
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
    run::<ArkCircom>()
}
