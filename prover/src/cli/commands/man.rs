//! `assay man`: manual pages.

use clap::CommandFactory as _;

use crate::cli::args::{Cli, ManArgs};
use crate::cli::error::{Failure, Kind, Outcome};
use crate::cli::output::Report;

/// Prints the page of `assay` or of one command, as roff.
///
/// # Errors
/// Exit 2 where there is no such command.
pub(crate) fn run(args: &ManArgs) -> Outcome {
    let mut root = Cli::command();
    root.build();
    let command = match &args.command {
        None => &root,
        Some(name) => root.find_subcommand(name).ok_or_else(|| {
            let names: Vec<_> = root.get_subcommands().map(|command| command.get_name().to_owned()).collect();
            Failure::new(Kind::Usage, "no such command").hint(format!("one of {}", names.join(", ")))
        })?,
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .render(&mut page)
        .map_err(|error| Failure::io("cannot write the page", &error))?;
    let page = String::from_utf8(page).map_err(|_| Failure::new(Kind::Internal, "the manual page is not text"))?;
    Ok(Report::of_text("page", page))
}
