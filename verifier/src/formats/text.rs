//! How single values are written in files: one spelling each.

use std::fmt;

use alloy_primitives::{Address, B256};
use assay_circuits::PositionCommitment;
use jiff::Timestamp;
use serde::Serializer;

/// A file or a value that does not say what it should. Messages hold names and places, never amounts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct FormatError {
    /// Line and column, both from 1, where the parser knows them.
    pub place: Option<(usize, usize)>,
    /// What is wrong; free of control characters.
    pub what: String,
    /// The file is of another kind, version or statement than the one that is read.
    pub mismatch: bool,
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.place {
            write!(f, "line {line}, column {column}: ")?;
        }
        f.write_str(&self.what)
    }
}

/// Largest text that is parsed, in bytes.
pub const MAX_BYTES: usize = 65_536;

/// The prefix of accounts on EVM chains.
pub(crate) const EIP155: &str = "eip155:";

/// Longest message: a hostile file does not decide how much is printed.
const LONGEST_MESSAGE: usize = 300;

impl FormatError {
    pub(crate) fn new(what: impl fmt::Display) -> Self {
        Self { place: None, what: printable(&what.to_string()), mismatch: false }
    }

    /// Another kind, version or statement: what the file says under `key`, and what it should say.
    pub(crate) fn mismatch(key: &str, found: &str, expected: &str) -> Self {
        Self { mismatch: true, ..Self::new(format_args!("{key}: {found} where {expected} is expected")) }
    }

    pub(crate) fn at(line: usize, column: usize, what: impl fmt::Display) -> Self {
        Self { place: Some((line, column)), ..Self::new(what) }
    }

    /// Reads the message of a serde error, which may quote the value that it found, and keeps what was expected.
    pub(crate) fn describe(message: &str) -> String {
        for kind in ["invalid type", "invalid value", "invalid length"] {
            if message.starts_with(kind) {
                let expected = message.split_once(", expected ").map_or("another value", |(_, expected)| expected);
                let expected = expected.rsplit_once(" at line ").map_or(expected, |(before, _)| before);
                let expected = match expected {
                    "u8" | "u16" | "u32" | "u64" => "a whole number without quotes",
                    other => other,
                };
                return format!("{kind}: expected {expected}");
            }
        }
        message.rsplit_once(" at line ").map_or(message, |(before, _)| before).to_owned()
    }

    /// What is wrong at byte `at` of `text`.
    pub(crate) fn at_byte(text: &str, at: usize, what: impl fmt::Display) -> Self {
        let before = text.get(..at).unwrap_or(text);
        let line = before.matches('\n').count().saturating_add(1);
        let column = before.rsplit('\n').next().unwrap_or(before).chars().count().saturating_add(1);
        Self::at(line, column, what)
    }
}

impl From<serde_json::Error> for FormatError {
    fn from(error: serde_json::Error) -> Self {
        let what = match error.classify() {
            serde_json::error::Category::Eof => "the text ends too early".to_owned(),
            serde_json::error::Category::Syntax if error.to_string().starts_with("recursion limit") => {
                "nested too deeply".to_owned()
            }
            _ => Self::describe(&error.to_string()),
        };
        if error.line() == 0 { Self::new(what) } else { Self::at(error.line(), error.column(), what) }
    }
}

/// `text` without control and formatting characters, shortened.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .take(LONGEST_MESSAGE)
        .flat_map(|c| if c.is_ascii_graphic() || c == ' ' { vec![c] } else { c.escape_default().collect() })
        .collect()
}

/// Bounds a free text that people read: 1 to 160 printable ASCII characters, no space at either end.
pub(crate) fn check_label(what: &str, label: &str) -> Result<(), FormatError> {
    let plain =
        (1..=160).contains(&label.len()) && label.bytes().all(|b| (b' '..=b'~').contains(&b)) && label.trim() == label;
    if plain {
        Ok(())
    } else {
        Err(FormatError::new(format_args!("{what}: 1 to 160 printable ASCII characters are needed")))
    }
}

/// Bounds the short name of an asset: 1 to 16 ASCII letters, digits, `.`, `-` or `_`, a letter first.
pub(crate) fn check_symbol(symbol: &str) -> Result<(), FormatError> {
    let plain = (1..=16).contains(&symbol.len())
        && symbol.starts_with(|c: char| c.is_ascii_alphabetic())
        && symbol.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b));
    if plain {
        Ok(())
    } else {
        Err(FormatError::new("a symbol is 1 to 16 ASCII letters, digits, dots, hyphens or underscores, a letter first"))
    }
}

/// Checks that an integer is within its range, both ends included.
pub(crate) fn check_range(what: &str, value: u32, low: u32, high: u32) -> Result<(), FormatError> {
    if (low..=high).contains(&value) {
        Ok(())
    } else {
        Err(FormatError::new(format_args!("{what}: must be {low} to {high}")))
    }
}

/// Checks that there is at least one item, and that each is greater than the one before.
pub(crate) fn check_ascending<T: Ord>(what: &str, items: &[T]) -> Result<(), FormatError> {
    let ascending = items.iter().zip(items.iter().skip(1)).all(|(before, after)| before < after);
    if !items.is_empty() && ascending {
        Ok(())
    } else {
        Err(FormatError::new(format_args!("{what}: at least one is needed, in ascending order, none twice")))
    }
}

