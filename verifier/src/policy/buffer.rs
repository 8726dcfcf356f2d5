//! The steps by which bounds may be away from prices.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use crate::formats::text::FormatError;

/// How far prices may move before an attestation lapses: the same for all assets, in few steps, because looser bounds
/// on assets that are not held would show the holdings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "u8")]
pub enum Buffer {
    /// 0 %.
    P0,
    /// 5 %.
    P5,
    /// 10 %.
    P10,
    /// 20 %.
    P20,
    /// 30 %.
    P30,
    /// 50 %.
    P50,
}

impl Buffer {
    /// All steps, ascending.
    pub const ALL: [Self; 6] = [Self::P0, Self::P5, Self::P10, Self::P20, Self::P30, Self::P50];

    /// The step in percent.
    #[must_use]
    pub const fn percent(self) -> u8 {
        match self {
            Self::P0 => 0,
            Self::P5 => 5,
            Self::P10 => 10,
            Self::P20 => 20,
            Self::P30 => 30,
            Self::P50 => 50,
        }
    }
}

impl TryFrom<u8> for Buffer {
    type Error = FormatError;

    fn try_from(percent: u8) -> Result<Self, FormatError> {
        Self::ALL
            .into_iter()
            .find(|buffer| buffer.percent() == percent)
            .ok_or_else(|| FormatError::new("a buffer is 0, 5, 10, 20, 30 or 50 %"))
    }
}

impl FromStr for Buffer {
    type Err = FormatError;

    /// Reads `10%` or `10`.
    fn from_str(text: &str) -> Result<Self, FormatError> {
        let digits = text.strip_suffix('%').unwrap_or(text);
        Self::ALL
            .into_iter()
            .find(|buffer| buffer.percent().to_string() == digits)
            .ok_or_else(|| FormatError::new("a buffer is 0, 5, 10, 20, 30 or 50 %"))
    }
}

impl fmt::Display for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.percent())
    }
}
