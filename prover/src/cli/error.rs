//! What can go wrong, and the exit code that says so.

use std::fmt;
use std::path::Path;

use assay_verifier::{Address, Class, FormatError, PriceError, Rejection, parse_address};

use crate::cli::output::Report;
use crate::cli::text::shown;

/// The reason of a failure. Each has one exit code and one machine-readable name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A defect of this program.
    Internal,
    /// The command line does not make sense.
    Usage,
    /// A file does not say what it should.
    Malformed,
    /// A file cannot be read or written.
    Io,
    /// The position does not satisfy the policy.
    StatementFalse,
    /// The proof does not verify.
    ProofInvalid,
    /// Expired, too old, or a price beyond a bound.
    Stale,
    /// Another version, statement, key or SRS than the one at hand.
    Mismatch,
    /// Keys or SRS missing, damaged or not accepted.
    Keys,
    /// Anchor missing, untrusted or superseded.
    Anchor,
    /// The chain or a contract refuses.
    #[cfg_attr(not(feature = "chain"), expect(dead_code, reason = "only `assay evm` fails so"))]
    Chain,
    /// Another subject, audience, policy or market than expected.
    Unexpected,
    /// Stopped by a signal.
    Interrupted,
}

impl Kind {
    /// The process exit code.
    pub(crate) const fn exit_code(self) -> u8 {
        match self {
            Self::Internal => 1,
            Self::Usage => 2,
            Self::Malformed => 3,
            Self::Io => 4,
            Self::StatementFalse => 10,
            Self::ProofInvalid => 11,
            Self::Stale => 12,
            Self::Mismatch => 13,
            Self::Keys => 14,
            Self::Anchor => 15,
            Self::Chain => 16,
            Self::Unexpected => 17,
            Self::Interrupted => 130,
        }
    }

    /// The `code` of the JSON object.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::Usage => "usage",
            Self::Malformed => "malformed_input",
            Self::Io => "io",
            Self::StatementFalse => "statement_false",
            Self::ProofInvalid => "proof_invalid",
            Self::Stale => "stale",
            Self::Mismatch => "mismatch",
            Self::Keys => "keys_not_accepted",
            Self::Anchor => "anchor",
            Self::Chain => "chain",
            Self::Unexpected => "unexpected",
            Self::Interrupted => "interrupted",
        }
    }
}

/// A command that did not succeed: why, what to do, and what it had found out by then.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Decides the exit code.
    pub(crate) kind: Kind,
    /// What is wrong and where. Never holds an amount or a blinding.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
    /// A result that belongs on stdout all the same, such as the figures of a `check` that says no.
    pub(crate) report: Option<Box<Report>>,
}

impl Failure {
    /// A failure without a hint.
    pub(crate) fn new(kind: Kind, message: impl fmt::Display) -> Self {
        Self { kind, message: message.to_string(), hint: None, report: None }
    }

    /// Says what to do.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl fmt::Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }

    /// Says what to do where a file cannot be read, unless it is said already.
    #[must_use]
    pub(crate) fn or_hint(self, hint: impl fmt::Display) -> Self {
        if self.kind == Kind::Io && self.hint.is_none() { self.hint(hint) } else { self }
    }

    /// The reason by its stable name, the member `reason` of the JSON object.
    fn because(self, code: &str) -> Self {
        let mut report = Report::new();
        report.set("reason", code);
        self.with_report(report)
    }

    /// Attaches the result found so far.
    #[must_use]
    pub(crate) fn with_report(mut self, report: Report) -> Self {
        self.report = Some(Box::new(report));
        self
    }

    /// A malformed input.
    pub(crate) fn malformed(message: impl fmt::Display) -> Self {
        Self::new(Kind::Malformed, message)
    }

    /// Says which file it is about.
    #[must_use]
    pub(crate) fn in_file(mut self, path: &Path) -> Self {
        self.message = format!("{}: {}", shown(path), self.message);
        self
    }

    /// An operation of the file system that failed.
    pub(crate) fn io(what: impl fmt::Display, error: &std::io::Error) -> Self {
        Self::new(Kind::Io, format!("{what}: {}", io_reason(error)))
    }
}

impl From<FormatError> for Failure {
    fn from(error: FormatError) -> Self {
        Self::new(if error.mismatch { Kind::Mismatch } else { Kind::Malformed }, error)
    }
}

impl From<Class> for Kind {
    fn from(class: Class) -> Self {
        match class {
            Class::Malformed => Self::Malformed,
            Class::ProofInvalid => Self::ProofInvalid,
            Class::Stale => Self::Stale,
            Class::Mismatch => Self::Mismatch,
            Class::Keys => Self::Keys,
            Class::Anchor => Self::Anchor,
            Class::Unexpected => Self::Unexpected,
            // None that this version of the library has.
            _ => Self::Internal,
        }
    }
}

impl From<&Rejection> for Failure {
    /// The reason's stable name is the member `reason` of the JSON object.
    fn from(rejection: &Rejection) -> Self {
        Self::new(rejection.class().into(), rejection).because(rejection.code())
    }
}

impl From<&PriceError> for Failure {
    /// The reason's stable name is the member `reason` of the JSON object.
    fn from(error: &PriceError) -> Self {
        let failure = Self::new(error.class().into(), error).because(error.code());
        match error {
            PriceError::FromFuture { .. } => failure.hint("check this computer's clock"),
            PriceError::Stale { .. } => failure.hint("get newer prices"),
            PriceError::TooFewFresh { .. } => failure
                .hint("get newer reports, or those of more of the policy's sources; assay prices show lists them. Every asset \
                 of the market needs a price, held or not: one whose feeds are dead is retired by a new market and \
                 policy without it"),
            PriceError::OtherRange { .. } => failure.hint("make the snapshot again: assay prices make"),
            _ => failure,
        }
    }
}

/// The reason without the "(os error 2)" that only programs read.
fn io_reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((reason, _)) => reason.to_lowercase(),
        None => text,
    }
}

/// What every command returns.
pub(crate) type Outcome = Result<Report, Failure>;

/// Reads `--subject`.
///
/// # Errors
/// Exit 2 where it is no address, or zero.
pub(crate) fn subject(text: &str) -> Result<Address, Failure> {
    let address = parse_address(text).map_err(|error| usage("--subject", error))?;
    if address == Address::ZERO {
        return Err(usage("--subject", "the zero address is nobody's: whose position it is must be said"));
    }
    Ok(address)
}

/// An option that makes no sense. What a file says under the same name is not named twice.
pub(crate) fn usage(option: &str, what: impl std::fmt::Display) -> Failure {
    let what = what.to_string();
    let key = format!("{}: ", option.trim_start_matches('-'));
    Failure::new(Kind::Usage, format!("{option}: {}", what.strip_prefix(&key).unwrap_or(&what)))
}
