//! `solvency/v1` in arkworks Groth16: the same public inputs, widths and commitment as Assay's own circuit.

mod circuit;
pub mod poseidon;

use std::io::{Read, Write};

use ark_bn254::{Bn254, Fr};
use ark_ff::UniformRand;
use ark_groth16::{Groth16, PreparedVerifyingKey, Proof, ProvingKey, prepare_verifying_key};
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystem, ConstraintSystemRef, Matrix, OptimizationGoal, R1CS_PREDICATE_LABEL,
    SynthesisError, SynthesisMode,
};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize, SerializationError};
use ark_std::rand::{CryptoRng, RngCore};
use assay_benches::contender::Failure;

pub use circuit::{Solvency, from_reference};

/// Proving key, prepared verifying key and the circuit's matrices.
pub struct Keys {
    proving: ProvingKey<Bn254>,
    verifying: PreparedVerifyingKey<Bn254>,
    matrices: Vec<Matrix<Fr>>,
    constraints: usize,
    inputs: usize,
}

fn synthesize(circuit: Solvency, matrices: bool) -> Result<ConstraintSystemRef<Fr>, SynthesisError> {
    let system = ConstraintSystem::new_ref();
    system.set_optimization_goal(OptimizationGoal::Constraints);
    system.set_mode(SynthesisMode::Prove { construct_matrices: matrices, generate_lc_assignments: false });
    circuit.generate_constraints(system.clone())?;
    system.finalize();
    Ok(system)
}

impl Keys {
    /// A development key. The circuit's shape is all that matters of `example`.
    pub fn generate(example: &Solvency, rng: &mut (impl RngCore + CryptoRng)) -> Result<Self, SynthesisError> {
        Self::new(example, Groth16::<Bn254>::generate_random_parameters_with_reduction(example.clone(), rng)?)
    }

    /// Reads what [`Keys::write`] wrote; trusts it. The circuit's shape is all that matters of `example`.
    pub fn read(example: &Solvency, reader: impl Read) -> Result<Self, Failure> {
        Ok(Self::new(example, ProvingKey::deserialize_uncompressed_unchecked(reader)?)?)
    }

    /// Writes the proving key.
    pub fn write(&self, writer: impl Write) -> Result<(), SerializationError> {
        self.proving.serialize_uncompressed(writer)
    }

    fn new(example: &Solvency, proving: ProvingKey<Bn254>) -> Result<Self, SynthesisError> {
        let system = synthesize(example.clone(), true)?;
        let matrices = system.to_matrices()?.remove(R1CS_PREDICATE_LABEL).ok_or(SynthesisError::PredicateNotFound)?;
        Ok(Self {
            verifying: prepare_verifying_key(&proving.vk),
            matrices,
            constraints: system.num_constraints(),
            inputs: system.num_instance_variables(),
            proving,
        })
    }

    /// Bytes of the verifying key.
    pub fn verifying_key_bytes(&self) -> usize {
        self.proving.vk.compressed_size()
    }

    /// Constraints of the circuit.
    pub fn constraints(&self) -> usize {
        self.constraints
    }

    /// What `Groth16::prove` does: synthesis, matrices and proof.
    pub fn prove(
        &self,
        circuit: Solvency,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Proof<Bn254>, SynthesisError> {
        Groth16::<Bn254>::create_random_proof_with_reduction(circuit, &self.proving, rng)
    }

    /// The same proof from the matrices made once at key generation: only the witness is synthesised.
    pub fn prove_with_kept_matrices(
        &self,
        circuit: Solvency,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Proof<Bn254>, SynthesisError> {
        let system = synthesize(circuit, false)?;
        let assignment = [system.instance_assignment()?, system.witness_assignment()?].concat();
        Groth16::<Bn254>::create_proof_with_reduction_and_matrices(
            &self.proving,
            Fr::rand(rng),
            Fr::rand(rng),
            &self.matrices,
            self.inputs,
            self.constraints,
            &assignment,
        )
    }

    /// Whether `proof` is valid for these public inputs.
    pub fn verify(&self, public_inputs: &[Fr], proof: &Proof<Bn254>) -> Result<bool, SynthesisError> {
        Groth16::<Bn254>::verify_proof(&self.verifying, proof, public_inputs)
    }
}

/// Whether every constraint holds.
pub fn is_satisfied(circuit: Solvency) -> Result<bool, SynthesisError> {
    let system = ConstraintSystem::new_ref();
    circuit.generate_constraints(system.clone())?;
    system.is_satisfied()
}
