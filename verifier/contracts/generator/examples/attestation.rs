//! Makes statements for registries and their proofs under the production key: `../test/fixtures/attestation.json` for
//! `test/RealProof.t.sol`, which builds the same policy, market and anchor in Solidity, and
//! `tests/fixtures/registry.json` for `tests/registry.rs`.
//!
//! Its argument is the SRS as a ceremony's file (`params/README.md` says where to get it). The same file gives the same
//! proofs: everything random is expanded from a fixed seed.

#[path = "../tests/common/scenario.rs"]
mod scenario;

use assay_circuits::SolvencyCircuit;
use assay_circuits::proof::prove;
use assay_circuits::{Circuit, Instance, Opening, PositionCommitment, Size, Witness};
use assay_protocol::encoding;
use assay_protocol::prover::ProvingKey;
use assay_protocol::srs::Srs;
use assay_protocol::srs::import::import;
use assay_verifier::production_key;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use scenario::{AS_OF, DAY, Places, Result, Scenario, position};
use serde_json::{Value, json};

/// As-of, sequence of the holdings statement and valid-until of the proofs for `tests/registry.rs`.
const STATEMENTS: [(u64, u64, u64); 3] =
    [(AS_OF, 1, AS_OF + DAY), (AS_OF, 1, AS_OF + 2 * DAY), (AS_OF + 7_200, 2, AS_OF + 2 * DAY)];

fn word(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

fn inputs(instance: &Instance) -> Vec<String> {
    instance.to_field_elements().iter().map(|element| word(&encoding::to_bytes(element))).collect()
}

/// For Foundry.
fn foundry(srs: &Srs, key: &ProvingKey) -> Result<Value> {
    let mut rng = ChaCha20Rng::seed_from_u64(0);
    let (position, opening) = (position()?, Opening::random(&mut rng));
    let commitment = PositionCommitment::new(&position, &opening);
    let fingerprint = key.verifying_key().fingerprint();
    let scenario = Scenario::new(Places::foundry(), fingerprint, commitment)?;
    let anchor = scenario.holdings(1, AS_OF);
    let instance = scenario.statement(&anchor, AS_OF + DAY)?.instance(&scenario.policy, fingerprint)?;
    let proof = prove(srs, key, &instance, &Witness { position, opening }, &mut rng)?;
    Ok(json!({
        "policyId": scenario.policy.id().to_string(),
        "marketId": scenario.policy.market().id().to_string(),
        "anchor": anchor.struct_hash().to_string(),
        "commitment": word(&commitment.to_bytes()),
        "publicInputs": inputs(&instance),
        "proof": word(&proof),
    }))
}

/// For an EVM under `cargo test`: several statements about one commitment.
fn deployed(srs: &Srs, key: &ProvingKey) -> Result<Value> {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let seed_of_opening = rng.clone();
    let commitment = PositionCommitment::new(&position()?, &Opening::random(&mut rng));
    let fingerprint = key.verifying_key().fingerprint();
    let scenario = Scenario::new(Places::deployed(), fingerprint, commitment)?;
    let mut proofs = Vec::new();
    for (as_of, sequence, valid_until) in STATEMENTS {
        let anchor = scenario.holdings(sequence, as_of);
        let instance = scenario.statement(&anchor, valid_until)?.instance(&scenario.policy, fingerprint)?;
        let witness = Witness { position: position()?, opening: Opening::random(seed_of_opening.clone()) };
        let proof = prove(srs, key, &instance, &witness, &mut rng)?;
        proofs.push(json!({
            "as_of": as_of,
            "sequence": sequence,
            "valid_until": valid_until,
            "public_inputs": inputs(&instance),
            "proof": word(&proof),
        }));
    }
    Ok(json!({
        "verifying_key": fingerprint.to_string(),
        "commitment": word(&commitment.to_bytes()),
        "proofs": proofs,
    }))
}

fn main() -> Result<()> {
    let path = std::env::args().nth(1).ok_or("which file of a ceremony?")?;
    let srs = import(&mut std::fs::File::open(path)?, 10, &mut |_, _| ())?.srs;
    let key = ProvingKey::new::<SolvencyCircuit>(production_key(Circuit::Solvency(Size::Eight))?);
    for (path, file) in [
        ("../test/fixtures/attestation.json", foundry(&srs, &key)?),
        ("tests/fixtures/registry.json", deployed(&srs, &key)?),
    ] {
        let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
        std::fs::write(path, serde_json::to_string_pretty(&file)? + "\n")?;
    }
    Ok(())
}
