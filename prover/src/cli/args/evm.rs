//! Options of `assay evm`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

use super::PolicyFile;

/// `assay evm`
#[derive(Debug, Subcommand)]
pub(crate) enum EvmCommand {
    /// Print the calldata of a call, for another wallet; asks no node
    Calldata(CalldataArgs),
    /// Deploy verifier, price board and registry for a policy, and publish it
    Deploy(DeployArgs),
    /// Record an attestation, publishing its anchor first where that is newer
    Submit(SubmitArgs),
    /// Ask a registry for the status of a subject
    Status(StatusArgs),
}

/// Which node.
#[derive(Debug, Args)]
pub(crate) struct NodeArgs {
    /// The JSON-RPC node; the variable ETH_RPC_URL by default, which keeps a secret address from other users of the computer
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) rpc_url: Option<String>,
}

/// Where the addresses of contracts are.
#[derive(Debug, Args)]
pub(crate) struct DeploymentsArgs {
    /// Directory with a file CHAIN.json for each chain
    #[arg(long, value_name = "DIR", default_value = "deployments", value_hint = ValueHint::DirPath)]
    pub(crate) deployments: PathBuf,
    /// The registry; the one in the chain's file by default
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) registry: Option<String>,
}

/// `assay evm calldata`
#[derive(Debug, Args)]
pub(crate) struct CalldataArgs {
    #[command(flatten)]
    pub(crate) claim: ClaimArgs,
    /// Which call
    #[arg(long, value_name = "CALL", default_value = "attest")]
    pub(crate) call: Call,
}

/// The calls that an attestation is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Call {
    /// attest of the registry, which the subject sends
    Attest,
    /// preview of the registry, which anyone may ask
    Preview,
    /// publishAnchor of the registry, which anyone may send; needs --anchor
    PublishAnchor,
    /// verify of the verifier, which anyone may ask
    Verify,
}

/// What a subject claims.
#[derive(Debug, Args)]
pub(crate) struct ClaimArgs {
    /// The attestation; its audience is the registry
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) attestation: PathBuf,
    #[command(flatten)]
    pub(crate) policy: PolicyFile,
    /// The holdings statement that it is anchored in, with its signatures
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) anchor: Option<PathBuf>,
    /// Who may lend against the credit line; needed where there is one
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) lender: Option<String>,
}

/// `assay evm submit`
#[derive(Debug, Args)]
pub(crate) struct SubmitArgs {
    #[command(flatten)]
    pub(crate) claim: ClaimArgs,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
    /// The encrypted keystore of the subject (Web3 secret storage, version 3), as Foundry and geth write it
    #[arg(long, value_name = "FILE", required_unless_present = "dry_run", value_hint = ValueHint::FilePath)]
    pub(crate) keystore: Option<PathBuf>,
    /// The password of the keystore, on the first line of a file; asked for on the terminal by default
    #[arg(long, value_name = "FILE", requires = "keystore", value_hint = ValueHint::FilePath)]
    pub(crate) password_file: Option<PathBuf>,
    /// Refresh all prices of the board first
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) refresh: bool,
    /// Ask what would happen, and send nothing
    #[arg(long, conflicts_with = "keystore")]
    pub(crate) dry_run: bool,
}

/// `assay evm deploy`
#[derive(Debug, Args)]
pub(crate) struct DeployArgs {
    #[command(flatten)]
    pub(crate) policy: PolicyFile,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
    #[command(flatten)]
    pub(crate) deployments: DeploymentsArgs,
    /// The encrypted keystore of who pays (Web3 secret storage, version 3), as Foundry and geth write it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) keystore: PathBuf,
    /// The password of the keystore, on the first line of a file; asked for on the terminal by default
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) password_file: Option<PathBuf>,
    /// Owner of a new registry, best a timelock; who pays by default
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) owner: Option<String>,
    /// A verifier contract that is there already, for a key that is not the production key
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) verifier: Option<String>,
    /// Chainlink's uptime feed of the chain's sequencer, where it has one
    #[arg(long, value_name = "ADDRESS", requires = "sequencer_grace")]
    pub(crate) sequencer_feed: Option<String>,
    /// Seconds for which no price counts after the sequencer is up again
    #[arg(long, value_name = "SECONDS", requires = "sequencer_feed")]
    pub(crate) sequencer_grace: Option<u32>,
}

/// `assay evm status`
#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) policy: PolicyFile,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
    #[command(flatten)]
    pub(crate) deployments: DeploymentsArgs,
    /// Whose status: an address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) subject: String,
}
