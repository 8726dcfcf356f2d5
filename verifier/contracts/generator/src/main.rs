//! Writes `Halo2Verifier.sol` and its map of memory for the production key. With two arguments it writes them for the
//! verifying key in the first, a file that `assay setup -o` made, to the folder that the second names.

use std::error::Error;
use std::path::Path;

use assay_circuits::statements::covenants::circuit::CovenantsCircuit;
use assay_circuits::{Circuit, Size, SolvencyCircuit};
use assay_contracts::halo2_verifier;
use assay_protocol::artifact::ArtifactError;
use assay_protocol::keys::VerifyingKey;
use assay_verifier::production_key;

const USAGE: &str = "no argument, or a verifying key and a folder";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => write(
            &production_key(Circuit::Solvency(Size::Eight))?,
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/verifier"),
        ),
        [key, folder] => write(&read(&std::fs::read(key)?)?, Path::new(folder)),
        _ => Err(USAGE.into()),
    }
}

/// A key of either statement.
fn read(file: &[u8]) -> Result<VerifyingKey, ArtifactError> {
    match VerifyingKey::from_bytes::<SolvencyCircuit>(file) {
        Err(ArtifactError::Statement { .. }) => VerifyingKey::from_bytes::<CovenantsCircuit>(file),
        read => read,
    }
}

fn write(key: &VerifyingKey, folder: &Path) -> Result<(), Box<dyn Error>> {
    for (name, source) in halo2_verifier(key)? {
        std::fs::write(folder.join(name), source)?;
    }
    Ok(())
}
