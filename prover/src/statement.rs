//! Showing a public statement.

use assay_verifier::text::hex;
use assay_verifier::{Market, Policy, Statement, format_amount, format_time};

use crate::output::Report;
use crate::time;

/// The rows that describe `statement`, as seen at `now`; with the policy, in its units.
pub(crate) fn rows(report: &mut Report, statement: &Statement, policy: Option<&Policy>, now: u64) {
    let market = policy.map(Policy::market);
    report.row("subject", statement.subject).row("audience", &statement.audience);
    report.row("policy", statement.policy).row("market", statement.market);
    report.row("commitment", hex(&statement.commitment.to_bytes()));
    report.row(
        "anchor",
        statement.anchor.map_or("none: nobody vouches for the amounts".to_owned(), |hash| hash.to_string()),
    );
    report.row("as of", format_time(statement.as_of));
    report.row("valid until", valid_until(statement, now));
    report.row("credit line", credit(statement, market));
    for (index, bounds) in statement.bounds.0.iter().enumerate() {
        let decimals = policy.and_then(|policy| policy.rules().assets.get(index)).map_or(0, |risk| risk.price_decimals);
        let price = |price| format_amount(price, decimals);
        let label = if index == 0 { "price bounds" } else { "" };
        report.row(
            label,
            format_args!("{:<8} {:>14} to {:>14}", bounds.asset, price(bounds.floor), price(bounds.ceiling)),
        );
    }
}

/// The last second at which it holds, and how far off that is.
pub(crate) fn valid_until(statement: &Statement, now: u64) -> String {
    let left = match statement.valid_until.checked_sub(now) {
        Some(left) => format!("{} left", time::span(left)),
        None => "expired".to_owned(),
    };
    format!("{} ({left})", format_time(statement.valid_until))
}

fn credit(statement: &Statement, market: Option<&Market>) -> String {
    match (&statement.credit, market) {
        (None, _) => "none: nothing may be lent on it".to_owned(),
        (Some(line), Some(market)) => format!("{} {}", line.amount(market), line.asset),
        (Some(line), None) => format!("{} base units of {}", line.base_units, line.asset),
    }
}
