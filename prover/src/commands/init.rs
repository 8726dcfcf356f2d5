//! `assay init`: an example that works as it is.

use std::path::Path;

use assay_verifier::{PriceSnapshot, example};

use crate::args::InitArgs;
use crate::error::{Failure, Kind, Outcome};
use crate::files::{self, Existing};
use crate::kind::FileKind;
use crate::output::Report;
use crate::session::Session;
use crate::text::shown;

/// The example position.
pub(crate) const POSITION: &str = include_str!("../example/position.toml");

/// Writes the four files. The prices are dated now, since old ones are refused.
///
/// # Errors
/// Exit 4 where one cannot be written or, without `--force`, exists already; nothing is written then.
pub(crate) fn run(session: &Session, args: &InitArgs) -> Outcome {
    let internal = |error| Failure::new(Kind::Internal, format!("the example prices: {error}"));
    let mut prices = PriceSnapshot::from_json(example::PRICES).map_err(internal)?;
    prices.published = session.now;
    let files = [
        ("market.toml", example::MARKET.to_owned(), FileKind::Market, "the assets, in order"),
        ("policy.toml", example::POLICY.to_owned(), FileKind::Policy, "what the lender asks for"),
        ("prices.json", prices.to_json(), FileKind::Prices, "illustrative prices, dated now"),
        ("position.toml", POSITION.to_owned(), FileKind::Position, "what the borrower holds and owes; private"),
    ];
    create_directory(&args.directory)?;
    let existing = if args.force { Existing::Any } else { Existing::Keep };
    for (name, _, kind, _) in &files {
        files::check_target(&args.directory.join(name), *kind, existing)
            .map_err(|failure| failure.hint("choose another directory, or --force to replace the four files"))?;
    }
    let mut report = Report::new();
    report.verdict(true, format_args!("wrote an example to {}", shown(&args.directory)));
    let mut written = Vec::new();
    for (name, text, kind, what) in files {
        let path = args.directory.join(name);
        files::write(&path, text.as_bytes(), kind, existing)?;
        report.row(name, what);
        written.push(shown(&path));
    }
    report.set("directory", shown(&args.directory)).set("files", written);
    Ok(report)
}

fn create_directory(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path).map_err(|error| Failure::io(format_args!("cannot create {}", shown(path)), &error))
}
