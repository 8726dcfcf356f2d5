//! `solvency/v1` as circom's own circuit, proven natively: witnesses by the compiled circuit, proofs by ark-circom.
//!
//! The circuit is compiled by `npm ci && npm run build` in this directory; see `docs/`, page "Benchmarks".

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use ark_bn254::{Bn254, Fr};
use ark_circom::circom::{ConstraintVec, R1CS, R1CSFile};
use ark_circom::{CircomCircuit, CircomReduction, WitnessCalculator};
use ark_ff::{AdditiveGroup, UniformRand};
use ark_groth16::{Groth16, PreparedVerifyingKey, Proof, ProvingKey, prepare_verifying_key};
use ark_relations::gr1cs::{Matrix, SynthesisError};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize, SerializationError};
use ark_std::rand::{CryptoRng, RngCore};
use assay_benches::contender::Statement;
use num_bigint::BigInt;
use wasmer::Store;

type Prover = Groth16<Bn254, CircomReduction>;

/// A circuit of this directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circuit {
    /// `solvency.circom`: the statement.
    Solvency,
    /// `solvency_wide.circom`: the same with one wide hash as the commitment, which suits an R1CS better. Its
    /// commitments are not Assay's.
    Wide,
}

impl Circuit {
    fn name(self) -> &'static str {
        match self {
            Self::Solvency => "solvency",
            Self::Wide => "solvency_wide",
        }
    }

    fn build(self, file: &str) -> PathBuf {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/build")).join(file)
    }

    /// Whether `npm run build` has been run.
    #[must_use]
    pub fn is_built(self) -> bool {
        self.build(&format!("{}.r1cs", self.name())).exists()
    }
}

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of `build/` is missing or not what it should be.
    #[error("cannot read the compiled circuit; run `npm ci && npm run build` in benches/peers/circom: {0}")]
    Build(String),
    /// The compiled circuit refused the inputs.
    #[error("no witness: {0}")]
    NoWitness(String),
    /// Groth16 failed.
    #[error(transparent)]
    Groth16(#[from] SynthesisError),
}

/// The compiled circuit's witness generator.
pub struct Generator {
    store: Store,
    calculator: WitnessCalculator,
    circuit: Circuit,
}

impl Generator {
    /// Compiles the WebAssembly module.
    ///
    /// # Errors
    /// [`Error::Build`].
    pub fn load(circuit: Circuit) -> Result<Self, Error> {
        let mut store = Store::default();
        let module = circuit.build(&format!("{0}_js/{0}.wasm", circuit.name()));
        let calculator = WitnessCalculator::new(&mut store, module).map_err(|error| Error::Build(error.to_string()))?;
        Ok(Self { store, calculator, circuit })
    }

    /// Every wire of the circuit for a statement in decimal. Its commitment is used only where the circuit has it as an
    /// input.
    ///
    /// # Errors
    /// [`Error::NoWitness`] where an assertion of the circuit fails.
    pub fn witness(&mut self, statement: &Statement) -> Result<Vec<Fr>, Error> {
        let Statement { commitment, context, margin, collateral_weights, debt_weights, collateral, debt, blinding } =
            statement;
        let one = std::slice::from_ref;
        let mut inputs = vec![
            ("context", one(context)),
            ("margin", one(margin)),
            ("w", collateral_weights),
            ("v", debt_weights),
            ("collateral", collateral),
            ("debt", debt),
            ("blinding", one(blinding)),
        ];
        if self.circuit == Circuit::Solvency {
            inputs.push(("commitment", one(commitment)));
        }
        let number = |text: &String| text.parse::<BigInt>().map_err(|error| Error::NoWitness(error.to_string()));
        let inputs = inputs
            .into_iter()
            .map(|(name, texts)| Ok((name.to_owned(), texts.iter().map(number).collect::<Result<Vec<_>, Error>>()?)));
        let inputs: Vec<_> = inputs.collect::<Result<_, Error>>()?;
        self.calculator
            .calculate_witness_element(&mut self.store, inputs, false)
            .map_err(|error| Error::NoWitness(error.to_string()))
    }
}

/// Proving key, prepared verifying key and the circuit's matrices.
pub struct Keys {
    proving: ProvingKey<Bn254>,
    verifying: PreparedVerifyingKey<Bn254>,
    system: R1CS<Fr>,
    matrices: [Matrix<Fr>; 2],
}

