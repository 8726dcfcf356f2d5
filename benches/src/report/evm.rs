//! What verification costs in an EVM: contracts are deployed and called, nothing is estimated.

use alloy_primitives::{Address, Bytes, TxKind};
use revm::context::result::{ExecutionResult, Output};
use revm::context::{BlockEnv, CfgEnv, Journal, TxEnv};
use revm::database::InMemoryDB;
use revm::primitives::hardfork::SpecId;
use revm::{Database, DatabaseCommit, ExecuteEvm, MainBuilder};

use super::Gas;
use crate::contender::Evm;

/// Gas that any of the transactions may use.
const LIMIT: u64 = 1 << 28;
const SENDER: Address = Address::repeat_byte(0xee);

type Context<'a> = revm::context::Context<BlockEnv, TxEnv, CfgEnv, &'a mut InMemoryDB, Journal<&'a mut InMemoryDB>, ()>;

/// Why gas could not be measured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum EvmError {
    /// Not hexadecimal, with `0x` in front.
    #[error("{0} is not hexadecimal, or names a library that is not there")]
    Hex(&'static str),
    /// The transaction is none, or ran out of something.
    #[error("the EVM failed: {0}")]
    Failed(String),
    /// A contract was not created, or is empty.
    #[error("the contract cannot be deployed: {0}")]
    Deploy(String),
    /// The true call is refused.
    #[error("the contract refuses a valid proof: {0}")]
    Refused(String),
    /// An altered call is accepted, or there is none.
    #[error("of {of} altered calls the contract accepts number {number}")]
    Accepted {
        /// Number of the call from one on; zero where there are no altered calls.
        number: usize,
        /// How many there are.
        of: usize,
    },
}

/// Deploys, has the contract accept the call and refuse every altered one.
pub(super) fn measure(evm: &Evm) -> Result<Gas, EvmError> {
    let mut chain = Chain { database: InMemoryDB::default() };
    let mut libraries = Vec::new();
    for code in &evm.deploy {
        libraries.push(chain.create(&linked(code, &libraries).ok_or(EvmError::Hex("the code of a library"))?)?);
    }
    let contract = chain.create(&linked(&evm.code, &libraries).ok_or(EvmError::Hex("the contract's code"))?)?;
    let calldata = linked(&evm.calldata, &[]).ok_or(EvmError::Hex("calldata"))?;
    let (verdict, transaction) = chain.call(contract, &calldata)?;
    verdict.map_err(EvmError::Refused)?;
    let of = evm.altered.len();
    if of == 0 {
        return Err(EvmError::Accepted { number: 0, of });
    }
    for (number, altered) in (1..).zip(&evm.altered) {
        let altered = linked(altered, &[]).ok_or(EvmError::Hex("altered calldata"))?;
        if altered == calldata || chain.call(contract, &altered)?.0.is_ok() {
            return Err(EvmError::Accepted { number, of });
        }
    }
    Ok(Gas {
        transaction,
        calldata_bytes: calldata.len() as u64,
        code_bytes: chain.code_bytes(contract) as u64,
        altered_refused: of,
    })
}

/// Bytes with addresses of libraries in place of `__0__` and so on.
fn linked(text: &str, libraries: &[Address]) -> Option<Vec<u8>> {
    let mut text = text.strip_prefix("0x")?.to_owned();
    for (number, library) in libraries.iter().enumerate() {
        text = text.replace(&format!("{:_<40}", format!("__{number}__")), &hex::encode(library));
    }
    hex::decode(text).ok()
}

struct Chain {
    database: InMemoryDB,
}

impl Chain {
    fn run(&mut self, kind: TxKind, data: &[u8]) -> Result<ExecutionResult, EvmError> {
        let failed = |error: &dyn std::fmt::Debug| EvmError::Failed(format!("{error:?}"));
        let nonce = self.database.basic(SENDER).map_err(|error| failed(&error))?.map_or(0, |account| account.nonce);
        let transaction = TxEnv::builder().caller(SENDER).kind(kind).data(Bytes::copy_from_slice(data)).nonce(nonce);
        let transaction = transaction.gas_limit(LIMIT).gas_price(0).build().map_err(|error| failed(&error))?;
        // Contracts that are too large for a public chain are measured as well, and their size is in the report.
        let context = Context::new(&mut self.database, SpecId::OSAKA)
            .modify_block_chained(|block| block.gas_limit = LIMIT)
            .modify_cfg_chained(|cfg| {
                cfg.limit_contract_code_size = Some(usize::MAX);
                cfg.limit_contract_initcode_size = Some(usize::MAX);
                cfg.tx_gas_limit_cap = Some(u64::MAX);
            });
        let done = context.build_mainnet().transact(transaction).map_err(|error| failed(&error))?;
        self.database.commit(done.state);
        Ok(done.result)
    }

