//! Where this user's SRS and keys are.

use std::path::{Path, PathBuf};

use assay_circuits::Size;
use directories::ProjectDirs;

use crate::cli::error::{Failure, Kind};

/// Overrides the directory of the operating system.
pub(crate) const VARIABLE: &str = "ASSAY_CACHE_DIR";

/// A directory with at most one development SRS for each size, and the keys made from any SRS. The digest covers the
/// number of powers, so that it tells the sizes apart:
///
/// ```text
/// dev.srs, dev-16.srs, dev-32.srs, dev-64.srs
/// keys/<digest of the SRS>/solvency-v1.vk
/// ```
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    root: PathBuf,
}

impl Cache {
    /// `$ASSAY_CACHE_DIR`, or the user's cache directory.
    ///
    /// # Errors
    /// Exit 4 where the user has no home directory.
    pub(crate) fn of_user() -> Result<Self, Failure> {
        if let Some(root) = std::env::var_os(VARIABLE).filter(|root| !root.is_empty()) {
            return Ok(Self { root: root.into() });
        }
        let directories = ProjectDirs::from("", "", "assay").ok_or_else(|| {
            Failure::new(Kind::Io, "no home directory to keep SRS and keys in").hint(format!("set {VARIABLE}"))
        })?;
        Ok(Self { root: directories.cache_dir().to_owned() })
    }

    /// A cache in `root`.
    pub(crate) fn at(root: PathBuf) -> Self {
        Self { root }
    }

    /// The directory.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The development SRS for a size.
    pub(crate) fn dev_srs(&self, size: Size) -> PathBuf {
        self.root.join(match size {
            Size::Eight => "dev.srs".to_owned(),
            size => format!("dev-{}.srs", size.assets()),
        })
    }

    /// The verifying key made from the SRS with this digest. Proving keys are computed from it when they are needed.
    pub(crate) fn verifying_key(&self, srs_digest: [u8; 32]) -> PathBuf {
        self.root.join("keys").join(hex::encode(srs_digest)).join("solvency-v1.vk")
    }
}
