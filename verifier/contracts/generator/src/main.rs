//! Writes `Halo2Verifier.sol` and its map of memory for the production key. With two arguments it writes them for the
//! verifying key in the first, a file that `assay setup -o` made, to the folder that the second names. A third is the number
//! of assets that the key is for: 8, where it is not given, 16, 32 or 64.

use std::error::Error;
use std::path::{Path, PathBuf};

use assay_circuits::keys::VerifyingKey;
use assay_contracts::halo2_verifier;
use assay_verifier::production_key;

const USAGE: &str = "no argument, or a verifying key, a folder and perhaps a number of assets: 8, 16, 32 or 64";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => write(&production_key()?, &Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/verifier")),
        [key, folder] | [key, folder, "8"] => write_file::<8>(key, folder),
        [key, folder, "16"] => write_file::<16>(key, folder),
        [key, folder, "32"] => write_file::<32>(key, folder),
        [key, folder, "64"] => write_file::<64>(key, folder),
        _ => Err(USAGE.into()),
    }
}

fn write_file<const N: usize>(key: &str, folder: &str) -> Result<(), Box<dyn Error>> {
    write(&VerifyingKey::<N>::from_bytes(&std::fs::read(key)?)?, &PathBuf::from(folder))
}

fn write<const N: usize>(key: &VerifyingKey<N>, folder: &Path) -> Result<(), Box<dyn Error>> {
    for (name, source) in halo2_verifier(key)? {
        std::fs::write(folder.join(name), source)?;
    }
    Ok(())
}
