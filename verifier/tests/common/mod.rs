//! What the tests share: the example market, a development key, one position and its attestation.

#![allow(dead_code, clippy::unwrap_used, missing_docs)]

use assay_circuits::SolvencyCircuit;
use std::sync::OnceLock;

use assay_circuits::proof::prove;
use assay_circuits::{Amount, Opening, Position, PositionCommitment, Size, StatementId, Witness};
use assay_protocol::keys::VerifyingKey;
use assay_protocol::prover::ProvingKey;
use assay_protocol::srs::Srs;
use assay_verifier::{
    Accepted, Address, Assertion, Attestation, Audience, Beneficiary, Bounds, Buffer, CreditLine, Fingerprint, Market,
    Policy, PolicyFile, PriceRange, PriceSnapshot, Rejection, Rules, Verification, example,
};
use rand_core::OsRng;

/// When the example prices were made.
pub(crate) const NOW: u64 = 1_698_710_400;

pub(crate) fn market() -> Market {
    Market::from_toml(example::MARKET).unwrap()
}

pub(crate) fn policy() -> Policy {
    PolicyFile::parse(example::POLICY).unwrap().with_market(market()).unwrap()
}

/// The example policy, changed.
pub(crate) fn policy_with(change: impl FnOnce(&mut Rules)) -> Policy {
    let mut rules = policy().rules().clone();
    change(&mut rules);
    Policy::new(rules, market()).unwrap()
}

pub(crate) fn prices() -> PriceSnapshot {
    PriceSnapshot::from_json(example::PRICES).unwrap()
}

/// The example prices as they would have been made at `at`: all reports moved as far in time.
pub(crate) fn prices_at(at: u64) -> PriceSnapshot {
    let mut prices = prices();
    prices.at = at;
    for report in prices.prices.iter_mut().flat_map(|price| &mut price.reports) {
        report.published = at - (NOW - report.published);
    }
    prices
}

/// Lets the first source of an asset say `low` and the second `high`.
pub(crate) fn set_price(prices: &mut PriceSnapshot, asset: usize, low: u128, high: u128) {
    let price = &mut prices.prices[asset];
    price.range = PriceRange { low, high };
    for (report, value) in price.reports.iter_mut().zip([low, high]) {
        (report.price, report.confidence) = (value.try_into().unwrap(), 0);
    }
}

pub(crate) fn subject() -> Address {
    Address::repeat_byte(0x5a)
}

pub(crate) fn audience() -> Audience {
    "lender.example".parse().unwrap()
}

/// What a verifier expects.
#[derive(Clone, Debug)]
pub(crate) struct Expectation {
    pub(crate) subject: Address,
    pub(crate) audience: Audience,
    pub(crate) beneficiary: Beneficiary,
    pub(crate) now: u64,
}

pub(crate) fn expectation() -> Expectation {
    Expectation { subject: subject(), audience: audience(), beneficiary: Beneficiary::Nobody, now: NOW + 60 }
}

/// 100 WETH against 50,000 USDC.
pub(crate) fn position() -> Position {
    let mut position = Position::empty(Size::Eight);
    position.collateral_mut()[0] = Amount::new(100_000_000_000_000_000_000).unwrap();
    position.debt_mut()[3] = Amount::new(50_000_000_000).unwrap();
    position
}

/// A key made once for all tests of a binary.
pub(crate) fn keys() -> &'static (Srs, ProvingKey) {
    static KEYS: OnceLock<(Srs, ProvingKey)> = OnceLock::new();
    KEYS.get_or_init(|| {
        let srs = Srs::dev(10, OsRng);
        let key = VerifyingKey::generate(&srs, &SolvencyCircuit::empty(Size::Eight)).unwrap();
        (srs, ProvingKey::new::<SolvencyCircuit>(key))
    })
}

pub(crate) fn key() -> &'static VerifyingKey {
    keys().1.verifying_key()
}

pub(crate) fn allowed() -> [Fingerprint; 1] {
    [key().fingerprint()]
}

/// A statement of [`position`] under `policy` with 10 % bounds and a credit line, for two days.
pub(crate) fn statement(policy: &Policy, opening: &Opening) -> Assertion {
    let ranges = prices().for_policy(policy).unwrap();
    Assertion {
        policy: policy.id(),
        market: policy.market().id(),
        subject: subject(),
        audience: audience(),
        commitment: PositionCommitment::new(&position(), opening),
        as_of: NOW,
        valid_until: NOW + 86_400,
        bounds: Bounds::around(policy, &ranges, Buffer::P10).unwrap(),
        credit: Some(CreditLine::parse("USDC:10000", policy).unwrap()),
        anchor: None,
    }
}

/// Proves `statement` under `policy`.
pub(crate) fn attest(policy: &Policy, statement: Assertion, opening: Opening) -> Attestation {
    let (srs, key) = keys();
    let verifying_key = key.verifying_key().fingerprint();
    let instance = statement.instance(policy, verifying_key).unwrap();
    let witness = Witness { position: position(), opening };
    let proof = prove(srs, key, &instance, &witness, OsRng).unwrap();
    Attestation {
        statement: StatementId::Solvency,
        assertion: statement,
        verifying_key,
        srs: key.verifying_key().srs_digest(),
        proof,
    }
}

/// A verification under the development key, without an anchor.
pub(crate) fn verification<'a>(
    allowed: &[Fingerprint],
    policy: &'a Policy,
    prices: &'a PriceSnapshot,
    expect: &'a Expectation,
    attestation: &'a Attestation,
) -> Verification<'a> {
    let verification = policy.verify(attestation, prices, expect.subject, &expect.audience).key(key());
    allowed.iter().copied().fold(verification, Verification::allow)
}

/// The verdict under the development key, without an anchor.
pub(crate) fn decide(
    allowed: &[Fingerprint],
    policy: &Policy,
    prices: &PriceSnapshot,
    expect: &Expectation,
    attestation: &Attestation,
) -> Result<Accepted, Rejection> {
    verification(allowed, policy, prices, expect, attestation).at(expect.now)
}

/// A good attestation, made once.
pub(crate) fn attestation() -> Attestation {
    static ATTESTATION: OnceLock<Attestation> = OnceLock::new();
    ATTESTATION
        .get_or_init(|| {
            let opening = Opening::random(OsRng);
            let policy = policy();
            attest(&policy, statement(&policy, &opening), opening)
        })
        .clone()
}

/// The JSON text `text` with the value at `pointer` replaced.
pub(crate) fn with(text: &str, pointer: &str, value: serde_json::Value) -> String {
    let mut json: serde_json::Value = serde_json::from_str(text).unwrap();
    *json.pointer_mut(pointer).unwrap() = value;
    json.to_string()
}