impl Keys {
    /// A development key, made by arkworks' set-up over the compiled constraints.
    ///
    /// # Errors
    /// [`Error::Build`], [`Error::Groth16`].
    pub fn generate(circuit: Circuit, rng: &mut (impl RngCore + CryptoRng)) -> Result<Self, Error> {
        let system = read_system(circuit)?;
        let shape = CircomCircuit { r1cs: system.clone(), witness: None };
        let proving = Prover::generate_random_parameters_with_reduction(shape, rng)?;
        Ok(Self::new(proving, system))
    }

    /// Reads what [`Keys::write`] wrote; trusts it.
    ///
    /// # Errors
    /// [`Error::Build`] where the constraints or the key cannot be read.
    pub fn read(circuit: Circuit, reader: impl Read) -> Result<Self, Error> {
        let proving =
            ProvingKey::deserialize_uncompressed_unchecked(reader).map_err(|error| Error::Build(error.to_string()))?;
        Ok(Self::new(proving, read_system(circuit)?))
    }

    /// Writes the proving key.
    ///
    /// # Errors
    /// Those of `writer`.
    pub fn write(&self, writer: impl Write) -> Result<(), SerializationError> {
        self.proving.serialize_uncompressed(writer)
    }

    fn new(proving: ProvingKey<Bn254>, system: R1CS<Fr>) -> Self {
        let row = |terms: &ConstraintVec<Fr>| terms.iter().map(|&(wire, coefficient)| (coefficient, wire)).collect();
        let matrices = [
            system.constraints.iter().map(|(a, _, _)| row(a)).collect(),
            system.constraints.iter().map(|(_, b, _)| row(b)).collect(),
        ];
        Self { verifying: prepare_verifying_key(&proving.vk), proving, matrices, system }
    }

    /// Bytes of the verifying key.
    #[must_use]
    pub fn verifying_key_bytes(&self) -> usize {
        self.proving.vk.compressed_size()
    }

    /// Constraints of the circuit.
    #[must_use]
    pub fn constraints(&self) -> usize {
        self.system.constraints.len()
    }

    /// The public inputs among a witness's wires.
    #[must_use]
    pub fn public_inputs<'w>(&self, witness: &'w [Fr]) -> &'w [Fr] {
        &witness[1..self.system.num_inputs]
    }

    /// Whether every constraint holds.
    #[must_use]
    pub fn is_satisfied(&self, witness: &[Fr]) -> bool {
        let sum = |terms: &ConstraintVec<Fr>| {
            terms.iter().fold(Fr::ZERO, |sum, &(wire, coefficient)| sum + coefficient * witness[wire])
        };
        self.system.constraints.iter().all(|(a, b, c)| sum(a) * sum(b) == sum(c))
    }

    /// A proof from a finished witness.
    ///
    /// # Errors
    /// [`Error::Groth16`].
    pub fn prove(&self, witness: &[Fr], rng: &mut (impl RngCore + CryptoRng)) -> Result<Proof<Bn254>, Error> {
        Ok(Prover::create_proof_with_reduction_and_matrices(
            &self.proving,
            Fr::rand(rng),
            Fr::rand(rng),
            &self.matrices,
            self.system.num_inputs,
            self.constraints(),
            witness,
        )?)
    }

    /// Whether `proof` is valid for these public inputs.
    ///
    /// # Errors
    /// [`Error::Groth16`] where there are too few or too many.
    pub fn verify(&self, public_inputs: &[Fr], proof: &Proof<Bn254>) -> Result<bool, Error> {
        Ok(Prover::verify_proof(&self.verifying, proof, public_inputs)?)
    }
}

fn read_system(circuit: Circuit) -> Result<R1CS<Fr>, Error> {
    let open =
        || -> io::Result<_> { Ok(BufReader::new(File::open(circuit.build(&format!("{}.r1cs", circuit.name())))?)) };
    let reader = open().map_err(|error| Error::Build(error.to_string()))?;
    let mut system: R1CS<Fr> = R1CSFile::new(reader).map_err(|error| Error::Build(error.to_string()))?.into();
    // Wires are numbered as witnesses are; the file's map leads to names in the source.
    system.wire_mapping = None;
    Ok(system)
}
