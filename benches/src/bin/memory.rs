//! Peak memory of proving, in a process that does nothing else.
//!
//! `memory prepare DIR` writes an SRS and a verifying key; `memory prove DIR` reads them, computes the proving key and
//! makes one proof from a witness that it had from the start, then prints a row of a Markdown table.

use std::error::Error;
use std::path::PathBuf;

use assay_benches::memory::{PeakAlloc, Usage};
use assay_benches::{development_keys, example, on_threads};
use assay_circuits::keys::{ProvingKey, VerifyingKey};
use assay_circuits::proof::prove;
use assay_circuits::srs::Srs;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const THREADS: usize = 2;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(command), Some(directory)) = (arguments.next(), arguments.next().map(PathBuf::from)) else {
        return Err("usage: memory prepare|prove DIR".into());
    };
    let [srs, key] = ["assay.srs", "assay.vk"].map(|name| directory.join(name));
    match command.as_str() {
        "prepare" => {
            let (parameters, proving) = development_keys();
            std::fs::write(srs, parameters.to_bytes())?;
            std::fs::write(key, proving.verifying_key().to_bytes())?;
        }
        "prove" => {
            let (instance, witness) = example(1);
            let started = Usage::read(&HEAP);
            let srs = Srs::from_bytes(&std::fs::read(srs)?)?;
            let key = ProvingKey::new(VerifyingKey::from_bytes(&std::fs::read(key)?)?);
            let loaded = Usage::read(&HEAP);
            Usage::reset_peak(&HEAP);
            let proof = on_threads(THREADS, || prove(&srs, &key, &instance, &witness, rand_core::OsRng))?;
            let proven = Usage::read(&HEAP);
            assert!(!proof.is_empty());
            println!("| Assay, started | {started} |");
            println!("| Assay, keys loaded | {loaded} |");
            println!("| Assay, proven on {THREADS} threads | {proven} |");
        }
        _ => return Err("usage: memory prepare|prove DIR".into()),
    }
    Ok(())
}
