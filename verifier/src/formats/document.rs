//! Text files as a whole: what they say that they are, and their one shape.

use std::fmt;
use std::marker::PhantomData;

use assay_circuits::StatementId;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::text::{FormatError, MAX_BYTES};

/// What is written with its keys. Serde would take a list of the values in order as well.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Keys<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("keys and values")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }

        deserializer.deserialize_map(Keys(PhantomData)).map(Self)
    }
}

/// Largest file of any format, in bytes: a seen file of about two thousand series.
pub const LARGEST: usize = 1 << 20;

/// The keys that say what a file is.
#[derive(Deserialize)]
struct Head {
    format: String,
    statement_id: Option<String>,
}

impl Head {
    fn check(&self, format: &str) -> Result<(), FormatError> {
        check_says("format", &self.format, format)?;
        self.statement_id.as_deref().map_or(Ok(()), |found| statement(found).map(|_| ()))
    }
}

/// Checks what a file says that it is, under `key`.
pub(crate) fn check_says(key: &str, found: &str, expected: &str) -> Result<(), FormatError> {
    if found == expected { Ok(()) } else { Err(FormatError::mismatch(key, found, expected)) }
}

/// The `format` of a TOML or JSON text, whatever else is in it.
///
/// # Errors
/// [`FormatError`] where the text is larger than 1 MiB, neither TOML nor JSON, or has no such key.
pub fn format_of(text: &str) -> Result<String, FormatError> {
    check_text(text, LARGEST)?;
    let head: Object<Head> = if text.trim_start().starts_with('{') {
        serde_json::from_str(text)?
    } else {
        toml::from_str(text).map_err(|error| toml_error(&error, text))?
    };
    Ok(head.0.format)
}

/// The statement that a file says it is about.
pub(crate) fn statement(found: &str) -> Result<StatementId, FormatError> {
    let [one, other] = StatementId::ALL.map(StatementId::name);
    found.parse().map_err(|_| FormatError::mismatch("statement_id", found, &format!("{one} or {other}")))
}

/// Parses JSON of at most [`MAX_BYTES`] that says that it is of this format and, where it names one, of a known statement.
pub(crate) fn json<T: DeserializeOwned>(text: &str, format: &str) -> Result<T, FormatError> {
    json_up_to(MAX_BYTES, text, format)
}

/// Parses JSON as [`json`] does, of at most `limit` bytes.
pub(crate) fn json_up_to<T: DeserializeOwned>(limit: usize, text: &str, format: &str) -> Result<T, FormatError> {
    check_text(text, limit)?;
    let head: Object<Head> = serde_json::from_str(text)?;
    head.0.check(format)?;
    let file: Object<T> = serde_json::from_str(text)?;
    Ok(file.0)
}

/// Parses JSON of at most [`MAX_BYTES`] that another program wrote, whatever it says that it is.
pub(crate) fn foreign_json<T: DeserializeOwned>(text: &str) -> Result<T, FormatError> {
    check_text(text, MAX_BYTES)?;
    let file: Object<T> = serde_json::from_str(text)?;
    Ok(file.0)
}

/// Parses TOML of at most [`MAX_BYTES`] that says that it is of this format.
pub(crate) fn toml<T: DeserializeOwned>(text: &str, format: &str) -> Result<T, FormatError> {
    check_text(text, MAX_BYTES)?;
    let wrong = |error: toml::de::Error| toml_error(&error, text);
    let table = DeTable::parse(text).map_err(wrong)?;
    let head: Object<Head> = Object::deserialize(toml::de::Deserializer::from(table.clone())).map_err(wrong)?;
    head.0.check(format)?;
    table.get_ref().values().try_for_each(|value| check_integers(text, value))?;
    let file: Object<T> = Object::deserialize(toml::de::Deserializer::from(table)).map_err(wrong)?;
    Ok(file.0)
}

/// Refuses an integer with a sign, underscores or another base than ten. Recurses as deep as the parser does.
fn check_integers(text: &str, value: &Spanned<DeValue<'_>>) -> Result<(), FormatError> {
    match value.get_ref() {
        DeValue::Integer(_) => {
            let span = value.span();
            let digits = text.get(span.clone()).unwrap_or_default();
            if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
                return Ok(());
            }
            Err(FormatError::at_byte(text, span.start, "an integer is written in decimal digits alone"))
        }
        DeValue::Array(items) => items.iter().try_for_each(|item| check_integers(text, item)),
        DeValue::Table(table) => table.values().try_for_each(|item| check_integers(text, item)),
        _ => Ok(()),
    }
}

/// An error of the TOML parser with line and column.
fn toml_error(error: &toml::de::Error, text: &str) -> FormatError {
    let what = FormatError::describe(error.message());
    match error.span() {
        Some(span) => FormatError::at_byte(text, span.start, what),
        None => FormatError::new(what),
    }
}

/// Refuses what is too large to parse, and a byte order mark, which TOML would skip and JSON would not.
fn check_text(text: &str, limit: usize) -> Result<(), FormatError> {
    if text.len() > limit {
        return Err(FormatError::new(format_args!("too large: more than {limit} bytes")));
    }
    if text.starts_with('\u{feff}') {
        return Err(FormatError::at(1, 1, "a byte order mark before the text"));
    }
    Ok(())
}

/// Indented JSON that ends with a newline.
pub(crate) fn to_json(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}
