//! One table of a TOML text, read key by key: every mistake is named with line, key and, where there is one, the word that was
//! probably meant.

use std::cell::RefCell;
use std::fmt;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::formats::text::{self, FormatError};

pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// A table, and which keys were asked for.
pub(super) struct Fields<'a> {
    text: &'a str,
    place: String,
    start: usize,
    table: &'a DeTable<'a>,
    asked: RefCell<Vec<&'static str>>,
}

/// The word among `known` that `word` was probably meant to be, as the end of a message.
pub(super) fn meant<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let distance = |other: &str| strsim::damerau_levenshtein(&word.to_lowercase(), &other.to_lowercase());
    let near = known.into_iter().map(|other| (distance(other), other)).min();
    match near.filter(|(distance, other)| distance.saturating_mul(2) <= other.len().max(2)) {
        Some((_, other)) => format!("; did you mean {other}?"),
        None => String::new(),
    }
}

impl<'a> Fields<'a> {
    /// The fields of `value`, which errors call `place`.
    pub(super) fn new(text: &'a str, place: String, value: &'a Value<'a>) -> Result<Self, FormatError> {
        let start = value.span().start;
        match value.get_ref() {
            DeValue::Table(table) => Ok(Self { text, place, start, table, asked: RefCell::default() }),
            _ => Err(FormatError::at_byte(text, start, format_args!("{place}: keys and values are needed"))),
        }
    }

    /// The same under another name.
    pub(super) fn named(self, place: String) -> Self {
        Self { place, ..self }
    }

    /// The fields of a table within this one.
    pub(super) fn within(&self, key: &str, value: &'a Value<'a>) -> Result<Self, FormatError> {
        Fields::new(self.text, format!("{}: {key}", self.place), value)
    }

    /// An error about `value`, under `key`.
    pub(super) fn wrong(&self, key: &str, value: &Value<'_>, what: impl fmt::Display) -> FormatError {
        FormatError::at_byte(self.text, value.span().start, format_args!("{}: {key}: {what}", self.place))
    }

    /// An error about whatever stands under `key`, be it in basis points, or about the table where nothing does.
    pub(super) fn wrong_at(&self, key: &str, what: impl fmt::Display) -> FormatError {
        let value = self.find(key).or_else(|| self.find(&format!("{key}_bps")));
        let start = value.map_or(self.start, |value| value.span().start);
        FormatError::at_byte(self.text, start, format_args!("{}: {key}: {what}", self.place))
    }

    fn find(&self, key: &str) -> Option<&'a Value<'a>> {
        self.table.iter().find(|(found, _)| found.get_ref().as_ref() == key).map(|(_, value)| value)
    }

    /// What stands under `key`.
    pub(super) fn get(&self, key: &'static str) -> Option<&'a Value<'a>> {
        self.asked.borrow_mut().push(key);
        self.find(key)
    }

    /// What must stand under `key`; a key that is nearly the same is named.
    pub(super) fn need(&self, key: &'static str) -> Result<&'a Value<'a>, FormatError> {
        self.get(key).ok_or_else(|| self.missing(key))
    }

    /// The error that `key` is missing.
    pub(super) fn missing(&self, key: &'static str) -> FormatError {
        let asked = self.asked.borrow();
        let strangers = self.table.keys().map(|found| found.get_ref().as_ref()).filter(|found| !asked.contains(found));
        let meant = strangers.map(|found| (found, meant(found, [key]))).find(|(_, meant)| !meant.is_empty());
        match meant {
            Some((found, meant)) => self.wrong_at(found, format_args!("no such key{meant}")),
            None => self.wrong_at(key, "missing"),
        }
    }

    /// The text under `key`.
    pub(super) fn word(&self, key: &'static str) -> Result<&'a str, FormatError> {
        let value = self.need(key)?;
        self.word_of(key, value)
    }

    /// `value`, under `key`, as text.
    pub(super) fn word_of(&self, key: &str, value: &'a Value<'a>) -> Result<&'a str, FormatError> {
        match value.get_ref() {
            DeValue::String(word) => Ok(word.as_ref()),
            _ => Err(self.wrong(key, value, "a text in quotes is needed")),
        }
    }

