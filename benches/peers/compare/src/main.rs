//! Times Assay and its peers in turn, in one run on the same threads, and prints Markdown.
//!
//! `assay-peers-compare [ROUNDS [THREADS]]`, by default 40 rounds on two threads. In each round every contender proves
//! once, each round in another order; so whatever slows the machine for a while slows all of them. A ratio is taken
//! within each round, and the table gives the median of those ratios.

mod series;

use std::error::Error;
use std::time::{Duration, Instant};

use assay_benches::{development_keys, example, on_threads};
use assay_circuits::proof::prove;
use assay_peer_arkworks::{Keys as ArkworksKeys, Solvency};
use assay_peer_circom::{Circuit, Generator, Keys as CircomKeys};
use assay_verifier::proof::{verify_proof, verify_proofs};
use rand::rngs::OsRng;

use series::Series;

type Job<'a> = Box<dyn FnMut() -> Result<(), Box<dyn Error>> + Send + 'a>;

/// A contender: what the table calls it, what is timed, and how many proofs that is.
struct Contender<'a> {
    name: &'static str,
    job: Job<'a>,
    proofs: u32,
}

impl<'a> Contender<'a> {
    fn new(name: &'static str, job: impl FnMut() -> Result<(), Box<dyn Error>> + Send + 'a) -> Self {
        Self { name, job: Box::new(job), proofs: 1 }
    }

    /// The time is divided by `proofs`.
    fn of(self, proofs: u32) -> Self {
        Self { proofs, ..self }
    }
}

/// Runs every contender `rounds` times after two rounds that do not count, the first one of them another each round.
fn run(rounds: usize, contenders: &mut [Contender<'_>]) -> Result<Vec<Series>, String> {
    const WARM_UP: usize = 2;
    let mut times = vec![Vec::with_capacity(rounds); contenders.len()];
    for round in 0..rounds + WARM_UP {
        for turn in 0..contenders.len() {
            let index = (round + turn) % contenders.len();
            let start = Instant::now();
            (contenders[index].job)().map_err(|error| error.to_string())?;
            let time: Duration = start.elapsed() / contenders[index].proofs;
            if round >= WARM_UP {
                times[index].push(time);
            }
        }
    }
    Ok(contenders.iter().zip(times).map(|(contender, times)| Series::new(contender.name, times)).collect())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let rounds: usize = arguments.next().map_or(Ok(40), |text| text.parse())?;
    let threads: usize = arguments.next().map_or(Ok(2), |text| text.parse())?;

    let (instance, witness) = example(1);
    let (srs, key) = development_keys();
    let circuit = Solvency::new(&instance, &witness);
    let arkworks = ArkworksKeys::generate(&circuit, &mut OsRng)?;
    let circom = CircomKeys::generate(Circuit::Solvency, &mut OsRng)?;
    let wide = CircomKeys::generate(Circuit::Wide, &mut OsRng)?;
    let mut generator = Generator::load(Circuit::Solvency)?;
    let wires = generator.witness(&instance, &witness)?;
    let wide_wires = Generator::load(Circuit::Wide)?.witness(&instance, &witness)?;

    let proof = prove(&srs, &key, &instance, &witness, OsRng)?;
    let arkworks_proof = arkworks.prove(circuit.clone(), &mut OsRng)?;
    let circom_proof = circom.prove(&wires, &mut OsRng)?;

    let mut provers = [
        Contender::new("Assay: check, witness and proof", || {
            prove(&srs, &key, &instance, &witness, OsRng)?;
            Ok(())
        }),
        Contender::new("arkworks: witness and proof, matrices kept", || {
            arkworks.prove_with_kept_matrices(circuit.clone(), &mut OsRng)?;
            Ok(())
        }),
        Contender::new("arkworks: `Groth16::prove`", || {
            arkworks.prove(circuit.clone(), &mut OsRng)?;
            Ok(())
        }),
        Contender::new("ark-circom: proof from a finished witness", || {
            circom.prove(&wires, &mut OsRng)?;
            Ok(())
        }),
        Contender::new("ark-circom: witness in WebAssembly and proof", || {
            let wires = generator.witness(&instance, &witness)?;
            circom.prove(&wires, &mut OsRng)?;
            Ok(())
        }),
        Contender::new("ark-circom, wide hash: proof from a finished witness", || {
            wide.prove(&wide_wires, &mut OsRng)?;
            Ok(())
        }),
    ];
    let proving = on_threads(threads, || run(rounds, &mut provers))?;

    const BATCH: u32 = 64;
    let batch: Vec<_> = (0..u64::from(BATCH))
        .map(|seed| {
            let (instance, witness) = example(seed);
            prove(&srs, &key, &instance, &witness, OsRng).map(|proof| (instance, proof))
        })
        .collect::<Result<_, _>>()?;
    let batch: Vec<_> = batch.iter().map(|(instance, proof)| (instance.clone(), proof.as_slice())).collect();
    let accepted = |valid: bool| if valid { Ok(()) } else { Err("a proof was refused".into()) };
    let mut verifiers = [
        Contender::new("Assay", || Ok(verify_proof(key.verifying_key(), &instance, &proof)?)),
        Contender::new("Assay, per proof in a batch of 64", || Ok(verify_proofs(key.verifying_key(), &batch)?))
            .of(BATCH),
        Contender::new("arkworks", || accepted(arkworks.verify(circuit.public_inputs(), &arkworks_proof)?)),
        Contender::new("ark-circom", || accepted(circom.verify(circom.public_inputs(&wires), &circom_proof)?)),
    ];
    let verifying = on_threads(threads, || run(rounds * 5, &mut verifiers))?;

    println!(
        "Constraints: arkworks {}, circom {}, circom with a wide hash {}. Assay: 2^{} rows, {} bytes of proof.\n",
        arkworks.constraints(),
        circom.constraints(),
        wide.constraints(),
        assay_benches::K,
        proof.len(),
    );
    println!("Proving on {threads} threads, {rounds} rounds:\n");
    series::print(&proving);
    println!("\nVerifying on {threads} threads, {} rounds:\n", rounds * 5);
    series::print(&verifying);
    Ok(())
}
