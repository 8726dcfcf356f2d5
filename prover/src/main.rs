//! `assay`: prove that a private position is over-collateralised, without showing it.

mod args;
mod cache;
mod commands;
mod error;
mod figures;
mod files;
mod inputs;
mod opening;
mod output;
mod position;
mod session;
mod statement;
mod store;
mod terms;
mod text;
mod time;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _, error::ErrorKind};

use crate::args::Cli;
use crate::error::{Failure, Kind};
use crate::output::Ui;
use crate::session::Session;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let ui = Ui::new(&cli.global);
    exit_130_on_interrupt(&ui);
    let outcome = Session::new(&cli.global, ui.clone()).and_then(|session| commands::run(&session, cli.command));
    match outcome {
        Ok(report) => {
            ui.print(&report);
            ExitCode::SUCCESS
        }
        Err(failure) => {
            ui.print_failure(&failure);
            ExitCode::from(failure.kind.exit_code())
        }
    }
}

/// Help and version are results; anything else is a usage error, as JSON where that was asked for.
fn usage(error: &clap::Error) -> ExitCode {
    let json = std::env::args_os().take_while(|argument| argument != "--").any(|argument| argument == "--json");
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) || !json {
        let _ = error.print();
        return ExitCode::from(if error.use_stderr() { Kind::Usage.exit_code() } else { 0 });
    }
    let text = error.render().to_string();
    let message = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    let failure = Failure::new(Kind::Usage, message).hint(Cli::command().render_usage().to_string());
    Ui::json_only().print_failure(&failure);
    ExitCode::from(Kind::Usage.exit_code())
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
