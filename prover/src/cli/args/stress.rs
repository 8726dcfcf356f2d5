//! Options of `assay stress`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::{PolicyFile, PositionFile, TermsArgs};

/// `assay stress`
#[derive(Debug, Args)]
pub(crate) struct StressArgs {
    #[command(flatten)]
    pub(crate) position: PositionFile,
    #[command(flatten)]
    pub(crate) policy: PolicyFile,
    #[command(flatten)]
    pub(crate) terms: TermsArgs,
    /// Change a price, such as WETH=-40%; several times, all at once
    #[arg(long = "shock", value_name = "ASSET=PERCENT", required_unless_present = "depegs")]
    pub(crate) shocks: Vec<String>,
    /// Let a price fall by so much below what it is pegged to, on top of its shock, such as wstETH=8%
    #[arg(long = "depeg", value_name = "ASSET=PERCENT")]
    pub(crate) depegs: Vec<String>,
    /// Also write a page with charts (private)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) html: Option<PathBuf>,
}
