//! Options of `assay prices`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use super::PolicyFile;

/// `assay prices`
#[derive(Debug, Subcommand)]
pub(crate) enum PricesCommand {
    /// Make a snapshot, as of now, from the reports of the policy's sources
    Make(PricesMakeArgs),
    /// Sign prices as one of the policy's sources
    Sign(PricesSignArgs),
    /// Show what each source says, what counts and why not, and the prices that follow
    Show(PricesShowArgs),
}

/// `assay prices make`
#[derive(Debug, Args)]
pub(crate) struct PricesMakeArgs {
    #[command(flatten)]
    pub(crate) policy: PolicyFile,
    /// A source of the policy and a file of its reports; several times, also for one source
    #[arg(short, long = "report", value_name = "NAME=FILE", required = true)]
    pub(crate) reports: Vec<String>,
    /// What people should know about the snapshot
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
    /// Where to write the snapshot; replaces an older one
    #[arg(short, long, value_name = "FILE", default_value = "prices.json", value_hint = ValueHint::FilePath)]
    pub(crate) output: PathBuf,
}

/// `assay prices show`
#[derive(Debug, Args)]
pub(crate) struct PricesShowArgs {
    #[command(flatten)]
    pub(crate) policy: PolicyFile,
    /// The price snapshot
    #[arg(default_value = "prices.json", value_hint = ValueHint::FilePath)]
    pub(crate) prices: PathBuf,
}

/// `assay prices sign`
#[derive(Debug, Args)]
pub(crate) struct PricesSignArgs {
    #[command(flatten)]
    pub(crate) policy: PolicyFile,
    /// The source of the policy to sign as
    #[arg(long, value_name = "NAME")]
    pub(crate) source: String,
    /// The price of one whole unit of an asset, in the policy's currency; several times
    #[arg(long = "price", value_name = "ASSET=PRICE", required = true)]
    pub(crate) prices: Vec<String>,
    /// How far a price may be off, either way; zero by default
    #[arg(long = "confidence", value_name = "ASSET=PRICE")]
    pub(crate) confidences: Vec<String>,
    /// The signer's encrypted keystore (Web3 secret storage, version 3)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) keystore: PathBuf,
    /// The file with the keystore's password on its first line; asked for on the terminal by default
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) password_file: Option<PathBuf>,
    /// Where to write the reports; replaces older ones
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: PathBuf,
}
