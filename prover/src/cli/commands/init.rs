//! `assay init`: an example that works as it is.

use std::path::Path;

use assay_verifier::prices::read_reports;
use assay_verifier::{Market, PolicyFile, PriceSnapshot, example};
use serde_json::{Value, json};

use crate::cli::args::InitArgs;
use crate::cli::error::{Failure, Kind, Outcome};
use crate::cli::output::{FAINT, Report, paint};
use crate::cli::session::Session;
use crate::cli::text::shown;
use crate::files::kind::FileKind;
use crate::files::{self, Existing};

/// The example position.
pub(crate) const POSITION: &str = include_str!("../example/position.toml");

/// Where the reports are that the snapshot is made from.
const REPORTS: [&str; 2] = ["reports/chainlink.json", "reports/pyth.json"];

/// Writes the example. Reports and prices are dated now, since old ones are refused.
///
/// # Errors
/// Exit 4 where a file cannot be written or, without `--force`, exists already; nothing is written then.
pub(crate) fn run(session: &Session, args: &InitArgs) -> Outcome {
    let example = Prices::dated(session.now)?;
    let files = [
        ("market.toml", example::MARKET.to_owned(), FileKind::Market, "the assets, in order"),
        ("policy.toml", example::POLICY.to_owned(), FileKind::Policy, "what the lender asks for"),
        (REPORTS[0], example.chainlink, FileKind::Reports, "illustrative rounds of Chainlink's feeds"),
        (REPORTS[1], example.pyth, FileKind::Reports, "illustrative prices of Pyth"),
        ("prices.json", example.snapshot.to_json(), FileKind::Prices, "the snapshot that both make, as of now"),
        ("position.toml", POSITION.to_owned(), FileKind::Position, "what the borrower holds and owes; private"),
    ];
    create_directory(&args.directory)?;
    let existing = if args.force { Existing::Any } else { Existing::Keep };
    for (name, _, kind, _) in &files {
        files::check_target(&args.directory.join(name), *kind, existing)
            .map_err(|failure| failure.hint("choose another directory, or --force to replace the example's files"))?;
    }
    create_directory(&args.directory.join("reports"))?;
    let mut report = Report::new();
    report.verdict(true, format_args!("wrote an example to {}", shown(&args.directory)));
    let mut written = Vec::new();
    for (name, text, kind, what) in files {
        let path = args.directory.join(name);
        files::write(&path, text.as_bytes(), kind, existing)?;
        report.line(format_args!("  {}{what}", paint(FAINT, format_args!("{name:<24}"))));
        written.push(shown(&path));
    }
    report.set("directory", shown(&args.directory)).set("files", written);
    Ok(report)
}

/// The example's reports, as their sources would have written them, and the snapshot that they make.
struct Prices {
    chainlink: String,
    pyth: String,
    snapshot: PriceSnapshot,
}

impl Prices {
    /// The reports as old at `now` as they are in the example at its time.
    fn dated(now: u64) -> Result<Self, Failure> {
        let internal = |what: String| Failure::new(Kind::Internal, format!("the example prices: {what}"));
        let then = PriceSnapshot::from_json(example::PRICES).map_err(|error| internal(error.to_string()))?;
        let policy = PolicyFile::parse(example::POLICY)
            .and_then(|file| file.with_market(Market::from_toml(example::MARKET)?))
            .map_err(|error| internal(error.to_string()))?;
        let shift = |time: &mut Value| {
            if let Some(seconds) = time.as_u64() {
                *time = json!((seconds + now).saturating_sub(then.at));
            }
        };
        let dated = |text: &str, change: &dyn Fn(&mut Value)| -> Result<String, Failure> {
            let mut json: Value = serde_json::from_str(text).map_err(|error| internal(error.to_string()))?;
            change(&mut json);
            Ok(format!("{json:#}\n"))
        };
        let chainlink = dated(example::CHAINLINK, &|file| {
            for round in file["rounds"].as_array_mut().into_iter().flatten() {
                shift(&mut round["latestRoundData"][2]);
                shift(&mut round["latestRoundData"][3]);
            }
        })?;
        let pyth = dated(example::PYTH, &|file| {
            for update in file["parsed"].as_array_mut().into_iter().flatten() {
                for (object, key) in [
                    ("price", "publish_time"),
                    ("ema_price", "publish_time"),
                    ("metadata", "proof_available_time"),
                    ("metadata", "prev_publish_time"),
                ] {
                    shift(&mut update[object][key]);
                }
            }
        })?;
        let mut reports = Vec::new();
        for (source, text) in policy.rules().sources.iter().zip([&chainlink, &pyth]) {
            reports.extend(
                read_reports(source, &policy.rules().quote, text).map_err(|error| internal(error.to_string()))?,
            );
        }
        let snapshot =
            PriceSnapshot::make(&policy, now, then.note, reports).map_err(|error| internal(error.to_string()))?;
        Ok(Self { chainlink, pyth, snapshot })
    }
}

fn create_directory(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path).map_err(|error| Failure::io(format_args!("cannot create {}", shown(path)), &error))
}
