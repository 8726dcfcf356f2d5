//! Peak memory of proving with arkworks, in a process that does nothing else.
//!
//! `arkworks-memory prepare DIR` writes a proving key; `arkworks-memory prove DIR` reads it, makes one proof from a
//! witness that it had from the start, and prints rows of a Markdown table.

use std::error::Error;
use std::path::PathBuf;

use assay_benches::memory::{PeakAlloc, Usage};
use assay_benches::{example, on_threads};
use assay_peer_arkworks::{Keys, Solvency};
use rand::rngs::OsRng;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const THREADS: usize = 2;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(command), Some(directory)) = (arguments.next(), arguments.next().map(PathBuf::from)) else {
        return Err("usage: arkworks-memory prepare|prove DIR".into());
    };
    let key = directory.join("arkworks.pk");
    let (instance, witness) = example(1);
    let circuit = Solvency::new(&instance, &witness);
    match command.as_str() {
        "prepare" => Keys::generate(&circuit, &mut OsRng)?.write(std::fs::File::create(key)?)?,
        "prove" => {
            let started = Usage::read(&HEAP);
            let keys = Keys::read(&circuit, std::fs::read(key)?.as_slice())?;
            let loaded = Usage::read(&HEAP);
            Usage::reset_peak(&HEAP);
            let _proof = on_threads(THREADS, || keys.prove_with_kept_matrices(circuit, &mut OsRng))?;
            let proven = Usage::read(&HEAP);
            println!("| arkworks, started | {started} |");
            println!("| arkworks, keys loaded | {loaded} |");
            println!("| arkworks, proven on {THREADS} threads | {proven} |");
        }
        _ => return Err("usage: arkworks-memory prepare|prove DIR".into()),
    }
    Ok(())
}
