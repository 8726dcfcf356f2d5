//! Two assets, a policy over them and statements for a registry, as the Rust verifier derives them. The example that
//! makes proofs and the tests that use them share it.
#![allow(dead_code, reason = "each user needs a part")]

use alloy_primitives::{Address, B256, address};
use assay_circuits::{Amount, Position, PositionCommitment, Size};
use assay_protocol::keys::Fingerprint;
use assay_verifier::anchor::{Beneficiary, HoldingsStatement};
use assay_verifier::policy::{AnchorRule, OnChain, Risk};
use assay_verifier::prices::PriceRange;
use assay_verifier::{
    Assertion, Asset, AssetId, Audience, Bounds, Buffer, CreditLine, Feed, Market, Policy, Provider, PythContract,
    Rules, Source,
};

pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// When the position was first as committed.
pub(crate) const AS_OF: u64 = 1_700_000_000;
pub(crate) const DAY: u64 = 86_400;
pub(crate) const SUBJECT: Address = address!("0x000000000000000000000000000000000005ab1e");
/// Who makes the contracts in an EVM: in this order the verifier, the board and the registry.
pub(crate) const DEPLOYER: Address = Address::repeat_byte(0xde);
/// Base units of the second asset on the credit line.
pub(crate) const LINE: u128 = 1_000_000;
/// A price of a hundred, with the policy's decimals.
pub(crate) const HUNDRED: u64 = 10_000_000_000;
/// Secret keys of the attesters, in ascending order of their addresses.
pub(crate) const ATTESTERS: [(u8, Address); 3] = [
    (2, address!("0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF")),
    (3, address!("0x6813Eb9362372EEF6200f3b1dbC3f819671cBA69")),
    (1, address!("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf")),
];

/// Chain and addresses of the contracts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    pub(crate) chain: u64,
    pub(crate) verifier: Address,
    pub(crate) board: Address,
    pub(crate) registry: Address,
}

impl Places {
    /// On Foundry's chain, at fixed addresses.
    pub(crate) fn foundry() -> Self {
        Self { chain: 31_337, verifier: at(0xa002), board: at(0xa003), registry: at(0xa001) }
    }

    /// On chain 1, where the first transactions of [`DEPLOYER`] put them.
    pub(crate) fn deployed() -> Self {
        let [verifier, board, registry] = std::array::from_fn(|nonce| DEPLOYER.create(nonce as u64));
        Self { chain: 1, verifier, board, registry }
    }
}

/// A fixed address.
fn at(number: u16) -> Address {
    let mut bytes = [0; 20];
    bytes[18..].copy_from_slice(&number.to_be_bytes());
    Address::from(bytes)
}

/// Chainlink's aggregators: for each source one for each asset.
pub(crate) fn aggregators() -> [[Address; 2]; 2] {
    [[at(0xb001), at(0xb003)], [at(0xb002), at(0xb004)]]
}

/// Pyth's contract. Its ids of the two assets are 1 and 2.
pub(crate) fn pyth() -> Address {
    at(0xb005)
}

/// Ten of the first asset held, four of the second owed.
pub(crate) fn position() -> Result<Position> {
    let mut position = Position::empty(Size::Eight);
    position.collateral_mut()[0] = Amount::new(10u128.pow(19))?;
    position.debt_mut()[1] = Amount::new(4_000_000)?;
    Ok(position)
}

/// A policy of a registry, and a commitment about which it hears.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub(crate) places: Places,
    pub(crate) policy: Policy,
    pub(crate) key: Fingerprint,
    pub(crate) commitment: PositionCommitment,
}

impl Scenario {
    pub(crate) fn new(places: Places, key: Fingerprint, commitment: PositionCommitment) -> Result<Self> {
        Ok(Self { places, policy: Policy::new(rules(&places, key), market(places.chain)?)?, key, commitment })
    }

    /// What attesters say about the commitment.
    pub(crate) fn holdings(&self, sequence: u64, as_of: u64) -> HoldingsStatement {
        let Places { chain, registry, .. } = self.places;
        HoldingsStatement {
            commitment: self.commitment,
            market: self.policy.market().id(),
            subject: SUBJECT,
            beneficiary: Beneficiary::Account { chain_id: chain, address: registry },
            as_of,
            sequence,
            expiry: as_of + 30 * DAY,
        }
    }

    /// A statement under `anchor` with bounds ten percent around a hundred and a credit line.
    pub(crate) fn statement(&self, anchor: &HoldingsStatement, valid_until: u64) -> Result<Assertion> {
        let Places { chain, registry, .. } = self.places;
        let hundred = PriceRange { low: u128::from(HUNDRED), high: u128::from(HUNDRED) };
        Ok(Assertion {
            policy: self.policy.id(),
            market: anchor.market,
            subject: anchor.subject,
            audience: Audience::Registry { chain_id: chain, address: registry },
            commitment: anchor.commitment,
            as_of: anchor.as_of,
            valid_until,
            bounds: Bounds::around(&self.policy, &[hundred; 2], Buffer::P10)?,
            credit: Some(CreditLine { asset: "USDC".to_owned(), base_units: LINE }),
            anchor: Some(anchor.struct_hash()),
        })
    }
}

fn market(chain: u64) -> Result<Market> {
    let token = |symbol: &str, number, decimals| Asset {
        symbol: symbol.to_owned(),
        chain: format!("eip155:{chain}"),
        id: AssetId::Token(at(number)),
        decimals,
    };
    Ok(Market::new("Two assets".to_owned(), vec![token("WETH", 0xee, 18), token("USDC", 0xcc, 6)])?)
}

fn rules(places: &Places, key: Fingerprint) -> Rules {
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
    let chainlink = Provider::Chainlink { chain_id: places.chain };
    let contract = Some(PythContract { chain_id: places.chain, address: pyth() });
    let [a, b] = aggregators().map(|feeds| feeds.map(|feed| feed.into_word()));
    Rules {
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
            source("chainlink-a", chainlink, 0, a),
            source("chainlink-b", chainlink, 0, b),
            source("pyth", Provider::Pyth { contract }, 50, [B256::with_last_byte(1), B256::with_last_byte(2)]),
        ],
        minimum_sources: 2,
        max_deviation: 500,
        anchor: AnchorRule::Attesters { minimum: 2, attesters: ATTESTERS.map(|(_, attester)| attester).to_vec() },
        verifying_key: Some(key),
        on_chain: Some(OnChain { verifier: places.verifier, price_board: places.board, grace_period: 86_400 }),
    }
}
