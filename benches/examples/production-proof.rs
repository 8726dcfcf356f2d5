//! Makes `fixtures/production-proof.json`. Its argument is the SRS as a ceremony's file; `params/README.md` says where to
//! get it.

use assay_benches::{K, Stored, example};
use assay_circuits::SolvencyCircuit;
use assay_circuits::proof::prove;
use assay_circuits::{Circuit, Size};
use assay_protocol::prover::ProvingKey;
use assay_protocol::srs::import::import;
use assay_verifier::production_key;
use rand_core::OsRng;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1).ok_or("one argument: the ceremony's file")?;
    let srs = import(&mut std::io::BufReader::new(std::fs::File::open(path)?), K, &mut |_, _| ())?.srs;
    let (instance, witness) = example(Stored::SEED);
    let proof = prove(
        &srs,
        &ProvingKey::new::<SolvencyCircuit>(production_key(Circuit::Solvency(Size::Eight))?),
        &instance,
        &witness,
        OsRng,
    )?;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/production-proof.json");
    Ok(std::fs::write(path, Stored::text(&proof))?)
}
