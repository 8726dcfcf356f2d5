//! The command line, as clap sees it.

mod anchor;
#[cfg(feature = "chain")]
mod evm;
mod prices;
mod stress;

use std::path::PathBuf;

use assay_circuits::Size;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};

pub(crate) use anchor::{AnchorArgs, HoldingsArgs, SignArgs};
#[cfg(feature = "chain")]
pub(crate) use evm::{
    Call, CalldataArgs, ClaimArgs, DeployArgs, DeploymentsArgs, EvmCommand, NodeArgs, StatusArgs, SubmitArgs,
};
pub(crate) use prices::{PricesCommand, PricesMakeArgs, PricesShowArgs, PricesSignArgs};
pub(crate) use stress::StressArgs;

/// Shown below the commands.
const AFTER: &str = "\
Results go to stdout, everything else to stderr. Exit codes: 0 done, 1 internal, 2 usage, 3 malformed input, \
4 files or network, 10 statement false, 11 proof invalid, 12 stale, expired or price beyond a bound, 13 version, key or SRS \
mismatch, 14 keys or SRS missing, damaged or not accepted, 15 anchor, 16 chain, 17 another subject, audience, policy or \
market than expected, 130 interrupted.";

/// Prove that a private position is over-collateralised, without showing it.
#[derive(Debug, Parser)]
#[command(name = "assay", version, after_help = AFTER, propagate_version = true)]
#[command(arg_required_else_help = true, subcommand_required = true)]
pub(crate) struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub(crate) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options that every command takes.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Say more on stderr; twice says most
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print one JSON object on stdout, on failure too
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// When to use colours; NO_COLOR is respected
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorWhen,
    /// When to show the stages of longer jobs on stderr
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) progress: ProgressWhen,
    /// Threads for proving; all cores by default
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// The time to take for now, for tests (RFC 3339)
    #[arg(long, global = true, hide = true, value_name = "TIME")]
    pub(crate) now: Option<String>,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// When to show stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressWhen {
    /// On a terminal or with -v
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the whole job on an example, showing each command as it runs
    Demo(DemoArgs),
    /// Write an example market, policy, position and price snapshot that work as they are
    Init(InitArgs),
    /// Look at a policy and the weights it leads to
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Make a price snapshot from several sources' reports, and look at one
    #[command(subcommand)]
    Prices(PricesCommand),
    /// Commit to a position: commitment to stdout, opening to a private file
    Commit(CommitArgs),
    /// Sign a holdings statement as an attester, or revoke a signature
    Sign(SignArgs),
    /// Decide the statement exactly, in milliseconds, without proving anything
    Check(CheckArgs),
    /// Say what a scenario would do to the position, without proving anything
    Stress(StressArgs),
    /// Make an attestation
    Prove(ProveArgs),
    /// Verify an attestation against what you expect of it
    Verify(VerifyArgs),
    /// Say what a file is and what it says
    Inspect(InspectArgs),
    /// Make the verifying key from an SRS, and cache it
    Setup(SetupArgs),
    /// The structured reference string (SRS) that keys are made from
    #[command(subcommand)]
    Params(ParamsCommand),
    /// The chain side: contracts, attestations on record, status
    #[cfg(feature = "chain")]
    #[command(subcommand)]
    Evm(EvmCommand),
    /// Check that everything that proving and verifying need is in place
    Doctor,
    /// Print a shell's completion script
    Completions(CompletionsArgs),
    /// Print the manual page
    Man(ManArgs),
}

/// `assay demo`
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Directory to work in, new or empty; a temporary one by default
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) directory: Option<PathBuf>,
}

/// `assay init`
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Directory to write to; created where it does not exist
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) directory: PathBuf,
    /// Replace existing files
    #[arg(long)]
    pub(crate) force: bool,
}

/// Where the policy is.
#[derive(Debug, Args)]
pub(crate) struct PolicyFile {
    /// The policy; its market is read from beside it
    #[arg(short = 'P', long, value_name = "FILE", default_value = "policy.toml", value_hint = ValueHint::FilePath)]
    pub(crate) policy: PathBuf,
}

/// What turns a policy into the public numbers of a statement.
#[derive(Debug, Args)]
pub(crate) struct TermsArgs {
    /// The price snapshot
    #[arg(long, value_name = "FILE", default_value = "prices.json", value_hint = ValueHint::FilePath)]
    pub(crate) prices: PathBuf,
    /// How far prices may move before the attestation lapses: 0, 5, 10, 20, 30 or 50 %
    #[arg(long, value_name = "PERCENT", default_value = "10%")]
    pub(crate) buffer: String,
    /// A public line of credit on top of the debt, as ASSET:AMOUNT, such as USDC:1000000
    #[arg(long, value_name = "ASSET:AMOUNT")]
    pub(crate) credit: Option<String>,
    /// How long the statement holds: a time (RFC 3339) or a span such as +24h; the policy's longest by default
    #[arg(long, value_name = "TIME")]
    pub(crate) valid_until: Option<String>,
}

