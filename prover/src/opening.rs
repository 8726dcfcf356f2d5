//! `opening.json`: the blinding of a commitment, private.

use std::fmt::Write as _;
use std::path::Path;

use assay_circuits::{Opening, PositionCommitment, STATEMENT_ID};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::error::{Failure, Kind};
use crate::files::{self, Existing, Privacy};
use crate::output::Ui;
use crate::text::shown;

/// Version of the format.
const VERSION: u32 = 1;

/// The fields of the file, borrowed from its text so that no copy outlives it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields<'a> {
    version: u32,
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
    /// Exit 3 or 4; the message holds no byte of the blinding.
    pub(crate) fn load(ui: &Ui, path: &Path) -> Result<Self, Failure> {
        let text = files::read_private(ui, path)?;
        Self::parse(&text).map_err(|what| Failure::malformed(format!("{}: {what}", shown(path))))
    }

    /// Reads the text; the error says what is wrong without quoting it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let fields: Fields<'_> = serde_json::from_str(text).map_err(|error| json_error(&error))?;
        if fields.version != VERSION {
            return Err(format!("version: {VERSION} is the only one known"));
        }
        if fields.statement != STATEMENT_ID {
            return Err(format!("statement: not {STATEMENT_ID}"));
        }
        let commitment = bytes(fields.commitment)
            .and_then(|bytes| PositionCommitment::from_bytes(&bytes))
            .ok_or("commitment: not 0x and 64 hex digits of a field element")?;
        let opening = bytes(fields.blinding)
            .and_then(|bytes| Opening::from_bytes(&bytes))
            .ok_or("blinding: not 0x and 64 hex digits of a field element")?;
        Ok(Self { opening, commitment })
    }

    /// Writes the file, mode 0600.
    ///
    /// # Errors
    /// Exit 4; also where the file exists and may not be replaced.
    pub(crate) fn save(&self, path: &Path, existing: Existing) -> Result<(), Failure> {
        if existing == Existing::Keep && path.symlink_metadata().is_ok() {
            return Err(Failure::new(Kind::Io, format!("{} exists already", shown(path))).hint(
                "without it, what was committed with it can never be proven; choose another -o, or --force to replace it",
            ));
        }
        let commitment = hex::encode(self.commitment.to_bytes());
        let mut text = Zeroizing::new(String::with_capacity(512));
        let _ = write!(text, "{{\n  \"version\": {VERSION},\n  \"statement\": \"{STATEMENT_ID}\",\n");
        let _ = write!(text, "  \"commitment\": \"0x{commitment}\",\n  \"blinding\": \"0x");
        for byte in self.opening.to_bytes().iter() {
            let _ = write!(text, "{byte:02x}");
        }
        text.push_str("\"\n}\n");
        files::write(path, text.as_bytes(), Privacy::Private, existing)
    }
}

/// 32 bytes from `0x` and 64 lower-case hex digits.
fn bytes(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let digits = text.strip_prefix("0x").filter(|digits| !digits.bytes().any(|byte| byte.is_ascii_uppercase()))?;
    let mut bytes = Zeroizing::new([0u8; 32]);
    hex::decode_to_slice(digits, &mut *bytes).ok()?;
    Some(bytes)
}

/// Where and of what kind a JSON error is; serde's own message may quote the value.
fn json_error(error: &serde_json::Error) -> String {
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
    format!("line {}, column {}: {kind}", error.line(), error.column())
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
            let error = OpeningFile::parse(&text(wrong)).expect_err(wrong);
            assert!(!error.contains("db") && !error.contains("424242"), "{error}");
        }
        let twice = text("\"0x01\",\"blinding\":\"0x01\"");
        assert!(OpeningFile::parse(&twice).expect_err("duplicate").contains("duplicate"));
    }
}
