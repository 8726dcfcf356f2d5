//! `assay completions`: the completion script of a shell.

use clap::CommandFactory as _;

use crate::cli::args::{Cli, CompletionsArgs};
use crate::cli::error::{Failure, Kind, Outcome};
use crate::cli::output::Report;

/// Prints the script.
///
/// # Errors
/// Exit 1 where the generator writes something other than text.
pub(crate) fn run(args: &CompletionsArgs) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "assay", &mut script);
    let script =
        String::from_utf8(script).map_err(|_| Failure::new(Kind::Internal, "the completion script is not text"))?;
    Ok(Report::of_text("script", script))
}