    fn create(&mut self, code: &[u8]) -> Result<Address, EvmError> {
        match self.run(TxKind::Create, code)? {
            ExecutionResult::Success { output: Output::Create(_, Some(address)), .. }
                if self.code_bytes(address) > 0 =>
            {
                Ok(address)
            }
            ExecutionResult::Success { .. } => Err(EvmError::Deploy("it has no code".into())),
            other => Err(EvmError::Deploy(why(&other))),
        }
    }

    /// The verdict of a call, with the reason of a refusal, and the gas of the whole transaction.
    fn call(&mut self, contract: Address, data: &[u8]) -> Result<(Result<(), String>, u64), EvmError> {
        let result = self.run(TxKind::Call(contract), data)?;
        let verdict = match &result {
            ExecutionResult::Success { output: Output::Call(output), .. } => match output.len() {
                0 => Ok(()),
                32 if output.iter().any(|byte| *byte != 0) => Ok(()),
                32 => Err("it returns zero".to_owned()),
                length => return Err(EvmError::Failed(format!("the contract returns {length} bytes"))),
            },
            other => Err(why(other)),
        };
        Ok((verdict, result.gas_used()))
    }

    fn code_bytes(&mut self, address: Address) -> usize {
        let account = self.database.basic(address).ok().flatten();
        account.and_then(|account| account.code).map_or(0, |code| code.original_bytes().len())
    }
}

fn why(result: &ExecutionResult) -> String {
    match result {
        ExecutionResult::Success { .. } => "it succeeds".to_owned(),
        ExecutionResult::Revert { output, .. } => format!("it reverts with 0x{}", hex::encode(output)),
        ExecutionResult::Halt { reason, .. } => format!("it halts: {reason:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Creation code of a contract with this code.
    fn creation(code: &str) -> String {
        // codecopy(0, 12, length), return(0, length)
        format!("0x61{:04x}80600c6000396000f3{code}", code.len() / 2)
    }

    fn evm(code: &str, calldata: &str, altered: &[&str]) -> Evm {
        let altered = altered.iter().map(|call| (*call).to_owned()).collect();
        Evm { deploy: Vec::new(), code: creation(code), calldata: calldata.to_owned(), altered }
    }

    /// Returns the first word of its calldata.
    const ECHO: &str = "5f355f5260205ff3";
    /// Reverts where the first word of its calldata is zero, and returns nothing.
    const SILENT: &str = "5f356008575f5ffd5b00";

    fn word(last: u8) -> String {
        format!("0x{last:064x}")
    }

    #[test]
    fn a_call_that_returns_a_word_is_accepted_where_it_is_not_zero() {
        let gas = measure(&evm(ECHO, &word(1), &[&word(0), "0x"])).expect("accepted, altered ones refused");
        // The least that a transaction costs with 31 bytes of calldata that are zero and one that is not (EIP-7623).
        assert_eq!(gas.transaction, 21_000 + 10 * (31 + 4));
        assert_eq!((gas.calldata_bytes, gas.code_bytes, gas.altered_refused), (32, 8, 2));
    }

    #[test]
    fn a_call_that_returns_nothing_is_accepted_where_it_does_not_revert() {
        let gas = measure(&evm(SILENT, &word(1), &[&word(0)])).expect("accepted");
        assert_eq!(gas.altered_refused, 1);
        assert!(matches!(measure(&evm(SILENT, &word(0), &[&word(1)])), Err(EvmError::Refused(_))));
    }

    #[test]
    fn altered_calls_that_are_accepted_missing_or_not_altered_are_errors() {
        assert_eq!(measure(&evm(ECHO, &word(1), &[&word(0), &word(2)])), Err(EvmError::Accepted { number: 2, of: 2 }));
        assert_eq!(measure(&evm(ECHO, &word(1), &[])), Err(EvmError::Accepted { number: 0, of: 0 }));
        assert_eq!(measure(&evm(ECHO, &word(1), &[&word(1)])), Err(EvmError::Accepted { number: 1, of: 1 }));
    }

    #[test]
    fn contracts_without_code_and_text_that_is_no_code_are_errors() {
        assert!(matches!(measure(&evm("", "0x", &["0x00"])), Err(EvmError::Deploy(_))));
        assert_eq!(measure(&evm("zz", "0x", &["0x00"])), Err(EvmError::Hex("the contract's code")));
        assert_eq!(measure(&evm(ECHO, "01", &["0x00"])), Err(EvmError::Hex("calldata")));
    }

    #[test]
    fn libraries_are_deployed_first_and_their_addresses_put_in() {
        // delegatecall(gas, library, 0, calldatasize, 0, 32) with the calldata copied, then the word is returned.
        let library = format!("{:_<40}", "__0__");
        let code = format!("365f5f3760205f365f73{library}5af45060205ff3");
        let mut call = evm(&code, &word(7), &[&word(0)]);
        call.code = format!("0x61{:04x}80600c6000396000f3{code}", code.len() / 2);
        assert_eq!(measure(&call), Err(EvmError::Hex("the contract's code")));
        call.deploy.push(creation(ECHO));
        assert!(measure(&call).is_ok(), "{:?}", measure(&call));
    }
}
