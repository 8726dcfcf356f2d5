//! A position and the opening of the commitment to it, which must belong together.

use std::path::Path;

use assay_circuits::{Position, PositionCommitment};
use assay_verifier::Policy;

use crate::cli::error::{Failure, Kind};
use crate::cli::output::Ui;
use crate::cli::text::shown;
use crate::files::{opening, position};
use crate::opening::OpeningFile;

/// Reads both, and recomputes the commitment from them.
///
/// # Errors
/// Exit 10 where the opening does not open a commitment to the position; 3, 4 or 13 for what is wrong with a file.
pub(crate) fn load(
    ui: &Ui,
    position_file: &Path,
    opening_file: &Path,
    policy: &Policy,
) -> Result<(Position, OpeningFile), Failure> {
    let position = position::load(ui, position_file, policy)?;
    let file = opening::load(ui, opening_file)?;
    if PositionCommitment::new(&position, &file.opening) != file.commitment {
        let (position, opening) = (shown(position_file), shown(opening_file));
        let what = format!("{opening} does not open a commitment to {position}: one of them has changed since");
        return Err(Failure::new(Kind::StatementFalse, what)
            .hint("name the two that belong together, or commit to the position as it is now: assay commit"));
    }
    Ok((position, file))
}
