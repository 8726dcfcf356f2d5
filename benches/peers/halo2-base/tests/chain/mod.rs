//! An EVM with one contract.

use revm::context::result::{ExecutionResult, Output};
use revm::context::{BlockEnv, CfgEnv, Context, Journal, TxEnv};
use revm::database::InMemoryDB;
use revm::primitives::hardfork::SpecId;
use revm::primitives::{Address, TxKind};
use revm::{ExecuteCommitEvm, ExecuteEvm, MainBuilder};

/// The limit of a transaction since Osaka.
const GAS: u64 = 1 << 24;

/// A contract on a chain.
pub(crate) struct Chain {
    database: InMemoryDB,
    contract: Address,
}

impl Chain {
    /// Deploys; `None` where the chain refuses, as it does for contracts that are too long.
    pub(crate) fn deploy(code: Vec<u8>) -> Option<Self> {
        let mut context = evm(InMemoryDB::default()).build_mainnet();
        let create = TxEnv::builder().kind(TxKind::Create).gas_limit(GAS).gas_price(0).data(code.into());
        match context.transact_commit(create.build().ok()?).ok()? {
            ExecutionResult::Success { output: Output::Create(_, Some(contract)), .. } => {
                Some(Self { database: context.ctx.journaled_state.database.clone(), contract })
            }
            _ => None,
        }
    }

    /// Gas of the whole transaction; `None` where the contract reverts.
    pub(crate) fn call(&self, calldata: Vec<u8>) -> Option<u64> {
        let call = TxEnv::builder().kind(TxKind::Call(self.contract)).gas_limit(GAS).gas_price(0).nonce(1);
        let mut evm = evm(self.database.clone()).build_mainnet();
        let result = evm.transact(call.data(calldata.into()).build().ok()?).ok()?.result;
        result.is_success().then(|| result.gas_used())
    }
}

type Machine = Context<BlockEnv, TxEnv, CfgEnv, InMemoryDB, Journal<InMemoryDB>, ()>;

fn evm(database: InMemoryDB) -> Machine {
    Context::new(database, SpecId::OSAKA)
}
