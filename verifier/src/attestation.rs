//! `attestation.json`: an assertion and its proof. The public inputs are not in it: whoever verifies computes them.

use assay_circuits::STATEMENT_ID;
use assay_circuits::keys::Fingerprint;
use serde::{Deserialize, Deserializer, Serialize};

use crate::assertion::{Assertion, AssetBounds, Bounds, CreditLine};
use crate::formats::document::{self, Object};
use crate::formats::text::{self, FormatError};

/// Value of `format` in an attestation file.
pub const FORMAT: &str = "assay/attestation/v1";

/// An assertion, its proof, and by which key and SRS it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// What it says.
    pub assertion: Assertion,
    /// Fingerprint of the verifying key that it says it is for.
    pub verifying_key: Fingerprint,
    /// Digest of the SRS that it says it was made with. The fingerprint decides; this must agree with the key's.
    pub srs: [u8; 32],
    /// The proof. Its length is checked when it is verified.
    pub proof: Vec<u8>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    statement_id: String,
    verifying_key: String,
    srs: String,
    statement: Object<Body>,
    proof: String,
}

#[derive(Deserialize, Serialize)]
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

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct BoundsLine {
    asset: String,
    floor: String,
    ceiling: String,
}

#[derive(Deserialize, Serialize)]
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
    /// missing or duplicate key, or a value is not in its one spelling. Whether it is true is for [`crate::verify()`] to say.
    pub fn from_json(text: &str) -> Result<Self, FormatError> {
        let file: File = document::json(text, FORMAT, Some(STATEMENT_ID))?;
        Ok(Self {
            assertion: file.statement.0.read()?,
            verifying_key: Fingerprint(text::word_at("verifying_key", &file.verifying_key)?.0),
            srs: text::word_at("srs", &file.srs)?.0,
            proof: text::bytes(&file.proof)
                .ok_or_else(|| FormatError::new("proof: not 0x and lower-case hex digits"))?,
        })
    }

    /// Writes `attestation.json`; [`Self::from_json`] reads the same attestation back, where its times are before the
    /// year 10000.
    #[must_use]
    pub fn to_json(&self) -> String {
        document::to_json(&File {
            format: FORMAT.to_owned(),
            statement_id: STATEMENT_ID.to_owned(),
            verifying_key: self.verifying_key.to_string(),
            srs: text::hex(&self.srs),
            statement: Object(Body::write(&self.assertion)),
            proof: text::hex(&self.proof),
        })
    }
}

impl Assertion {
    /// The assertion as JSON, as it stands in an attestation.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(Body::write(self)).unwrap_or_default()
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

    fn write(assertion: &Assertion) -> Self {
        let bounds = assertion
            .bounds
            .0
            .iter()
            .map(|bounds| {
                Object(BoundsLine {
                    asset: bounds.asset.clone(),
                    floor: bounds.floor.to_string(),
                    ceiling: bounds.ceiling.to_string(),
                })
            })
            .collect();
        let credit = assertion
            .credit
            .as_ref()
            .map(|line| Object(CreditEntry { asset: line.asset.clone(), base_units: line.base_units.to_string() }));
        Self {
            policy: assertion.policy.to_string(),
            market: assertion.market.to_string(),
            subject: assertion.subject.to_string(),
            audience: assertion.audience.to_string(),
            commitment: text::hex(&assertion.commitment.to_bytes()),
            as_of: text::format_time(assertion.as_of),
            valid_until: text::format_time(assertion.valid_until),
            bounds,
            credit,
            anchor: assertion.anchor.map(|anchor| anchor.to_string()),
        }
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
