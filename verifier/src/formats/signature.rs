//! ECDSA signatures over secp256k1 in one spelling, and who made them.
//!
//! A signature is 65 bytes, `r ‖ s ‖ v`. Each has one spelling alone: `r` and `s` are in `1 … n − 1`, `s` is at most
//! `n / 2`, and `v` is 27 or 28. Other tools know 0 and 1 for `v`, chain ids in it, a form of 64 bytes and the twin
//! with `n − s`; none of them is taken.

use std::fmt;
use std::str::FromStr;

use alloy_primitives::{Address, B256, U256, uint};

use super::text::{self, FormatError};

/// Length of a signature in bytes.
pub const SIGNATURE_LEN: usize = 65;

/// The order `n` of the group, SEC 2, secp256k1.
const ORDER: U256 = uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);
/// `floor(n / 2)`: the largest `s` of a signature in its one spelling.
const HALF_ORDER: U256 = uint!(0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0_U256);

/// Why bytes are no signature, or nobody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Too short or too long.
    #[error("a signature has {SIGNATURE_LEN} bytes, this one has {found}")]
    Length {
        /// Bytes found.
        found: usize,
    },
    /// `v` is another spelling of 27 or 28, or means nothing.
    #[error("non-canonical signature: its last byte is {v} where 27 or 28 is expected")]
    NonCanonical {
        /// The last byte.
        v: u8,
    },
    /// `r` or `s` is zero, or not below the order of the group.
    #[error("no signature: its {what} is zero or not below the order of the group")]
    OutOfRange {
        /// The name of the scalar.
        what: &'static str,
    },
    /// `s` is above half the order: whoever sees a signature can make this twin of it.
    #[error("malleable signature: its s is above half the order of the group")]
    Malleable,
    /// No public key signs this digest so.
    #[error("the signature is nobody's: no key signs this so")]
    Nobody,
}

impl SignatureError {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Length { .. } => "signature_length",
            Self::NonCanonical { .. } => "signature_non_canonical",
            Self::OutOfRange { .. } => "signature_out_of_range",
            Self::Malleable => "signature_malleable",
            Self::Nobody => "signature_of_nobody",
        }
    }
}

/// A signature in its one spelling. Whose it is, [`Self::recover`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    r: U256,
    s: U256,
    odd: bool,
}

impl Signature {
    /// Reads `r ‖ s ‖ v`.
    ///
    /// # Errors
    /// [`SignatureError`] for other than 65 bytes, and for what is not the one spelling of a signature.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SignatureError> {
        let wrong_length = SignatureError::Length { found: bytes.len() };
        let (r, rest) = bytes.split_first_chunk::<32>().ok_or(wrong_length)?;
        let (s, rest) = rest.split_first_chunk::<32>().ok_or(wrong_length)?;
        let &[v] = rest else { return Err(wrong_length) };
        let odd = match v {
            27 => false,
            28 => true,
            _ => return Err(SignatureError::NonCanonical { v }),
        };
        let (r, s) = (U256::from_be_bytes(*r), U256::from_be_bytes(*s));
        for (what, scalar) in [("r", r), ("s", s)] {
            if scalar.is_zero() || scalar >= ORDER {
                return Err(SignatureError::OutOfRange { what });
            }
        }
        if s > HALF_ORDER {
            return Err(SignatureError::Malleable);
        }
        Ok(Self { r, s, odd })
    }

    /// `r ‖ s ‖ v`.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; SIGNATURE_LEN] {
        let mut bytes = [0; SIGNATURE_LEN];
        let words = self.r.to_be_bytes::<32>().into_iter().chain(self.s.to_be_bytes::<32>());
        for (to, from) in bytes.iter_mut().zip(words.chain([if self.odd { 28 } else { 27 }])) {
            *to = from;
        }
        bytes
    }

    /// Whose signature of `digest` it is.
    ///
    /// # Errors
    /// [`SignatureError::Nobody`] where no key signs `digest` so.
    pub fn recover(&self, digest: B256) -> Result<Address, SignatureError> {
        alloy_primitives::Signature::new(self.r, self.s, self.odd)
            .recover_address_from_prehash(&digest)
            .map_err(|_| SignatureError::Nobody)
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::hex(&self.to_bytes()))
    }
}

impl FromStr for Signature {
    type Err = FormatError;

    /// Reads `0x` and 130 lower-case hex digits.
    fn from_str(text: &str) -> Result<Self, FormatError> {
        let bytes =
            text::bytes(text).ok_or_else(|| FormatError::new("a signature is 0x and 130 lower-case hex digits"))?;
        Self::from_bytes(&bytes).map_err(FormatError::new)
    }
}
