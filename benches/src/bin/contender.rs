//! Assay as a contender of the report: `contender [8|16|32|64] setup|serve DIR`, by default eight assets.
//!
//! Keys are development keys. The contract in the tree is that of the production key, whose parameters are not part of
//! the tree; so what it is called with is a stored proof under that key of the same statement, and only for eight assets.

use assay_circuits::SolvencyCircuit;
use std::path::Path;

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::SolCall;
use assay_benches::contender::{Contender, Evm, Failure, Hello, Made, Operation, Setup, Statement, cases, run};
use assay_benches::{Stored, development_keys_of};
use assay_circuits::proof::{PublicInputs, prove, verify_proof, verify_proofs};
use assay_circuits::statements::solvency::layout::Layout;
use assay_circuits::{Circuit, Instance, Size, Witness};
use assay_protocol::encoding;
use assay_protocol::keys::VerifyingKey;
use assay_protocol::prover::ProvingKey;
use assay_protocol::srs::Srs;
use rand_core::OsRng;

alloy_sol_types::sol! {
    function verify(bytes proof, uint256[] publicInputs) external view returns (bool);
}

const ARTIFACT: &str = include_str!("../../../verifier/contracts/artifacts/Halo2Verifier.json");
const SRS: &str = "assay.srs";
const KEY: &str = "assay.vk";

struct Assay {
    srs: Srs,
    key: ProvingKey,
    /// Bytes of SRS and verifying key as files.
    sizes: [u64; 2],
}

struct Proof {
    instance: Instance,
    proof: Vec<u8>,
}

impl Assay {
    fn size(&self) -> Size {
        Circuit::of(self.key.verifying_key()).expect("a circuit").assets()
    }
}

/// The number of assets among the options, by default eight.
fn size(options: &[String]) -> Result<Size, Failure> {
    let Some(assets) = options.first() else { return Ok(Size::Eight) };
    Size::of(assets.parse()?).ok_or_else(|| format!("no circuit is for {assets} assets").into())
}

impl Contender for Assay {
    type Input = (Instance, Witness);
    type Proof = Proof;

    fn setup(options: &[String], directory: &Path) -> Result<(), Failure> {
        let (srs, key) = development_keys_of(size(options)?);
        std::fs::write(directory.join(SRS), srs.to_bytes())?;
        Ok(std::fs::write(directory.join(KEY), key.verifying_key().to_bytes())?)
    }

    fn load(_: &[String], directory: &Path) -> Result<Self, Failure> {
        let [srs, key] = [SRS, KEY].map(|name| std::fs::read(directory.join(name)));
        let (srs, key) = (srs?, key?);
        let sizes = [srs.len() as u64, key.len() as u64];
        Ok(Self {
            srs: Srs::from_bytes(&srs)?,
            key: ProvingKey::new::<SolvencyCircuit>(VerifyingKey::from_bytes::<SolvencyCircuit>(&key)?),
            sizes,
        })
    }

    fn hello(&self) -> Hello {
        let mut operations = vec![Operation::Prove, Operation::Verify, Operation::Batch];
        if self.size() == Size::Eight {
            operations.push(Operation::Evm);
        }
        Hello {
            name: "Assay".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            language: "Rust".into(),
            setup: Setup::Universal,
            size: format!("2^{} rows", Layout::new(self.size()).k()),
            same_commitment: true,
            // The proving key is computed from the circuit's code; SRS and verifying key are what is kept.
            proving_key_bytes: self.sizes[0] + self.sizes[1],
            verifying_key_bytes: self.sizes[1],
            operations,
        }
    }

    fn read(&self, statement: &Statement) -> Result<Self::Input, String> {
        statement.typed().map_err(|error| error.to_string())
    }

    fn prove(&mut self, (instance, witness): &Self::Input) -> Result<Made<Self::Proof>, String> {
        let proof = prove(&self.srs, &self.key, instance, witness, OsRng).map_err(|error| error.to_string())?;
        let bytes = proof.len();
        Ok(Made { proof: Proof { instance: instance.clone(), proof }, bytes, witness_seconds: None })
    }

    fn verify(&mut self, Proof { instance, proof }: &Self::Proof) -> Result<bool, Failure> {
        Ok(verify_proof(self.key.verifying_key(), instance, proof).is_ok())
    }

    fn with_other_commitment(&self, Proof { instance, proof }: &Self::Proof) -> Result<Self::Proof, Failure> {
        let other = self.example(0).typed()?.0.commitment;
        let commitment = if other == instance.commitment { self.example(1).typed()?.0.commitment } else { other };
        Ok(Proof { instance: Instance { commitment, ..instance.clone() }, proof: proof.clone() })
    }

    fn verify_batch(&mut self, proofs: &[Self::Proof]) -> Result<bool, Failure> {
        let key = self.key.verifying_key();
        let cases: Vec<_> =
            proofs.iter().map(|proof| (key, PublicInputs::of(&proof.instance), proof.proof.as_slice())).collect();
        Ok(verify_proofs(&cases).iter().all(Result::is_ok))
    }

    fn example(&self, seed: u64) -> Statement {
        cases::truth_of(self.size(), seed)
    }

    fn evm(&mut self, Proof { instance, .. }: &Self::Proof) -> Result<Evm, Failure> {
        let stored = Stored::load()?;
        let inputs: Vec<U256> = words(instance);
        if inputs != words(&stored.instance) {
            return Err(format!("the stored proof is of the statement of seed {}", Stored::SEED).into());
        }
        let artifact: serde_json::Value = serde_json::from_str(ARTIFACT)?;
        let code = artifact["bytecode"].as_str().ok_or("the artifact has no code")?.to_owned();
        let call = |proof: &[u8], inputs: &[U256]| {
            let proof = Bytes::copy_from_slice(proof);
            format!("0x{}", hex::encode(verifyCall { proof, publicInputs: inputs.to_vec() }.abi_encode()))
        };
        let mut altered = Vec::new();
        for place in 0..inputs.len() {
            let mut inputs = inputs.clone();
            inputs[place] ^= U256::from(1);
            altered.push(call(&stored.proof, &inputs));
        }
        for end in (32..=stored.proof.len()).step_by(32) {
            let mut proof = stored.proof.clone();
            proof[end - 1] ^= 1;
            altered.push(call(&proof, &inputs));
        }
        altered.push(call(&stored.proof[32..], &inputs));
        altered.push(call(&[stored.proof.as_slice(), &[0; 32]].concat(), &inputs));
        Ok(Evm { deploy: Vec::new(), code, calldata: call(&stored.proof, &inputs), altered })
    }
}

fn words(instance: &Instance) -> Vec<U256> {
    instance.to_field_elements().iter().map(|element| U256::from_be_bytes(encoding::to_bytes(element))).collect()
}

fn main() -> Result<(), Failure> {
    run::<Assay>()
}
