//! Makes the statements and proofs of `tests/fixtures/`, from fixed seeds: the same each time.
//!
//! With the ceremony's file as argument (`params/README.md` says where to get it): `proofs.json`, under the production
//! key. Without: for each larger number of assets a development key, `assets-16.vk` and so on, and proofs under it. Whoever
//! reads this can compute the secret of a development key, and so prove anything under it.

use std::error::Error;
use std::fs::write;

use assay_circuits::keys::{ProvingKey, VerifyingKey};
use assay_circuits::proof::prove;
use assay_circuits::solvency::layout::Layout;
use assay_circuits::srs::Srs;
use assay_circuits::srs::import::import;
use assay_circuits::{Amount, Context, Instance, Margin, Opening, Position, PositionCommitment, Weight, Witness};
use assay_verifier::production_key;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use ruint::aliases::U256;
use serde_json::{Value, json};

/// Statements under the production key. The last of each file has the widest public inputs that there are.
const COUNT: u64 = 8;
/// Statements under a development key.
const DEVELOPMENT_COUNT: u64 = 3;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");

fn main() -> Result<(), Box<dyn Error>> {
    let Some(path) = std::env::args().nth(1) else {
        development::<16>()?;
        development::<32>()?;
        return development::<64>();
    };
    let srs = import(&mut std::fs::File::open(path)?, 10, &mut |_, _| ())?.srs;
    proofs(&srs, production_key()?, COUNT, "proofs.json")
}

fn development<const N: usize>() -> Result<(), Box<dyn Error>> {
    let srs = Srs::dev(Layout::<N>::K, ChaCha20Rng::seed_from_u64(N as u64));
    let key = VerifyingKey::<N>::generate(&srs)?;
    write(format!("{FOLDER}/assets-{N}.vk"), key.to_bytes())?;
    proofs(&srs, key, DEVELOPMENT_COUNT, &format!("assets-{N}.json"))
}

fn proofs<const N: usize>(srs: &Srs, key: VerifyingKey<N>, count: u64, file: &str) -> Result<(), Box<dyn Error>> {
    let key = ProvingKey::new(key);
    let mut proofs = Vec::new();
    for number in 0..count {
        let mut rng = ChaCha20Rng::seed_from_u64(number);
        let (instance, witness) = statement::<N>(number == count - 1, &mut rng)?;
        let proof = prove(srs, &key, &instance, &witness, &mut rng)?;
        proofs.push(fixture(&instance, &proof));
    }
    let content = json!({ "verifying_key": key.verifying_key().fingerprint().to_string(), "proofs": proofs });
    Ok(write(format!("{FOLDER}/{file}"), serde_json::to_string_pretty(&content)? + "\n")?)
}

/// A true statement: weights of 91 bits, as real markets have them, or the widest.
fn statement<const N: usize>(widest: bool, rng: &mut ChaCha20Rng) -> Result<(Instance<N>, Witness<N>), Box<dyn Error>> {
    let mut bits = |bits: u32| (u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64())) >> (128 - bits);
    let width = if widest { 120 } else { 91 };
    let mut amounts = |width: u32| -> Result<[Amount; N], Box<dyn Error>> {
        let amounts = (0..N).map(|_| Amount::new(bits(width))).collect::<Result<Vec<_>, _>>()?;
        Ok(amounts.try_into().map_err(|_| "as many amounts as assets")?)
    };
    let position = Position { collateral: amounts(119)?, debt: amounts(100)? };
    let mut weights = || -> Result<[Weight; N], Box<dyn Error>> {
        let weights = (0..N).map(|_| Weight::new(bits(width) | 1 << (width - 1))).collect::<Result<Vec<_>, _>>()?;
        Ok(weights.try_into().map_err(|_| "as many weights as assets")?)
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

fn fixture<const N: usize>(instance: &Instance<N>, proof: &[u8]) -> Value {
    let weights = |weights: [Weight; N]| weights.iter().map(|weight| weight.get().to_string()).collect::<Vec<_>>();
    json!({
        "commitment": format!("0x{}", hex::encode(instance.commitment.to_bytes())),
        "context": format!("0x{}", hex::encode(instance.context.to_bytes())),
        "margin": instance.margin.get().to_string(),
        "collateral_weights": weights(instance.collateral_weights),
        "debt_weights": weights(instance.debt_weights),
        "proof": format!("0x{}", hex::encode(proof)),
    })
}
