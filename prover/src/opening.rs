//! `opening.json`: the opening of a commitment, private.
//!
//! It belongs to the format of the commitment and to no statement: whatever is proven about a committed position is
//! proven with the same opening.

use std::fmt::Write as _;

use assay_circuits::commitment::SCHEME;
use assay_circuits::{Opening, Position, PositionCommitment};
use assay_verifier::FormatError;
use rand_core::{CryptoRng, RngCore};
use serde::Deserialize;
use zeroize::Zeroizing;

/// Value of `format` in the file.
pub const FORMAT: &str = "assay/opening/v2";

/// What is read before anything else.
#[derive(Deserialize)]
struct Head<'a> {
    format: Option<&'a str>,
    version: Option<u32>,
}

/// The fields of the file, borrowed from its text so that no copy outlives it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields<'a> {
    #[serde(rename = "format")]
    _format: &'a str,
    scheme: &'a str,
    commitment: &'a str,
    blinding: &'a str,
}

/// The fields of version 1, which named a statement in place of the commitment's scheme. Its commitments are the same.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldsOfVersion1<'a> {
    #[serde(rename = "version")]
    _version: u32,
    statement: &'a str,
    commitment: &'a str,
    blinding: &'a str,
}

/// The one statement that there was with version 1.
const STATEMENT_OF_VERSION_1: &str = "solvency/v1";

/// An opening and the commitment that it was made for.
#[derive(Clone, Debug)]
pub struct OpeningFile {
    /// The blinding.
    pub opening: Opening,
    /// The commitment.
    pub commitment: PositionCommitment,
}

impl OpeningFile {
    /// Commits to a position under a fresh opening. `rng` must be one for cryptography.
    pub fn commit(position: &Position, rng: impl RngCore + CryptoRng) -> Self {
        let opening = Opening::random(rng);
        Self { commitment: PositionCommitment::new(position, &opening), opening }
    }

    /// Reads the file, also one of version 1.
    ///
    /// # Errors
    /// What is wrong with the text; no byte of the blinding is in it. It is a mismatch where format or scheme are not
    /// those that this version knows.
    pub fn from_json(text: &str) -> Result<Self, FormatError> {
        if !text.trim_start().starts_with('{') {
            return Err(malformed("not a JSON object"));
        }
        let head: Head<'_> = json(text)?;
        let (commitment, blinding) = match head {
            Head { format: Some(FORMAT), .. } => {
                let Fields { scheme, commitment, blinding, .. } = json(text)?;
                if scheme != SCHEME {
                    return Err(other("scheme", SCHEME));
                }
                (commitment, blinding)
            }
            Head { format: Some(_), .. } => return Err(other("format", FORMAT)),
            Head { version: Some(1), .. } => {
                let FieldsOfVersion1 { statement, commitment, blinding, .. } = json(text)?;
                if statement != STATEMENT_OF_VERSION_1 {
                    return Err(other("statement", STATEMENT_OF_VERSION_1));
                }
                (commitment, blinding)
            }
            Head { version: Some(version), .. } => return Err(mismatch(format!("version: {version} is not known"))),
            Head { .. } => return Err(malformed(MISSING)),
        };
        let wrong = |key: &str| malformed(format!("{key}: not 0x and 64 hex digits of a field element"));
        let commitment = bytes(commitment)
            .and_then(|bytes| PositionCommitment::from_bytes(&bytes))
            .ok_or_else(|| wrong("commitment"))?;
        let opening = bytes(blinding).and_then(|bytes| Opening::from_bytes(&bytes)).ok_or_else(|| wrong("blinding"))?;
        Ok(Self { opening, commitment })
    }

    /// Writes the file. Secret.
    #[must_use]
    pub fn to_json(&self) -> Zeroizing<String> {
        let commitment = hex::encode(self.commitment.to_bytes());
        // Room for everything at once: a string that grows would leave copies of the blinding behind.
        let mut text = Zeroizing::new(String::with_capacity(512));
        let _ = write!(text, "{{\n  \"format\": \"{FORMAT}\",\n  \"scheme\": \"{SCHEME}\",\n");
        let _ = write!(text, "  \"commitment\": \"0x{commitment}\",\n  \"blinding\": \"0x");
        for byte in self.opening.to_bytes().iter() {
            let _ = write!(text, "{byte:02x}");
        }
        text.push_str("\"\n}\n");
        text
    }
}

