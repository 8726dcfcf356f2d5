//! Jobs for counting instructions; `benches/instructions.sh` runs this under callgrind and compares.
//!
//! `instructions run` does every job once, from fixed seeds on one thread. `instructions compare ANNOTATED STORED RUSTC`
//! reads callgrind's counts and compares them with the stored ones; with `ASSAY_BLESS=1` it stores them.

use assay_circuits::SolvencyCircuit;
use std::error::Error;
use std::hint::black_box;

use assay_benches::attested::Attested;
use assay_benches::covenants::example as covenants_example;
use assay_benches::instructions::Counts;
use assay_benches::{K, example, on_threads};
use assay_circuits::proof::prove;
use assay_circuits::proof::{PublicInputs, verify_proof, verify_proofs};
use assay_circuits::statements::covenants::circuit::CovenantsCircuit;
use assay_circuits::statements::covenants::{self, Shape};
use assay_circuits::{Instance, PositionCommitment, Size, Witness};
use assay_protocol::Relation;
use assay_protocol::keys::VerifyingKey;
use assay_protocol::prover::ProvingKey;
use assay_protocol::srs::Srs;
use assay_verifier::{Assertion, Attestation, Policy, PriceSnapshot, Weights};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

fn seeded(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

#[inline(never)]
fn job_prove(srs: &Srs, key: &ProvingKey, instance: &Instance, witness: &Witness) -> Vec<u8> {
    prove(srs, key, instance, witness, seeded(3)).expect("true")
}

#[inline(never)]
fn job_verify(key: &VerifyingKey, instance: &Instance, proof: &[u8]) {
    verify_proof(key, instance, proof).expect("valid");
}

#[inline(never)]
fn job_prove_covenants(
    srs: &Srs,
    key: &ProvingKey,
    (instance, witness): &(covenants::Instance, covenants::Witness),
) -> Vec<u8> {
    prove(srs, key, instance, witness, seeded(3)).expect("true")
}

#[inline(never)]
fn job_verify_covenants(key: &VerifyingKey, instance: &covenants::Instance, proof: &[u8]) {
    verify_proof(key, instance, proof).expect("valid");
}

#[inline(never)]
fn job_verify_batch(proofs: &[(&VerifyingKey, PublicInputs, &[u8])]) {
    assert!(verify_proofs(proofs).iter().all(Result::is_ok));
}

#[inline(never)]
fn job_commit(witness: &Witness) -> PositionCommitment {
    PositionCommitment::new(&witness.position, &witness.opening)
}

#[inline(never)]
fn job_weights(statement: &Assertion, policy: &Policy) -> Weights {
    statement.weights(policy).expect("fit")
}

#[inline(never)]
fn job_parse(attestation: &str) -> Attestation {
    Attestation::from_json(attestation).expect("an attestation")
}

#[inline(never)]
fn job_parse_prices(prices: &str) -> PriceSnapshot {
    PriceSnapshot::from_json(prices).expect("prices")
}

#[inline(never)]
fn job_parse_key(key: &[u8]) -> VerifyingKey {
    VerifyingKey::from_bytes::<SolvencyCircuit>(key).expect("a key")
}

fn run() {
    let srs = Srs::dev(K, seeded(1));
    let key = ProvingKey::new::<SolvencyCircuit>(
        VerifyingKey::generate(&srs, &SolvencyCircuit::empty(Size::Eight)).expect("large enough"),
    );
    let (instance, witness) = example(1);
    let proof = job_prove(&srs, &key, black_box(&instance), black_box(&witness));
    let verifying = key.verifying_key();
    job_verify(verifying, black_box(&instance), black_box(&proof));
    let batch = vec![(verifying, PublicInputs::of(&instance), proof.as_slice()); 16];
    job_verify_batch(black_box(&batch));
    black_box(job_commit(black_box(&witness)));
    let attested = Attested::new(&srs, &key, seeded(4));
    black_box(job_weights(black_box(&attested.attestation.assertion), black_box(&attested.policy)));
    black_box(job_parse(black_box(&attested.attestation.to_json())));
    black_box(job_parse_prices(black_box(assay_verifier::example::PRICES)));
    black_box(job_parse_key(black_box(&verifying.to_bytes())));

    let circuit = CovenantsCircuit::empty(Shape::ALL[0]);
    let srs = Srs::dev(circuit.k(), seeded(1));
    let key = VerifyingKey::generate(&srs, &circuit).expect("large enough");
    let key = ProvingKey::new::<CovenantsCircuit>(key);
    let example = covenants_example(Shape::ALL[0], 1);
    let proof = job_prove_covenants(&srs, &key, black_box(&example));
    job_verify_covenants(key.verifying_key(), black_box(&example.0), black_box(&proof));
}

fn compare(annotated: &str, stored: &str, rustc: &str) -> Result<(), Box<dyn Error>> {
    let counts = Counts::parse(rustc, &std::fs::read_to_string(annotated)?)?;
    if std::env::var_os("ASSAY_BLESS").is_some() {
        std::fs::write(stored, serde_json::to_string_pretty(&counts)? + "\n")?;
        println!("stored in {stored}");
        return Ok(());
    }
    let before: Counts = serde_json::from_str(&std::fs::read_to_string(stored)?)?;
    let (table, failed) = counts.against(&before);
    print!("{table}");
    if before.rustc != counts.rustc {
        println!("instructions: NOT CHECKED, stored for {}, this is {}", before.rustc, counts.rustc);
        return Ok(());
    }
    if failed.is_empty() {
        return Ok(());
    }
    let failed = failed.join(", ");
    Err(format!(
        "more than 3 % more instructions than stored, or not on both sides: {failed}; ASSAY_BLESS=1 stores these"
    )
    .into())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["run"] => {
            on_threads(1, run);
            Ok(())
        }
        ["compare", annotated, stored, rustc] => compare(annotated, stored, rustc),
        _ => Err("instructions run | instructions compare ANNOTATED STORED RUSTC".into()),
    }
}
