//! Writes `Halo2Verifier.sol` and its map of memory for the production key.

use std::path::Path;

use assay_contracts::halo2_verifier;
use assay_verifier::production_key;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/verifier");
    for (name, source) in halo2_verifier(&production_key()?)? {
        std::fs::write(folder.join(name), source)?;
    }
    Ok(())
}
