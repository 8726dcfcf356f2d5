//! Every rule of a policy: whoever is sent one sees all that it decides.

use assay_verifier::policy::Rules;
use assay_verifier::{AnchorRule, Policy};
use serde_json::{Value, json};

use super::{percent, rate};
use crate::output::Report;
use crate::time;

/// Appends the rules that [`super::describe`] leaves out, and all of them as JSON.
pub(super) fn rows(report: &mut Report, policy: &Policy) {
    let rules = policy.rules();
    report.row("as-of age", format_args!("at most {}", time::span(rules.max_statement_age.into())));
    report.row("quote", &rules.quote).row("scale", rules.scale);
    let buffers: Vec<_> = rules.buffers.iter().map(ToString::to_string).collect();
    report.row("buffers", buffers.join(", "));
    let sources = rules.price_sources.join(", ");
    report.row("price sources", format_args!("at least {} of {sources}", rules.minimum_sources));
    if let AnchorRule::Attesters { attesters, .. } = &rules.anchor {
        for attester in attesters {
            report.row("attester", attester);
        }
    }
    report.row("profile", rules.profile.map_or("none".to_owned(), |profile| profile.to_string()));
    let pinned = rules.verifying_key.map(|key| format!("only {key}, where the verifier accepts it"));
    report.row("verifying key", pinned.unwrap_or_else(|| "whichever the verifier accepts".to_owned()));
    match &rules.on_chain {
        None => report.row("on chain", "nothing is pinned"),
        Some(pins) => report
            .row("verifier", pins.verifier)
            .row("price board", pins.price_board)
            .row("grace period", time::span(pins.grace_period.into())),
    };
    for (asset, risk) in policy.market().assets().iter().zip(&rules.assets) {
        let collateral = match risk.liquidation_threshold {
            0 => "no collateral".to_owned(),
            bps => format!(
                "threshold {}, haircut {}, volatility {}{}",
                percent(bps.into()),
                percent(risk.haircut.into()),
                percent(risk.volatility_buffer.into()),
                rate(" × (1 − ", risk.yield_decay),
            ),
        };
        let debt =
            format!("borrow factor {}{}", percent(risk.borrow_factor.into()), rate(" × (1 + ", risk.debt_interest));
        report.row(&asset.symbol, format_args!("{collateral}; {debt}; {} price decimals", risk.price_decimals));
    }
    report.set("rules", json(policy, rules));
}

/// The rules by their keys in the file, all of them.
fn json(policy: &Policy, rules: &Rules) -> Value {
    let buffers: Vec<_> = rules.buffers.iter().map(|buffer| buffer.percent()).collect();
    let anchor = match &rules.anchor {
        AnchorRule::None => json!("none"),
        AnchorRule::Attesters { minimum, attesters } => {
            let attesters: Vec<_> = attesters.iter().map(ToString::to_string).collect();
            json!({ "minimum": minimum, "attesters": attesters })
        }
    };
    let on_chain = rules.on_chain.map(|pins| {
        json!({
            "verifier": pins.verifier.to_string(),
            "price_board": pins.price_board.to_string(),
            "grace_period": pins.grace_period,
        })
    });
    let assets = policy.market().assets().iter().zip(&rules.assets).map(|(asset, risk)| {
        let entry = json!({
            "liquidation_threshold_bps": risk.liquidation_threshold,
            "haircut_bps": risk.haircut,
            "volatility_buffer_bps": risk.volatility_buffer,
            "yield_decay_bps_per_year": risk.yield_decay,
            "borrow_factor_bps": risk.borrow_factor,
            "debt_interest_bps_per_year": risk.debt_interest,
            "price_decimals": risk.price_decimals,
        });
        (asset.symbol.clone(), entry)
    });
    json!({
        "quote": rules.quote,
        "profile": rules.profile.map(|profile| profile.to_string()),
        "minimum_ratio_bps": rules.minimum_ratio,
        "scale": rules.scale.to_string(),
        "max_price_age": rules.max_price_age,
        "max_validity": rules.max_validity,
        "max_statement_age": rules.max_statement_age,
        "buffers_percent": buffers,
        "price_sources": rules.price_sources,
        "minimum_sources": rules.minimum_sources,
        "anchor": anchor,
        "verifying_key": rules.verifying_key.map(|key| key.to_string()),
        "on_chain": on_chain,
        "assets": assets.collect::<serde_json::Map<_, _>>(),
    })
}
