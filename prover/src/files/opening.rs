//! Reading and writing `opening.json`.

use std::path::Path;

use crate::cli::error::Failure;
use crate::cli::output::Ui;
use crate::files::inputs::wrong;
use crate::files::kind::FileKind;
use crate::files::{self, Existing};
use crate::opening::OpeningFile;

/// Reads the file.
///
/// # Errors
/// Exit 3 or 4, 13 where it is of another version or scheme; the message holds no byte of the blinding.
pub(crate) fn load(ui: &Ui, path: &Path) -> Result<OpeningFile, Failure> {
    let text = files::read_private(ui, path).map_err(|failure| {
        failure.or_hint("assay commit makes the opening of a new commitment; another file: --opening FILE")
    })?;
    OpeningFile::from_json(&text).map_err(|error| wrong(path, error))
}

/// Writes the file, mode 0600.
///
/// # Errors
/// Exit 4; also where the file exists and may not be replaced.
pub(crate) fn save(file: &OpeningFile, path: &Path, existing: Existing) -> Result<(), Failure> {
    files::check_target(path, FileKind::Opening, existing).map_err(|failure| match existing {
        Existing::Keep => failure.hint(
            "without it, what was committed with it can never be proven; choose another -o, or --force to replace it",
        ),
        _ => failure,
    })?;
    files::write(path, file.to_json().as_bytes(), FileKind::Opening, existing)
}
