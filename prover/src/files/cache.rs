//! Where this user's SRS and keys are.

use std::path::{Path, PathBuf};

use assay_circuits::{Circuit, Size};
use directories::ProjectDirs;

use crate::cli::error::{Failure, Kind};

/// Overrides the directory of the operating system.
pub(crate) const VARIABLE: &str = "ASSAY_CACHE_DIR";

/// A directory with at most one development SRS for each number of rows, and the keys made from any SRS. Each number of rows is
/// that of a circuit of `solvency/v1`, whose assets are in the name. The digest covers the number of powers:
///
/// ```text
/// dev.srs, dev-16.srs, dev-32.srs, dev-64.srs
/// keys/<digest of the SRS>/solvency-v1.vk
/// keys/<digest of the SRS>/covenants-v1-<number of the shape>.vk
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

    /// The development SRS for circuits of `2^k` rows.
    pub(crate) fn dev_srs(&self, k: u32) -> PathBuf {
        let with_rows = |size: &Size| Circuit::Solvency(*size).k() >= k;
        self.root.join(match Size::ALL.into_iter().find(with_rows).unwrap_or(Size::SixtyFour) {
            Size::Eight => "dev.srs".to_owned(),
            size => format!("dev-{}.srs", size.assets()),
        })
    }

    /// The verifying key of `circuit` made from the SRS with this digest. Proving keys are computed from it when they are
    /// needed.
    pub(crate) fn verifying_key(&self, srs_digest: [u8; 32], circuit: Circuit) -> PathBuf {
        let name = circuit.statement().name().replace('/', "-");
        self.root.join("keys").join(hex::encode(srs_digest)).join(match circuit {
            Circuit::Solvency(_) => format!("{name}.vk"),
            Circuit::Covenants(shape) => format!("{name}-{:08x}.vk", shape.number()),
        })
    }
}
