//! `assay evm`: the chain side.

mod calldata;
mod deploy;
mod status;
mod submit;

use crate::args::EvmCommand;
use crate::error::Outcome;
use crate::session::Session;

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
