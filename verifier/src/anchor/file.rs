//! `anchor.json` and `revocation.json`.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::holdings::{Anchor, AttesterSignature, HoldingsStatement, Revocation};
use crate::formats::document::{self, Object};
use crate::formats::text::{self, FormatError};

/// Value of `format` in an anchor file.
pub const FORMAT: &str = "assay/anchor/v1";
/// Value of `format` in a revocation file.
pub const REVOCATION_FORMAT: &str = "assay/revocation/v1";

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct AnchorFile {
    format: String,
    statement: Object<Body>,
    signatures: Vec<Object<Entry>>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Body {
    commitment: String,
    market: String,
    subject: String,
    beneficiary: String,
    as_of: String,
    sequence: String,
    expiry: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    attester: String,
    signature: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RevocationFile {
    format: String,
    statement: String,
    attester: String,
    signature: String,
}

impl Anchor {
    /// Reads `anchor.json`.
    ///
    /// # Errors
    /// [`FormatError`] where the text is larger than 64 KiB, no JSON, of another format, has an unknown, missing or
    /// duplicate key, a value is not in its one spelling, or the signatures are not sorted. Who signed, [`super::check`]
    /// finds out.
    pub fn from_json(text: &str) -> Result<Self, FormatError> {
        document::json::<AnchorFile>(text, FORMAT)?.read()
    }

    /// Writes `anchor.json`; [`Self::from_json`] reads the same anchor back, where its times are before the year 10000.
    #[must_use]
    pub fn to_json(&self) -> String {
        document::to_json(self)
    }
}

/// As a file: the same object as [`Anchor::to_json`] writes.
impl Serialize for Anchor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entry = |signature: &AttesterSignature| {
            Object(Entry { attester: signature.attester.to_string(), signature: text::hex(&signature.signature) })
        };
        let file = AnchorFile {
            format: FORMAT.to_owned(),
            statement: Object(Body::write(self.statement())),
            signatures: self.signatures().iter().map(entry).collect(),
        };
        file.serialize(serializer)
    }
}

/// As a file, with the rules of [`Anchor::from_json`] for everything but its size, which is for whoever reads the bytes to
/// bound.
impl<'de> Deserialize<'de> for Anchor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Object::<AnchorFile>::deserialize(deserializer)?.0.read().map_err(D::Error::custom)
    }
}

impl AnchorFile {
    fn read(self) -> Result<Anchor, FormatError> {
        document::check_says("format", &self.format, FORMAT)?;
        let signatures = self.signatures.into_iter().map(|entry| entry.0.read()).collect::<Result<_, _>>()?;
        Anchor::new(self.statement.0.read()?, signatures)
    }
}

impl HoldingsStatement {
    /// The statement as JSON, as it stands in an anchor.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(Body::write(self)).unwrap_or_default()
    }
}

impl Revocation {
    /// Reads `revocation.json`.
    ///
    /// # Errors
    /// [`FormatError`] where the text is larger than 64 KiB, no JSON, of another format, has an unknown, missing or
    /// duplicate key, a value is not in its one spelling, or the signature is not the attester's.
    pub fn from_json(text: &str) -> Result<Self, FormatError> {
        let file: RevocationFile = document::json(text, REVOCATION_FORMAT)?;
        let attester = text::address_at("attester", &file.attester)?;
        let signature = file.signature.parse()?;
        let revocation =
            Self::new(text::word_at("statement", &file.statement)?, signature).map_err(FormatError::new)?;
        if revocation.attester() != attester {
            let found = revocation.attester();
            return Err(FormatError::new(format_args!("signature: it is that of {found}, not of the attester")));
        }
        Ok(revocation)
    }

    /// Writes `revocation.json`; [`Self::from_json`] reads the same revocation back.
    #[must_use]
    pub fn to_json(&self) -> String {
        document::to_json(&RevocationFile {
            format: REVOCATION_FORMAT.to_owned(),
            statement: self.statement().to_string(),
            attester: self.attester().to_string(),
            signature: self.signature().to_string(),
        })
    }
}

impl Body {
    fn read(self) -> Result<HoldingsStatement, FormatError> {
        Ok(HoldingsStatement {
            commitment: text::commitment(&self.commitment)?,
            market: text::word_at("market", &self.market)?,
            subject: text::address_at("subject", &self.subject)?,
            beneficiary: self.beneficiary.parse()?,
            as_of: text::time_at("as_of", &self.as_of)?,
            sequence: text::sequence(&self.sequence)?,
            expiry: text::time_at("expiry", &self.expiry)?,
        })
    }

    fn write(statement: &HoldingsStatement) -> Self {
        Self {
            commitment: text::hex(&statement.commitment.to_bytes()),
            market: statement.market.to_string(),
            subject: statement.subject.to_string(),
            beneficiary: statement.beneficiary.to_string(),
            as_of: text::format_time(statement.as_of),
            sequence: statement.sequence.to_string(),
            expiry: text::format_time(statement.expiry),
        }
    }
}

impl Entry {
    fn read(self) -> Result<AttesterSignature, FormatError> {
        let attester = text::address_at("attester", &self.attester)?;
        let signature = text::bytes(&self.signature)
            .filter(|bytes| !bytes.is_empty())
            .ok_or_else(|| FormatError::new(format_args!("{attester}: signature: not 0x and lower-case hex digits")))?;
        Ok(AttesterSignature { attester, signature })
    }
}
