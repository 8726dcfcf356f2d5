//! `assay check`: the statement, decided exactly and without a proof.

pub(super) mod covenants;

use assay_circuits::Violation;
use assay_verifier::{Buffer, format_time};
use serde_json::{Value, json};

use crate::check::{Decision, check};
use crate::cli::args::CheckArgs;
use crate::cli::error::{Failure, Kind, Outcome};
use crate::cli::output::Report;
use crate::cli::session::Session;
use crate::cli::terms::{Inputs, failed};
use crate::cli::text::grouped;
use crate::cures::{Cure, Cures};
use crate::error::Error;
use crate::figures::Figures;
use crate::files::position;
use crate::terms::Terms;

/// Prints ratio, threshold and margin, and what would cure a position that falls short, on stdout only: the figures are
/// the owner's. Of an anchor only as-of and expiry bear on it.
///
/// # Errors
/// Exit 10 where the position does not satisfy the policy, 12 where prices or anchor are too old, 2, 3 and 4 for what is
/// wrong with options and files.
pub(crate) fn run(session: &Session, args: &CheckArgs) -> Outcome {
    let inputs = Inputs::read(&args.policy, &args.terms, args.anchor.as_deref())?;
    let terms = inputs.terms(session, &args.terms)?;
    let position = position::load(&session.ui, &args.position.input, &inputs.policy)?;
    let decision = check(&terms, &position).map_err(|error| failed(error, &args.terms))?;
    let (mut report, false_because) = match &decision {
        Decision::Ratio { figures, cures } => {
            let mut report = render(&terms, figures, cures.is_none());
            if cures.is_some() {
                explain(&mut report, figures);
            }
            (report, Error::from(Violation::Insolvent))
        }
        Decision::Covenants(standing) => (covenants::render(&terms, standing), covenants::unmet(standing)),
    };
    let Some(cures) = decision.cures() else { return Ok(report) };
    list(&mut report, cures);
    Err(Failure::new(Kind::StatementFalse, false_because).with_report(report))
}

/// What fails, and by how much.
fn explain(report: &mut Report, figures: &Figures) {
    report.row("fails", "solvency: collateral must exceed debt and credit line");
    report.set("covenant", "solvency");
    if let Some(short_by) = &figures.short_by {
        report.row("short by", format_args!("{} {}", grouped(short_by), figures.quote));
        report.set("short_by", short_by.as_str());
    }
}

/// What would do, for people and for programs.
fn list(report: &mut Report, cures: &Cures) {
    report.line("  each of these by itself would do:");
    for cure in &cures.add {
        report.row("add", words(cure));
    }
    for cure in &cures.repay {
        report.row("repay", words(cure));
    }
    if let Some(cure) = &cures.credit {
        let by = if cure.least.is_some() { "by " } else { "" };
        report.row("lower credit", format_args!("{by}{}", words(cure)));
    }
    if let Some(buffer) = cures.buffer {
        report.row("buffer", format_args!("{buffer} instead"));
    }
    let list = |cures: &[Cure]| cures.iter().map(object).collect::<Vec<_>>();
    report.set(
        "cures",
        json!({
            "add": list(&cures.add),
            "repay": list(&cures.repay),
            "lower_credit": cures.credit.as_ref().map(object),
            "buffer_percent": cures.buffer.map(Buffer::percent),
        }),
    );
}

fn words(cure: &Cure) -> String {
    match &cure.least {
        Some(least) => format!("{} {}", grouped(&least.amount), cure.asset),
        None => format!("{}: all of it is not enough", cure.asset),
    }
}

fn object(cure: &Cure) -> Value {
    let least = cure.least.as_ref();
    json!({
        "asset": cure.asset,
        "enough": least.is_some(),
        "amount": least.map(|least| least.amount.as_str()),
        "base_units": least.map(|least| least.base_units.as_str()),
    })
}

fn render(terms: &Terms<'_>, figures: &Figures, holds: bool) -> Report {
    let mut report = Report::new();
    let sentence = if holds { "the position satisfies the policy" } else { "the position does not satisfy the policy" };
    report.verdict(holds, sentence);
    let ratio = figures.ratio.as_ref().map_or("no debt".to_owned(), |ratio| format!("{} %", **ratio));
    report.row("ratio", ratio);
    if let Some(before) = &figures.before_rounding {
        report.row("", format_args!("{} % before the margin for the profile's roundings", **before));
    }
    report.row("threshold", format_args!("{} %, to be exceeded", figures.threshold));
    let quote = &figures.quote;
    report.row("margin", format_args!("{} {quote}", grouped(&figures.margin)));
    report.row(
        "collateral",
        format_args!("{} {quote} at the floors, after the policy's factors", grouped(&figures.collateral)),
    );
    report.row(
        "to exceed",
        format_args!("{} {quote} at the ceilings, with the minimum ratio", grouped(&figures.required)),
    );
    said(&mut report, terms);
    report.set("satisfied", holds).set("quote", quote.as_str()).set("threshold_percent", figures.threshold.as_str());
    report.set("ratio_percent", figures.ratio.as_ref().map(|ratio| ratio.as_str()));
    let before = figures.before_rounding.as_ref();
    report.set("ratio_before_rounding_percent", before.map(|ratio| ratio.as_str()));
    report.set("margin", figures.margin.as_str()).set("collateral", figures.collateral.as_str());
    report.set("to_exceed", figures.required.as_str());
    report
}

/// What an attestation would say besides.
fn said(report: &mut Report, terms: &Terms<'_>) {
    report.row("buffer", format_args!("{}: holds until a price moves further", terms.buffer()));
    let [as_of, valid_until] = [terms.as_of(), terms.valid_until()].map(format_time);
    report.row("as of", &as_of).row("valid until", &valid_until);
    report.set("buffer_percent", terms.buffer().percent()).set("as_of", as_of).set("valid_until", valid_until);
}
