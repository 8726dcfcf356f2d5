//! The public files and options that several commands read.

use std::path::Path;

use assay_verifier::policy::{Policy, PolicyFile};
use assay_verifier::prices::PriceSnapshot;
use assay_verifier::{Anchor, Attestation, FormatError, Revocation};
use assay_verifier::{Circuit, Market};

use crate::cli::error::{Failure, Kind};
use crate::cli::text::shown;
use crate::files;
use crate::files::kind::FileKind;

/// Reads a policy, and its market from beside it.
///
/// # Errors
/// Exit 3, 4 or 13.
pub(crate) fn policy(path: &Path) -> Result<Policy, Failure> {
    let text = files::read_text(path).map_err(|failure| failure.or_hint("name the policy with -P FILE"))?;
    let file = PolicyFile::parse(&text).map_err(|error| other(path, &text, FileKind::Policy, error))?;
    let market = market(&path.with_file_name(file.market_file())).map_err(|failure| {
        failure.or_hint(format_args!("it is the market that {} names, and lies beside it", shown(path)))
    })?;
    file.with_market(market).map_err(|error| wrong(path, error))
}

/// The circuit of a policy.
///
/// # Errors
/// Exit 3 where none has room for its covenants.
pub(crate) fn circuit(policy: &Policy) -> Result<Circuit, Failure> {
    policy.circuit().map_err(|error| Failure::new(Kind::Malformed, error))
}

/// Reads a market.
///
/// # Errors
/// Exit 3, 4 or 13.
pub(crate) fn market(path: &Path) -> Result<Market, Failure> {
    let text = files::read_text(path)?;
    Market::from_toml(&text).map_err(|error| other(path, &text, FileKind::Market, error))
}

/// Reads a price snapshot.
///
/// # Errors
/// Exit 3, 4 or 13.
pub(crate) fn prices(path: &Path) -> Result<PriceSnapshot, Failure> {
    let text = files::read_text(path).map_err(|failure| {
        failure.or_hint(
            "make a snapshot from the reports of the policy's sources: assay prices make; or name it: --prices FILE",
        )
    })?;
    PriceSnapshot::from_json(&text).map_err(|error| other(path, &text, FileKind::Prices, error))
}

/// What is wrong, and in which file.
pub(crate) fn wrong(path: &Path, error: FormatError) -> Failure {
    Failure::from(error).in_file(path)
}

/// What is wrong with a file that should be of the kind `wanted`: first of all that it is of another.
fn other(path: &Path, text: &str, wanted: FileKind, error: FormatError) -> Failure {
    match FileKind::of(text.as_bytes()) {
        Some(found) if found != wanted && !error.mismatch => {
            let what = format!("{}: it is {}, not {}", shown(path), found.words(), wanted.words());
            Failure::new(Kind::Mismatch, what)
        }
        _ => wrong(path, error),
    }
}

/// Reads an anchor.
///
/// # Errors
/// Exit 3, 4 or 13.
pub(crate) fn anchor(path: &Path) -> Result<Anchor, Failure> {
    let text = files::read_text(path)?;
    Anchor::from_json(&text).map_err(|error| other(path, &text, FileKind::Anchor, error))
}

/// Reads a revocation.
///
/// # Errors
/// Exit 3, 4 or 13.
pub(crate) fn revocation(path: &Path) -> Result<Revocation, Failure> {
    let text = files::read_text(path)?;
    Revocation::from_json(&text).map_err(|error| other(path, &text, FileKind::Revocation, error))
}

/// Reads an attestation.
///
/// # Errors
/// Exit 3, 4 or 13.
pub(crate) fn attestation(path: &Path) -> Result<Attestation, Failure> {
    let text = files::read_text(path)?;
    Attestation::from_json(&text).map_err(|error| other(path, &text, FileKind::Attestation, error))
}