    /// `value`, under `key`, as a list.
    pub(super) fn list_of(&self, key: &str, value: &'a Value<'a>) -> Result<Vec<&'a Value<'a>>, FormatError> {
        match value.get_ref() {
            DeValue::Array(items) => Ok(items.iter().collect()),
            _ => Err(self.wrong(key, value, "a list is needed")),
        }
    }

    /// One of `words` under `key`, as its place among them; the first where nothing stands there.
    pub(super) fn choice(&self, key: &'static str, words: &[&str]) -> Result<usize, FormatError> {
        let Some(value) = self.get(key) else { return Ok(0) };
        let word = self.word_of(key, value)?;
        words.iter().position(|known| *known == word).ok_or_else(|| {
            let meant = meant(word, words.iter().copied());
            self.wrong(key, value, format_args!("one of {} is needed{meant}", words.join(", ")))
        })
    }

    /// A rate that is not below zero: `human = "7.5%"` or `machine = 750`.
    pub(super) fn rate(&self, human: &'static str, machine: &'static str) -> Result<Option<u32>, FormatError> {
        let Some((key, value)) = self.either(human, machine)? else { return Ok(None) };
        let rate = self.signed_rate(key, value, key == machine)?;
        u32::try_from(rate).map(Some).map_err(|_| self.wrong(key, value, "below zero"))
    }

    /// What stands under one of two keys for the same.
    pub(super) fn either(
        &self,
        human: &'static str,
        machine: &'static str,
    ) -> Result<Option<(&'static str, &'a Value<'a>)>, FormatError> {
        match (self.get(human), self.get(machine)) {
            (Some(_), Some(value)) => Err(self.wrong(machine, value, format_args!("{human} says the same; write one"))),
            (Some(value), None) => Ok(Some((human, value))),
            (None, value) => Ok(value.map(|value| (machine, value))),
        }
    }

    /// `value`, under `key`, in basis points: `-4000` (in quotes where it is below zero) for machines, `"-40%"` for people.
    pub(super) fn signed_rate(&self, key: &str, value: &Value<'_>, machine: bool) -> Result<i32, FormatError> {
        let rate = match (value.get_ref(), machine) {
            (DeValue::Integer(digits), true) => text::signed_integer(digits.as_str()),
            (DeValue::String(digits), true) => text::signed_integer(digits.as_ref()),
            (DeValue::String(percent), false) => basis_points(percent.as_ref()),
            _ => None,
        };
        rate.and_then(|rate| i32::try_from(rate).ok()).ok_or_else(|| {
            self.wrong(
                key,
                value,
                if machine {
                    "basis points are needed, such as 750"
                } else {
                    "a percentage in quotes is needed with at most two digits after the point, such as \"7.5%\""
                },
            )
        })
    }

    /// The keys and values of a table whose keys are not known beforehand.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, &'a Value<'a>)> {
        self.table.iter().map(|(key, value)| (key.get_ref().as_ref(), value))
    }

    /// Refuses a key that was never asked for.
    pub(super) fn finish(self) -> Result<(), FormatError> {
        let asked = self.asked.borrow();
        match self.entries().find(|(key, _)| !asked.contains(key)) {
            Some((key, value)) => {
                let meant = meant(key, asked.iter().copied());
                Err(self.wrong(key, value, format_args!("no such key{meant}")))
            }
            None => Ok(()),
        }
    }
}

/// Basis points of `7.5%`, exactly.
fn basis_points(percent: &str) -> Option<i128> {
    let digits = percent.strip_suffix('%')?;
    let (negative, digits) = match digits.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, digits.strip_prefix('+').unwrap_or(digits)),
    };
    let rate = crate::formats::parse_amount(digits, 2).ok()?;
    let rate = i128::try_from(rate.expose()).ok()?;
    Some(if negative { rate.saturating_neg() } else { rate })
}