/// Checks that a minimum is at least one and at most `of`.
pub(crate) fn check_minimum(what: &str, minimum: u8, of: usize) -> Result<(), FormatError> {
    if (1..=of).contains(&usize::from(minimum)) {
        Ok(())
    } else {
        Err(FormatError::new(format_args!("{what}: must be 1 to {of}")))
    }
}

/// Unsigned integer in decimal: ASCII digits, no leading zero; `None` where it does not fit.
pub(crate) fn integer(text: &str) -> Option<u128> {
    let canonical =
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if canonical { text.parse().ok() } else { None }
}

/// Integer in decimal as [`integer`], with a minus sign where it is below zero.
pub(crate) fn signed_integer(text: &str) -> Option<i128> {
    match text.strip_prefix('-') {
        Some("0") => None,
        Some(digits) => integer(digits).and_then(|_| text.parse().ok()),
        None => integer(text).and_then(|value| i128::try_from(value).ok()),
    }
}

/// `0x` and lower-case hex digits, two a byte.
pub(crate) fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x")?;
    let lower = digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if lower { hex::decode(digits).ok() } else { None }
}

/// `0x` and lower-case hex digits: how bytes are written in files.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// `0x` and 64 lower-case hex digits.
fn word(text: &str) -> Option<B256> {
    B256::try_from(bytes(text)?.as_slice()).ok()
}

/// The word under the key `what`.
pub(crate) fn word_at(what: &str, text: &str) -> Result<B256, FormatError> {
    word(text).ok_or_else(|| FormatError::new(format_args!("{what}: not 0x and 64 lower-case hex digits")))
}

/// An address with its EIP-55 checksum: the one spelling in files.
pub(crate) fn checksummed(text: &str) -> Option<Address> {
    Address::parse_checksummed(text, None).ok()
}

/// The address under the key `what`.
pub(crate) fn address_at(what: &str, text: &str) -> Result<Address, FormatError> {
    checksummed(text).ok_or_else(|| FormatError::new(format_args!("{what}: not an address with its EIP-55 checksum")))
}

/// A CAIP-10 account of an EVM chain with its EIP-55 checksum, `eip155:1:0x…`; neither chain nor address is zero.
pub(crate) fn account(text: &str) -> Option<(u64, Address)> {
    let (chain, address) = text.strip_prefix(EIP155)?.split_once(':')?;
    let chain_id = integer(chain).and_then(|id| u64::try_from(id).ok()).filter(|id| *id > 0)?;
    let address = checksummed(address).filter(|address| *address != Address::ZERO)?;
    Some((chain_id, address))
}

/// The commitment under the key `commitment`.
pub(crate) fn commitment(text: &str) -> Result<PositionCommitment, FormatError> {
    PositionCommitment::from_bytes(&word_at("commitment", text)?.0)
        .ok_or_else(|| FormatError::new("commitment: not below the modulus of the field"))
}

/// The sequence under the key `sequence`.
pub(crate) fn sequence(text: &str) -> Result<u64, FormatError> {
    integer(text)
        .and_then(|sequence| u64::try_from(sequence).ok())
        .ok_or_else(|| FormatError::new("sequence: not a whole number below 2^64 in quotes"))
}

/// Reads an address as people type it: `0x` and 40 hex digits, all lower case or with a right EIP-55 checksum.
///
/// # Errors
/// [`FormatError`] where it is neither.
pub fn parse_address(text: &str) -> Result<Address, FormatError> {
    let lower = || bytes(text).and_then(|bytes| Address::try_from(bytes.as_slice()).ok());
    checksummed(text).or_else(lower).ok_or_else(|| {
        let digits = text.strip_prefix("0x").unwrap_or_default();
        if digits.len() == 40 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return FormatError::new("not an address: the capital letters are not its EIP-55 checksum");
        }
        FormatError::new("not an address: 0x and 40 hex digits are needed, lower case or with an EIP-55 checksum")
    })
}

/// A time as RFC 3339 in UTC with whole seconds, such as `2030-01-31T12:00:00Z`, in unix seconds.
pub(crate) fn time(text: &str) -> Option<u64> {
    let timestamp: Timestamp = text.parse().ok()?;
    let seconds = u64::try_from(timestamp.as_second()).ok()?;
    (format_time(seconds) == text).then_some(seconds)
}

/// The time under the key `what`.
pub(crate) fn time_at(what: &str, text: &str) -> Result<u64, FormatError> {
    time(text).ok_or_else(|| FormatError::new(format_args!("{what}: not a UTC time such as 2030-01-31T12:00:00Z")))
}

/// The time of `seconds` since 1970 as RFC 3339 in UTC; the bare number where it is beyond the calendar.
#[must_use]
pub fn format_time(seconds: u64) -> String {
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .map_or_else(|| seconds.to_string(), |timestamp| timestamp.to_string())
}

/// Writes a value as files spell it, with serde.
pub(crate) fn as_text<S: Serializer>(value: &impl fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// Writes a value as files spell it, or `null`, with serde.
pub(crate) fn as_text_if_any<S: Serializer>(
    value: &Option<impl fmt::Display>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}

/// Writes a time as files spell it, with serde.
pub(crate) fn as_time<S: Serializer>(seconds: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format_time(*seconds))
}

/// Writes a commitment as files spell it, with serde.
pub(crate) fn as_commitment<S: Serializer>(commitment: &PositionCommitment, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex(&commitment.to_bytes()))
}

/// Writes values as files spell them, with serde.
pub(crate) fn as_texts<S: Serializer>(values: &[impl fmt::Display], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(values.iter().map(ToString::to_string))
}
