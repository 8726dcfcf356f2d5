//! How a position stands under covenants, as rows and as JSON.

use assay_verifier::Buffer;
use serde_json::{Value, json};

use super::{object, said, words};
use crate::cli::output::{BAD, FAINT, GOOD, Report, STRONG, paint};
use crate::error::Error;
use crate::standing::{CovenantStanding, PriceRoom, Room, Standing};
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
    table(
        &mut report,
        standing.covenants.iter().map(|covenant| (covenant, covenant.figure.as_deref().map(String::as_str))),
    );
    report.line("  how far a price may move by itself from today's, with no buffer:");
    for room in &standing.prices {
        let [fall, rise] = [("fall", &room.fall), ("rise", &room.rise)].map(|(word, room)| moved(word, room.as_ref()));
        report.row(&room.asset, format_args!("{fall}; {rise}"));
    }
    let largest = standing.buffer.map_or("none on offer".to_owned(), |buffer| buffer.to_string());
    report.row("most buffer", largest);
    for cure in &standing.credit {
        report.row("most credit", words(cure));
    }
    said(&mut report, terms);
    report.set("satisfied", satisfied);
    report.set("covenants", standing.covenants.iter().map(covenant).collect::<Vec<_>>());
    report.set("prices", standing.prices.iter().map(price).collect::<Vec<_>>());
    report.set("largest_buffer_percent", standing.buffer.map(Buffer::percent));
    report.set("largest_credit", standing.credit.iter().map(object).collect::<Vec<_>>());
    report
}

/// Rows of covenants: whether each holds, what is asked and what there is.
pub(in crate::cli::commands) fn table<'a>(
    report: &mut Report,
    covenants: impl Iterator<Item = (&'a CovenantStanding, Option<&'a str>)> + Clone,
) {
    let width = covenants.clone().map(|(covenant, _)| covenant.name.len()).max().unwrap_or(0);
    let asked = covenants.clone().map(|(covenant, _)| asked(covenant).chars().count()).max().unwrap_or(0);
    for (covenant, figure) in covenants {
        let (style, mark) = if covenant.holds { (GOOD, "✓") } else { (BAD, "✗") };
        report.line(format_args!(
            "  {} {} {} {:>20}  {}",
            paint(style, mark),
            paint(STRONG, format_args!("{:<width$}", covenant.name)),
            paint(FAINT, format_args!("{:<asked$}", self::asked(covenant))),
            figure.unwrap_or("–"),
            paint(FAINT, format_args!("section {}", covenant.section)),
        ));
    }
}

fn asked(covenant: &CovenantStanding) -> &str {
    covenant.threshold.as_deref().unwrap_or("limits what counts")
}

fn moved(word: &str, room: Option<&Room>) -> String {
    match room {
        Some(Room { most, covenant }) => format!("{word} {}, then {covenant}", percent(**most)),
        None => format!("{word} without limit"),
    }
}

fn percent(bps: u128) -> String {
    format!("{} %", assay_verifier::format_amount(bps, 2))
}

fn covenant(covenant: &CovenantStanding) -> Value {
    json!({
        "name": covenant.name,
        "section": covenant.section,
        "holds": covenant.holds,
        "threshold": covenant.threshold,
        "figure": covenant.figure.as_deref(),
    })
}

fn price(room: &PriceRoom) -> Value {
    let side =
        |room: &Option<Room>| room.as_ref().map(|room| json!({ "bps": room_bps(room), "covenant": room.covenant }));
    json!({ "asset": room.asset, "fall": side(&room.fall), "rise": side(&room.rise) })
}

fn room_bps(room: &Room) -> String {
    room.most.to_string()
}
