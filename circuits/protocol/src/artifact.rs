//! The container of binary files: `.srs` and `.vk`.
//!
//! | bytes | content |
//! |---|---|
//! | 8 | magic `assay\r\n\x1a`: a transfer that mangles text is noticed |
//! | 4 | kind, ASCII: `srs ` or `vk  ` |
//! | 4 | format version, big-endian |
//! | 16 | statement id, ASCII, zero-padded; all zero where the kind serves every statement |
//! | 8 | payload length, big-endian |
//! | 32 | SHA-256 of everything before and of the payload |
//! | … | payload |
//!
//! All of it is checked before any of the payload is parsed. The hash finds damage, not forgery: whoever can forge a
//! file can hash it too. What a file means is decided by fingerprints, see [`crate::keys`].

use sha2::{Digest, Sha256};

const MAGIC: &[u8; 8] = b"assay\r\n\x1a";
const VERSION: u32 = 1;
const HASH_AT: usize = 40;
/// Bytes before the payload.
pub const HEADER_LEN: usize = HASH_AT + 32;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A structured reference string.
    Srs,
    /// A verifying key.
    VerifyingKey,
}

impl Kind {
    const ALL: [Self; 2] = [Self::Srs, Self::VerifyingKey];

    const fn code(self) -> &'static [u8; 4] {
        match self {
            Self::Srs => b"srs ",
            Self::VerifyingKey => b"vk  ",
        }
    }

    /// The name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Srs => "SRS",
            Self::VerifyingKey => "verifying key",
        }
    }

    /// Recognises a file by its first bytes, without checking it.
    #[must_use]
    pub fn sniff(bytes: &[u8]) -> Option<Self> {
        let code = bytes.strip_prefix(MAGIC)?.get(..4)?;
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Why a binary file was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArtifactError {
    /// It does not begin with the magic bytes.
    #[error("not a binary file of Assay")]
    Magic,
    /// It is one, but of another kind.
    #[error("expected a file of kind {}, found {}", expected.name(), found.map_or("an unknown kind", Kind::name))]
    Kind {
        /// What the caller asked for.
        expected: Kind,
        /// What the file says.
        found: Option<Kind>,
    },
    /// A format version that this program does not know.
    #[error("format version {0} is not known; this program reads version {VERSION}")]
    Version(u32),
    /// Made for another statement.
    #[error("made for another statement than {expected}")]
    Statement {
        /// What the caller asked for.
        expected: &'static str,
    },
    /// Longer or shorter than its header says.
    #[error("{found} bytes where {expected} were expected: truncated, or something was appended")]
    Length {
        /// From the header.
        expected: u64,
        /// Of the file.
        found: u64,
    },
    /// The SHA-256 does not match.
    #[error("the checksum does not match: the file is damaged")]
    Checksum,
    /// The payload is not what the format says.
    #[error("invalid content: {0}")]
    Content(&'static str),
    /// The SRS is smaller than what is asked for.
    #[error("the SRS has 2^{found} powers and 2^{needed} are needed")]
    TooSmall {
        /// The `k` that is asked for.
        needed: u32,
        /// The SRS's `k`.
        found: u32,
    },
    /// An SRS of exactly `2^k` powers, as they once were.
    #[error(
        "the SRS has 2^{k} powers, as an older version of this program wrote it, and proofs need one more: import the \
         ceremony's file again, or make a development SRS again"
    )]
    OldSrs {
        /// Base-2 logarithm of the number of powers.
        k: u32,
    },
    /// A key and an SRS that do not belong together.
    #[error("the key was made from the SRS {key} and this is the SRS {srs}")]
    OtherSrs {
        /// Digest in the key, hexadecimal.
        key: String,
        /// Digest of the SRS, hexadecimal.
        srs: String,
    },
}

fn checksum(file: &[u8]) -> [u8; 32] {
    let (before, rest) = file.split_at(HASH_AT);
    Sha256::new().chain_update(before).chain_update(&rest[32..]).finalize().into()
}

