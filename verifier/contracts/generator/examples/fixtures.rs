//! Makes `tests/fixtures/proofs.json`: statements and proofs under the production key.
//!
//! Its argument is the SRS as a ceremony's file (`params/README.md` says where to get it). The same file gives the same
//! proofs: everything random is expanded from fixed seeds.

use std::error::Error;

use assay_circuits::keys::ProvingKey;
use assay_circuits::proof::prove;
use assay_circuits::srs::import::import;
use assay_circuits::{
    ASSETS, Amount, Context, Instance, Margin, Opening, Position, PositionCommitment, Weight, Witness,
};
use assay_verifier::production_key;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use ruint::aliases::U256;
use serde_json::{Value, json};

/// Statements in the file. The last has the widest public inputs that there are.
const COUNT: u64 = 8;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("which file of a ceremony?")?;
    let srs = import(&mut std::fs::File::open(path)?, 10, &mut |_, _| ())?.srs;
    let key = ProvingKey::new(production_key()?);
    let mut proofs = Vec::new();
    for number in 0..COUNT {
        let mut rng = ChaCha20Rng::seed_from_u64(number);
        let (instance, witness) = statement(number == COUNT - 1, &mut rng)?;
        let proof = prove(&srs, &key, &instance, &witness, &mut rng)?;
        proofs.push(fixture(&instance, &proof));
    }
    let file = json!({ "verifying_key": key.verifying_key().fingerprint().to_string(), "proofs": proofs });
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/proofs.json");
    Ok(std::fs::write(path, serde_json::to_string_pretty(&file)? + "\n")?)
}

/// A true statement: weights of 91 bits, as real markets have them, or the widest.
fn statement(widest: bool, rng: &mut ChaCha20Rng) -> Result<(Instance, Witness), Box<dyn Error>> {
    let mut bits = |bits: u32| (u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64())) >> (128 - bits);
    let width = if widest { 120 } else { 91 };
    let mut amounts = |width: u32| -> Result<[Amount; ASSETS], Box<dyn Error>> {
        let amounts = (0..ASSETS).map(|_| Amount::new(bits(width))).collect::<Result<Vec<_>, _>>()?;
        Ok(amounts.try_into().map_err(|_| "eight amounts")?)
    };
    let position = Position { collateral: amounts(119)?, debt: amounts(100)? };
    let mut weights = || -> Result<[Weight; ASSETS], Box<dyn Error>> {
        let weights =
            (0..ASSETS).map(|_| Weight::new(bits(width) | 1 << (width - 1))).collect::<Result<Vec<_>, _>>()?;
        Ok(weights.try_into().map_err(|_| "eight weights")?)
    };
    let (collateral_weights, debt_weights) = (weights()?, weights()?);
    let margin = if widest { U256::MAX >> (256 - 232) } else { U256::from(bits(120)) };
    let mut digest = [0; 32];
    rng.fill_bytes(&mut digest);
    let opening = Opening::random(&mut *rng);
    let instance = Instance {
        commitment: PositionCommitment::new(&position, &opening),
        context: Context::from_digest(digest),
        margin: Margin::new(margin)?,
        collateral_weights,
        debt_weights,
    };
    Ok((instance, Witness { position, opening }))
}

fn fixture(instance: &Instance, proof: &[u8]) -> Value {
    let weights = |weights: [Weight; ASSETS]| weights.map(|weight| weight.get().to_string());
    json!({
        "commitment": format!("0x{}", hex::encode(instance.commitment.to_bytes())),
        "context": format!("0x{}", hex::encode(instance.context.to_bytes())),
        "margin": instance.margin.get().to_string(),
        "collateral_weights": weights(instance.collateral_weights),
        "debt_weights": weights(instance.debt_weights),
        "proof": format!("0x{}", hex::encode(proof)),
    })
}
