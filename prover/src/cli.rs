//! The command line: reads options and files, calls the library, and prints.

pub(crate) mod advice;
pub(crate) mod args;
pub(crate) mod assertion;
pub(crate) mod commands;
pub(crate) mod defects;
pub(crate) mod error;
pub(crate) mod output;
pub(crate) mod session;
pub(crate) mod terms;
pub(crate) mod text;
pub(crate) mod time;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser as _, error::ErrorKind};

use crate::files;

use self::args::Cli;
use self::error::{Failure, Kind};
use self::output::{Report, Ui};
use self::session::Session;
use self::text::{plain, steers};

/// Runs the command line and prints its result; the exit code says what kind of failure it was.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let ui = Ui::new(&cli.global);
    exit_130_on_interrupt(&ui);
    let outcome = defects::caught(|| {
        let session = Session::new(&cli.global, ui.clone())?;
        let report = commands::run(&session, cli.command)?;
        ui.print(&report)
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            ui.print_failure(&failure);
            ExitCode::from(failure.kind.exit_code())
        }
    }
}

/// Help and version are results; anything else is a usage error. Both as JSON where that was asked for.
fn usage(error: &clap::Error) -> ExitCode {
    let result = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let code = if result { 0 } else { Kind::Usage.exit_code() };
    if !std::env::args_os().take_while(|argument| argument != "--").any(|argument| argument == "--json") {
        if std::env::args_os().any(|argument| argument.to_string_lossy().chars().any(steers)) {
            let _ = write!(anstream::stderr(), "{}", plain(error.render()));
        } else {
            let _ = error.print();
        }
        return ExitCode::from(code);
    }
    let text = error.render().to_string();
    if result {
        let _ = Ui::json_only().print(&Report::of_text("text", text));
        return ExitCode::from(code);
    }
    // What is wrong, an empty line, advice, and last the usage.
    let paragraph: Vec<_> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    let mut failure = Failure::new(Kind::Usage, paragraph.join(" ").trim_start_matches("error: "));
    if let Some(usage) = text.lines().find(|line| line.starts_with("Usage: ")) {
        failure = failure.hint(usage);
    }
    Ui::json_only().print_failure(&failure);
    ExitCode::from(code)
}

/// A signal ends the process between two writes, never within one.
fn exit_130_on_interrupt(ui: &Ui) {
    let handler_ui = ui.clone();
    let installed = ctrlc::set_handler(move || {
        let _writes_stay_blocked = files::block_writes();
        handler_ui.print_interrupted();
        std::process::exit(i32::from(Kind::Interrupted.exit_code()));
    });
    if installed.is_err() {
        ui.note(1, "cannot handle interrupts; a killed run may leave a .assay-*.tmp file");
    }
}
