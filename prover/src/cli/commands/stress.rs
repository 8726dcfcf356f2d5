//! `assay stress`: what a scenario would do to the position, without a proof.

mod page;

use assay_verifier::{Market, Policy, format_amount, parse_amount};
use serde_json::json;

use crate::cli::args::StressArgs;
use crate::cli::commands::check::covenants::{asked, covenant, figure};
use crate::cli::error::{Failure, Kind, Outcome, usage};
use crate::cli::output::{BAD, FAINT, GOOD, Report, STRONG, paint};
use crate::cli::session::Session;
use crate::cli::terms::{Inputs, failed};
use crate::cli::text::shown;
use crate::error::Error;
use crate::files::kind::FileKind;
use crate::files::{self, Existing, position};
use crate::scenario::{Scenario, WHOLE};
use crate::standing::CovenantStanding;
use crate::stress::{Stressed, stress};

/// Prints each covenant today and after the scenario, with no buffer, on stdout only: the figures are the owner's.
///
/// # Errors
/// Exit 10 where a covenant does not hold after the scenario, 2, 3 and 4 for what is wrong with options and files.
pub(crate) fn run(session: &Session, args: &StressArgs) -> Outcome {
    if let Some(path) = &args.html {
        files::check_target(path, FileKind::Page, Existing::SameKind)?;
    }
    let inputs = Inputs::read(&args.policy, &args.terms, None)?;
    let terms = inputs.terms(session, &args.terms)?;
    let (policy, market) = (terms.policy(), terms.policy().market());
    let scenario = scenario(args, market)?;
    let position = position::load(&session.ui, &args.position.input, policy)?;
    let stage = session.ui.stage("following the scenario");
    let stressed = stress(&terms, &position, &scenario).map_err(|error| failed(error, &args.terms))?;
    stage.done();
    drop(position);
    let words = words(&scenario, market);
    let mut report = render(policy, &stressed, &words);
    if let Some(path) = &args.html {
        let page = page::write(policy, &stressed, &words);
        files::write(path, page.as_bytes(), FileKind::Page, Existing::SameKind)?;
        report.row("page", shown(path));
    }
    report.set("html", args.html.as_deref().map(shown));
    if stressed.satisfied() {
        return Ok(report);
    }
    let broken = stressed.after.iter().filter(|covenant| !covenant.holds);
    let error = Error::CovenantsNotMet { names: broken.map(|covenant| covenant.name.clone()).collect() };
    Err(Failure::new(Kind::StatementFalse, error).with_report(report))
}

fn scenario(args: &StressArgs, market: &Market) -> Result<Scenario, Failure> {
    let shocks = args.shocks.iter().map(|text| change("--shock", text, market));
    let depegs = args.depegs.iter().map(|text| {
        let (asset, below) = change("--depeg", text, market)?;
        if !(1..WHOLE).contains(&below) {
            return Err(usage("--depeg", format_args!("{text}: more than 0 % and less than 100 % is needed")));
        }
        Ok((asset, -below))
    });
    Ok(Scenario { changes: shocks.chain(depegs).collect::<Result<_, _>>()? })
}

/// Reads `WETH=-40%` as the place of the asset and basis points.
fn change(option: &str, text: &str, market: &Market) -> Result<(usize, i64), Failure> {
    let wrong = || usage(option, format_args!("{text}: not written ASSET=PERCENT, such as WETH=-40%"));
    let (symbol, percent) = text.split_once('=').ok_or_else(wrong)?;
    let index = market.index_of(symbol).ok_or_else(|| {
        let known: Vec<_> = market.assets().iter().map(|asset| asset.symbol.as_str()).collect();
        usage(option, format_args!("{symbol} is not in the market, which has {}", known.join(", ")))
    })?;
    let percent = percent.strip_suffix('%').unwrap_or(percent);
    let (sign, digits) = match percent.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, percent.strip_prefix('+').unwrap_or(percent)),
    };
    let bps = parse_amount(digits, 2).map_err(|_| wrong())?.expose();
    let change = i64::try_from(bps).ok().map(|bps| sign * bps);
    let change = change.filter(|change| (1 - WHOLE..=100 * WHOLE).contains(change));
    let change = change.ok_or_else(|| {
        usage(option, format_args!("{text}: a price falls by less than 100 %, and rises by 10000 % at most"))
    })?;
    Ok((index, change))
}

/// The scenario in words, such as `WETH -40 %, wstETH -8 %`.
fn words(scenario: &Scenario, market: &Market) -> String {
    let word = |(asset, change): &(usize, i64)| {
        let sign = if *change < 0 { "-" } else { "+" };
        let percent = format_amount(change.unsigned_abs().into(), 2);
        format!("{} {sign}{percent} %", market.assets()[*asset].symbol)
    };
    scenario.changes.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn render(policy: &Policy, stressed: &Stressed, words: &str) -> Report {
    let mut report = Report::new();
    let (held, all) = (stressed.after.iter().filter(|covenant| covenant.holds).count(), stressed.after.len());
    report.verdict(stressed.satisfied(), format_args!("{held} of {all} hold after {words}"));
    let names = stressed.after.iter().map(|covenant| covenant.name.len()).max().unwrap_or(0);
    let width = stressed.after.iter().map(|covenant| asked(policy, covenant).chars().count()).max().unwrap_or(0);
    report.line(paint(FAINT, format_args!("    {:<names$} {:<width$} {:>24} {:>24}", "", "asked", "today", "after")));
    for (today, after) in stressed.today.iter().zip(&stressed.after) {
        let (style, mark) = if after.holds { (GOOD, "✓") } else { (BAD, "✗") };
        report.line(format_args!(
            "  {} {} {} {:>24} {:>24}",
            paint(style, mark),
            paint(STRONG, format_args!("{:<names$}", after.name)),
            paint(FAINT, format_args!("{:<width$}", asked(policy, after))),
            figure(policy, today),
            figure(policy, after),
        ));
    }
    let list = |covenants: &[CovenantStanding]| -> Vec<_> {
        covenants.iter().map(|standing| covenant(policy, standing)).collect()
    };
    report.set("satisfied", stressed.satisfied()).set("scenario", words);
    report.set("today", list(&stressed.today)).set("after", list(&stressed.after));
    let path = stressed.path.iter().map(|(part, covenants)| json!({ "part_bps": part, "covenants": list(covenants) }));
    report.set("path", path.collect::<Vec<_>>());
    report
}
