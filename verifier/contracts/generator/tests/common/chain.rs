//! A chain with the compiled contracts of the tree: verifier, price board, registry, a policy, prices and a holdings
//! statement.

use std::sync::LazyLock;

use alloy_primitives::{Address, B256, Bytes, TxKind, U256};
use alloy_sol_types::{SolCall, SolError, SolValue};
use assay_circuits::PositionCommitment;
use assay_verifier::Assertion;
use assay_verifier::anchor::{Beneficiary, HoldingsStatement};
use k256::ecdsa::SigningKey;
use revm::context::result::{ExecutionResult, Output};
use revm::context::{BlockEnv, CfgEnv, Journal, TxEnv};
use revm::database::InMemoryDB;
use revm::primitives::hardfork::SpecId;
use revm::state::{AccountInfo, Bytecode};
use revm::{Database, DatabaseCommit, ExecuteEvm, MainBuilder};
use serde_json::Value;

use super::registry as sol;
use super::scenario::{self, AS_OF, ATTESTERS, DEPLOYER, HUNDRED, Places, SUBJECT, Scenario};
use super::{CODE, KEY};

/// Whoever.
pub(crate) const ANYONE: Address = Address::repeat_byte(0x11);
/// Owner of the registry.
pub(crate) const OWNER: Address = Address::repeat_byte(0xda);
const TOKEN: Address = Address::repeat_byte(0x70);
const GAS_LIMIT: u64 = 16_000_000;

/// What a transaction or a question did: the returned bytes, or those it reverted with.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) result: Result<Vec<u8>, Vec<u8>>,
    /// Gas of the whole transaction.
    pub(crate) gas: u64,
    /// Events.
    pub(crate) events: usize,
}

impl Outcome {
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        assert!(self.result.is_ok(), "{self:?}");
        self
    }

    /// Asserts that it reverted with exactly this error.
    #[track_caller]
    pub(crate) fn refused(&self, error: &impl SolError) {
        assert_eq!(self.result, Err(error.abi_encode()), "another outcome than the error on the right");
    }
}

/// A chain at one moment.
#[derive(Clone)]
pub(crate) struct World {
    database: InMemoryDB,
    pub(crate) time: u64,
    pub(crate) chain: u64,
    pub(crate) places: Places,
}

type Evm<'a> = revm::context::Context<BlockEnv, TxEnv, CfgEnv, &'a mut InMemoryDB, Journal<&'a mut InMemoryDB>, ()>;

impl World {
    fn empty(places: Places) -> Self {
        Self { database: InMemoryDB::default(), time: AS_OF, chain: places.chain, places }
    }

    fn run(&mut self, from: Address, kind: TxKind, data: Vec<u8>, keep: bool) -> Outcome {
        let nonce = self.database.basic(from).expect("memory").map_or(0, |account| account.nonce);
        let transaction = TxEnv::builder().caller(from).kind(kind).data(data.into()).nonce(nonce);
        let transaction = transaction.chain_id(Some(self.chain)).gas_limit(GAS_LIMIT).gas_price(0);
        let (time, chain) = (self.time, self.chain);
        let evm = Evm::new(&mut self.database, SpecId::OSAKA)
            .modify_block_chained(|block| block.timestamp = U256::from(time))
            .modify_cfg_chained(|cfg| cfg.chain_id = chain);
        let found = evm.build_mainnet().transact(transaction.build().expect("a transaction")).expect("a valid one");
        if keep {
            self.database.commit(found.state);
        }
        let (gas, events) = (found.result.gas_used(), found.result.logs().len());
        let result = match found.result {
            ExecutionResult::Success { output: Output::Call(output), .. } => Ok(output.to_vec()),
            ExecutionResult::Success { output: Output::Create(_, address), .. } => {
                Ok(address.unwrap_or_default().abi_encode())
            }
            ExecutionResult::Revert { output, .. } => Err(output.to_vec()),
            ExecutionResult::Halt { reason, .. } => Err(format!("{reason:?}").into_bytes()),
        };
        Outcome { result, gas, events }
    }

