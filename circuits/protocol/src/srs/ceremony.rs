//! What the formats of ceremonies' files have in common.

use std::io::{self, Read};

use crate::artifact::ArtifactError;

/// The largest power of a ceremony over BN254: its scalar field has roots of unity of order `2^28`.
pub(super) const MAX_POWER: u32 = 28;

/// The layout of a ceremony's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `.ptau` of snarkjs.
    Ptau,
    /// halo2's `ParamsKZG` with `SerdeFormat::RawBytes`.
    Raw,
}

impl Format {
    /// The name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ptau => "snarkjs .ptau",
            Self::Raw => "halo2 raw",
        }
    }
}

/// Why a ceremony's file was not imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It cannot be read.
    #[error("cannot read it: {0}")]
    Io(#[from] io::Error),
    /// Neither of the two formats.
    #[error("neither a .ptau file of snarkjs nor an SRS in halo2's raw layout, or damaged")]
    Unknown,
    /// A `.ptau` file that is not laid out as one.
    #[error("not a sound .ptau file: {0}")]
    Layout(&'static str),
    /// Enough for keys, and one power short of what proofs need.
    #[error(
        "the file has 2^{k} powers and proofs over 2^{k} rows need one more: import a .ptau file of power {k} or a larger \
         file, or fewer powers"
    )]
    OneShort {
        /// The `k` that is asked for.
        k: u32,
    },
    /// The points are no SRS, or too few.
    #[error(transparent)]
    Srs(#[from] ArtifactError),
}

/// Where the points are in a file that is long enough to hold them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Located {
    pub(super) format: Format,
    /// The power of two that the file is named by: halo2's layout has `2^power` powers on `G₁`, a `.ptau` file
    /// `2^(power + 1) − 1`.
    pub(super) power: u32,
    /// Offset of the powers on `G₁`.
    pub(super) powers: u64,
    /// Offset of `G₂`, which `τ·G₂` follows.
    pub(super) g2: u64,
}

/// The next `LEN` bytes.
pub(super) fn read<const LEN: usize>(file: &mut impl Read) -> io::Result<[u8; LEN]> {
    let mut bytes = [0; LEN];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}
