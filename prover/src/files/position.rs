//! Reading `position.toml`.

use std::path::Path;

use assay_circuits::Position;
use assay_verifier::Policy;

use crate::cli::error::Failure;
use crate::cli::output::Ui;
use crate::files;
use crate::files::inputs::{self, wrong};
use crate::position::from_toml;

/// Reads a position in the policy's market, of the size that the policy's circuit is for.
///
/// # Errors
/// Exit 3 or 4; the message holds no amount.
pub(crate) fn load(ui: &Ui, path: &Path, policy: &Policy) -> Result<Position, Failure> {
    let circuit = inputs::circuit(policy)?;
    let text = files::read_private(ui, path).map_err(|failure| failure.or_hint("name the position with -i FILE"))?;
    from_toml(&text, policy.market(), circuit.assets()).map_err(|error| wrong(path, error))
}
