//! Reports as their sources write them: rounds of Chainlink aggregators, prices of Pyth's Hermes, signed reports.

use alloy_primitives::{Address, B256};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::report::{Evidence, PriceReport, Report};
use crate::formats::document::{self, Object};
use crate::formats::signature::Signature;
use crate::formats::text::{self, FormatError, time_at};
use crate::policy::{Provider, Source};

/// Value of `format` in a file of Chainlink rounds.
pub const CHAINLINK_FORMAT: &str = "assay/chainlink-rounds/v1";
/// Value of `format` in a file of signed reports.
pub const REPORT_FORMAT: &str = "assay/price-report/v1";

/// Reads the reports of `source` from a file as its kind writes it, in prices of `quote`. They are read, not judged.
///
/// # Errors
/// [`FormatError`] where the text is larger than 64 KiB, no JSON, of another format, chain or currency, or a value is
/// missing or does not fit.
pub fn read_reports(source: &Source, quote: &str, text: &str) -> Result<Vec<Report>, FormatError> {
    match source.provider {
        Provider::Chainlink { chain_id } => chainlink(&source.name, chain_id, text),
        Provider::Pyth { .. } => pyth(&source.name, text),
        Provider::Signed { .. } => signed(&source.name, quote, text),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoundsFile {
    /// Read before the rest, by `document::json`.
    #[serde(rename = "format")]
    _format: String,
    chain: String,
    rounds: Vec<Object<RoundEntry>>,
}

/// What `decimals()` and `latestRoundData()` of an aggregator return.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RoundEntry {
    aggregator: String,
    decimals: u8,
    #[serde(default)]
    latest_round_data: Option<[Integer; 5]>,
    round_id: Option<Integer>,
    answer: Option<Integer>,
    started_at: Option<Integer>,
    updated_at: Option<Integer>,
    answered_in_round: Option<Integer>,
}

/// A whole number as other programs write it: in quotes, or as a JSON integer of any size. The text is kept as it stands
/// in the file, because JSON parsers make floating-point numbers of integers above `2^64 − 1`.
#[derive(Deserialize)]
#[serde(transparent)]
struct Integer(Box<RawValue>);

impl Integer {
    /// Its value, below `2^127`; otherwise what is wrong with `key`.
    fn read(&self, key: &str) -> Result<i128, String> {
        let quoted = serde_json::from_str::<String>(self.0.get());
        let text = quoted.as_deref().unwrap_or_else(|_| self.0.get());
        text::signed_integer(text).ok_or_else(|| {
            let without = text.split_once(" [").is_some_and(|(number, _)| text::signed_integer(number).is_some());
            let hint =
                if without { ", without the remark in brackets that cast adds; cast --json leaves it out" } else { "" };
            format!("{key}: a whole number below 2^127 is needed{hint}")
        })
    }
}

fn chainlink(by: &str, chain_id: u64, text: &str) -> Result<Vec<Report>, FormatError> {
    let file: RoundsFile = document::json(text, CHAINLINK_FORMAT)?;
    let chain = format!("eip155:{chain_id}");
    if file.chain != chain {
        return Err(FormatError::new(format_args!("chain: {}, the policy's is {chain}", file.chain)));
    }
    file.rounds.into_iter().map(|Object(entry)| entry.read(by)).collect()
}

impl RoundEntry {
    fn read(self, by: &str) -> Result<Report, FormatError> {
        let wrong = |what: &str| FormatError::new(format_args!("{}: {what}", self.aggregator));
        let aggregator: Address =
            text::checksummed(&self.aggregator).ok_or_else(|| wrong("not an address with its EIP-55 checksum"))?;
        let named = (self.round_id, self.answer, self.started_at, self.updated_at, self.answered_in_round);
        let [round, answer, started, updated, answered_in] = match (self.latest_round_data, named) {
            (Some(words), (None, None, None, None, None)) => words,
            (None, (Some(round), Some(answer), Some(started), Some(updated), Some(answered_in))) => {
                [round, answer, started, updated, answered_in]
            }
            _ => return Err(wrong("latestRoundData or each of its five values by its name is needed")),
        };
        let value = |key: &str, number: &Integer| number.read(key).map_err(|what| wrong(&what));
        let count = |key: &str, number: &Integer| {
            u128::try_from(value(key, number)?).map_err(|_| wrong(&format!("{key}: a negative number")))
        };
        value("startedAt", &started)?;
        let updated =
            u64::try_from(value("updatedAt", &updated)?).map_err(|_| wrong("updatedAt: not a time in unix seconds"))?;
        Ok(Report {
            by: by.to_owned(),
            feed: aggregator.into_word(),
            price: value("answer", &answer)?,
            confidence: 0,
            decimals: self.decimals,
            published: updated,
            evidence: Evidence::Round {
                id: count("roundId", &round)?,
                answered_in: count("answeredInRound", &answered_in)?,
            },
        })
    }
}

/// What Hermes returns for `/v2/updates/price/latest`; it says more, and may come to say more still.
#[derive(Deserialize)]
struct HermesFile {
    parsed: Vec<Object<HermesUpdate>>,
}

#[derive(Deserialize)]
struct HermesUpdate {
    id: String,
    price: Object<HermesPrice>,
}

#[derive(Deserialize)]
struct HermesPrice {
    price: Integer,
    conf: Integer,
    expo: i32,
    publish_time: i64,
}

fn pyth(by: &str, text: &str) -> Result<Vec<Report>, FormatError> {
    let file: HermesFile = document::foreign_json(text)?;
    file.parsed.into_iter().map(|Object(update)| update.read(by)).collect()
}

impl HermesUpdate {
    fn read(self, by: &str) -> Result<Report, FormatError> {
        let Object(HermesPrice { price, conf, expo, publish_time }) = self.price;
        let wrong = |what: &str| FormatError::new(format_args!("{}: {what}", self.id));
        let decimals = expo.checked_neg().and_then(|decimals| u8::try_from(decimals).ok());
        Ok(Report {
            by: by.to_owned(),
            feed: text::word_at("id", &format!("0x{}", self.id))?,
            price: price.read("price").map_err(|what| wrong(&what))?,
            confidence: u128::try_from(conf.read("conf").map_err(|what| wrong(&what))?)
                .map_err(|_| wrong("conf: a negative number"))?,
            decimals: decimals.ok_or_else(|| wrong("expo: not from -255 to 0"))?,
            published: u64::try_from(publish_time).map_err(|_| wrong("publish_time: a negative number"))?,
            evidence: Evidence::None,
        })
    }
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct SignedFile {
    format: String,
    quote: String,
    reports: Vec<Object<SignedEntry>>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct SignedEntry {
    feed: String,
    price: String,
    confidence: String,
    decimals: u8,
    published: String,
    signature: String,
}

/// Writes signed reports in prices of `quote`; [`read_reports`] reads them back.
#[must_use]
pub fn write_signed(quote: &str, reports: &[(PriceReport, Signature)]) -> String {
    let reports = reports.iter().map(|(report, signature)| {
        Object(SignedEntry {
            feed: report.feed.to_string(),
            price: report.price.to_string(),
            confidence: report.confidence.to_string(),
            decimals: report.decimals,
            published: text::format_time(report.published),
            signature: signature.to_string(),
        })
    });
    document::to_json(&SignedFile {
        format: REPORT_FORMAT.to_owned(),
        quote: quote.to_owned(),
        reports: reports.collect(),
    })
}

fn signed(by: &str, quote: &str, text: &str) -> Result<Vec<Report>, FormatError> {
    let file: SignedFile = document::json(text, REPORT_FORMAT)?;
    if file.quote != quote {
        return Err(FormatError::new(format_args!("quote: {}, the policy's is {quote}", file.quote)));
    }
    file.reports.into_iter().map(|Object(entry)| entry.read(by)).collect()
}

impl SignedEntry {
    fn read(self, by: &str) -> Result<Report, FormatError> {
        let feed: B256 = text::word_at("feed", &self.feed)?;
        let wrong = |key: &str, what: &str| FormatError::new(format_args!("{feed}: {key}: {what}"));
        let number = "not a whole number in quotes";
        Ok(Report {
            by: by.to_owned(),
            feed,
            price: text::signed_integer(&self.price).ok_or_else(|| wrong("price", number))?,
            confidence: text::integer(&self.confidence).ok_or_else(|| wrong("confidence", number))?,
            decimals: self.decimals,
            published: time_at("published", &self.published)?,
            evidence: Evidence::Signature(
                text::bytes(&self.signature).ok_or_else(|| wrong("signature", "not 0x and lower-case hex digits"))?,
            ),
        })
    }
}