/// `assay policy`
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Validate a policy and its market
    Check(PolicyFile),
    /// Show the weights that follow from a policy and prices, with the arithmetic
    Show(PolicyShowArgs),
    /// Say in words what another policy says otherwise
    Diff(PolicyDiffArgs),
}

/// `assay policy diff`
#[derive(Debug, Args)]
pub(crate) struct PolicyDiffArgs {
    /// A policy; its market is read from beside it
    #[arg(value_name = "OLD", value_hint = ValueHint::FilePath)]
    pub(crate) old: PathBuf,
    /// Another
    #[arg(value_name = "NEW", value_hint = ValueHint::FilePath)]
    pub(crate) new: PathBuf,
}

/// `assay policy show`
#[derive(Debug, Args)]
pub(crate) struct PolicyShowArgs {
    #[command(flatten)]
    pub(crate) policy: PolicyFile,
    #[command(flatten)]
    pub(crate) terms: TermsArgs,
}

/// Where the position is.
#[derive(Debug, Args)]
pub(crate) struct PositionFile {
    /// The position (private)
    #[arg(short, long, value_name = "FILE", default_value = "position.toml", value_hint = ValueHint::FilePath)]
    pub(crate) input: PathBuf,
}

/// `assay commit`
#[derive(Debug, Args)]
pub(crate) struct CommitArgs {
    #[command(flatten)]
    pub(crate) position: PositionFile,
    #[command(flatten)]
    pub(crate) policy: PolicyFile,
    /// Where to write the opening (private)
    #[arg(short, long, value_name = "FILE", default_value = "opening.json", value_hint = ValueHint::FilePath)]
    pub(crate) output: PathBuf,
    /// Replace an existing opening, and no other file; whatever was committed with it can no longer be proven
    #[arg(long)]
    pub(crate) force: bool,
}

/// `assay check`
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) position: PositionFile,
    #[command(flatten)]
    pub(crate) policy: PolicyFile,
    #[command(flatten)]
    pub(crate) terms: TermsArgs,
    /// Decide as of this holdings statement, as prove will; only its times count here, prove verifies it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) anchor: Option<PathBuf>,
}

/// Whom a statement is about and for.
#[derive(Debug, Args)]
pub(crate) struct PartiesArgs {
    /// Whom the statement is about: an address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) subject: String,
    /// Whom the statement is for
    #[arg(long, value_name = "AUDIENCE")]
    pub(crate) audience: String,
}

/// `assay prove`
#[derive(Debug, Args)]
pub(crate) struct ProveArgs {
    #[command(flatten)]
    pub(crate) position: PositionFile,
    /// The opening that `assay commit` wrote (private)
    #[arg(long, value_name = "FILE", default_value = "opening.json", value_hint = ValueHint::FilePath)]
    pub(crate) opening: PathBuf,
    #[command(flatten)]
    pub(crate) policy: PolicyFile,
    #[command(flatten)]
    pub(crate) terms: TermsArgs,
    #[command(flatten)]
    pub(crate) parties: PartiesArgs,
    /// The holdings statement to anchor it in, with its signatures
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) anchor: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) keys: KeySource,
    /// Where to write the attestation
    #[arg(short, long, value_name = "FILE", default_value = "attestation.json", value_hint = ValueHint::FilePath)]
    pub(crate) output: PathBuf,
}

/// Which SRS to use.
#[derive(Debug, Args)]
pub(crate) struct KeySource {
    /// Use the development SRS of this user's cache
    #[arg(long, conflicts_with = "srs")]
    pub(crate) dev: bool,
    /// The SRS to use
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) srs: Option<PathBuf>,
}

/// Which circuit.
#[derive(Debug, Args)]
pub(crate) struct CircuitArgs {
    /// For markets of up to N assets: the smallest of the sizes 8, 16, 32 and 64 that fits
    #[arg(long, value_name = "N", default_value = "8", value_parser = size)]
    pub(crate) assets: Size,
    /// For this policy: one with covenants has another circuit
    #[arg(short = 'P', long = "policy", value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "assets")]
    pub(crate) for_policy: Option<PathBuf>,
}

