//! Every layout that was tried: a Markdown row for each `K:LOOKUP_BITS` among the arguments.
//!
//!     cargo run --release -p assay-peer-halo2-base --example tries -- ROUNDS 11:10 14:12
//!
//! Layouts prove in turn, and the least time of each counts. It is the time of all threads together, which is disturbed
//! less by other work on the machine than the time on the clock. Needs Linux, and what `install.sh` installs.

#[path = "../tests/chain/mod.rs"]
mod chain;

use std::fs::read_to_string;

use assay_peer_halo2_base::circuit::Numbers;
use assay_peer_halo2_base::evm::{calldata, creation_code, solidity};
use assay_peer_halo2_base::keys::{Choice, Keys};
use assay_peer_halo2_base::proof::{prove, verify};

/// Seconds that all threads of this program have worked, to a hundredth: Linux counts them so.
fn worked() -> f64 {
    let stat = read_to_string("/proc/self/stat").expect("Linux");
    let after_name = stat.rsplit(')').next().expect("a name in brackets");
    let ticks = |field: usize| after_name.split_whitespace().nth(field).and_then(|text| text.parse::<f64>().ok());
    (ticks(11).expect("user time") + ticks(12).expect("system time")) / 100.0
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let rounds: u64 = arguments.next().and_then(|text| text.parse().ok()).expect("ROUNDS K:LOOKUP_BITS ...");
    let tries: Vec<(Choice, Keys)> = arguments
        .map(|text| {
            let (k, lookup_bits) = text.split_once(':').expect("K:LOOKUP_BITS");
            let [k, lookup_bits] = [k, lookup_bits].map(|text| text.parse().expect("a number"));
            let choice = Choice { k, lookup_bits };
            (choice, Keys::generate(choice).expect("it fits"))
        })
        .collect();
    let mut best = vec![f64::INFINITY; tries.len()];
    for round in 0..rounds {
        for ((_, keys), best) in tries.iter().zip(&mut best) {
            let (instance, witness) = assay_benches::example(round);
            let numbers = Numbers::new(&instance, &witness);
            let before = worked();
            prove(keys, &numbers).expect("a proof");
            *best = best.min(worked() - before);
        }
    }
    println!("| k | lookup bits | cells | columns | processor time | proof | contract | gas |");
    println!("|---|---|---|---|---|---|---|---|");
    for ((choice, keys), best) in tries.iter().zip(best) {
        let (instance, witness) = assay_benches::example(1);
        let numbers = Numbers::new(&instance, &witness);
        let proof = prove(keys, &numbers).expect("a proof");
        assert!(verify(keys, &numbers.public, &proof), "a true statement");
        let code = creation_code(&solidity(keys).expect("a contract")).expect("compiled");
        let length = code.len();
        let gas =
            chain::Chain::deploy(code).map(|chain| chain.call(calldata(&numbers.public, &proof)).expect("accepted"));
        println!(
            "| {} | {} | {} | {} | {:.0} ms | {} B | {length} B | {} |",
            choice.k,
            choice.lookup_bits,
            keys.layout.cells(),
            keys.layout.params().num_advice_per_phase[0],
            1e3 * best,
            proof.len(),
            gas.map_or("too long to deploy".to_owned(), |gas| gas.to_string()),
        );
    }
}
