//! The public files and options that several commands read.

use std::path::Path;

use assay_verifier::Market;
use assay_verifier::policy::{Policy, PolicyFile};
use assay_verifier::prices::PriceSnapshot;
use assay_verifier::{Anchor, Attestation, FormatError, Revocation};

use crate::cli::error::Failure;
use crate::cli::text::shown;
use crate::files;

/// Reads a policy, and its market from beside it.
///
/// # Errors
/// Exit 3, 4 or 13.
pub(crate) fn policy(path: &Path) -> Result<Policy, Failure> {
    let text = files::read_text(path).map_err(|failure| failure.or_hint("name the policy with -P FILE"))?;
    let file = PolicyFile::parse(&text).map_err(|error| wrong(path, error))?;
    let market = market(&path.with_file_name(file.market_file())).map_err(|failure| {
        failure.or_hint(format_args!("it is the market that {} names, and lies beside it", shown(path)))
    })?;
    file.with_market(market).map_err(|error| wrong(path, error))
}

/// Reads a market.
///
/// # Errors
/// Exit 3, 4 or 13.
pub(crate) fn market(path: &Path) -> Result<Market, Failure> {
    Market::from_toml(&files::read_text(path)?).map_err(|error| wrong(path, error))
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
    PriceSnapshot::from_json(&text).map_err(|error| wrong(path, error))
}

/// What is wrong, and in which file.
pub(crate) fn wrong(path: &Path, error: FormatError) -> Failure {
    Failure::from(error).in_file(path)
}

/// Reads an anchor.
///
/// # Errors
/// Exit 3, 4 or 13.
pub(crate) fn anchor(path: &Path) -> Result<Anchor, Failure> {
    Anchor::from_json(&files::read_text(path)?).map_err(|error| wrong(path, error))
}

/// Reads a revocation.
///
/// # Errors
/// Exit 3, 4 or 13.
pub(crate) fn revocation(path: &Path) -> Result<Revocation, Failure> {
    Revocation::from_json(&files::read_text(path)?).map_err(|error| wrong(path, error))
}

/// Reads an attestation.
///
/// # Errors
/// Exit 3, 4 or 13.
pub(crate) fn attestation(path: &Path) -> Result<Attestation, Failure> {
    Attestation::from_json(&files::read_text(path)?).map_err(|error| wrong(path, error))
}
