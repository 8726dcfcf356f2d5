//! What proofs of `covenants/v1` cost beside proofs of `solvency/v1`, as a Markdown table.
//!
//! `covenants ROUNDS` measures all in turn in each round and takes the least time of each. A ratio is to the proof of
//! `solvency/v1` over eight assets of the same run. Eight of those are what the first shape's eight tests replace.

use std::error::Error;
use std::time::Instant;

use assay_benches::{covenants, development_keys_of, example_of, on_threads};
use assay_circuits::proof::{prove, verify_proof};
use assay_circuits::statements::covenants::Shape;
use assay_circuits::statements::covenants::circuit::CovenantsCircuit;
use assay_circuits::{Size, Statement};
use assay_protocol::Relation;
use assay_protocol::keys::VerifyingKey;
use assay_protocol::prover::ProvingKey;
use assay_protocol::srs::Srs;
use rand_core::OsRng;

/// The least times of one contender in milliseconds.
struct Times {
    name: String,
    k: u32,
    public: usize,
    proof: usize,
    /// On one thread and on two.
    prove: [f64; 2],
    verify: f64,
}

/// A contender: what it measures in one round.
type Round = Box<dyn FnMut(&mut Times) + Send>;

fn contender<S>(name: String, srs: Srs, key: ProvingKey, instance: S, witness: S::Witness) -> (Times, Round)
where
    S: Statement + Send + Sync + 'static,
    S::Witness: Send + Sync,
{
    let proof = prove(&srs, &key, &instance, &witness, OsRng).expect("true");
    let times = Times {
        name,
        k: key.verifying_key().plan().k(),
        public: instance.public_inputs().concat().len(),
        proof: proof.len(),
        prove: [f64::INFINITY; 2],
        verify: f64::INFINITY,
    };
    let round = move |times: &mut Times| {
        for threads in [1, 2] {
            let one = on_threads(threads, || {
                let start = Instant::now();
                let proof = prove(&srs, &key, &instance, &witness, OsRng).expect("true");
                (start.elapsed(), proof)
            });
            times.prove[threads - 1] = times.prove[threads - 1].min(one.0.as_secs_f64() * 1e3);
        }
        let start = Instant::now();
        verify_proof(key.verifying_key(), &instance, &proof).expect("valid");
        times.verify = times.verify.min(start.elapsed().as_secs_f64() * 1e3);
    };
    (times, Box::new(round))
}

fn main() -> Result<(), Box<dyn Error>> {
    let rounds: usize = std::env::args().nth(1).ok_or("usage: covenants ROUNDS")?.parse()?;
    let (srs, key) = development_keys_of(Size::Eight);
    let (instance, witness) = example_of(Size::Eight, 1);
    let mut all = vec![contender("`solvency/v1`, 8 assets".to_owned(), srs, key, instance, witness)];
    for shape in Shape::ALL {
        let circuit = CovenantsCircuit::empty(shape);
        let srs = Srs::dev(circuit.k(), OsRng);
        let key = ProvingKey::new::<CovenantsCircuit>(VerifyingKey::generate(&srs, &circuit)?);
        let (instance, witness) = covenants::example(shape, 1);
        all.push(contender(shape.to_string(), srs, key, instance, witness));
    }
    for _ in 0..rounds {
        for (times, round) in &mut all {
            round(times);
        }
    }
    let least = [0, 1].map(|threads| all[0].0.prove[threads]);
    println!(
        "| statement | `k` | public inputs | proof, bytes | prove, 1 thread, ms | ratio | 2 threads, ms | ratio | verify, ms |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for (Times { name, k, public, proof, prove: [one, two], verify }, _) in &all {
        let [first, second] = [one / least[0], two / least[1]];
        println!(
            "| {name} | {k} | {public} | {proof} | {one:.1} | {first:.2} | {two:.1} | {second:.2} | {verify:.2} |"
        );
    }
    Ok(())
}
