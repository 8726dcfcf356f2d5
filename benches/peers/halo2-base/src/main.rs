//! The contenders: `time` and `gas` before the command say which layout.

use std::error::Error;
use std::fs::{read_to_string, write};
use std::path::Path;

use assay_benches::contender::{Contender, Evm, Failure, Hello, Made, Operation, Setup, Statement, run};
use assay_peer_halo2_base::circuit::{Numbers, PUBLIC_INPUTS};
use assay_peer_halo2_base::evm::{altered, calldata, creation_code, solidity};
use assay_peer_halo2_base::keys::{Choice, Keys};
use assay_peer_halo2_base::proof::{prove, verify, verify_batch};
use halo2_base::halo2_proofs::halo2curves::bn256::Fr;

fn main() -> Result<(), Failure> {
    run::<Halo2Base>()
}

/// The layout that is named, out of those of `README.md`.
fn choice(options: &[String]) -> Result<Choice, Failure> {
    match options {
        [option] if option == "time" => Ok(Choice { k: 11, lookup_bits: 10 }),
        [option] if option == "gas" => Ok(Choice { k: 14, lookup_bits: 12 }),
        _ => Err("say `time` or `gas` before the command".into()),
    }
}

/// Keys, and the contract's creation code.
struct Halo2Base {
    keys: Keys,
    code: Vec<u8>,
    name: String,
}

/// A proof with its public inputs.
struct Proof {
    public: [Fr; PUBLIC_INPUTS],
    bytes: Vec<u8>,
}

fn failure(error: Box<dyn Error>) -> Failure {
    error.to_string().into()
}

/// For example `10,159 cells in 5 columns`.
fn size(cells: usize, columns: usize) -> String {
    let plural = if columns == 1 { "" } else { "s" };
    format!("{},{:03} cells in {columns} column{plural}", cells / 1000, cells % 1000)
}

fn hexadecimal(bytes: impl AsRef<[u8]>) -> String {
    format!("0x{}", hex::encode(bytes))
}

impl Contender for Halo2Base {
    type Input = Numbers;
    type Proof = Proof;

    fn setup(options: &[String], directory: &Path) -> Result<(), Failure> {
        let keys = Keys::generate(choice(options)?).map_err(failure)?;
        keys.write(directory).map_err(failure)?;
        let source = solidity(&keys).map_err(failure)?;
        write(directory.join("verifier.hex"), hex::encode(creation_code(&source).map_err(failure)?))?;
        Ok(write(directory.join("verifier.sol"), source)?)
    }

    fn load(options: &[String], directory: &Path) -> Result<Self, Failure> {
        let choice = choice(options)?;
        let keys = Keys::read(directory).map_err(failure)?;
        if keys.layout.params().k != choice.k {
            return Err(format!("{} holds keys of another layout: run setup again", directory.display()).into());
        }
        let code = hex::decode(read_to_string(directory.join("verifier.hex"))?)?;
        Ok(Self { keys, code, name: format!("halo2-base, k = {}", choice.k) })
    }

    fn hello(&self) -> Hello {
        let params = self.keys.layout.params();
        let [proving, verifying] = self.keys.lengths();
        Hello {
            name: self.name.clone(),
            version: "0.5.5".into(),
            language: "Rust".into(),
            setup: Setup::Universal,
            size: size(self.keys.layout.cells(), params.num_advice_per_phase[0]),
            same_commitment: true,
            proving_key_bytes: proving as u64,
            verifying_key_bytes: verifying as u64,
            operations: vec![Operation::Prove, Operation::Verify, Operation::Batch, Operation::Evm],
        }
    }

    fn read(&self, statement: &Statement) -> Result<Numbers, String> {
        Numbers::read(statement)
    }

    fn prove(&mut self, numbers: &Numbers) -> Result<Made<Proof>, String> {
        let bytes = prove(&self.keys, numbers).map_err(|error| error.to_string())?;
        Ok(Made { bytes: bytes.len(), proof: Proof { public: numbers.public, bytes }, witness_seconds: None })
    }

    fn verify(&mut self, proof: &Proof) -> Result<bool, Failure> {
        Ok(verify(&self.keys, &proof.public, &proof.bytes))
    }

    fn verify_batch(&mut self, proofs: &[Proof]) -> Result<bool, Failure> {
        Ok(verify_batch(&self.keys, proofs.iter().map(|proof| (&proof.public, proof.bytes.as_slice()))))
    }

    fn evm(&mut self, proof: &Proof) -> Result<Evm, Failure> {
        let calldata = calldata(&proof.public, &proof.bytes);
        Ok(Evm {
            deploy: Vec::new(),
            code: hexadecimal(&self.code),
            altered: altered(&calldata).into_iter().map(hexadecimal).collect(),
            calldata: hexadecimal(calldata),
        })
    }
}
