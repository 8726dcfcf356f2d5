//! Reading `position.toml`.

use std::path::Path;

use assay_circuits::Position;
use assay_verifier::Market;

use crate::cli::error::Failure;
use crate::cli::output::Ui;
use crate::files;
use crate::files::inputs::wrong;
use crate::position::from_toml;

/// Reads a position in `market`.
///
/// # Errors
/// Exit 3 or 4; the message holds no amount.
pub(crate) fn load(ui: &Ui, path: &Path, market: &Market) -> Result<Position, Failure> {
    let text = files::read_private(ui, path).map_err(|failure| failure.or_hint("name the position with -i FILE"))?;
    from_toml(&text, market).map_err(|error| wrong(path, error))
}