const MISSING: &str = "a key is missing: format, scheme, commitment and blinding are needed";

fn malformed(what: impl Into<String>) -> FormatError {
    FormatError { place: None, what: what.into(), mismatch: false }
}

fn mismatch(what: String) -> FormatError {
    FormatError { place: None, what, mismatch: true }
}

/// The file says something else than `expected`, which is not quoted.
fn other(key: &str, expected: &str) -> FormatError {
    mismatch(format!("{key}: another than {expected}"))
}

/// 32 bytes from `0x` and 64 lower-case hex digits.
fn bytes(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let digits = text.strip_prefix("0x").filter(|digits| !digits.bytes().any(|byte| byte.is_ascii_uppercase()))?;
    let mut bytes = Zeroizing::new([0u8; 32]);
    hex::decode_to_slice(digits, &mut *bytes).ok()?;
    Some(bytes)
}

/// Says where a JSON error is and of what kind; serde's own message may quote the value.
fn json<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, FormatError> {
    serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        let what = match error.classify() {
            serde_json::error::Category::Eof => "the file ends too early",
            serde_json::error::Category::Data if message.starts_with("duplicate field") => "duplicate key",
            serde_json::error::Category::Data if message.starts_with("missing field") => MISSING,
            serde_json::error::Category::Data => "unknown key, or a value of the wrong type",
            _ => "not valid JSON",
        };
        FormatError { place: Some((error.line(), error.column())), ..malformed(what) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use assay_circuits::Size;
    use rand_core::OsRng;

    fn text(blinding: &str) -> String {
        let commitment = "00".repeat(32);
        format!(r#"{{"format":"{FORMAT}","scheme":"{SCHEME}","commitment":"0x{commitment}","blinding":{blinding}}}"#)
    }

    #[test]
    fn errors_name_the_place_and_never_the_blinding() {
        assert!(OpeningFile::from_json(&text(&format!("\"0x{}\"", "07".repeat(32)))).is_ok());
        let long = format!("\"0x{}\"", "dbff".repeat(16));
        for wrong in ["\"0xdbdb\"", "424242", "\"0xdbdb", "[\"dbdb\"]", "\"0xd\\u0062db\"", &long] {
            let error = OpeningFile::from_json(&text(wrong)).expect_err(wrong).to_string();
            assert!(!error.contains("db") && !error.contains("424242"), "{error}");
        }
        let twice = text("\"0x01\",\"blinding\":\"0x01\"");
        assert!(OpeningFile::from_json(&twice).expect_err("duplicate").to_string().contains("duplicate"));
    }

    #[test]
    fn an_opening_survives_its_file() {
        let nothing = Position::empty(Size::Eight);
        let made = OpeningFile::commit(&nothing, OsRng);
        let read = OpeningFile::from_json(&made.to_json()).expect("just written");
        assert_eq!((read.opening, read.commitment), (made.opening, made.commitment));
    }

    /// What `assay commit` wrote before the opening belonged to the commitment's scheme.
    #[test]
    fn an_opening_of_version_1_still_opens_its_commitment() {
        let old = r#"{
  "version": 1,
  "statement": "solvency/v1",
  "commitment": "0x0203905e0bc839f491da281328ace8894315aa068cf5ad991073bae7b62f0450",
  "blinding": "0x0707070707070707070707070707070707070707070707070707070707070707"
}
"#;
        let OpeningFile { opening, commitment } = OpeningFile::from_json(old).expect("it is read for ever");
        let nothing = Position::empty(Size::Eight);
        assert_eq!(PositionCommitment::new(&nothing, &opening), commitment);
        for (from, to, what) in [
            ("solvency/v1", "solvency/v2", "statement: another than solvency/v1"),
            ("\"version\": 1", "\"version\": 2", "version: 2 is not known"),
            ("\"version\": 1", "\"version\": 1, \"scheme\": \"assay/position/v1\"", "unknown key"),
            ("\"version\": 1", "\"format\": \"assay/opening/v3\"", "format: another than assay/opening/v2"),
            ("\"version\": 1,", "", "a key is missing"),
        ] {
            assert_eq!(old.matches(from).count(), 1, "{from}");
            let error = OpeningFile::from_json(&old.replace(from, to)).expect_err(what).to_string();
            assert!(error.contains(what), "{error}");
        }
    }
}
