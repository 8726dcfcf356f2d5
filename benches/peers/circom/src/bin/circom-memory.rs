//! Peak memory of proving with ark-circom, in a process that does nothing else.
//!
//! `circom-memory prepare DIR` writes a proving key and a witness; `circom-memory prove DIR` reads both, makes one
//! proof and prints rows of a Markdown table. The witness generator does not run in that process.

use std::error::Error;
use std::fs::File;
use std::path::PathBuf;

use assay_benches::memory::{PeakAlloc, Usage};
use assay_benches::{example, on_threads};
use assay_peer_circom::{Circuit, Generator, Keys, read_witness, write_witness};
use rand::rngs::OsRng;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const THREADS: usize = 2;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(command), Some(directory)) = (arguments.next(), arguments.next().map(PathBuf::from)) else {
        return Err("usage: circom-memory prepare|prove DIR".into());
    };
    let [key, wires] = ["circom.pk", "circom.witness"].map(|name| directory.join(name));
    match command.as_str() {
        "prepare" => {
            let (instance, witness) = example(1);
            Keys::generate(Circuit::Solvency, &mut OsRng)?.write(File::create(key)?)?;
            write_witness(&Generator::load(Circuit::Solvency)?.witness(&instance, &witness)?, File::create(wires)?)?;
        }
        "prove" => {
            let wires = read_witness(std::fs::read(wires)?.as_slice())?;
            let started = Usage::read(&HEAP);
            let keys = Keys::read(Circuit::Solvency, std::fs::read(key)?.as_slice())?;
            let loaded = Usage::read(&HEAP);
            Usage::reset_peak(&HEAP);
            let _proof = on_threads(THREADS, || keys.prove(&wires, &mut OsRng))?;
            let proven = Usage::read(&HEAP);
            println!("| ark-circom, started | {started} |");
            println!("| ark-circom, keys loaded | {loaded} |");
            println!("| ark-circom, proven on {THREADS} threads | {proven} |");
        }
        _ => return Err("usage: circom-memory prepare|prove DIR".into()),
    }
    Ok(())
}