    /// A transaction with bytes.
    pub(crate) fn send_bytes(&mut self, from: Address, to: Address, data: Vec<u8>) -> Outcome {
        self.run(from, TxKind::Call(to), data, true)
    }

    /// A transaction.
    pub(crate) fn send(&mut self, from: Address, to: Address, call: &impl SolCall) -> Outcome {
        self.send_bytes(from, to, call.abi_encode())
    }

    /// A call that leaves no trace.
    pub(crate) fn ask<C: SolCall>(&mut self, to: Address, call: &C) -> Result<C::Return, Outcome> {
        let outcome = self.run(ANYONE, TxKind::Call(to), call.abi_encode(), false);
        match &outcome.result {
            Ok(output) => Ok(C::abi_decode_returns(output).expect("what the function returns")),
            Err(_) => Err(outcome),
        }
    }

    /// Makes the contract `name` of the tree.
    pub(crate) fn deploy(&mut self, name: &str, arguments: &[u8]) -> Address {
        let path = format!("{}/../artifacts/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let artifact = std::fs::read_to_string(path).expect("part of the tree");
        let artifact: Value = serde_json::from_str(&artifact).expect("JSON");
        let code = hex::decode(&artifact["bytecode"].as_str().expect("code")[2..]).expect("hexadecimal");
        let outcome = self.run(DEPLOYER, TxKind::Create, [code.as_slice(), arguments].concat(), true).done();
        Address::abi_decode(&outcome.result.expect("done")).expect("an address")
    }

    /// Gives an account other code, or none.
    pub(crate) fn set_code(&mut self, address: Address, code: &[u8]) {
        let account = if code.is_empty() {
            AccountInfo::default()
        } else {
            AccountInfo::from_bytecode(Bytecode::new_raw(Bytes::copy_from_slice(code)))
        };
        self.database.insert_account_info(address, account);
    }

    /// Copies code and storage of an account to another address.
    pub(crate) fn copy(&mut self, from: Address, to: Address) {
        let account = self.database.cache.accounts.get(&from).expect("an account").clone();
        self.database.cache.accounts.insert(to, account);
    }

    fn set_words(&mut self, address: Address, from: u64, words: [u64; 5]) {
        for (slot, word) in (from..).zip(words) {
            self.database.insert_account_storage(address, U256::from(slot), U256::from(word)).expect("memory");
        }
    }

    /// All sources price the asset so, now.
    pub(crate) fn set_price(&mut self, asset: usize, price: u64) {
        for source in scenario::aggregators() {
            // The round is the eighth: the first word answers `decimals()` as well.
            self.set_words(source[asset], 0, [8, price, self.time, self.time, 8]);
        }
        let eight_decimals = U256::ZERO.wrapping_sub(U256::from(8));
        let base = 256 * (asset as u64 + 1);
        self.set_words(scenario::pyth(), base, [price, 0, 0, self.time, 0]);
        let exponent = U256::from(base + 2);
        self.database.insert_account_storage(scenario::pyth(), exponent, eight_decimals).expect("memory");
    }

    /// The first asset has this price now and the second a hundred, and the board hears of it.
    pub(crate) fn refresh(&mut self, price: u64) -> Outcome {
        self.set_price(0, price);
        self.set_price(1, HUNDRED);
        self.send(ANYONE, self.places.board, &sol::refreshAllCall {}).done()
    }

    /// Time passes, and the prices are still a hundred.
    pub(crate) fn pass(&mut self, seconds: u64) {
        self.time += seconds;
        self.refresh(HUNDRED);
    }

    /// Makes a route for the verifier and publishes the policy.
    fn publish(&mut self, registry: Address) {
        let add = sol::addRouteCall { verifier: self.places.verifier, verifyingKey: B256::new(KEY.fingerprint().0) };
        self.send(OWNER, registry, &add).done();
        let outcome = self.send(OWNER, registry, &publication()).done();
        assert_eq!(outcome.result.expect("done"), SCENARIO.policy.id().to_vec(), "the policy's id");
    }

    /// Publishes a holdings statement that two attesters signed.
    pub(crate) fn publish_anchor(&mut self, registry: Address, statement: &HoldingsStatement) -> Outcome {
        let call = sol::publishAnchorCall {
            policyId: SCENARIO.policy.id(),
            statement: encode_holdings(statement),
            signatures: ATTESTERS[..2].iter().map(|(key, signer)| sign(*key, *signer, statement)).collect(),
        };
        self.send(ANYONE, registry, &call)
    }

    pub(crate) fn attest(&mut self, from: Address, claim: &sol::Claim, proof: &[u8]) -> Outcome {
        let call = sol::attestCall { claim: claim.clone(), proof: Bytes::copy_from_slice(proof) };
        self.send(from, self.places.registry, &call)
    }

    /// The subject attests with a stored proof.
    pub(crate) fn attest_stored(&mut self, stored: &Stored) -> Outcome {
        self.attest(SUBJECT, &stored.claim, &stored.proof)
    }

    pub(crate) fn status(&mut self) -> (sol::Status, sol::Reason) {
        let (subject, policy) = (SUBJECT, SCENARIO.policy.id());
        let registry = self.places.registry;
        let full = self.ask(registry, &sol::statusInFullCall { subject, policyId: policy }).expect("an answer");
        let short = self.ask(registry, &sol::statusCall { subject, policyId: policy }).expect("an answer");
        assert_eq!(full.found, short, "the short form");
        (full.found, full.reason)
    }

    /// A token that pays whatever it is asked to; what it paid to whom it keeps.
    pub(crate) fn token(&mut self) -> Address {
        // sstore(to, add(sload(to), amount)), return(1)
        self.set_code(TOKEN, &hex::decode("60243560043580548201905560015f5260205ff3").expect("hexadecimal"));
        TOKEN
    }

    /// What the token paid to an account.
    pub(crate) fn paid(&mut self, to: Address) -> U256 {
        self.database.storage(TOKEN, U256::from_be_slice(to.as_slice())).expect("memory")
    }
}

/// Code that answers any call with five words of storage, from the slot 256 · (first argument) on.
fn five_words() -> Vec<u8> {
    let word = |i: u8| [0x60, 4, 0x35, 0x60, 8, 0x1b, 0x60, i, 0x01, 0x54, 0x60, 32 * i, 0x52];
    let mut code: Vec<u8> = (0..5).flat_map(word).collect();
    code.extend([0x60, 160, 0x5f, 0xf3]);
    code
}

/// Registry, board and verifier at their places, the policy published, prices of a hundred, the first statement signed.
pub(crate) static WORLD: LazyLock<World> = LazyLock::new(|| {
    let places = SCENARIO.places;
    let mut world = World::empty(places);
    for feed in scenario::aggregators().as_flattened().iter().chain([&scenario::pyth()]) {
        world.set_code(*feed, &five_words());
    }
    assert_eq!(world.deploy("Halo2Verifier", &[]), places.verifier);
    assert_eq!(world.deploy("PriceBoard", &SCENARIO.policy.board(Address::ZERO, 0)), places.board);
    assert_eq!(world.deploy("CollateralAttestations", &OWNER.abi_encode()), places.registry);
    assert_eq!(world.code(places.verifier), *CODE, "what the tests of the verifier test");
    world.refresh(HUNDRED);
    world.publish(places.registry);
    world.publish_anchor(places.registry, &SCENARIO.holdings(1, AS_OF)).done();
    world
});

impl World {
    /// The policy of the scenario with another verifier, to be published.
    pub(crate) fn publication_with_verifier(&self, verifier: Address) -> sol::publishCall {
        let mut publication = publication();
        publication.policy.verifier = verifier;
        publication
    }

