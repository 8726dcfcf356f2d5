//! `assay evm`: the chain side.

mod calldata;
mod deploy;
mod status;
mod submit;

use serde_json::json;

use crate::chain::node::Mined;
use crate::cli::args::EvmCommand;
use crate::cli::error::Outcome;
use crate::cli::output::Report;
use crate::cli::session::Session;

/// Runs a command of `assay evm`.
///
/// # Errors
/// Exit 16 where the chain refuses, 4 where the node does not answer, and those of each command.
pub(crate) fn run(session: &Session, command: EvmCommand) -> Outcome {
    match command {
        EvmCommand::Calldata(args) => calldata::run(&args),
        EvmCommand::Deploy(args) => deploy::run(session, &args),
        EvmCommand::Submit(args) => submit::run(session, &args),
        EvmCommand::Status(args) => status::run(session, &args),
    }
}

/// The transactions that were sent, each with what it was for.
fn show_sent(report: &mut Report, sent: &[(&str, Mined)]) {
    for (what, mined) in sent {
        report.row("transaction", format_args!("{} ({what}, {} gas)", mined.hash, mined.gas));
    }
    let sent: Vec<_> = sent
        .iter()
        .map(|(what, mined)| json!({ "what": what, "transaction": mined.hash.to_string(), "gas": mined.gas }))
        .collect();
    report.set("transactions", sent);
}
