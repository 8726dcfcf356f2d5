//! `assay prices`: a snapshot from several sources' reports, and what it was made from.

use std::path::Path;

use assay_verifier::policy::{Provider, Source};
use assay_verifier::prices::{Standing, range, read_reports, spread, standing};
use assay_verifier::{AssetPrice, Policy, PriceRange, PriceSnapshot, format_amount, format_time};
use serde_json::{Value, json};

use crate::cli::args::{PricesMakeArgs, PricesShowArgs};
use crate::cli::error::{Failure, Outcome, usage};
use crate::cli::output::{BAD, FAINT, Report, STRONG, WARN, paint};
use crate::cli::session::Session;
use crate::cli::terms::warn_of_coarse_prices;
use crate::cli::text::shown;
use crate::files::inputs;
use crate::files::kind::FileKind;
use crate::files::{self, Existing};

mod sign;

pub(crate) use sign::sign;

/// Makes a snapshot of the prices as of now.
///
/// # Errors
/// Exit 2 where an option does not fit the policy, 3 or 4 where a file is malformed or cannot be read, or a report is
/// refused; 12 where too few are fresh, they are too far apart or too unsure.
pub(crate) fn make(session: &Session, args: &PricesMakeArgs) -> Outcome {
    files::check_target(&args.output, FileKind::Prices, Existing::SameKind)?;
    let policy = inputs::policy(&args.policy.policy)?;
    let rules = policy.rules();
    let mut reports = Vec::new();
    for option in &args.reports {
        let (name, path) = option.split_once('=').ok_or_else(|| usage("--report", "NAME=FILE is needed"))?;
        let source = rules.sources.iter().find(|source| source.name == name);
        let source = source.ok_or_else(|| {
            let names: Vec<_> = rules.sources.iter().map(|source| source.name.as_str()).collect();
            usage("--report", format!("the policy lists no source {name}; its sources are {}", names.join(", ")))
        })?;
        let path = Path::new(path);
        let read = read_reports(source, &rules.quote, &files::read_text(path)?);
        reports.extend(read.map_err(|error| {
            let kind = match source.provider {
                Provider::Chainlink { .. } => "chainlink (what cast prints with --json, without remarks in brackets)",
                Provider::Pyth { .. } => "pyth",
                Provider::Signed { .. } => "signed",
            };
            let hint = format!("{name} is a source of kind {kind}, and its file is as that kind writes it");
            inputs::wrong(path, error).hint(hint)
        })?);
    }
    let made = PriceSnapshot::make(&policy, session.now, args.note.clone(), reports);
    let snapshot = made.map_err(|error| Failure::from(&error))?;
    let text = snapshot.to_json();
    // What would not be read back, such as a note of two lines, is not written.
    PriceSnapshot::from_json(&text).map_err(Failure::from)?;
    files::write(&args.output, text.as_bytes(), FileKind::Prices, Existing::SameKind)?;
    warn_of_coarse_prices(session, &snapshot);
    let mut report = Report::new();
    report.verdict(true, format_args!("wrote {}", shown(&args.output)));
    table(&mut report, &policy, &snapshot);
    report.set("file", shown(&args.output));
    Ok(report)
}

/// Shows a snapshot under a policy: every report, and the prices that follow.
///
/// # Errors
/// As [`make`], with the table all the same.
pub(crate) fn show(args: &PricesShowArgs) -> Outcome {
    let policy = inputs::policy(&args.policy.policy)?;
    let snapshot = inputs::prices(&args.prices)?;
    let mut report = Report::new();
    table(&mut report, &policy, &snapshot);
    match snapshot.for_policy(&policy) {
        Ok(_) => Ok(report),
        Err(error) => {
            let mut failure = Failure::from(&error).in_file(&args.prices);
            report.set("reason", error.code());
            failure.report = Some(Box::new(report));
            Err(failure)
        }
    }
}

/// Each asset with its reports.
fn table(report: &mut Report, policy: &Policy, snapshot: &PriceSnapshot) {
    let rules = policy.rules();
    report.row("made", format_time(snapshot.at)).row("quote", &snapshot.quote);
    if let Some(note) = &snapshot.note {
        report.row("note", note);
    }
    let limit = bps(rules.max_deviation.into());
    report.row("asked for", format_args!("{} fresh sources, at most {limit} apart", rules.minimum_sources));
    let assets: Vec<Value> = snapshot.prices.iter().map(|price| asset(report, policy, snapshot, price)).collect();
    report.set("at", format_time(snapshot.at)).set("quote", snapshot.quote.as_str()).set("prices", assets);
}

