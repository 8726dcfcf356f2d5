//! How a position stands under covenants, as rows and as JSON.

use assay_verifier::{Buffer, Policy};
use serde_json::{Value, json};

use super::{object, said, words};
use crate::cli::output::{BAD, FAINT, GOOD, Report, STRONG, paint};
use crate::cli::text::grouped;
use crate::error::Error;
use crate::standing::{Beyond, CovenantStanding, PriceRoom, Room, Standing};
use crate::terms::Terms;

/// The covenants that do not hold.
pub(super) fn unmet(standing: &Standing) -> Error {
    let broken = standing.covenants.iter().filter(|covenant| !covenant.holds);
    Error::CovenantsNotMet { names: broken.map(|covenant| covenant.name.clone()).collect() }
}

/// Each covenant with its threshold and figure, how far each price may move, and the largest buffer and credit lines.
pub(super) fn render(terms: &Terms<'_>, standing: &Standing) -> Report {
    let mut report = Report::new();
    let (held, all) = (standing.covenants.iter().filter(|covenant| covenant.holds).count(), standing.covenants.len());
    let satisfied = standing.satisfied();
    report.verdict(satisfied, format_args!("{held} of {all} covenants hold"));
    table(&mut report, terms.policy(), &standing.covenants);
    report.line(if standing.prices.is_empty() {
        "  not even at today's prices with no buffer do all of them hold"
    } else {
        "  how far a price may move by itself from today's, with no buffer:"
    });
    for room in &standing.prices {
        let [fall, rise] = [("fall", &room.fall), ("rise", &room.rise)].map(|(word, room)| moved(word, room));
        report.row(&room.asset, format_args!("{fall}; {rise}"));
    }
    let largest = standing.buffer.map_or("none on offer".to_owned(), |buffer| buffer.to_string());
    report.row("most buffer", largest);
    for cure in &standing.credit {
        report.row("most credit", words(cure));
    }
    said(&mut report, terms);
    report.set("satisfied", satisfied);
    let covenants = standing.covenants.iter().map(|standing| covenant(terms.policy(), standing));
    report.set("covenants", covenants.collect::<Vec<_>>());
    report.set("prices", standing.prices.iter().map(price).collect::<Vec<_>>());
    report.set("largest_buffer_percent", standing.buffer.map(Buffer::percent));
    report.set("largest_credit", standing.credit.iter().map(object).collect::<Vec<_>>());
    report
}

/// Rows of covenants: whether each holds, what is asked and what there is.
fn table(report: &mut Report, policy: &Policy, covenants: &[CovenantStanding]) {
    let asked: Vec<String> = covenants.iter().map(|covenant| asked(policy, covenant)).collect();
    let name = covenants.iter().map(|covenant| covenant.name.len()).max().unwrap_or(0);
    let width = asked.iter().map(|asked| asked.chars().count()).max().unwrap_or(0);
    for (covenant, asked) in covenants.iter().zip(asked) {
        let (style, mark) = if covenant.holds { (GOOD, "✓") } else { (BAD, "✗") };
        report.line(format_args!(
            "  {} {} {} {:>24}  {}",
            paint(style, mark),
            paint(STRONG, format_args!("{:<name$}", covenant.name)),
            paint(FAINT, format_args!("{asked:<width$}")),
            figure(policy, covenant),
            paint(FAINT, format_args!("section {}", covenant.section)),
        ));
    }
}

/// What a covenant asks, in words.
pub(in crate::cli::commands) fn asked(policy: &Policy, covenant: &CovenantStanding) -> String {
    covenant.threshold.map_or("limits what counts".to_owned(), |threshold| threshold.words(policy))
}

/// What there is of a covenant, for people.
pub(in crate::cli::commands) fn figure(policy: &Policy, covenant: &CovenantStanding) -> String {
    covenant.figure(policy).map_or("–".to_owned(), |figure| grouped(&figure))
}

fn moved(word: &str, Room { most, beyond }: &Room) -> String {
    let most = percent(**most);
    match beyond {
        Beyond::Broken(covenant) => format!("{word} {most}, then {covenant}"),
        Beyond::NoRows => format!("{word} {most}, beyond which the price makes no rows"),
        Beyond::NotLookedAt => format!("{word} {most} and more"),
    }
}

fn percent(bps: u128) -> String {
    format!("{} %", assay_verifier::format_amount(bps, 2))
}

/// A covenant for programs.
pub(in crate::cli::commands) fn covenant(policy: &Policy, covenant: &CovenantStanding) -> Value {
    json!({
        "name": covenant.name,
        "section": covenant.section,
        "holds": covenant.holds,
        "threshold": covenant.threshold.map(|threshold| threshold.words(policy)),
        "figure": covenant.figure(policy).as_deref(),
    })
}

fn price(room: &PriceRoom) -> Value {
    let side = |Room { most, beyond }: &Room| {
        let (beyond, covenant) = match beyond {
            Beyond::Broken(covenant) => ("broken", Some(covenant)),
            Beyond::NoRows => ("no_rows", None),
            Beyond::NotLookedAt => ("not_looked_at", None),
        };
        json!({ "bps": most.to_string(), "beyond": beyond, "covenant": covenant })
    };
    json!({ "asset": room.asset, "fall": side(&room.fall), "rise": side(&room.rise) })
}
