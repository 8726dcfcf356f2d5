//! Criterion benches of the statement with eight assets. Names give statement, `k` and threads.

use std::hint::black_box;
use std::io::Cursor;

use assay_benches::{K, development_keys, example, on_threads};
use assay_circuits::keys::{ProvingKey, VerifyingKey};
use assay_circuits::proof::prove;
use assay_circuits::srs::Srs;
use assay_circuits::srs::import::import;
use assay_circuits::{PositionCommitment, STATEMENT_ID, check};
use assay_verifier::proof::{verify_proof, verify_proofs};
use criterion::{BatchSize, Criterion};
use rand_core::OsRng;

const THREADS: [usize; 2] = [1, 2];

fn name(job: &str, threads: usize) -> String {
    format!("{STATEMENT_ID}/{job}/k={K}/threads={threads}")
}

fn reference(criterion: &mut Criterion) {
    let (instance, witness) = example(1);
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
            on_threads(threads, || bencher.iter(|| VerifyingKey::<8>::generate(black_box(&srs))));
        });
        criterion.bench_function(&name("proving key", threads), |bencher| {
            on_threads(threads, || {
                bencher.iter_batched(|| key.verifying_key().clone(), ProvingKey::new, BatchSize::LargeInput);
            });
        });
    }
}

fn proofs(criterion: &mut Criterion) {
    let (srs, key) = development_keys();
    let (instance, witness) = example(1);
    for threads in THREADS {
        criterion.bench_function(&name("prove", threads), |bencher| {
            on_threads(threads, || {
                bencher.iter(|| prove(&srs, &key, &instance, black_box(&witness), OsRng).expect("a true statement"));
            });
        });
    }

    let batch: Vec<_> = (0..16)
        .map(|seed| {
            let (instance, witness) = example(seed);
            let proof = prove(&srs, &key, &instance, &witness, OsRng).expect("a true statement");
            (instance, proof)
        })
        .collect();
    let (instance, proof) = &batch[0];
    let cases: Vec<_> = batch.iter().map(|(instance, proof)| (instance.clone(), proof.as_slice())).collect();
    for threads in THREADS {
        criterion.bench_function(&name("verify", threads), |bencher| {
            on_threads(threads, || {
                bencher.iter(|| verify_proof(key.verifying_key(), instance, black_box(proof)).expect("valid"));
            });
        });
        criterion.bench_function(&name("verify a batch of 16", threads), |bencher| {
            on_threads(threads, || {
                bencher.iter(|| verify_proofs(key.verifying_key(), black_box(&cases)).expect("valid"));
            });
        });
    }
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
    parameters(&mut criterion);
    criterion.final_summary();
}
