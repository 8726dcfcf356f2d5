//! What the fuzz targets share.

use std::path::PathBuf;

use assay_circuits::{Context, Covenant, Instance, Margin, PositionCommitment, SolvencyCircuit, Weight};
use assay_protocol::keys::VerifyingKey;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Bytes of a file of the program before its payload: length at 32, checksum at 40.
const HEADER: usize = 72;

/// Writes `seeds` into the folder that `ASSAY_FUZZ_SEEDS` names, for the fuzzer to start from.
///
/// # Panics
/// Where the folder cannot be written.
pub fn write_seeds<S: AsRef<[u8]>>(seeds: &[S]) {
    let Some(folder) = std::env::var_os("ASSAY_FUZZ_SEEDS").map(PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).expect("a folder for seeds");
    for (number, seed) in seeds.iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{number}")), seed).expect("a file for a seed");
    }
}

/// `data` as text, or nothing.
#[must_use]
pub fn text(data: &[u8]) -> &str {
    std::str::from_utf8(data).unwrap_or_default()
}

/// A file of the program with its length and its checksum made right, so that the payload is reached. Every other time
/// as it is: where the last byte of `data`, which is not part of the file, is odd.
#[must_use]
pub fn sealed(data: &[u8]) -> Vec<u8> {
    let Some((last, file)) = data.split_last() else { return Vec::new() };
    let mut file = file.to_vec();
    if last % 2 == 0 && file.len() >= HEADER {
        let length = (file.len() - HEADER) as u64;
        file[32..40].copy_from_slice(&length.to_be_bytes());
        let checksum = Sha256::new().chain_update(&file[..40]).chain_update(&file[HEADER..]).finalize();
        file[40..HEADER].copy_from_slice(&checksum);
    }
    file
}

/// A file as [`sealed`] takes it.
#[must_use]
pub fn unsealed(mut file: Vec<u8>) -> Vec<u8> {
    file.push(0);
    file
}

/// A statement that was proven for good, with its key.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// The key.
    pub key: VerifyingKey,
    /// The public inputs.
    pub instance: Instance,
    /// The proof.
    pub proof: Vec<u8>,
}

impl Frozen {
    /// Reads the golden file of the circuits' tests.
    ///
    /// # Panics
    /// Where the file is not what those tests write.
    #[must_use]
    pub fn read() -> Self {
        let file: Value = serde_json::from_str(include_str!("../../../circuits/tests/golden/frozen-v1.json")).unwrap();
        let hex = |key: &str| {
            let digits = file[key].as_str().unwrap().strip_prefix("0x").unwrap();
            digits.as_bytes().chunks(2).map(|pair| u8::from_str_radix(text(pair), 16).unwrap()).collect::<Vec<_>>()
        };
        let word = |key: &str| <[u8; 32]>::try_from(hex(key)).unwrap();
        let weights = |key: &str| {
            let weight = |weight: &Value| Weight::new(weight.as_str().unwrap().parse().unwrap()).unwrap();
            file[key].as_array().unwrap().iter().map(weight).collect()
        };
        let margin = Margin::new(file["margin"].as_str().unwrap().parse().unwrap()).unwrap();
        let instance = Instance {
            commitment: PositionCommitment::from_bytes(&word("commitment")).unwrap(),
            context: Context::from_digest(word("context")),
            covenant: Covenant::new(margin, weights("collateral_weights"), weights("debt_weights")).unwrap(),
        };
        let key = VerifyingKey::from_bytes::<SolvencyCircuit>(&hex("verifying_key")).unwrap();
        Self { key, instance, proof: hex("proof") }
    }
}
