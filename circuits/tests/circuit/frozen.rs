//! A proof that must verify for ever.
//!
//! `golden/frozen-v1.json` holds a verifying key, a statement and a proof of it, made by halo2's own prover;
//! `ASSAY_FREEZE=1` replaces it, by one of this project's prover, which only a new version of the statement justifies.

use assay_circuits::SolvencyCircuit;
use std::sync::LazyLock;

use assay_circuits::proof::prove;
use assay_circuits::proof::{ProofError, verify_proof};
use assay_circuits::statements::solvency::PROOF_LEN;
use assay_circuits::statements::solvency::layout::Layout;
use assay_circuits::{Context, Covenant, Instance, Margin, PositionCommitment, STATEMENT_ID, Size, Weight};
use assay_protocol::keys::{VerifyingKey, circuit_id};
use assay_protocol::prover::ProvingKey;
use assay_protocol::srs::Srs;
use rand_core::OsRng;
use ruint::aliases::U256;
use serde_json::{Value, json};

use crate::golden::path;
use crate::support::example;

const FILE: &str = "frozen-v1.json";

struct Frozen {
    key: VerifyingKey,
    instance: Instance,
    proof: Vec<u8>,
}

fn hex0x(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

fn write() {
    let srs = Srs::dev(Layout::new(Size::Eight).k(), OsRng);
    let key = ProvingKey::new::<SolvencyCircuit>(
        VerifyingKey::generate(&srs, &SolvencyCircuit::empty(Size::Eight)).expect("large enough"),
    );
    let (instance, witness) = example(Size::Eight);
    let proof = prove(&srs, &key, &instance, &witness, OsRng).expect("true");
    let weights = |weights: &[Weight]| weights.iter().map(|weight| weight.get().to_string()).collect::<Vec<_>>();
    let file = json!({
        "statement": STATEMENT_ID,
        "circuit_id": hex0x(&circuit_id(&SolvencyCircuit::empty(Size::Eight))),
        "fingerprint": key.verifying_key().fingerprint().to_string(),
        "commitment": hex0x(&instance.commitment.to_bytes()),
        "context": hex0x(&instance.context.to_bytes()),
        "margin": instance.covenant.margin.get().to_string(),
        "collateral_weights": weights(instance.covenant.collateral()),
        "debt_weights": weights(instance.covenant.debt()),
        "verifying_key": hex0x(&key.verifying_key().to_bytes()),
        "proof": hex0x(&proof),
    });
    let text = serde_json::to_string_pretty(&file).expect("JSON") + "\n";
    std::fs::write(path(FILE), text).expect("the frozen file can be written");
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().and_then(|text| text.strip_prefix("0x")).expect("0x")).expect("hexadecimal")
}

static FROZEN: LazyLock<Frozen> = LazyLock::new(|| {
    if std::env::var_os("ASSAY_FREEZE").is_some() {
        write();
    }
    let text = std::fs::read_to_string(path(FILE)).expect("the frozen file can be read");
    let file: Value = serde_json::from_str(&text).expect("JSON");
    let word = |key: &str| <[u8; 32]>::try_from(bytes(&file[key])).expect("32 bytes");
    let weights = |key: &str| {
        let weights = file[key].as_array().expect("a list").iter();
        let weights = weights.map(|weight| weight.as_str().expect("a string").parse().expect("a decimal integer"));
        weights.map(|weight| Weight::new(weight).expect("fits")).collect::<Vec<_>>()
    };
    assert_eq!(file["statement"], STATEMENT_ID);
    assert_eq!(
        word("circuit_id"),
        circuit_id(&SolvencyCircuit::empty(Size::Eight)),
        "the circuit is another one than that of the frozen proof"
    );
    let key = VerifyingKey::from_bytes::<SolvencyCircuit>(&bytes(&file["verifying_key"])).expect("a key");
    assert_eq!(file["fingerprint"], key.fingerprint().to_string());
    let margin = file["margin"].as_str().and_then(|text| text.parse::<U256>().ok()).expect("a decimal integer");
    let margin = Margin::new(margin).expect("fits");
    let covenant = Covenant::new(margin, weights("collateral_weights"), weights("debt_weights"));
    let instance = Instance {
        commitment: PositionCommitment::from_bytes(&word("commitment")).expect("canonical"),
        context: Context::from_digest(word("context")),
        covenant: covenant.expect("eight weights a side"),
    };
    Frozen { key, instance, proof: bytes(&file["proof"]) }
});

#[test]
fn the_frozen_proof_verifies() {
    let Frozen { key, instance, proof } = &*FROZEN;
    assert_eq!(proof.len(), PROOF_LEN);
    assert_eq!(verify_proof(key, instance, proof), Ok(()));
}

#[test]
fn the_frozen_statement_is_that_of_the_example() {
    // The commitment of a fixed position under a fixed blinding is frozen with it.
    assert_eq!(FROZEN.instance, example(Size::Eight).0);
}

#[test]
fn the_frozen_proof_with_any_byte_changed_missing_or_added_does_not_verify() {
    let Frozen { key, instance, proof } = &*FROZEN;
    for at in 0..proof.len() {
        let mut changed = proof.clone();
        changed[at] ^= 1 << (at % 8);
        assert_eq!(verify_proof(key, instance, &changed), Err(ProofError::Invalid), "byte {at}");
    }
    for length in [0, 1, 32, PROOF_LEN - 32, PROOF_LEN - 1] {
        assert_eq!(
            verify_proof(key, instance, &proof[..length]),
            Err(ProofError::Length { expected: PROOF_LEN, found: length })
        );
    }
    let longer = [proof.as_slice(), &[0]].concat();
    assert_eq!(
        verify_proof(key, instance, &longer),
        Err(ProofError::Length { expected: PROOF_LEN, found: PROOF_LEN + 1 })
    );
}

#[test]
fn the_frozen_proof_does_not_verify_under_another_key() {
    let other =
        VerifyingKey::generate(&Srs::dev(Layout::new(Size::Eight).k(), OsRng), &SolvencyCircuit::empty(Size::Eight))
            .expect("large enough");
    assert_eq!(verify_proof(&other, &FROZEN.instance, &FROZEN.proof), Err(ProofError::Invalid));
}
