//! `assay commit`: a commitment to a position.

use rand_core::OsRng;

use crate::cli::args::CommitArgs;
use crate::cli::error::Outcome;
use crate::cli::output::Report;
use crate::cli::session::Session;
use crate::cli::text::shown;
use crate::files::{Existing, inputs, opening, position};
use crate::opening::OpeningFile;

/// Prints the commitment and keeps its opening in a private file.
///
/// # Errors
/// Exit 3 where a file is malformed, 4 where one cannot be read or written or the opening exists already.
pub(crate) fn run(session: &Session, args: &CommitArgs) -> Outcome {
    let policy = inputs::policy(&args.policy.policy)?;
    let position = position::load(&session.ui, &args.position.input, &policy)?;
    let file = OpeningFile::commit(&position, OsRng);
    opening::save(&file, &args.output, if args.force { Existing::SameKind } else { Existing::Keep })?;
    session.ui.note(0, format_args!("opening written to {}: keep it, and keep it private", shown(&args.output)));
    let commitment = assay_verifier::formats::hex(&file.commitment.to_bytes());
    let mut report = Report::new();
    report.line(&commitment);
    report.set("commitment", commitment).set("opening", shown(&args.output));
    Ok(report)
}
