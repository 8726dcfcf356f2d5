//! Writes `Halo2Verifier.sol` and its map of memory for the production key. With two arguments it writes them for the
//! verifying key in the first, a file that `assay setup -o` made, to the folder that the second names.

use std::path::PathBuf;

use assay_circuits::keys::VerifyingKey;
use assay_contracts::halo2_verifier;
use assay_verifier::production_key;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<_> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let (key, folder) = match arguments.as_slice() {
        [] => (production_key()?, PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../src/verifier"))),
        [key, folder] => (VerifyingKey::from_bytes(&std::fs::read(key)?)?, folder.clone()),
        _ => return Err("no argument, or a verifying key and a folder".into()),
    };
    for (name, source) in halo2_verifier(&key)? {
        std::fs::write(folder.join(name), source)?;
    }
    Ok(())
}
