//! Policies from files.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::complete::Policy;
use super::file::PolicyFile;
use super::market::Market;
use crate::formats::text::{FormatError, MAX_BYTES, printable};

/// Why there is no policy at a path.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file of the policy cannot be read.
    #[error("{}: {error}", shown(path))]
    Policy {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        error: io::Error,
    },
    /// The file of its market cannot be read.
    #[error("{}: {error}; it is the market that {} names, and must lie beside it", shown(path), shown(policy))]
    Market {
        /// The file.
        path: PathBuf,
        /// The file of the policy.
        policy: PathBuf,
        /// What went wrong.
        error: io::Error,
    },
    /// One of the two does not say what it should.
    #[error("{}: {error}", shown(path))]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: FormatError,
    },
}

impl Policy {
    /// Reads the policy at `path`, and from beside it the market that it names.
    ///
    /// # Errors
    /// [`LoadError`] that names the file.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        let path = path.as_ref();
        let wrong = |path: &Path, error| LoadError::Format { path: path.to_owned(), error };
        let text = read(path).map_err(|error| LoadError::Policy { path: path.to_owned(), error })?;
        let file = PolicyFile::parse(&text).map_err(|error| wrong(path, error))?;
        let beside = path.with_file_name(file.market_file());
        let text = read(&beside).map_err(|error| LoadError::Market {
            path: beside.clone(),
            policy: path.to_owned(),
            error,
        })?;
        let market = Market::from_toml(&text).map_err(|error| wrong(&beside, error))?;
        file.with_market(market).map_err(|error| wrong(path, error))
    }
}

/// The text of a file; of a larger one than any format permits no more than shows that it is.
fn read(path: &Path) -> io::Result<String> {
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut text = String::new();
    File::open(path)?.take(limit).read_to_string(&mut text)?;
    Ok(text)
}

/// A path without control characters.
fn shown(path: &Path) -> String {
    printable(&path.display().to_string())
}
