//! Criterion benches of the statement with eight assets. Names give statement, `k` and threads.

use assay_circuits::SolvencyCircuit;
use std::hint::black_box;
use std::io::Cursor;

use assay_benches::attested::Attested;
use assay_benches::{K, development_keys, example as statement, on_threads};
use assay_circuits::proof::prove;
use assay_circuits::proof::{PublicInputs, verify_proof, verify_proofs};
use assay_circuits::{PositionCommitment, STATEMENT_ID, Size, check};
use assay_protocol::keys::VerifyingKey;
use assay_protocol::prover::ProvingKey;
use assay_protocol::srs::Srs;
use assay_protocol::srs::import::import;
use assay_verifier::{Attestation, Market, PolicyFile, PriceSnapshot, example};
use criterion::{BatchSize, Criterion, Throughput};
use rand_core::OsRng;

const THREADS: [usize; 2] = [1, 2];

fn name(job: &str, threads: usize) -> String {
    format!("{STATEMENT_ID}/{job}/k={K}/threads={threads}")
}

fn reference(criterion: &mut Criterion) {
    let (instance, witness) = statement(1);
    criterion.bench_function(&format!("{STATEMENT_ID}/commitment"), |bencher| {
        bencher.iter(|| PositionCommitment::new(black_box(&witness.position), black_box(&witness.opening)));
    });
    criterion.bench_function(&format!("{STATEMENT_ID}/check"), |bencher| {
        bencher.iter(|| check(black_box(&instance), black_box(&witness)));
    });
}

fn keys(criterion: &mut Criterion) {
    let (srs, key) = development_keys();
    for threads in THREADS {
        criterion.bench_function(&name("verifying key", threads), |bencher| {
            on_threads(threads, || {
                bencher.iter(|| VerifyingKey::generate(black_box(&srs), &SolvencyCircuit::empty(Size::Eight)))
            });
        });
        criterion.bench_function(&name("proving key", threads), |bencher| {
            on_threads(threads, || {
                bencher.iter_batched(
                    || key.verifying_key().clone(),
                    ProvingKey::new::<SolvencyCircuit>,
                    BatchSize::LargeInput,
                );
            });
        });
    }
}

fn proofs(criterion: &mut Criterion) {
    let (srs, key) = development_keys();
    let (instance, witness) = statement(1);
    for threads in THREADS {
        criterion.bench_function(&name("prove", threads), |bencher| {
            on_threads(threads, || {
                bencher.iter(|| prove(&srs, &key, &instance, black_box(&witness), OsRng).expect("a true statement"));
            });
        });
    }

    let proofs: Vec<_> = (0..64)
        .map(|seed| {
            let (instance, witness) = statement(seed);
            let proof = prove(&srs, &key, &instance, &witness, OsRng).expect("a true statement");
            (instance, proof)
        })
        .collect();
    let key = key.verifying_key();
    let cases: Vec<_> =
        proofs.iter().map(|(instance, proof)| (key, PublicInputs::of(instance), proof.as_slice())).collect();
    // The verifier uses one thread.
    criterion.bench_function(&name("verify", 1), |bencher| {
        let (instance, proof) = &proofs[0];
        bencher.iter(|| verify_proof(key, instance, black_box(proof)).expect("valid"));
    });
    let mut group = criterion.benchmark_group(format!("{STATEMENT_ID}/verify batch"));
    for size in [1, 8, 64] {
        group.throughput(Throughput::Elements(size as u64));
        group.bench_function(format!("proofs={size}/k={K}/threads=1"), |bencher| {
            bencher.iter(|| verify_proofs(black_box(&cases[..size])));
        });
    }
    // Each for its neighbour's statement: every one is well-formed and has to be found by halving.
    let moved: Vec<_> = cases
        .iter()
        .zip(cases.iter().cycle().skip(1))
        .map(|((_, _, proof), (_, other, _))| (key, other.clone(), *proof))
        .collect();
    group.bench_function(format!("proofs=64, all invalid/k={K}/threads=1"), |bencher| {
        bencher.iter(|| verify_proofs(black_box(&moved)));
    });
    group.finish();
}

fn documents(criterion: &mut Criterion) {
    let (srs, key) = development_keys();
    let attested = Attested::new(&srs, &key, OsRng);
    let key = key.verifying_key();
    criterion.bench_function(&format!("{STATEMENT_ID}/weights"), |bencher| {
        bencher.iter(|| black_box(&attested.attestation.assertion).weights(&attested.policy).expect("fit"));
    });
    criterion.bench_function(&name("verify attestation", 1), |bencher| {
        bencher.iter(|| black_box(&attested).verify(key).expect("accepted"));
    });
    let text = attested.attestation.to_json();
    criterion.bench_function("parse/attestation", |bencher| {
        bencher.iter(|| Attestation::from_json(black_box(&text)).expect("an attestation"));
    });
    criterion.bench_function("parse/prices", |bencher| {
        bencher.iter(|| PriceSnapshot::from_json(black_box(example::PRICES)).expect("prices"));
    });
    criterion.bench_function("parse/market", |bencher| {
        bencher.iter(|| Market::from_toml(black_box(example::MARKET)).expect("a market"));
    });
    criterion.bench_function("parse/policy", |bencher| {
        bencher.iter(|| PolicyFile::parse(black_box(example::POLICY)).expect("a policy"));
    });
    let file = key.to_bytes();
    criterion.bench_function(&format!("parse/verifying key/k={K}"), |bencher| {
        bencher.iter(|| VerifyingKey::from_bytes::<SolvencyCircuit>(black_box(&file)).expect("a key"));
    });
}

/// A ceremony's file in halo2's raw layout with `2^k` powers.
fn raw_ceremony(k: u32) -> Vec<u8> {
    use halo2_proofs::SerdeFormat;
    use halo2_proofs::halo2curves::bn256::Bn256;
    use halo2_proofs::poly::kzg::commitment::ParamsKZG;

    let mut file = Vec::new();
    let params = ParamsKZG::<Bn256>::setup(k, OsRng);
    params.write_custom(&mut file, SerdeFormat::RawBytes).expect("writing to memory does not fail");
    file
}

fn parameters(criterion: &mut Criterion) {
    const K: u32 = 11;
    let ceremony = raw_ceremony(K);
    let file = Srs::dev(K, OsRng).to_bytes();
    let mut group = criterion.benchmark_group("params");
    group.sample_size(10);
    for threads in THREADS {
        group.bench_function(format!("import/k={K}/threads={threads}"), |bencher| {
            on_threads(threads, || {
                bencher.iter(|| import(&mut Cursor::new(black_box(&ceremony)), K, &mut |_, _| ()).expect("sound"));
            });
        });
        group.bench_function(format!("verify/k={K}/threads={threads}"), |bencher| {
            on_threads(threads, || bencher.iter(|| Srs::from_bytes(black_box(&file)).expect("sound")));
        });
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    reference(&mut criterion);
    keys(&mut criterion);
    proofs(&mut criterion);
    documents(&mut criterion);
    parameters(&mut criterion);
    criterion.final_summary();
}
