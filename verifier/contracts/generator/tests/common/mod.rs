//! The contract in an EVM, and stored proofs.
#![allow(dead_code, reason = "each test uses a part")]

pub(crate) mod agreement;
pub(crate) mod chain;
pub(crate) mod covenants;
pub(crate) mod registry;
pub(crate) mod scenario;

use assay_circuits::SolvencyCircuit;
use std::sync::LazyLock;

use alloy_sol_types::SolCall;
use assay_circuits::proof::verify_proof;
use assay_circuits::statements::solvency::row;
use assay_circuits::{Circuit, Context, Covenant, Instance, Margin, PositionCommitment, Size, Weight};
use assay_protocol::keys::VerifyingKey;
use assay_verifier::production_key;
use revm::context::result::{ExecutionResult, Output};
use revm::context::{BlockEnv, CfgEnv, Journal, TxEnv};
use revm::database::InMemoryDB;
use revm::interpreter::interpreter::EthInterpreter;
use revm::primitives::hardfork::SpecId;
use revm::primitives::{Address, Bytes, TxKind, U256};
use revm::state::{AccountInfo, Bytecode};
use revm::{ExecuteEvm, InspectEvm, Inspector, MainBuilder};
use serde_json::Value;

alloy_sol_types::sol! {
    function verify(bytes proof, uint256[] publicInputs) external view returns (bool);
    function verifyBatch(bytes[] proofs, uint256[][] publicInputs) external view returns (bool);
    function FINGERPRINT() external view returns (bytes32);
}

const VERIFIER: Address = Address::repeat_byte(0xa5);
const CALLER: Address = Address::repeat_byte(0x11);
/// Gas of a call: more than any needs, less than a transaction may have.
const GAS_LIMIT: u64 = 16_000_000;

/// What a call did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// The returned bytes; none where it reverted or halted.
    pub(crate) output: Option<Vec<u8>>,
    /// Gas of the whole transaction.
    pub(crate) gas: u64,
}

impl Call {
    /// Whether the call returned exactly the word one.
    pub(crate) fn accepted(&self) -> bool {
        self.output.as_deref() == Some(&word(1))
    }

    /// Whether the call returned exactly the word zero.
    pub(crate) fn refused(&self) -> bool {
        self.output.as_deref() == Some(&word(0))
    }
}

pub(crate) fn word(value: u8) -> [u8; 32] {
    U256::from(value).to_be_bytes()
}

/// Runtime code of the artifact in the tree, or of the one that `ASSAY_ARTIFACT` names: `mutants.mjs` sets it.
pub(crate) static CODE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let artifact = match std::env::var_os("ASSAY_ARTIFACT") {
        Some(path) => std::fs::read_to_string(path).expect("an artifact"),
        None => include_str!("../../../artifacts/Halo2Verifier.json").to_owned(),
    };
    code(&serde_json::from_str(&artifact).expect("JSON"))
});

fn code(artifact: &Value) -> Vec<u8> {
    hex::decode(&artifact["deployedBytecode"].as_str().expect("code")[2..]).expect("hexadecimal")
}

pub(crate) type Evm = revm::context::Context<BlockEnv, TxEnv, CfgEnv, InMemoryDB, Journal<InMemoryDB>, ()>;

fn database(code: &[u8]) -> InMemoryDB {
    let mut database = InMemoryDB::default();
    let code = Bytecode::new_raw(Bytes::copy_from_slice(code));
    database.insert_account_info(VERIFIER, AccountInfo::from_bytecode(code));
    database
}

fn transaction(data: &[u8], gas: u64) -> TxEnv {
    let data = Bytes::copy_from_slice(data);
    let transaction = TxEnv::builder().caller(CALLER).kind(TxKind::Call(VERIFIER)).gas_limit(gas).gas_price(0);
    transaction.data(data).build().expect("a transaction")
}