    fn code(&mut self, address: Address) -> Vec<u8> {
        let account = self.database.basic(address).expect("memory").expect("an account");
        account.code.expect("kept with it").original_bytes().to_vec()
    }

    /// Another registry on the same chain with the same policy.
    pub(crate) fn second_registry(&mut self) -> Address {
        let registry = self.deploy("CollateralAttestations", &OWNER.abi_encode());
        self.publish(registry);
        registry
    }
}

/// A stored proof and what it proves.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) anchor: HoldingsStatement,
    pub(crate) statement: Assertion,
    pub(crate) claim: sol::Claim,
    pub(crate) public_inputs: Vec<U256>,
    pub(crate) proof: Vec<u8>,
}

static FILE: LazyLock<Value> = LazyLock::new(|| {
    let file: Value = serde_json::from_str(include_str!("../fixtures/registry.json")).expect("JSON");
    assert_eq!(file["verifying_key"], KEY.fingerprint().to_string());
    file
});

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(&value.as_str().expect("text")[2..]).expect("hexadecimal")
}

pub(crate) static SCENARIO: LazyLock<Scenario> = LazyLock::new(|| {
    let commitment = bytes(&FILE["commitment"]).try_into().expect("32 bytes");
    let commitment = PositionCommitment::from_bytes(&commitment).expect("canonical");
    Scenario::new(Places::deployed(), KEY.fingerprint(), commitment).expect("a policy")
});

