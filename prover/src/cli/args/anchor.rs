//! Options about anchors: `assay sign`, and what `prove` and `verify` take of it.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::{PolicyFile, PositionFile};

/// `assay sign`
#[derive(Debug, Args)]
pub(crate) struct SignArgs {
    #[command(flatten)]
    pub(crate) position: PositionFile,
    /// The opening of the commitment to the position (private)
    #[arg(long, value_name = "FILE", default_value = "opening.json", value_hint = ValueHint::FilePath)]
    pub(crate) opening: PathBuf,
    #[command(flatten)]
    pub(crate) policy: PolicyFile,
    #[command(flatten)]
    pub(crate) holdings: HoldingsArgs,
    #[command(flatten)]
    pub(crate) signer: SignerArgs,
    /// The password of the keystore, on the first line of a file; asked for on the terminal by default
    #[arg(long, value_name = "FILE", conflicts_with_all = ["typed_data", "signature"], value_hint = ValueHint::FilePath)]
    pub(crate) password_file: Option<PathBuf>,
    /// Who signs: refuse the signature of anybody else
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) attester: Option<String>,
    /// Add the signature to those of this anchor, whose statement it is
    #[arg(long, value_name = "FILE", conflicts_with = "revoke", value_hint = ValueHint::FilePath)]
    pub(crate) add_to: Option<PathBuf>,
    /// Revoke your signature of the holdings statement with this struct hash; no position is needed
    #[arg(long, value_name = "STATEMENT", conflicts_with_all = ["subject", "beneficiary", "as_of", "sequence", "expiry"])]
    pub(crate) revoke: Option<String>,
    /// Where to write it: anchor.json or revocation.json, or the anchor that the signature is added to
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
}

/// What a holdings statement says besides the commitment.
#[derive(Debug, Args)]
pub(crate) struct HoldingsArgs {
    /// Whose position it is: an address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) subject: Option<String>,
    /// Whom the collateral is encumbered to: eip155:CHAIN:ADDRESS, or none for information only
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) beneficiary: Option<String>,
    /// When the position was as committed (RFC 3339); now by default
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<String>,
    /// Greater than that of every statement before for the same market, subject and beneficiary
    #[arg(long, value_name = "NUMBER")]
    pub(crate) sequence: Option<u64>,
    /// The last second at which it counts: a time (RFC 3339) or a span such as +30d
    #[arg(long, value_name = "TIME")]
    pub(crate) expiry: Option<String>,
}

/// How it is signed.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct SignerArgs {
    /// Sign with the key in this encrypted keystore (Web3 secret storage, version 3)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) keystore: Option<PathBuf>,
    /// Print the EIP-712 typed data as JSON, for a hardware or remote signer; write nothing
    #[arg(long)]
    pub(crate) typed_data: bool,
    /// Attach a signature made elsewhere: 130 hex digits, or the 128 of EIP-2098, as wallets write them
    #[arg(long, value_name = "HEX")]
    pub(crate) signature: Option<String>,
}

/// What a verifier knows of anchors.
#[derive(Debug, Args)]
pub(crate) struct AnchorArgs {
    /// The holdings statement that the attestation is anchored in, with its signatures
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) anchor: Option<PathBuf>,
    /// Whom it must encumber the collateral to: your own account as eip155:CHAIN:ADDRESS, or none for information only; where
    /// the audience is a contract, that contract by default
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) beneficiary: Option<String>,
    /// Remember in this file what was accepted and revoked, and refuse what it supersedes; created where there is none
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) seen: Option<PathBuf>,
    /// Take note of a newer holdings statement, which supersedes older ones; may be given several times
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) newer: Vec<PathBuf>,
    /// Take a revocation into account; may be given several times
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) revocation: Vec<PathBuf>,
}
