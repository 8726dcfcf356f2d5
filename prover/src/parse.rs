//! The parsers of private files, as text in and values out. Their errors hold nothing private.

use assay_circuits::{Opening, Position, PositionCommitment};
use assay_verifier::Asset;

use crate::files::opening::OpeningFile;

/// Reads the text of `position.toml` over `assets`, in the market's order.
///
/// # Errors
/// Line, column and kind of the first mistake; holds no amount.
pub fn position(text: &str, assets: &[Asset]) -> Result<Position, String> {
    crate::files::position::from_text(text, assets)
}

/// Reads the text of `opening.json`.
///
/// # Errors
/// What is wrong with it; holds no digit of the blinding.
pub fn opening(text: &str) -> Result<(Opening, PositionCommitment), String> {
    OpeningFile::parse(text).map(|file| (file.opening, file.commitment)).map_err(|failure| failure.message)
}
