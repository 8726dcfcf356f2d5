//! The rows of a policy's covenants, spelled out.

use assay_circuits::statements::covenants::{Constant, Row};
use assay_verifier::covenants::{Compiled, Purpose};
use assay_verifier::format_time;
use serde_json::json;

use super::describe;
use crate::cli::output::{FAINT, Report, STRONG, paint};
use crate::cli::time;
use crate::terms::Terms;

/// Every row as a sum of amounts: `x` is held, `y` owed, `u` a helper amount.
pub(super) fn render(terms: &Terms<'_>, rows: &Compiled) -> Report {
    let mut report = Report::new();
    describe(&mut report, terms.policy());
    report.row("prices of", format_time(terms.prices().at)).row("buffer", terms.buffer());
    report.row("runs for", format_args!("{} (T = {} s)", time::span(terms.elapsed()), terms.elapsed()));
    report.row("circuit", rows.shape);
    let names = names(terms, rows);
    for row in &rows.equalities {
        report.line(format_args!("\n{}", paint(STRONG, "equality")));
        report.line(format_args!("  {} = {}", sum(row, &names), constant(row.constant())));
    }
    for (row, origin) in rows.tests.iter().zip(&rows.origins) {
        let what = match origin.purpose {
            Purpose::Definition => "limits what counts",
            Purpose::Test => "test",
        };
        report.line(format_args!("\n{}  {}", paint(STRONG, &origin.covenant), paint(FAINT, what)));
        report.line(format_args!("  {} >= {}", sum(row, &names), constant(row.constant())));
    }
    let coefficients = |row: &Row| row.coefficients().iter().map(|value| value.get().to_string()).collect::<Vec<_>>();
    let tests = rows.tests.iter().zip(&rows.origins).map(|(row, origin)| {
        json!({
            "covenant": origin.covenant,
            "test": origin.purpose == Purpose::Test,
            "coefficients": coefficients(row),
            "constant": constant(row.constant()),
        })
    });
    report.set("terms", names.clone()).set("tests", tests.collect::<Vec<_>>());
    report.set(
        "equalities",
        rows.equalities.iter().map(|row| json!({ "coefficients": coefficients(row) })).collect::<Vec<_>>(),
    );
    report.set("elapsed", terms.elapsed()).set("buffer_percent", terms.buffer().percent());
    report
}

/// The name of each term of a row.
fn names(terms: &Terms<'_>, rows: &Compiled) -> Vec<String> {
    let assets = terms.policy().market().assets();
    let symbol = |asset: usize| assets.get(asset).map_or("-", |asset| asset.symbol.as_str());
    let size = rows.shape.size().assets();
    let side = |letter: &'static str| (0..size).map(move |asset| format!("{letter}({})", symbol(asset)));
    side("x").chain(side("y")).chain((0..rows.shape.helpers()).map(|helper| format!("u({helper})"))).collect()
}

fn sum(row: &Row, names: &[String]) -> String {
    let terms = row.coefficients().iter().zip(names).filter(|(value, _)| value.get() != 0);
    let text: Vec<String> = terms.map(|(value, name)| format!("{:+} {name}", value.get())).collect();
    if text.is_empty() { "0".to_owned() } else { text.join(" ") }
}

fn constant(constant: Constant) -> String {
    format!("{}{}", if constant.is_negative() { "-" } else { "" }, constant.magnitude())
}