fn outcome(result: ExecutionResult) -> Call {
    let gas = result.gas_used();
    let output = match result {
        ExecutionResult::Success { output: Output::Call(output), .. } => Some(output.to_vec()),
        _ => None,
    };
    Call { output, gas }
}

/// Sends a transaction with `data` and `gas` to `code` under the rules of `spec`; none where it is not valid.
pub(crate) fn call_code(code: &[u8], spec: SpecId, data: &[u8], gas: u64) -> Option<Call> {
    let mut evm = Evm::new(database(code), spec).build_mainnet();
    Some(outcome(evm.transact(transaction(data, gas)).ok()?.result))
}

/// Sends a transaction with `data` to the verifier and shows `inspector` what happens.
pub(crate) fn call_inspected(data: &[u8], inspector: impl Inspector<Evm, EthInterpreter>) -> Call {
    call_code_inspected(&CODE, data, inspector)
}

/// The same to `code`.
pub(crate) fn call_code_inspected(code: &[u8], data: &[u8], inspector: impl Inspector<Evm, EthInterpreter>) -> Call {
    let mut evm = Evm::new(database(code), SpecId::OSAKA).build_mainnet_with_inspector(inspector);
    outcome(evm.inspect_tx(transaction(data, GAS_LIMIT)).expect("the transaction is valid").result)
}

/// Sends a transaction with `data` to the verifier under the rules of `spec`.
pub(crate) fn call_under(spec: SpecId, data: &[u8]) -> Call {
    call_code(&CODE, spec, data, GAS_LIMIT).expect("the transaction is valid")
}

/// The same under the rules of Osaka.
pub(crate) fn call(data: &[u8]) -> Call {
    call_under(SpecId::OSAKA, data)
}

/// A statement and its proof.
#[derive(Clone, Debug)]
pub(crate) struct Fixture {
    pub(crate) instance: Instance,
    pub(crate) proof: Vec<u8>,
}

impl Fixture {
    pub(crate) fn inputs(&self) -> Vec<U256> {
        words(&self.instance)
    }

    pub(crate) fn calldata(&self) -> Vec<u8> {
        calldata(&self.proof, &self.inputs())
    }
}

/// The public inputs as words.
pub(crate) fn words(instance: &Instance) -> Vec<U256> {
    let elements = instance.to_field_elements();
    elements.iter().map(|element| U256::from_be_bytes(assay_protocol::encoding::to_bytes(element))).collect()
}

pub(crate) fn calldata(proof: &[u8], inputs: &[U256]) -> Vec<u8> {
    verifyCall { proof: Bytes::copy_from_slice(proof), publicInputs: inputs.to_vec() }.abi_encode()
}

pub(crate) fn batch_calldata(batch: &[(Vec<u8>, Vec<U256>)]) -> Vec<u8> {
    let proofs = batch.iter().map(|(proof, _)| Bytes::copy_from_slice(proof)).collect();
    verifyBatchCall { proofs, publicInputs: batch.iter().map(|(_, inputs)| inputs.clone()).collect() }.abi_encode()
}

pub(crate) static KEY: LazyLock<VerifyingKey> =
    LazyLock::new(|| production_key(Circuit::Solvency(Size::Eight)).expect("part of the program"));

/// Whether the Rust verifier accepts.
pub(crate) fn rust_accepts(instance: &Instance, proof: &[u8]) -> bool {
    verify_proof(&KEY, instance, proof).is_ok()
}

/// The statement over as many assets that words claim, where they are one: what an [`Instance`]'s types refuse is refused.
pub(crate) fn instance(size: Size, words: &[U256]) -> Option<Instance> {
    let weights = |words: &[U256]| -> Option<Vec<Weight>> {
        words.iter().map(|word| Weight::new(u128::try_from(*word).ok()?).ok()).collect()
    };
    if words.len() != row::len(size) {
        return None;
    }
    let [_, collateral, debt] = row::columns(size, words);
    let context: [u8; 32] = words[1].to_be_bytes();
    let masked = Context::from_digest(context);
    Some(Instance {
        commitment: PositionCommitment::from_bytes(&words[0].to_be_bytes())?,
        context: (masked.to_bytes() == context).then_some(masked)?,
        covenant: Covenant::new(Margin::new(words[2]).ok()?, weights(collateral)?, weights(debt)?)?,
    })
}

