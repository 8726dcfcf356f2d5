//! Makes `../test/fixtures/attestation.json`: a statement for a registry on a chain and its proof under the production
//! key. `test/RealProof.t.sol` builds the same policy, market and anchor in Solidity and has the registry verify it.
//!
//! Its argument is the SRS as a ceremony's file (`params/README.md` says where to get it).

use std::error::Error;

use alloy_primitives::{Address, B256, address};
use assay_circuits::keys::ProvingKey;
use assay_circuits::proof::prove;
use assay_circuits::srs::import::import;
use assay_circuits::{ASSETS, Amount, Opening, Position, PositionCommitment, Witness, encoding};
use assay_verifier::anchor::{Beneficiary, HoldingsStatement};
use assay_verifier::policy::{AnchorRule, OnChain, Risk};
use assay_verifier::{
    Asset, AssetBounds, AssetId, Audience, Bounds, Buffer, CreditLine, Feed, Market, Policy, Provider, PythContract,
    Rules, Source, Statement, production_key,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::json;

/// Foundry's chain.
const CHAIN: u64 = 31_337;
const AS_OF: u64 = 1_700_000_000;
const SUBJECT: Address = address!("0x000000000000000000000000000000000005ab1e");

/// A fixed address.
fn at(number: u16) -> Address {
    let mut bytes = [0; 20];
    bytes[18..].copy_from_slice(&number.to_be_bytes());
    Address::from(bytes)
}

fn market() -> Result<Market, Box<dyn Error>> {
    let token = |symbol: &str, number, decimals| Asset {
        symbol: symbol.to_owned(),
        chain: format!("eip155:{CHAIN}"),
        id: AssetId::Token(at(number)),
        decimals,
    };
    Ok(Market::new("Two assets".to_owned(), vec![token("WETH", 0xee, 18), token("USDC", 0xcc, 6)])?)
}

fn policy(key: &ProvingKey) -> Result<Policy, Box<dyn Error>> {
    let risk = |liquidation_threshold| Risk {
        liquidation_threshold,
        haircut: 100,
        volatility_buffer: 200,
        yield_decay: 300,
        borrow_factor: 11_000,
        debt_interest: 2_000,
        price_decimals: 8,
    };
    let source = |name: &str, provider, max_confidence, ids: [B256; 2]| Source {
        name: name.to_owned(),
        provider,
        max_confidence,
        feeds: ids.map(|id| Some(Feed { id, decimals: 8, max_age: 3_600 })).to_vec(),
    };
    let chainlink = Provider::Chainlink { chain_id: CHAIN };
    let contract = Some(PythContract { chain_id: CHAIN, address: at(0xb005) });
    let rules = Rules {
        name: "A real proof".to_owned(),
        quote: "USD".to_owned(),
        profile: None,
        minimum_ratio: 10_500,
        scale: 1,
        assets: vec![risk(8_000), risk(0)],
        max_price_age: 3_600,
        max_validity: 604_800,
        max_statement_age: 1_209_600,
        buffers: vec![Buffer::P10],
        sources: vec![
            source("chainlink-a", chainlink, 0, [at(0xb001).into_word(), at(0xb003).into_word()]),
            source("chainlink-b", chainlink, 0, [at(0xb002).into_word(), at(0xb004).into_word()]),
            source("pyth", Provider::Pyth { contract }, 50, [B256::with_last_byte(1), B256::with_last_byte(2)]),
        ],
        minimum_sources: 2,
        max_deviation: 500,
        anchor: AnchorRule::Attesters {
            minimum: 2,
            // The keys 2, 3 and 1.
            attesters: vec![
                address!("0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF"),
                address!("0x6813Eb9362372EEF6200f3b1dbC3f819671cBA69"),
                address!("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"),
            ],
        },
        verifying_key: Some(key.verifying_key().fingerprint()),
        on_chain: Some(OnChain { verifier: at(0xa002), price_board: at(0xa003), grace_period: 86_400 }),
    };
    Ok(Policy::new(rules, market()?)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("which file of a ceremony?")?;
    let srs = import(&mut std::fs::File::open(path)?, 10, &mut |_, _| ())?.srs;
    let key = ProvingKey::new(production_key()?);
    let policy = policy(&key)?;
    let mut rng = ChaCha20Rng::seed_from_u64(0);
    // Ten of the first asset held, four of the second owed.
    let amounts = |index, base_units| -> Result<[Amount; ASSETS], Box<dyn Error>> {
        let amounts = (0..ASSETS).map(|asset| Amount::new(if asset == index { base_units } else { 0 }));
        let amounts = amounts.collect::<Result<Vec<_>, _>>()?;
        Ok(amounts.try_into().map_err(|_| "eight amounts")?)
    };
    let position = Position { collateral: amounts(0, 10u128.pow(19))?, debt: amounts(1, 4_000_000)? };
    let opening = Opening::random(&mut rng);
    let commitment = PositionCommitment::new(&position, &opening);
    let registry = at(0xa001);
    let holdings = HoldingsStatement {
        commitment,
        market: policy.market().id(),
        subject: SUBJECT,
        beneficiary: Beneficiary::Account { chain_id: CHAIN, address: registry },
        as_of: AS_OF,
        sequence: 1,
        expiry: AS_OF + 2_592_000,
    };
    let bounds = |asset: &str| AssetBounds { asset: asset.to_owned(), floor: 9_000_000_000, ceiling: 11_000_000_000 };
    let statement = Statement {
        policy: policy.id(),
        market: policy.market().id(),
        subject: SUBJECT,
        audience: Audience::Registry { chain_id: CHAIN, address: registry },
        commitment,
        as_of: AS_OF,
        valid_until: AS_OF + 86_400,
        bounds: Bounds(vec![bounds("WETH"), bounds("USDC")]),
        credit: Some(CreditLine { asset: "USDC".to_owned(), base_units: 1_000_000 }),
        anchor: Some(holdings.struct_hash()),
    };
    let instance = statement.instance(&policy, key.verifying_key().fingerprint())?;
    let proof = prove(&srs, &key, &instance, &Witness { position, opening }, &mut rng)?;
    let word = |bytes: &[u8]| format!("0x{}", hex::encode(bytes));
    let inputs: Vec<_> =
        instance.to_field_elements().iter().map(|element| word(&encoding::to_bytes(element))).collect();
    let file = json!({
        "policyId": policy.id().to_string(),
        "marketId": policy.market().id().to_string(),
        "anchor": holdings.struct_hash().to_string(),
        "commitment": word(&commitment.to_bytes()),
        "publicInputs": inputs,
        "proof": word(&proof),
    });
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../test/fixtures/attestation.json");
    Ok(std::fs::write(path, serde_json::to_string_pretty(&file)? + "\n")?)
}
