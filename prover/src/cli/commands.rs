//! One file per command.

mod check;
mod commit;
mod completions;
mod demo;
mod doctor;
#[cfg(feature = "chain")]
mod evm;
mod init;
mod inspect;
mod man;
mod params;
mod policy;
mod prices;
mod prove;
mod setup;
mod sign;
mod stress;
mod verify;

use crate::cli::args::{Command, ParamsCommand, PolicyCommand, PricesCommand};
use crate::cli::error::Outcome;
use crate::cli::session::Session;

/// Runs a command.
///
/// # Errors
/// What the command says; see its module.
pub(crate) fn run(session: &Session, command: Command) -> Outcome {
    match command {
        Command::Demo(args) => demo::run(session, &args),
        Command::Init(args) => init::run(session, &args),
        Command::Policy(PolicyCommand::Check(args)) => policy::check(session, &args),
        Command::Policy(PolicyCommand::Show(args)) => policy::show(session, &args),
        Command::Policy(PolicyCommand::Diff(args)) => policy::diff::run(&args),
        Command::Prices(PricesCommand::Make(args)) => prices::make(session, &args),
        Command::Prices(PricesCommand::Show(args)) => prices::show(&args),
        Command::Prices(PricesCommand::Sign(args)) => prices::sign(session, &args),
        Command::Commit(args) => commit::run(session, &args),
        Command::Sign(args) => sign::run(session, &args),
        Command::Check(args) => check::run(session, &args),
        Command::Stress(args) => stress::run(session, &args),
        Command::Prove(args) => prove::run(session, &args),
        Command::Verify(args) => verify::run(session, &args),
        Command::Inspect(args) => inspect::run(session, &args),
        Command::Setup(args) => setup::run(session, &args),
        Command::Params(ParamsCommand::Info(args)) => params::info(session, &args),
        Command::Params(ParamsCommand::Import(args)) => params::import(session, &args),
        Command::Params(ParamsCommand::Verify(args)) => params::verify(session, &args),
        Command::Params(ParamsCommand::Fetch(args)) => params::fetch(session, &args),
        Command::Params(ParamsCommand::Dev(args)) => params::dev(session, &args),
        #[cfg(feature = "chain")]
        Command::Evm(command) => evm::run(session, command),
        Command::Doctor => doctor::run(session),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    }
}