/// Three statements: the first, one under the same holdings statement that is valid for longer, and one under a newer
/// holdings statement.
pub(crate) static STORED: LazyLock<Vec<Stored>> = LazyLock::new(|| {
    let stored = |value: &Value| {
        let number = |name: &str| value[name].as_u64().expect("a number");
        let anchor = SCENARIO.holdings(number("sequence"), number("as_of"));
        let statement = SCENARIO.statement(&anchor, number("valid_until")).expect("a statement");
        let inputs = value["public_inputs"].as_array().expect("a list");
        Stored {
            claim: claim_of(&statement),
            anchor,
            statement,
            public_inputs: inputs.iter().map(|input| U256::from_be_slice(&bytes(input))).collect(),
            proof: bytes(&value["proof"]),
        }
    };
    FILE["proofs"].as_array().expect("a list").iter().map(stored).collect()
});

/// What the subject sends for a statement, with whoever as its lender.
fn claim_of(statement: &Assertion) -> sol::Claim {
    let line = statement.credit.as_ref().expect("a credit line");
    sol::Claim {
        policyId: statement.policy,
        anchor: statement.anchor.expect("anchored"),
        validUntil: statement.valid_until,
        floors: statement.bounds.0.iter().map(|bounds| bounds.floor).collect(),
        ceilings: statement.bounds.0.iter().map(|bounds| bounds.ceiling).collect(),
        creditAsset: line.check(&SCENARIO.policy).expect("of the market"),
        creditAmount: line.base_units,
        lender: ANYONE,
    }
}

/// The policy and its market in Solidity's words.
fn publication() -> sol::publishCall {
    sol::publishCall::abi_decode_raw_validate(&SCENARIO.policy.publication()).expect("Solidity's encoding")
}

fn encode_holdings(statement: &HoldingsStatement) -> sol::HoldingsStatement {
    let Beneficiary::Account { chain_id, address } = statement.beneficiary else { panic!("for a registry") };
    sol::HoldingsStatement {
        commitment: B256::new(statement.commitment.to_bytes()),
        marketId: statement.market,
        subject: statement.subject,
        beneficiary: address,
        beneficiaryChainId: U256::from(chain_id),
        asOf: statement.as_of,
        sequence: statement.sequence,
        expiry: statement.expiry,
    }
}

fn sign(key: u8, signer: Address, statement: &HoldingsStatement) -> sol::Signed {
    let key = SigningKey::from_slice(B256::with_last_byte(key).as_slice()).expect("a key");
    let digest = statement.signing_hash();
    let (signature, id) = key.sign_prehash_recoverable(digest.as_slice()).expect("a signature");
    let signature = [signature.to_bytes().as_slice(), &[27 + id.to_byte()]].concat();
    sol::Signed { signer, signature: signature.into() }
}
