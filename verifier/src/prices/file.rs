//! `prices.json`.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::price::{AssetPrice, PriceRange};
use super::report::{Evidence, Report};
use super::snapshot::PriceSnapshot;
use crate::formats::amount::MAX_DECIMALS;
use crate::formats::document::{self, Object};
use crate::formats::text::{self, FormatError, time_at};

/// Value of `format` in a price file.
pub const FORMAT: &str = "assay/prices/v1";

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    quote: String,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    prices: Vec<Object<Line>>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Line {
    asset: String,
    low: String,
    high: String,
    decimals: u8,
    reports: Vec<Object<ReportLine>>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct ReportLine {
    source: String,
    feed: String,
    price: String,
    confidence: String,
    decimals: u8,
    published: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    round: Option<Object<RoundLine>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RoundLine {
    id: String,
    answered_in: String,
}

impl PriceSnapshot {
    /// Reads `prices.json`. Whether it is one for a policy, [`Self::for_policy`] decides.
    ///
    /// # Errors
    /// [`FormatError`] where the text is larger than 64 KiB, no JSON, of another format, has an unknown, missing or duplicate
    /// key, or a price is zero, not a whole number in quotes, has its low above its high, or an asset is listed twice.
    pub fn from_json(text: &str) -> Result<Self, FormatError> {
        let file: File = document::json(text, FORMAT)?;
        text::check_symbol(&file.quote)?;
        let at = time_at("at", &file.at)?;
        if let Some(note) = &file.note {
            text::check_label("note", note)?;
        }
        let mut seen = HashSet::new();
        for Object(line) in &file.prices {
            if !seen.insert(line.asset.as_str()) {
                return Err(FormatError::new(format_args!("{}: two prices", line.asset)));
            }
        }
        let prices = file.prices.into_iter().map(|line| line.0.read()).collect::<Result<_, _>>()?;
        Ok(Self { quote: file.quote, at, note: file.note, prices })
    }

    /// Writes `prices.json`; [`Self::from_json`] reads the same snapshot back.
    #[must_use]
    pub fn to_json(&self) -> String {
        let prices = self.prices.iter().map(|price| {
            Object(Line {
                asset: price.asset.clone(),
                low: price.range.low.to_string(),
                high: price.range.high.to_string(),
                decimals: price.decimals,
                reports: price.reports.iter().map(|report| Object(ReportLine::of(report))).collect(),
            })
        });
        document::to_json(&File {
            format: FORMAT.to_owned(),
            quote: self.quote.clone(),
            at: text::format_time(self.at),
            note: self.note.clone(),
            prices: prices.collect(),
        })
    }
}

impl Line {
    fn read(self) -> Result<AssetPrice, FormatError> {
        text::check_symbol(&self.asset)?;
        let wrong = |what: &str| FormatError::new(format_args!("{}: {what}", self.asset));
        let price = |name: &str, text: &str| {
            text::integer(text).ok_or_else(|| wrong(&format!("{name}: not a whole number in quotes, below 2^128")))
        };
        let range = PriceRange { low: price("low", &self.low)?, high: price("high", &self.high)? };
        if range.low == 0 {
            return Err(wrong("a price of zero"));
        }
        if range.low > range.high {
            return Err(wrong("the low price is above the high one"));
        }
        if self.decimals > MAX_DECIMALS {
            return Err(wrong("decimals: more than 36"));
        }
        let reports = self.reports.into_iter().map(|Object(report)| report.read(&self.asset));
        let reports = reports.collect::<Result<_, _>>()?;
        Ok(AssetPrice { asset: self.asset, range, decimals: self.decimals, reports })
    }
}

impl ReportLine {
    fn of(report: &Report) -> Self {
        let (round, signature) = match &report.evidence {
            Evidence::Round { id, answered_in } => {
                (Some(Object(RoundLine { id: id.to_string(), answered_in: answered_in.to_string() })), None)
            }
            Evidence::None => (None, None),
            Evidence::Signature(bytes) => (None, Some(text::hex(bytes))),
        };
        Self {
            source: report.by.clone(),
            feed: report.feed.to_string(),
            price: report.price.to_string(),
            confidence: report.confidence.to_string(),
            decimals: report.decimals,
            published: text::format_time(report.published),
            round,
            signature,
        }
    }

    fn read(self, asset: &str) -> Result<Report, FormatError> {
        text::check_label("source", &self.source)?;
        let place = format!("{asset}: {}", self.source);
        let wrong = |key: &str, what: &str| FormatError::new(format_args!("{place}: {key}: {what}"));
        let integer =
            |key: &str, text: &str| text::integer(text).ok_or_else(|| wrong(key, "not a whole number in quotes"));
        let evidence = match (self.round, self.signature) {
            (None, None) => Evidence::None,
            (Some(Object(RoundLine { id, answered_in })), None) => {
                Evidence::Round { id: integer("round", &id)?, answered_in: integer("round", &answered_in)? }
            }
            (None, Some(signature)) => {
                let bytes = text::bytes(&signature);
                Evidence::Signature(bytes.ok_or_else(|| wrong("signature", "not 0x and lower-case hex digits"))?)
            }
            (Some(_), Some(_)) => return Err(wrong("signature", "a report has a round or a signature, not both")),
        };
        Ok(Report {
            feed: text::word_at(&format!("{place}: feed"), &self.feed)?,
            price: text::signed_integer(&self.price).ok_or_else(|| wrong("price", "not a whole number in quotes"))?,
            confidence: integer("confidence", &self.confidence)?,
            decimals: self.decimals,
            published: time_at(&format!("{place}: published"), &self.published)?,
            evidence,
            by: self.source,
        })
    }
}
