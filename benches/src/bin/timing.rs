//! Whether the time of proving depends on the amounts.
//!
//! `timing sample N` makes N proofs for each class of positions, one after the other in random order, on one thread, and
//! prints a Markdown table. `timing once CLASS SEED` makes one proof, for a tool that counts instructions in `measured`.
//! `benches/timing.sh` runs both. `timing prove N THREADS` makes N proofs, for a profiler: `benches/flame.sh` runs it.

use std::error::Error;
use std::time::Instant;

use assay_benches::{development_keys, example, on_threads};
use assay_circuits::proof::{ProveError, prove};
use assay_circuits::{
    Amount, Covenant, Instance, Margin, Opening, Position, PositionCommitment, Size, Weight, Witness,
};
use assay_protocol::prover::ProvingKey;
use assay_protocol::srs::Srs;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

/// Classes of positions: name, width of the amounts in bits, how many collateral amounts and how many debts are held.
/// The last is the first again: what two equal classes differ by is noise.
const CLASSES: [(&str, u32, usize, usize); 6] = [
    ("all held, 118 bits", 118, 8, 8),
    ("all held, 60 bits", 60, 8, 8),
    ("all held, 20 bits", 20, 8, 8),
    ("one and one held, 60 bits", 60, 1, 1),
    ("one base unit, nothing else", 1, 1, 0),
    ("control: all held, 118 bits", 118, 8, 8),
];

const USAGE: &str = "usage: timing sample N | timing once CLASS SEED, with CLASS below 6 | timing prove N THREADS";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["sample", count] => sample(count.parse()?),
        ["once", class, seed] => {
            let (srs, key) = development_keys();
            let class = CLASSES.get(class.parse::<usize>()?).ok_or(USAGE)?;
            let statement = statement(*class, seed.parse()?);
            let proof = on_threads(1, || {
                // The first proof under a key also computes what later ones share.
                prove(&srs, &key, &statement.0, &statement.1, rand_core::OsRng)?;
                Ok::<_, ProveError<_>>(measured(&srs, &key, &statement, seed.parse().unwrap_or_default()))
            })?;
            println!("{}: a proof of {} bytes", class.0, proof.len());
        }
        ["prove", count, threads] => {
            let (srs, key) = development_keys();
            let (count, statement) = (count.parse()?, example(1));
            on_threads(threads.parse()?, || (0..count).for_each(|seed| drop(measured(&srs, &key, &statement, seed))));
        }
        _ => return Err(USAGE.into()),
    }
    Ok(())
}

/// A true statement about a position of a class: weights of 120 bits for collateral, of 91 for debt, no margin.
fn statement((_, width, collateral, debt): (&str, u32, usize, usize), seed: u64) -> (Instance, Witness) {
    let (instance, _) = example(0);
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut side = |held: usize| {
        let amounts = (0..Size::Eight.assets()).map(|i| {
            let value = (u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64())) >> (128 - width);
            let value = if i < held { value | (1 << (width - 1)) } else { 0 };
            Amount::new(value).expect("at most 118 bits")
        });
        amounts.collect::<Vec<_>>()
    };
    let (collateral, debt) = (side(collateral), side(debt));
    let position = Position::new(collateral, debt).expect("eight assets");
    let opening = Opening::random(&mut rng);
    let weights = vec![Weight::MAX; Size::Eight.assets()];
    let covenant = Covenant::new(Margin::ZERO, weights, instance.covenant.debt().to_vec()).expect("eight assets");
    let instance = Instance { commitment: PositionCommitment::new(&position, &opening), covenant, ..instance };
    (instance, Witness { position, opening })
}

/// What is timed.
#[inline(never)]
fn measured(srs: &Srs, key: &ProvingKey, (instance, witness): &(Instance, Witness), seed: u64) -> Vec<u8> {
    prove(srs, key, instance, witness, ChaCha20Rng::seed_from_u64(seed)).expect("the statement is true")
}

fn sample(count: usize) {
    let (srs, key) = development_keys();
    let mut rng = ChaCha20Rng::seed_from_u64(0);
    let mut order: Vec<usize> = (0..CLASSES.len()).cycle().take(count * CLASSES.len()).collect();
    for i in (1..order.len()).rev() {
        let other = usize::try_from(rng.next_u64() % (i as u64 + 1)).expect("an index");
        order.swap(i, other);
    }
    let mut times = vec![Vec::new(); CLASSES.len()];
    on_threads(1, || {
        for (seed, class) in (0..).zip(order) {
            let statement = statement(CLASSES[class], seed);
            let started = Instant::now();
            let proof = measured(&srs, &key, &statement, seed);
            times[class].push(started.elapsed().as_secs_f64() * 1e3);
            assert!(!proof.is_empty());
        }
    });
    // What other work on the machine delays tells nothing: the slowest quarter of each class is left out.
    for times in &mut times {
        times.sort_by(f64::total_cmp);
        times.truncate(times.len() - times.len() / 4);
    }
    println!("| amounts | median, ms | against the first | Welch's t |\n|---|---|---|---|");
    let first = Summary::of(&times[0]);
    for ((name, ..), times) in CLASSES.iter().zip(&times) {
        let this = Summary::of(times);
        let percent = (this.median / first.median - 1.0) * 100.0;
        println!("| {name} | {:.2} | {percent:+.2} % | {:+.1} |", this.median, this.welch(&first));
    }
}

struct Summary {
    median: f64,
    mean: f64,
    /// Variance of the mean.
    variance: f64,
}

impl Summary {
    /// Of sorted times.
    fn of(times: &[f64]) -> Self {
        let count = times.len() as f64;
        let mean = times.iter().sum::<f64>() / count;
        let variance = times.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0) / count;
        Self { median: times[times.len() / 2], mean, variance }
    }

    /// Welch's t: beyond 4.5 either way two classes differ.
    fn welch(&self, other: &Self) -> f64 {
        let deviation = (self.variance + other.variance).sqrt();
        if deviation == 0.0 { 0.0 } else { (self.mean - other.mean) / deviation }
    }
}
