//! `opening.json`: the blinding of a commitment, private.

use std::fmt::Write as _;
use std::path::Path;

use assay_circuits::{Opening, PositionCommitment, STATEMENT_ID};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::cli::error::{Failure, Kind};
use crate::cli::output::Ui;
use crate::files::kind::FileKind;
use crate::files::{self, Existing};

/// Version of the format.
const VERSION: u32 = 1;

/// What is read before anything else.
#[derive(Deserialize)]
struct Head {
    version: u32,
}

/// The fields of the file, borrowed from its text so that no copy outlives it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields<'a> {
    #[serde(rename = "version")]
    _version: u32,
    statement: &'a str,
    commitment: &'a str,
    blinding: &'a str,
}

/// An opening and the commitment that it was made for.
#[derive(Debug)]
pub(crate) struct OpeningFile {
    /// The blinding.
    pub(crate) opening: Opening,
    /// What `assay commit` printed.
    pub(crate) commitment: PositionCommitment,
}

impl OpeningFile {
    /// Reads the file.
    ///
    /// # Errors
    /// Exit 3 or 4, 13 where it is of another version or statement; the message holds no byte of the blinding.
    pub(crate) fn load(ui: &Ui, path: &Path) -> Result<Self, Failure> {
        let text = files::read_private(ui, path).map_err(|failure| {
            failure.or_hint("assay commit makes the opening of a new commitment; another file: --opening FILE")
        })?;
        Self::parse(&text).map_err(|failure| failure.in_file(path))
    }

    /// Reads the text; the error says what is wrong without quoting it.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        if !text.trim_start().starts_with('{') {
            return Err(Failure::malformed("not a JSON object"));
        }
        let head: Head = serde_json::from_str(text).map_err(|error| json_error(&error))?;
        if head.version != VERSION {
            let what = format!("version: {} where {VERSION} is expected", head.version);
            return Err(Failure::new(Kind::Mismatch, what));
        }
        let fields: Fields<'_> = serde_json::from_str(text).map_err(|error| json_error(&error))?;
        if fields.statement != STATEMENT_ID {
            return Err(Failure::new(Kind::Mismatch, format!("statement: another than {STATEMENT_ID}")));
        }
        let wrong = |key: &str| Failure::malformed(format!("{key}: not 0x and 64 hex digits of a field element"));
        let commitment = bytes(fields.commitment)
            .and_then(|bytes| PositionCommitment::from_bytes(&bytes))
            .ok_or_else(|| wrong("commitment"))?;
        let opening =
            bytes(fields.blinding).and_then(|bytes| Opening::from_bytes(&bytes)).ok_or_else(|| wrong("blinding"))?;
        Ok(Self { opening, commitment })
    }

    /// Writes the file, mode 0600.
    ///
    /// # Errors
    /// Exit 4; also where the file exists and may not be replaced.
    pub(crate) fn save(&self, path: &Path, existing: Existing) -> Result<(), Failure> {
        files::check_target(path, FileKind::Opening, existing).map_err(|failure| match existing {
            Existing::Keep => failure.hint(
                "without it, what was committed with it can never be proven; choose another -o, or --force to replace it",
            ),
            _ => failure,
        })?;
        let commitment = hex::encode(self.commitment.to_bytes());
        let mut text = Zeroizing::new(String::with_capacity(512));
        let _ = write!(text, "{{\n  \"version\": {VERSION},\n  \"statement\": \"{STATEMENT_ID}\",\n");
        let _ = write!(text, "  \"commitment\": \"0x{commitment}\",\n  \"blinding\": \"0x");
        for byte in self.opening.to_bytes().iter() {
            let _ = write!(text, "{byte:02x}");
        }
        text.push_str("\"\n}\n");
        files::write(path, text.as_bytes(), FileKind::Opening, existing)
    }
}

/// Whether `text` has the key that only openings have, also of another version or damaged.
pub(crate) fn looks_like_one(text: &str) -> bool {
    text.trim_start().starts_with('{') && text.contains("\"blinding\"")
}

/// 32 bytes from `0x` and 64 lower-case hex digits.
fn bytes(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let digits = text.strip_prefix("0x").filter(|digits| !digits.bytes().any(|byte| byte.is_ascii_uppercase()))?;
    let mut bytes = Zeroizing::new([0u8; 32]);
    hex::decode_to_slice(digits, &mut *bytes).ok()?;
    Some(bytes)
}

/// Where and of what kind a JSON error is; serde's own message may quote the value.
fn json_error(error: &serde_json::Error) -> Failure {
    let text = error.to_string();
    let kind = match error.classify() {
        serde_json::error::Category::Eof => "the file ends too early",
        serde_json::error::Category::Data if text.starts_with("duplicate field") => "duplicate key",
        serde_json::error::Category::Data if text.starts_with("missing field") => {
            "a key is missing: version, statement, commitment and blinding are needed"
        }
        serde_json::error::Category::Data => "unknown key, or a value of the wrong type",
        _ => "not valid JSON",
    };
    Failure::malformed(format_args!("line {}, column {}: {kind}", error.line(), error.column()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(blinding: &str) -> String {
        format!(
            r#"{{"version":1,"statement":"solvency/v1","commitment":"0x{}","blinding":{blinding}}}"#,
            "00".repeat(32)
        )
    }

    #[test]
    fn errors_name_the_place_and_never_the_blinding() {
        assert!(OpeningFile::parse(&text(&format!("\"0x{}\"", "07".repeat(32)))).is_ok());
        let long = format!("\"0x{}\"", "dbff".repeat(16));
        for wrong in ["\"0xdbdb\"", "424242", "\"0xdbdb", "[\"dbdb\"]", "\"0xd\\u0062db\"", &long] {
            let error = OpeningFile::parse(&text(wrong)).expect_err(wrong).message;
            assert!(!error.contains("db") && !error.contains("424242"), "{error}");
        }
        let twice = text("\"0x01\",\"blinding\":\"0x01\"");
        assert!(OpeningFile::parse(&twice).expect_err("duplicate").message.contains("duplicate"));
    }
}