/// One asset: what each source says, whether it counts, and the medians.
fn asset(report: &mut Report, policy: &Policy, snapshot: &PriceSnapshot, price: &AssetPrice) -> Value {
    let (rules, symbol) = (policy.rules(), &price.asset);
    let Some(index) = policy.market().index_of(symbol) else {
        report.line(format_args!("\n{}  {}", paint(STRONG, symbol), paint(BAD, "not an asset of the market")));
        return json!({ "asset": symbol, "refused": "not an asset of the market" });
    };
    let made = range(policy, index, snapshot.at, price);
    let words = |PriceRange { low, high }: PriceRange| {
        format!("{} to {}", format_amount(low, price.decimals), format_amount(high, price.decimals))
    };
    let heading = match &made {
        Ok(made) => paint(FAINT, format_args!("{} {}", words(*made), rules.quote)),
        Err(_) => paint(BAD, "no price"),
    };
    report.line(format_args!("\n{}  {heading}", paint(STRONG, symbol)));
    let (mut counted, mut lines): (Vec<Standing>, Vec<Value>) = (Vec::new(), Vec::new());
    for given in &price.reports {
        let judged = standing(policy, index, snapshot.at, given);
        let units = given.price.unsigned_abs();
        let sign = if given.price < 0 { "-" } else { "" };
        let mut value = format!("{sign}{}", format_amount(units, given.decimals));
        if given.confidence > 0 {
            value = format!("{value} ± {}", format_amount(given.confidence, given.decimals));
        }
        let age = snapshot.at.saturating_sub(given.published);
        let (verdict, style) = match &judged {
            Ok(standing) if standing.counts() => ("counts".to_owned(), FAINT),
            Ok(standing) => (format!("too old: at most {} s", standing.max_age), WARN),
            Err(why) => (format!("refused: {why}"), BAD),
        };
        let (by, verdict_painted) = (crate::cli::text::plain(&given.by), paint(style, &verdict));
        report.line(format_args!("  {by:<16} {value:<36} {:>10}  {verdict_painted}", format!("{age} s old")));
        lines.push(json!({
            "source": given.by,
            "price": given.price.to_string(),
            "confidence": given.confidence.to_string(),
            "decimals": given.decimals,
            "published": format_time(given.published),
            "age": age,
            "counts": judged.as_ref().is_ok_and(Standing::counts),
            "verdict": verdict,
        }));
        counted.extend(judged.ok().filter(Standing::counts));
    }
    for source in missing(rules, index, price) {
        report.line(format_args!("  {:<16} {}", source.name, paint(FAINT, "no report")));
    }
    let (least, most) = (counted.iter().map(|end| end.middle).min(), counted.iter().map(|end| end.middle).max());
    let apart = least.zip(most).map(|(least, most)| spread(least, most));
    let mut entry = json!({ "asset": symbol, "decimals": price.decimals, "reports": lines });
    if let Some(apart) = apart {
        let stated = if made.as_ref().is_ok_and(|made| *made != price.range) {
            paint(BAD, format_args!("; the snapshot says {}", words(price.range)))
        } else {
            String::new()
        };
        report.line(format_args!(
            "  {}{stated}",
            paint(FAINT, format_args!("{} count, {} apart", counted.len(), bps(apart)))
        ));
        entry["spread_bps"] = json!(apart.to_string());
    }
    match made {
        Ok(PriceRange { low, high }) => {
            entry["low"] = json!(low.to_string());
            entry["high"] = json!(high.to_string());
        }
        Err(error) => entry["refused"] = json!(error.to_string()),
    }
    entry
}

/// Sources that price the asset and have no report in the snapshot.
fn missing<'a>(
    rules: &'a assay_verifier::Rules,
    index: usize,
    price: &'a AssetPrice,
) -> impl Iterator<Item = &'a Source> {
    let reported = |source: &Source| price.reports.iter().any(|report| report.by == source.name);
    rules.sources.iter().filter(move |source| source.feed(index).is_some() && !reported(source))
}

fn bps(bps: u128) -> String {
    format!("{} %", format_amount(bps, 2))
}