/// Reads a number of assets as the size that fits it.
fn size(text: &str) -> Result<Size, String> {
    let assets = text.parse().ok().filter(|assets| *assets > 0);
    assets.and_then(Size::fitting).ok_or_else(|| format!("not a number of assets from 1 to {}", Size::MOST_ASSETS))
}

/// `assay verify`
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The attestation
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) attestation: PathBuf,
    #[command(flatten)]
    pub(crate) policy: PolicyFile,
    /// The price snapshot to hold the bounds against
    #[arg(long, value_name = "FILE", default_value = "prices.json", value_hint = ValueHint::FilePath)]
    pub(crate) prices: PathBuf,
    #[command(flatten)]
    pub(crate) parties: PartiesArgs,
    #[command(flatten)]
    pub(crate) anchor: AnchorArgs,
    /// Accept the verifying key with this fingerprint; may be given several times
    #[arg(long, value_name = "FINGERPRINT")]
    pub(crate) allow_vk: Vec<String>,
    /// Accept the development keys of this user's cache: they prove nothing to anybody else
    #[arg(long)]
    pub(crate) allow_dev_srs: bool,
    /// The verifying key; by default the one in the cache for the attestation's SRS
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) vk: Option<PathBuf>,
}

/// `assay inspect`
#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// Any file of this program
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
}

/// `assay setup`
#[derive(Debug, Args)]
pub(crate) struct SetupArgs {
    #[command(flatten)]
    pub(crate) source: KeySource,
    #[command(flatten)]
    pub(crate) circuit: CircuitArgs,
    /// Also write the verifying key to this file
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
    /// Make the key anew even where it is cached
    #[arg(long)]
    pub(crate) force: bool,
}

/// `assay params`
#[derive(Debug, Subcommand)]
pub(crate) enum ParamsCommand {
    /// Say what an SRS file is, or what the cache holds
    Info(ParamsInfoArgs),
    /// Make an SRS from the file of a ceremony, and check it
    Import(ParamsImportArgs),
    /// Check an SRS and say which ceremony it is from
    Verify(ParamsVerifyArgs),
    /// Download the file of a ceremony, whose digest is pinned
    Fetch(ParamsFetchArgs),
    /// Make a development SRS: for trying things out, worth nothing to anybody else
    Dev(ParamsDevArgs),
}

/// `assay params info`
#[derive(Debug, Args)]
pub(crate) struct ParamsInfoArgs {
    /// The SRS; what the cache holds by default
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) circuit: CircuitArgs,
}

/// `assay params import`
#[derive(Debug, Args)]
pub(crate) struct ParamsImportArgs {
    /// A .ptau file of snarkjs, or an SRS in halo2's raw layout
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// Take 2^K + 1 powers; as many as the circuit needs by default
    #[arg(long, value_name = "K", conflicts_with_all = ["assets", "for_policy"], value_parser = clap::value_parser!(u32).range(1..=16))]
    pub(crate) k: Option<u32>,
    #[command(flatten)]
    pub(crate) circuit: CircuitArgs,
    /// Where to write the SRS
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: PathBuf,
}

/// `assay params verify`
#[derive(Debug, Args)]
pub(crate) struct ParamsVerifyArgs {
    /// The SRS
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
}

/// `assay params fetch`
#[derive(Debug, Args)]
pub(crate) struct ParamsFetchArgs {
    /// A file of the table of ceremonies, such as hermez-raw-11
    #[arg(required_unless_present = "url")]
    pub(crate) name: Option<String>,
    /// Another file, of which you know the digest; https only
    #[arg(long, value_name = "URL", requires_all = ["sha256", "output"], conflicts_with = "name")]
    pub(crate) url: Option<String>,
    /// The SHA-256 that the file must have, hexadecimal
    #[arg(long, value_name = "HEX", requires = "url")]
    pub(crate) sha256: Option<String>,
    /// Where to write it; a file of its name here by default
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
    /// Take http://127.0.0.1 too, for tests
    #[arg(long, hide = true)]
    pub(crate) loopback: bool,
}

/// `assay params dev`
#[derive(Debug, Args)]
pub(crate) struct ParamsDevArgs {
    #[command(flatten)]
    pub(crate) circuit: CircuitArgs,
    /// Also write the SRS to this file
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
    /// Make a new one even where there is one; what was proven with the old one no longer verifies
    #[arg(long)]
    pub(crate) force: bool,
}

/// `assay completions`
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

/// `assay man`
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// A command, such as `prove`; the page of assay itself by default
    pub(crate) command: Option<String>,
}