/// The stored proofs.
pub(crate) static FIXTURES: LazyLock<Vec<Fixture>> = LazyLock::new(|| {
    let file: Value = serde_json::from_str(include_str!("../fixtures/proofs.json")).expect("JSON");
    assert_eq!(file["verifying_key"], KEY.fingerprint().to_string());
    file["proofs"].as_array().expect("a list").iter().map(fixture).collect()
});

/// The contract for another number of assets than eight under its development key, and proofs.
pub(crate) struct Development {
    pub(crate) key: VerifyingKey,
    pub(crate) artifact: Value,
    pub(crate) code: Vec<u8>,
    pub(crate) fixtures: Vec<Fixture>,
}

impl Development {
    pub(crate) fn read(size: Size) -> Self {
        let assets = size.assets();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
        let key = std::fs::read(format!("{folder}/assets-{assets}.vk")).expect("part of the tree");
        let key = VerifyingKey::from_bytes::<SolvencyCircuit>(&key).expect("a key");
        assert!(key.is_development() && Circuit::of(&key) == Some(Circuit::Solvency(size)));
        let json = |path: String| -> Value {
            serde_json::from_str(&std::fs::read_to_string(path).expect("part of the tree")).expect("JSON")
        };
        let artifacts = concat!(env!("CARGO_MANIFEST_DIR"), "/../artifacts/development");
        let artifact = json(format!("{artifacts}/Halo2Verifier{assets}.json"));
        let file = json(format!("{folder}/assets-{assets}.json"));
        assert_eq!(file["verifying_key"], key.fingerprint().to_string());
        let fixtures = file["proofs"].as_array().expect("a list").iter().map(fixture).collect();
        Self { key, code: code(&artifact), artifact, fixtures }
    }

    pub(crate) fn call(&self, data: &[u8]) -> Call {
        call_code(&self.code, SpecId::OSAKA, data, GAS_LIMIT).expect("the transaction is valid")
    }

    /// A batch of the stored proofs, in turn.
    pub(crate) fn batch(&self, count: usize) -> Vec<(Vec<u8>, Vec<U256>)> {
        let fixtures = self.fixtures.iter().cycle().take(count);
        fixtures.map(|fixture| (fixture.proof.clone(), fixture.inputs())).collect()
    }

    pub(crate) fn rust_accepts(&self, inputs: &[U256], proof: &[u8]) -> bool {
        Circuit::of(&self.key)
            .and_then(|circuit| instance(circuit.assets(), inputs))
            .is_some_and(|instance| verify_proof(&self.key, &instance, proof).is_ok())
    }
}

fn fixture(value: &Value) -> Fixture {
    let bytes = |value: &Value| hex::decode(&value.as_str().expect("text")[2..]).expect("hexadecimal");
    let array = |value: &Value| <[u8; 32]>::try_from(bytes(value)).expect("a word");
    let weights = |value: &Value| -> Vec<Weight> {
        let weights = value.as_array().expect("a list").iter();
        let weights = weights.map(|weight| Weight::new(weight.as_str().expect("text").parse().expect("number")));
        weights.collect::<Result<_, _>>().expect("width")
    };
    let margin = Margin::new(value["margin"].as_str().expect("text").parse().expect("number")).expect("width");
    let covenant = Covenant::new(margin, weights(&value["collateral_weights"]), weights(&value["debt_weights"]));
    Fixture {
        instance: Instance {
            commitment: PositionCommitment::from_bytes(&array(&value["commitment"])).expect("canonical"),
            context: Context::from_digest(array(&value["context"])),
            covenant: covenant.expect("of one size"),
        },
        proof: bytes(&value["proof"]),
    }
}
