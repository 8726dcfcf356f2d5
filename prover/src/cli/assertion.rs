//! Rows that show what an attestation asserts, and what attesters have signed.

use assay_verifier::formats::hex;
use assay_verifier::{Assertion, Attested, Beneficiary, HoldingsStatement, Market, Policy, format_amount, format_time};

use crate::cli::output::Report;
use crate::cli::time;

/// The rows that describe `assertion`, as seen at `now`; with the policy, in its units.
pub(crate) fn rows(report: &mut Report, assertion: &Assertion, policy: Option<&Policy>, now: u64) {
    let market = policy.map(Policy::market);
    report.row("subject", assertion.subject).row("audience", &assertion.audience);
    report.row("policy", assertion.policy).row("market", assertion.market);
    report.row("commitment", hex(&assertion.commitment.to_bytes()));
    report.row(
        "anchor",
        assertion.anchor.map_or("none: nobody vouches for the amounts".to_owned(), |hash| hash.to_string()),
    );
    report.row("as of", format_time(assertion.as_of));
    report.row("valid until", valid_until(assertion, now));
    report.row("credit line", credit(assertion, market));
    for (index, bounds) in assertion.bounds.0.iter().enumerate() {
        let decimals = policy.and_then(|policy| policy.rules().assets.get(index)).map_or(0, |risk| risk.price_decimals);
        let price = |price| format_amount(price, decimals);
        let label = if index == 0 { "price bounds" } else { "" };
        report.row(
            label,
            format_args!("{:<8} {:>14} to {:>14}", bounds.asset, price(bounds.floor), price(bounds.ceiling)),
        );
    }
}

/// The rows that describe a holdings statement, as seen at `now`.
pub(crate) fn holdings(report: &mut Report, holdings: &HoldingsStatement, now: u64) {
    report.row("commitment", hex(&holdings.commitment.to_bytes())).row("market", holdings.market);
    report.row("subject", holdings.subject).row("encumbered to", encumbered(holdings.beneficiary));
    report.row("as of", format_time(holdings.as_of)).row("sequence", holdings.sequence);
    report.row("expires", until(holdings.expiry, now));
    report.set("statement", holdings.to_json());
}

/// Who vouches for the amounts, for whom, and until when.
pub(crate) fn vouchers(report: &mut Report, attested: &Attested, now: u64) {
    for (index, attester) in attested.attesters.iter().enumerate() {
        report.row(if index == 0 { "vouched by" } else { "" }, attester);
    }
    let beneficiary = attested.series.beneficiary;
    report.row("encumbered to", encumbered(beneficiary)).row("sequence", attested.latest.sequence);
    report.row("anchor until", until(attested.expiry, now));
    let attesters: Vec<_> = attested.attesters.iter().map(ToString::to_string).collect();
    report.set("attesters", attesters).set("minimum_attesters", attested.minimum);
    report.set("beneficiary", beneficiary.to_string()).set("sequence", attested.latest.sequence.to_string());
    report.set("anchor_expiry", format_time(attested.expiry));
}

/// Whom collateral is encumbered to, in words.
pub(crate) fn encumbered(beneficiary: Beneficiary) -> String {
    match beneficiary {
        Beneficiary::Nobody => "nobody: for information only".to_owned(),
        account @ Beneficiary::Account { .. } => account.to_string(),
    }
}

/// The last second at which it holds, and how far off that is.
pub(crate) fn valid_until(assertion: &Assertion, now: u64) -> String {
    until(assertion.valid_until, now)
}

/// A last second and how far off it is.
pub(crate) fn until(last: u64, now: u64) -> String {
    let left = match last.checked_sub(now) {
        Some(left) => format!("{} left", time::span(left)),
        None => "expired".to_owned(),
    };
    format!("{} ({left})", format_time(last))
}

fn credit(assertion: &Assertion, market: Option<&Market>) -> String {
    match (&assertion.credit, market) {
        (None, _) => "none: nothing may be lent on it".to_owned(),
        (Some(line), Some(market)) => format!("{} {}", line.amount(market), line.asset),
        (Some(line), None) => format!("{} base units of {}", line.base_units, line.asset),
    }
}
