//! Every rule of a policy: whoever is sent one sees all that it decides.

use assay_verifier::policy::Rules;
use assay_verifier::{Address, AnchorRule, Feed, Policy, Profile, Provider, Source};
use serde_json::{Map, Value, json};

use super::{percent, rate};
use crate::cli::output::Report;
use crate::cli::time;

/// Appends the rules that [`super::describe`] leaves out, and all of them as JSON.
pub(super) fn rows(report: &mut Report, policy: &Policy) {
    let rules = policy.rules();
    report.row("as-of age", format_args!("at most {}", time::span(rules.max_statement_age.into())));
    report.row("quote", &rules.quote).row("scale", rules.scale);
    let buffers: Vec<_> = rules.buffers.iter().map(ToString::to_string).collect();
    report.row("buffers", buffers.join(", "));
    let names: Vec<_> = rules.sources.iter().map(|source| source.name.as_str()).collect();
    let least = rules.minimum_sources;
    report.row("price sources", format_args!("at least {least} of {} for each asset", names.join(", ")));
    report.row("deviation", format_args!("at most {} between them", percent(rules.max_deviation.into())));
    for source in &rules.sources {
        report.row("", format_args!("{}: {}", source.name, answers(source)));
        for (asset, feed) in policy.market().assets().iter().zip(&source.feeds) {
            if let Some(feed) = feed {
                let (id, age) = (feed_id(source.provider, feed), time::span(feed.max_age.into()));
                let line = format_args!("  {}: {id}, {} decimals, at most {age} old", asset.symbol, feed.decimals);
                report.row("", line);
            }
        }
    }
    if let AnchorRule::Attesters { attesters, .. } = &rules.anchor {
        for attester in attesters {
            report.row("attester", attester);
        }
    }
    report.row("profile", rules.profile.map_or("none".to_owned(), |profile| profile.to_string()));
    let assumptions = rules.profile.map_or(&[][..], Profile::assumptions);
    for assumption in assumptions {
        report.row("", format_args!("- it assumes: {assumption}"));
    }
    report.set("assumptions", assumptions.to_vec());
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
                rate(" × max(0, 1 − ", risk.yield_decay),
            ),
        };
        let debt = match risk.borrow_factor {
            0 => "never owed".to_owned(),
            bps => format!("borrow factor {}{}", percent(bps.into()), rate(" × (1 + ", risk.debt_interest)),
        };
        report.row(&asset.symbol, format_args!("{collateral}; {debt}; {} price decimals", risk.price_decimals));
    }
    report.set("rules", json(policy, rules));
}

/// Who answers for a source, and how wide its reports may be.
fn answers(source: &Source) -> String {
    let who = match source.provider {
        Provider::Chainlink { chain_id } => return format!("Chainlink on eip155:{chain_id}"),
        Provider::Pyth { contract: None } => "Pyth".to_owned(),
        Provider::Pyth { contract: Some(at) } => format!("Pyth, on eip155:{} at {}", at.chain_id, at.address),
        Provider::Signed { signer } => format!("reports signed by {signer}"),
    };
    format!("{who}, confidence at most {}", percent(source.max_confidence.into()))
}

/// A feed's id as the policy file spells it.
fn feed_id(provider: Provider, feed: &Feed) -> String {
    match provider {
        Provider::Chainlink { .. } => Address::from_word(feed.id).to_string(),
        Provider::Pyth { .. } | Provider::Signed { .. } => feed.id.to_string(),
    }
}

/// A source by its keys in the file.
fn source_json(policy: &Policy, source: &Source) -> Value {
    let feeds = policy.market().assets().iter().zip(&source.feeds).filter_map(|(asset, feed)| {
        let feed = feed.as_ref()?;
        let id = feed_id(source.provider, feed);
        Some((asset.symbol.clone(), json!({ "id": id, "decimals": feed.decimals, "max_age": feed.max_age })))
    });
    let mut entry = json!({ "kind": source.provider.to_string(), "feeds": feeds.collect::<Map<_, _>>() });
    match source.provider {
        Provider::Chainlink { chain_id } => entry["chain"] = json!(format!("eip155:{chain_id}")),
        Provider::Pyth { contract: None } => {}
        Provider::Pyth { contract: Some(at) } => {
            entry["chain"] = json!(format!("eip155:{}", at.chain_id));
            entry["contract"] = json!(at.address.to_string());
        }
        Provider::Signed { signer } => entry["signer"] = json!(signer.to_string()),
    }
    if !matches!(source.provider, Provider::Chainlink { .. }) {
        entry["max_confidence_bps"] = json!(source.max_confidence);
    }
    entry
}

/// The rules by their keys in the file, all of them.
pub(super) fn json(policy: &Policy, rules: &Rules) -> Value {
    let buffers: Vec<_> = rules.buffers.iter().map(|buffer| buffer.percent()).collect();
    let anchor = match &rules.anchor {
        AnchorRule::None => json!("none"),
        AnchorRule::Attesters { minimum, attesters } => {
            let attesters: Vec<_> = attesters.iter().map(ToString::to_string).collect();
            json!({ "minimum": minimum, "attesters": attesters })
        }
        AnchorRule::Recorder(recorder) => json!({ "recorder": recorder.to_string() }),
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
    let sources = rules.sources.iter().map(|source| (source.name.clone(), source_json(policy, source)));
    json!({
        "quote": rules.quote,
        "profile": rules.profile.map(|profile| profile.to_string()),
        "minimum_ratio_bps": rules.minimum_ratio,
        "scale": rules.scale.to_string(),
        "max_price_age": rules.max_price_age,
        "max_validity": rules.max_validity,
        "max_statement_age": rules.max_statement_age,
        "buffers_percent": buffers,
        "sources": sources.collect::<Map<_, _>>(),
        "minimum_sources": rules.minimum_sources,
        "max_deviation_bps": rules.max_deviation,
        "anchor": anchor,
        "verifying_key": rules.verifying_key.map(|key| key.to_string()),
        "on_chain": on_chain,
        "assets": assets.collect::<Map<_, _>>(),
    })
}
