//! Writes `Halo2Verifier.sol` for the production key to stdout.

use std::io::Write;

use assay_contracts::halo2_verifier;
use assay_verifier::production_key;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let source = halo2_verifier(&production_key()?)?;
    Ok(std::io::stdout().write_all(source.as_bytes())?)
}
