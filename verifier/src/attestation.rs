//! `attestation.json`: an assertion and its proof. The public inputs are not in it: whoever verifies computes them.

use assay_circuits::StatementId;
use assay_protocol::keys::Fingerprint;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::assertion::{Assertion, AssetBounds, Bounds, CreditLine};
use crate::formats::document::{self, Object};
use crate::formats::text::{self, FormatError};

/// Value of `format` in an attestation file.
pub const FORMAT: &str = "assay/attestation/v1";

/// An assertion, its proof, and by which key and SRS it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// The statement that its proof is of.
    pub statement: StatementId,
    /// What it says.
    pub assertion: Assertion,
    /// Fingerprint of the verifying key that it says it is for.
    pub verifying_key: Fingerprint,
    /// Digest of the SRS that it says it was made with. The fingerprint decides; this must agree with the key's.
    pub srs: [u8; 32],
    /// The proof. Its length is checked when it is verified.
    pub proof: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    statement_id: String,
    verifying_key: String,
    srs: String,
    statement: Object<Body>,
    proof: String,
}

#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    statement_id: &'static str,
    verifying_key: String,
    srs: String,
    statement: &'a Assertion,
    proof: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    policy: String,
    market: String,
    subject: String,
    audience: String,
    commitment: String,
    as_of: String,
    valid_until: String,
    bounds: Vec<Object<BoundsLine>>,
    #[serde(deserialize_with = "present")]
    credit: Option<Object<CreditEntry>>,
    #[serde(deserialize_with = "present")]
    anchor: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoundsLine {
    asset: String,
    floor: String,
    ceiling: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CreditEntry {
    asset: String,
    base_units: String,
}

/// An optional value whose key must be there: `null` is the one spelling of none.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

impl Attestation {
    /// Reads `attestation.json`.
    ///
    /// # Errors
    /// [`FormatError`] where the text is larger than 64 KiB, no JSON, of another format or statement, has an unknown,
    /// missing or duplicate key, or a value is not in its one spelling. Whether it is true is for [`Policy::verify`](crate::Policy::verify) to say.
    pub fn from_json(text: &str) -> Result<Self, FormatError> {
        document::json::<File>(text, FORMAT)?.read()
    }

    /// Writes `attestation.json`; [`Self::from_json`] reads the same attestation back, where its times are before the
    /// year 10000.
    #[must_use]
    pub fn to_json(&self) -> String {
        document::to_json(self)
    }
}

/// As a file: the same object as [`Attestation::to_json`] writes.
impl Serialize for Attestation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = Written {
            format: FORMAT,
            statement_id: self.statement.name(),
            verifying_key: self.verifying_key.to_string(),
            srs: text::hex(&self.srs),
            statement: &self.assertion,
            proof: text::hex(&self.proof),
        };
        written.serialize(serializer)
    }
}

/// As a file, with the rules of [`Attestation::from_json`] for everything but its size, which is for whoever reads the
/// bytes to bound.
impl<'de> Deserialize<'de> for Attestation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Object::<File>::deserialize(deserializer)?.0.read().map_err(D::Error::custom)
    }
}

impl Assertion {
    /// The assertion as JSON, as it stands in an attestation.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

impl File {
    fn read(self) -> Result<Attestation, FormatError> {
        document::check_says("format", &self.format, FORMAT)?;
        Ok(Attestation {
            statement: document::statement(&self.statement_id)?,
            assertion: self.statement.0.read()?,
            verifying_key: Fingerprint(text::word_at("verifying_key", &self.verifying_key)?.0),
            srs: text::word_at("srs", &self.srs)?.0,
            proof: text::bytes(&self.proof)
                .ok_or_else(|| FormatError::new("proof: not 0x and lower-case hex digits"))?,
        })
    }
}

impl Body {
    fn read(self) -> Result<Assertion, FormatError> {
        let bounds = self.bounds.into_iter().map(|line| line.0.read()).collect::<Result<_, _>>()?;
        Ok(Assertion {
            policy: text::word_at("policy", &self.policy)?,
            market: text::word_at("market", &self.market)?,
            subject: text::address_at("subject", &self.subject)?,
            audience: self.audience.parse()?,
            commitment: text::commitment(&self.commitment)?,
            as_of: text::time_at("as_of", &self.as_of)?,
            valid_until: text::time_at("valid_until", &self.valid_until)?,
            bounds: Bounds(bounds),
            credit: self.credit.map(|entry| entry.0.read()).transpose()?,
            anchor: self.anchor.map(|anchor| text::word_at("anchor", &anchor)).transpose()?,
        })
    }
}

impl BoundsLine {
    fn read(self) -> Result<AssetBounds, FormatError> {
        text::check_symbol(&self.asset)?;
        let price = |what: &str, text: &str| {
            text::integer(text).ok_or_else(|| {
                FormatError::new(format_args!("bounds: {}: {what}: not a whole number in quotes", self.asset))
            })
        };
        let (floor, ceiling) = (price("floor", &self.floor)?, price("ceiling", &self.ceiling)?);
        Ok(AssetBounds { asset: self.asset, floor, ceiling })
    }
}

impl CreditEntry {
    fn read(self) -> Result<CreditLine, FormatError> {
        text::check_symbol(&self.asset)?;
        let base_units = text::integer(&self.base_units)
            .ok_or_else(|| FormatError::new("credit: base_units: not a whole number in quotes"))?;
        Ok(CreditLine { asset: self.asset, base_units })
    }
}
