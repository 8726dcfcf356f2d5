//! Both contracts in an EVM.

use std::error::Error;
use std::path::Path;

use alloy_sol_types::SolCall;
use revm::context::result::{ExecutionResult, Output};
use revm::context::{BlockEnv, CfgEnv, Journal, TxEnv};
use revm::database::InMemoryDB;
use revm::primitives::hardfork::SpecId;
use revm::primitives::{Address, Bytes, TxKind, U256};
use revm::state::{AccountInfo, Bytecode};
use revm::{ExecuteEvm, MainBuilder};
use serde_json::Value;

alloy_sol_types::sol! {
    function verify(bytes proof, uint256[] publicInputs) external view returns (bool);
}

const OURS: Address = Address::repeat_byte(0xa5);
const REFERENCE: Address = Address::repeat_byte(0xb6);

/// The two contracts.
pub(crate) struct Pair {
    database: InMemoryDB,
}

/// What both say, and the gas of the transactions.
#[derive(Debug)]
pub(crate) struct Verdicts {
    pub(crate) ours: (bool, u64),
    pub(crate) reference: (bool, u64),
}

impl Pair {
    /// `reference` is runtime code; ours is that of the tree.
    pub(crate) fn new(reference: &[u8]) -> Result<Self, Box<dyn Error>> {
        let artifact = json("../artifacts/Halo2Verifier.json")?;
        let ours = bytes(&artifact["deployedBytecode"])?;
        let mut database = InMemoryDB::default();
        for (address, code) in [(OURS, ours), (REFERENCE, reference.to_vec())] {
            database.insert_account_info(address, AccountInfo::from_bytecode(Bytecode::new_raw(code.into())));
        }
        Ok(Self { database })
    }

    /// Asks both.
    pub(crate) fn verdicts(&self, proof: &[u8], inputs: &[U256]) -> Verdicts {
        let call = verifyCall { proof: Bytes::copy_from_slice(proof), publicInputs: inputs.to_vec() };
        let (output, gas) = self.call(OURS, call.abi_encode());
        let ours = (output.is_some_and(|output| output[..] == U256::from(1).to_be_bytes::<32>()), gas);
        // The reference reads words without any encoding, and succeeds by not reverting.
        let words = inputs.iter().flat_map(|input| input.to_be_bytes::<32>());
        let (output, gas) = self.call(REFERENCE, words.chain(proof.iter().copied()).collect());
        Verdicts { ours, reference: (output.is_some(), gas) }
    }

    fn call(&self, to: Address, data: Vec<u8>) -> (Option<Bytes>, u64) {
        type Context = revm::Context<BlockEnv, TxEnv, CfgEnv, InMemoryDB, Journal<InMemoryDB>, ()>;
        let mut evm = Context::new(self.database.clone(), SpecId::OSAKA).build_mainnet();
        let transaction = TxEnv::builder().kind(TxKind::Call(to)).gas_limit(16_000_000).gas_price(0).data(data.into());
        let result = evm.transact(transaction.build().expect("a transaction")).expect("it is valid").result;
        let gas = result.gas_used();
        match result {
            ExecutionResult::Success { output: Output::Call(output), .. } => (Some(output), gas),
            _ => (None, gas),
        }
    }
}

fn json(path: &str) -> Result<Value, Box<dyn Error>> {
    Ok(serde_json::from_str(&std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))?)?)
}

fn bytes(value: &Value) -> Result<Vec<u8>, Box<dyn Error>> {
    Ok(hex::decode(value.as_str().and_then(|text| text.strip_prefix("0x")).ok_or("not 0x")?)?)
}

/// The stored proofs with their public inputs.
pub(crate) fn fixtures() -> Result<Vec<(Vec<u8>, Vec<U256>)>, Box<dyn Error>> {
    let file = json("../generator/tests/fixtures/proofs.json")?;
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let number = |value: &Value| -> Result<U256, Box<dyn Error>> { Ok(value.as_str().ok_or("not text")?.parse()?) };
    let mut fixtures = Vec::new();
    for proof in list(&file["proofs"]) {
        let mut inputs = vec![number(&proof["commitment"])?, number(&proof["context"])?, number(&proof["margin"])?];
        for weight in list(&proof["collateral_weights"]).iter().chain(&list(&proof["debt_weights"])) {
            inputs.push(number(weight)?);
        }
        fixtures.push((bytes(&proof["proof"])?, inputs));
    }
    Ok(fixtures)
}
