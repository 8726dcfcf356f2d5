//! Makes the statements and proofs of `tests/fixtures/`, from fixed seeds: the same each time.
//!
//! With the ceremony's file as argument (`params/README.md` says where to get it): `proofs.json`, under the production
//! key. Without: for each larger number of assets a development key, `assets-16.vk` and so on, and proofs under it; and for
//! each shape of covenants that has a contract a development key, `covenants-1-8-4-8.vk` and so on, and the proofs for the
//! table of gas, `covenants.json`. Whoever reads this can compute the secret of a development key, and so prove anything under it.

use assay_circuits::SolvencyCircuit;
use std::error::Error;
use std::fs::write;

#[path = "../tests/common/agreement.rs"]
mod agreement;

use agreement::{MEASURED, agreement, name};
use assay_circuits::proof::prove;
use assay_circuits::statements::covenants::circuit::CovenantsCircuit;
use assay_circuits::statements::covenants::layout::Layout;
use assay_circuits::statements::solvency::layout::Layout as SolvencyLayout;
use assay_circuits::{
    Amount, Circuit, Context, Covenant, Instance, Margin, Opening, Position, PositionCommitment, Size, Weight, Witness,
};
use assay_protocol::keys::VerifyingKey;
use assay_protocol::prover::ProvingKey;
use assay_protocol::srs::Srs;
use assay_protocol::srs::import::import;
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
        of_covenants()?;
        return [Size::Sixteen, Size::ThirtyTwo, Size::SixtyFour].into_iter().try_for_each(development);
    };
    let srs = import(&mut std::fs::File::open(path)?, 10, &mut |_, _| ())?.srs;
    proofs(&srs, production_key(Circuit::Solvency(Size::Eight))?, COUNT, "proofs.json")
}

fn development(size: Size) -> Result<(), Box<dyn Error>> {
    let assets = size.assets();
    let srs = Srs::dev(SolvencyLayout::new(size).k(), ChaCha20Rng::seed_from_u64(assets as u64));
    let key = VerifyingKey::generate(&srs, &SolvencyCircuit::empty(size))?;
    write(format!("{FOLDER}/assets-{assets}.vk"), key.to_bytes())?;
    proofs(&srs, key, DEVELOPMENT_COUNT, &format!("assets-{assets}.json"))
}

/// The keys for shapes of covenants, and proofs of agreements. The tests make the same SRS.
fn of_covenants() -> Result<(), Box<dyn Error>> {
    let mut proofs = Vec::new();
    for (shape, count) in MEASURED {
        let srs = Srs::dev(Layout::new(shape).k(), ChaCha20Rng::seed_from_u64(shape.number().into()));
        let key = VerifyingKey::generate(&srs, &CovenantsCircuit::empty(shape))?;
        write(format!("{FOLDER}/covenants-{}.vk", name(shape)), key.to_bytes())?;
        let (instance, witness) = agreement(shape, count);
        let rng = ChaCha20Rng::seed_from_u64(1);
        let proof = prove(&srs, &ProvingKey::new::<CovenantsCircuit>(key), &instance, &witness, rng)?;
        proofs.push(json!({ "shape": name(shape), "covenants": count, "proof": format!("0x{}", hex::encode(proof)) }));
    }
    Ok(write(format!("{FOLDER}/covenants.json"), serde_json::to_string_pretty(&proofs)? + "\n")?)
}

fn proofs(srs: &Srs, key: VerifyingKey, count: u64, file: &str) -> Result<(), Box<dyn Error>> {
    let key = ProvingKey::new::<SolvencyCircuit>(key);
    let mut proofs = Vec::new();
    for number in 0..count {
        let mut rng = ChaCha20Rng::seed_from_u64(number);
        let (instance, witness) =
            statement(Circuit::of(key.verifying_key()).expect("a circuit").assets(), number == count - 1, &mut rng)?;
        let proof = prove(srs, &key, &instance, &witness, &mut rng)?;
        proofs.push(fixture(&instance, &proof));
    }
    let content = json!({ "verifying_key": key.verifying_key().fingerprint().to_string(), "proofs": proofs });
    Ok(write(format!("{FOLDER}/{file}"), serde_json::to_string_pretty(&content)? + "\n")?)
}

/// A true statement: weights of 91 bits, as real markets have them, or the widest.
fn statement(size: Size, widest: bool, rng: &mut ChaCha20Rng) -> Result<(Instance, Witness), Box<dyn Error>> {
    let mut bits = |bits: u32| (u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64())) >> (128 - bits);
    let width = if widest { 120 } else { 91 };
    let mut amounts = |width| (0..size.assets()).map(|_| Amount::new(bits(width))).collect::<Result<Vec<_>, _>>();
    let position = Position::new(amounts(119)?, amounts(100)?).ok_or("as many amounts as assets")?;
    let mut weights = || {
        let weights = (0..size.assets()).map(|_| Weight::new(bits(width) | 1 << (width - 1)));
        weights.collect::<Result<Vec<_>, _>>()
    };
    let (collateral, debt) = (weights()?, weights()?);
    let margin = if widest { U256::MAX >> (256 - 232) } else { U256::from(bits(120)) };
    let mut digest = [0; 32];
    rng.fill_bytes(&mut digest);
    let opening = Opening::random(&mut *rng);
    let instance = Instance {
        commitment: PositionCommitment::new(&position, &opening),
        context: Context::from_digest(digest),
        covenant: Covenant::new(Margin::new(margin)?, collateral, debt).ok_or("as many weights as assets")?,
    };
    Ok((instance, Witness { position, opening }))
}

fn fixture(instance: &Instance, proof: &[u8]) -> Value {
    let weights = |weights: &[Weight]| weights.iter().map(|weight| weight.get().to_string()).collect::<Vec<_>>();
    json!({
        "commitment": format!("0x{}", hex::encode(instance.commitment.to_bytes())),
        "context": format!("0x{}", hex::encode(instance.context.to_bytes())),
        "margin": instance.covenant.margin.get().to_string(),
        "collateral_weights": weights(instance.covenant.collateral()),
        "debt_weights": weights(instance.covenant.debt()),
        "proof": format!("0x{}", hex::encode(proof)),
    })
}
