//! `assay init`: an example that works as it is.

use std::path::Path;

use assay_verifier::PriceSnapshot;

use crate::args::InitArgs;
use crate::error::{Failure, Kind, Outcome};
use crate::files::{self, Existing, Privacy};
use crate::output::Report;
use crate::session::Session;
use crate::text::shown;

const MARKET: &str = include_str!("../../../verifier/examples/market/market.toml");
const POLICY: &str = include_str!("../../../verifier/examples/market/policy.toml");
const PRICES: &str = include_str!("../../../verifier/examples/market/prices.json");
/// The example position.
pub(crate) const POSITION: &str = include_str!("../example/position.toml");

/// Writes the four files. The prices are dated now, since old ones are refused.
///
/// # Errors
/// Exit 4 where one cannot be written or, without `--force`, exists already; nothing is written then.
pub(crate) fn run(session: &Session, args: &InitArgs) -> Outcome {
    let internal = |error| Failure::new(Kind::Internal, format!("the example prices: {error}"));
    let mut prices = PriceSnapshot::from_json(PRICES).map_err(internal)?;
    prices.published = session.now;
    let files = [
        ("market.toml", MARKET.to_owned(), Privacy::Public, "the assets, in order"),
        ("policy.toml", POLICY.to_owned(), Privacy::Public, "what the lender asks for"),
        ("prices.json", prices.to_json(), Privacy::Public, "illustrative prices, dated now"),
        ("position.toml", POSITION.to_owned(), Privacy::Private, "what the borrower holds and owes; private"),
    ];
    create_directory(&args.directory)?;
    if !args.force {
        for (name, ..) in &files {
            let path = args.directory.join(name);
            if path.symlink_metadata().is_ok() {
                return Err(Failure::new(Kind::Io, format!("{} exists already", shown(&path)))
                    .hint("choose another directory, or --force to replace the four files"));
            }
        }
    }
    let mut report = Report::new();
    report.verdict(true, format_args!("wrote an example to {}", shown(&args.directory)));
    let mut written = Vec::new();
    for (name, text, privacy, what) in files {
        let path = args.directory.join(name);
        files::write(&path, text.as_bytes(), privacy, if args.force { Existing::Replace } else { Existing::Keep })?;
        report.row(name, what);
        written.push(shown(&path));
    }
    report.set("directory", shown(&args.directory)).set("files", written);
    Ok(report)
}

fn create_directory(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path).map_err(|error| Failure::io(format_args!("cannot create {}", shown(path)), &error))
}