fn statement_field(statement: Option<&'static str>) -> [u8; 16] {
    let mut field = [0; 16];
    let name = statement.unwrap_or_default().as_bytes();
    field[..name.len()].copy_from_slice(name);
    field
}

/// Wraps `payload`. `statement` has at most 16 bytes.
pub(crate) fn wrap(kind: Kind, statement: Option<&'static str>, payload: &[u8]) -> Vec<u8> {
    let mut file = Vec::with_capacity(HEADER_LEN + payload.len());
    file.extend(MAGIC);
    file.extend(kind.code());
    file.extend(VERSION.to_be_bytes());
    file.extend(statement_field(statement));
    file.extend((payload.len() as u64).to_be_bytes());
    file.extend([0; 32]);
    file.extend(payload);
    let hash = checksum(&file);
    file[HASH_AT..HEADER_LEN].copy_from_slice(&hash);
    file
}

/// Checks everything around the payload and returns it.
pub(crate) fn unwrap<'f>(
    kind: Kind,
    statement: Option<&'static str>,
    file: &'f [u8],
) -> Result<&'f [u8], ArtifactError> {
    let after_magic = file.strip_prefix(MAGIC).ok_or(ArtifactError::Magic)?;
    let short = |expected: usize| ArtifactError::Length { expected: expected as u64, found: file.len() as u64 };
    let (code, rest) = after_magic.split_first_chunk::<4>().ok_or(short(HEADER_LEN))?;
    if code != kind.code() {
        return Err(ArtifactError::Kind { expected: kind, found: Kind::sniff(file) });
    }
    let (version, rest) = rest.split_first_chunk::<4>().ok_or(short(HEADER_LEN))?;
    let version = u32::from_be_bytes(*version);
    if version != VERSION {
        return Err(ArtifactError::Version(version));
    }
    let (found, rest) = rest.split_first_chunk::<16>().ok_or(short(HEADER_LEN))?;
    if *found != statement_field(statement) {
        return Err(ArtifactError::Statement { expected: statement.unwrap_or("every statement") });
    }
    let (length, rest) = rest.split_first_chunk::<8>().ok_or(short(HEADER_LEN))?;
    let length = u64::from_be_bytes(*length);
    let (hash, payload) = rest.split_first_chunk::<32>().ok_or(short(HEADER_LEN))?;
    if payload.len() as u64 != length {
        return Err(ArtifactError::Length {
            expected: length.saturating_add(HEADER_LEN as u64),
            found: file.len() as u64,
        });
    }
    if *hash != checksum(file) {
        return Err(ArtifactError::Checksum);
    }
    Ok(payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_survives_its_container() {
        let file = wrap(Kind::Srs, None, b"payload");
        assert_eq!(unwrap(Kind::Srs, None, &file), Ok(b"payload".as_slice()));
        assert_eq!(Kind::sniff(&file), Some(Kind::Srs));
    }

    #[test]
    fn every_single_byte_change_and_every_length_is_refused() {
        let file = wrap(Kind::VerifyingKey, Some("solvency/v1"), b"payload");
        for at in 0..file.len() {
            for flip in [1, 0x80] {
                let mut damaged = file.clone();
                damaged[at] ^= flip;
                assert!(unwrap(Kind::VerifyingKey, Some("solvency/v1"), &damaged).is_err(), "byte {at}");
            }
            assert!(unwrap(Kind::VerifyingKey, Some("solvency/v1"), &file[..at]).is_err(), "{at} bytes");
        }
        let longer = [file.as_slice(), &[0]].concat();
        assert!(matches!(unwrap(Kind::VerifyingKey, Some("solvency/v1"), &longer), Err(ArtifactError::Length { .. })));
    }

    #[test]
    fn another_kind_and_another_statement_are_named() {
        let file = wrap(Kind::VerifyingKey, Some("solvency/v1"), b"");
        let error = unwrap(Kind::Srs, None, &file).expect_err("a key is not an SRS");
        assert_eq!(error.to_string(), "expected a file of kind SRS, found verifying key");
        assert!(matches!(unwrap(Kind::VerifyingKey, Some("solvency/v2"), &file), Err(ArtifactError::Statement { .. })));
    }
}
