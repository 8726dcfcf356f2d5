//! `assay check`: the statement, decided exactly and without a proof.

use assay_circuits::keys::Fingerprint;
use assay_circuits::{Opening, PositionCommitment, Violation, Witness, check};
use assay_verifier::{Address, Anchor, Assertion, Audience};
use rand_core::OsRng;

use crate::cli::advice::no_weights;
use crate::cli::args::CheckArgs;
use crate::cli::error::{Failure, Kind, Outcome};
use crate::cli::output::Report;
use crate::cli::session::Session;
use crate::cures::Cures;
use crate::figures::{Figures, grouped};
use crate::files::{inputs, position};
use crate::terms::Terms;

/// Prints ratio, threshold and margin, and what would cure a position that falls short, on stdout only: the figures are
/// the owner's. Of an anchor only as-of and expiry bear on it.
///
/// # Errors
/// Exit 10 where the position does not satisfy the policy, 12 where prices or anchor are too old, 2, 3 and 4 for what is
/// wrong with options and files.
pub(crate) fn run(session: &Session, args: &CheckArgs) -> Outcome {
    let anchor = args.anchor.as_deref().map(inputs::anchor).transpose()?;
    let terms = Terms::anchored(session, &args.policy, &args.terms, anchor.as_ref().map(Anchor::statement))?;
    let position = position::load(&session.ui, &args.position.input, terms.policy.market().assets())?;
    terms.fresh(session.now, &args.terms.prices)?;
    // Opening, parties and key bind a proof; they do not bear on the comparison.
    let opening = Opening::random(OsRng);
    let statement = terms.statement(
        PositionCommitment::new(&position, &opening),
        Address::ZERO,
        "nobody".parse::<Audience>().map_err(|error| Failure::new(Kind::Internal, error))?,
    );
    let instance = statement.instance(&terms.policy, Fingerprint([0; 32])).map_err(no_weights)?;
    let verdict = check(&instance, &Witness { position: position.clone(), opening });
    let figures = Figures::of(&terms.policy, &terms.weights, &instance, &position);
    let mut report = render(&terms, &statement, &figures, verdict.is_ok());
    match verdict {
        Ok(()) => Ok(report),
        Err(violation) => {
            explain(&mut report, &figures, &Cures::of(&terms, &instance, &position));
            Err(Failure::new(Kind::StatementFalse, violation).with_report(report))
        }
    }
}

/// The failure of a statement that is false.
pub(crate) fn insolvent(violation: Violation) -> Failure {
    Failure::new(Kind::StatementFalse, violation)
        .hint("assay check, with the same options, shows by how much the position falls short, and what would cure it")
}

/// Which covenant fails, by how much, and what would cure it.
fn explain(report: &mut Report, figures: &Figures, cures: &Cures) {
    report.row("fails", "solvency: collateral must exceed debt and credit line");
    report.set("covenant", "solvency");
    if let Some(short_by) = &figures.short_by {
        report.row("short by", format_args!("{} {}", grouped(short_by), figures.quote));
        report.set("short_by", short_by.as_str());
    }
    cures.render(report);
}

fn render(terms: &Terms, statement: &Assertion, figures: &Figures, holds: bool) -> Report {
    let mut report = Report::new();
    let sentence = if holds { "the position satisfies the policy" } else { "the position does not satisfy the policy" };
    report.verdict(holds, sentence);
    let ratio = figures.ratio.as_ref().map_or("no debt".to_owned(), |ratio| format!("{} %", **ratio));
    report.row("ratio", ratio);
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
    report.row("buffer", format_args!("{}: holds until a price moves further", terms.buffer));
    report.row("as of", assay_verifier::format_time(statement.as_of));
    report.row("valid until", assay_verifier::format_time(statement.valid_until));
    report.set("satisfied", holds).set("quote", quote.as_str()).set("threshold_percent", figures.threshold.as_str());
    report.set("ratio_percent", figures.ratio.as_ref().map(|ratio| ratio.as_str()));
    report.set("margin", figures.margin.as_str()).set("collateral", figures.collateral.as_str());
    report.set("to_exceed", figures.required.as_str()).set("buffer_percent", terms.buffer.percent());
    report.set("as_of", assay_verifier::format_time(statement.as_of));
    report.set("valid_until", assay_verifier::format_time(statement.valid_until));
    report
}
