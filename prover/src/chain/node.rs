//! A JSON-RPC node: what it is asked and what is sent to it.

use std::time::Duration;

use alloy::eips::BlockNumberOrTag;
use alloy::network::{EthereumWallet, TransactionBuilder as _};
use alloy::primitives::{Address, B256, Bytes};
use alloy::providers::{DynProvider, Provider as _, ProviderBuilder};
use alloy::rpc::types::{TransactionReceipt, TransactionRequest};
use alloy::sol_types::SolCall;
use alloy::transports::TransportResult;
use tokio::runtime::{Builder, Runtime};

use super::failure::{chain, of_pending, of_request};
use crate::cli::args::NodeArgs;
use crate::cli::error::{Failure, Kind, usage};
use crate::cli::session::Session;
use crate::files::keystore::Signer;

/// How long a transaction may take to be mined.
const PATIENCE: Duration = Duration::from_secs(300);

/// A transaction gets its estimate and this share of it more: a contract that writes a time needs less gas in a block in which
/// the time is already written, and the estimate is made in such a block now and then.
const SPARE_GAS: u64 = 4;

/// A node that answered, with or without a key to send transactions with.
pub(crate) struct Node {
    runtime: Runtime,
    provider: DynProvider,
    host: String,
    /// Who sends transactions.
    sender: Option<Address>,
    /// The chain that it is on.
    pub(crate) chain_id: u64,
}

/// A transaction that was mined and did not revert.
pub(crate) struct Mined {
    /// Its hash.
    pub(crate) hash: B256,
    /// Gas that it used.
    pub(crate) gas: u64,
    /// The contract that it made, if any.
    pub(crate) contract: Option<Address>,
}

impl Node {
    /// Connects and asks for the chain; `signer` signs what is sent.
    ///
    /// # Errors
    /// Exit 2 where there is no URL or none that can be used, 4 where the node does not answer, 16 where it refuses.
    pub(crate) fn connect(session: &Session, args: &NodeArgs, signer: Option<Signer>) -> Result<Self, Failure> {
        let text = match &args.rpc_url {
            Some(text) => text.clone(),
            None => std::env::var("ETH_RPC_URL")
                .map_err(|_| usage("--rpc-url", "which node? Name it, or set the variable ETH_RPC_URL"))?,
        };
        let url: alloy::transports::http::reqwest::Url =
            text.parse().map_err(|error| usage("--rpc-url", format!("no URL: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(usage("--rpc-url", "http or https is needed"));
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::new(Kind::Internal, format!("cannot start the network: {error}")))?;
        let sender = signer.as_ref().map(Signer::address);
        let provider = runtime.block_on(async {
            match signer {
                Some(signer) => {
                    ProviderBuilder::new().wallet(EthereumWallet::from(signer.into_wallet())).connect_http(url).erased()
                }
                None => ProviderBuilder::new().connect_http(url).erased(),
            }
        });
        let chain_id = runtime
            .block_on(async { provider.get_chain_id().await })
            .map_err(|error| of_request(&host, "asking for the chain", &error))?;
        session.ui.note(1, format_args!("chain {chain_id} at {host}"));
        Ok(Self { runtime, provider, host, sender, chain_id })
    }

    /// Asks a contract.
    ///
    /// # Errors
    /// Exit 4 where the node does not answer, 16 where the contract refuses or is not what was expected.
    pub(crate) fn call<C: SolCall>(&self, what: &str, to: Address, call: &C) -> Result<C::Return, Failure> {
        let request = TransactionRequest::default().with_to(to).with_input(call.abi_encode());
        let output = self.answer(what, async { self.provider.call(request).await })?;
        C::abi_decode_returns(&output).map_err(|_| {
            chain(what, format_args!("{to} does not answer as the contract that was expected there"))
                .hint("check the address, and that the node is on the right chain")
        })
    }

    /// The code at an address.
    ///
    /// # Errors
    /// Exit 4 or 16.
    pub(crate) fn code(&self, at: Address) -> Result<Bytes, Failure> {
        self.answer("asking for code", async { self.provider.get_code_at(at).await })
    }

    /// The time of the latest block, in unix seconds.
    ///
    /// # Errors
    /// Exit 4 or 16.
    pub(crate) fn time(&self) -> Result<u64, Failure> {
        let what = "asking for the latest block";
        let block = self.answer(what, async { self.provider.get_block_by_number(BlockNumberOrTag::Latest).await })?;
        block.map(|block| block.header.timestamp).ok_or_else(|| chain(what, "there is none"))
    }

    /// Sends a transaction to `to`, or one that deploys `data`, and waits until it is mined.
    ///
    /// # Errors
    /// Exit 4 where the node does not answer, 16 where it or the contract refuses; what reverts is not sent.
    pub(crate) fn send(&self, what: &'static str, to: Option<Address>, data: Vec<u8>) -> Result<Mined, Failure> {
        let mut request = TransactionRequest::default().with_input(data);
        request.from = self.sender;
        let request = match to {
            Some(to) => request.with_to(to),
            None => request.into_create(),
        };
        let estimate = self.answer(what, async { self.provider.estimate_gas(request.clone()).await })?;
        let request = request.with_gas_limit(estimate.saturating_add(estimate / SPARE_GAS));
        let pending = self.answer(what, async { self.provider.send_transaction(request).await })?;
        let receipt: TransactionReceipt = self
            .runtime
            .block_on(pending.with_timeout(Some(PATIENCE)).get_receipt())
            .map_err(|error| of_pending(&self.host, what, &error))?;
        let hash = receipt.transaction_hash;
        if !receipt.status() {
            return Err(chain(what, format_args!("the transaction {hash} was mined and reverted"))
                .hint("something changed meanwhile: try again"));
        }
        Ok(Mined { hash, gas: receipt.gas_used, contract: receipt.contract_address })
    }

    fn answer<T>(&self, what: &str, request: impl Future<Output = TransportResult<T>>) -> Result<T, Failure> {
        self.runtime.block_on(request).map_err(|error| of_request(&self.host, what, &error))
    }
}
