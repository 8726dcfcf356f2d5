//! `assay policy diff`: what another policy says otherwise.

use std::collections::{BTreeMap, BTreeSet};

use assay_verifier::{AssetId, Policy};
use serde_json::{Value, json};

use super::{covenants, percent, rules};
use crate::cli::args::PolicyDiffArgs;
use crate::cli::error::Outcome;
use crate::cli::output::{FAINT, Report, STRONG, paint};
use crate::cli::text::plain;
use crate::cli::time;
use crate::files::inputs;

/// What a key without a value says.
const NOTHING: &str = "nothing";

/// Lists every key at which two policies, or their markets, say something else, with what each says.
///
/// # Errors
/// Exit 3 or 4.
pub(crate) fn run(args: &PolicyDiffArgs) -> Outcome {
    let (old, new) = (inputs::policy(&args.old)?, inputs::policy(&args.new)?);
    let (before, after) = (facts(&old), facts(&new));
    let (before, after) = (gathered(&before, &after), gathered(&after, &before));
    let mut keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    keys.retain(|key| before.get(*key) != after.get(*key));
    let mut report = Report::new();
    let same = old.id() == new.id();
    report.verdict(
        same,
        match (same, keys.len()) {
            (true, _) => "both say the same: one policy, with one id".to_owned(),
            (false, 0) => "they say the same with covenants in another order: two policies, with two ids".to_owned(),
            (false, 1) => "they differ in one place: attestations under one show nothing under the other".to_owned(),
            (false, many) => {
                format!("they differ in {many} places: attestations under one show nothing under the other")
            }
        },
    );
    let said = |facts: &BTreeMap<String, String>, key: &str| facts.get(key).cloned();
    for key in &keys {
        let words = |facts| said(facts, key).unwrap_or_else(|| "not there".to_owned());
        report.line(format_args!("  {}", paint(STRONG, key)));
        let (before, after) = (plain(words(&before)), paint(FAINT, format_args!("→ {}", words(&after))));
        report.line(format_args!("    {before} {after}"));
    }
    let differences = keys.iter().map(|key| json!({ "key": key, "old": said(&before, key), "new": said(&after, key) }));
    report.set("differences", differences.collect::<Vec<_>>());
    report.set("same", same).set("old", old.id().to_string()).set("new", new.id().to_string());
    Ok(report)
}

/// Everything that a policy and its market say, in words, by the keys of their files.
fn facts(policy: &Policy) -> BTreeMap<String, String> {
    let mut all = rules::json(policy, policy.rules());
    all["name"] = policy.rules().name.as_str().into();
    all["covenants"] = covenants::json(policy);
    let market = policy.market();
    let assets = market.assets().iter().enumerate().map(|(place, asset)| {
        let id = match &asset.id {
            AssetId::Token(address) => address.to_string(),
            AssetId::Other(id) => id.clone(),
        };
        let what = format!("{} decimals, {id} on {}, in place {}", asset.decimals, asset.chain, place + 1);
        (asset.symbol.clone(), what.into())
    });
    all["market"] = json!({ "name": market.name(), "assets": Value::Object(assets.collect()) });
    let mut facts = BTreeMap::new();
    flatten(String::new(), &all, &mut facts);
    facts
}

/// The facts, with all those about a covenant, source or asset that the others say nothing of gathered under its name.
fn gathered(facts: &BTreeMap<String, String>, others: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut gathered: BTreeMap<String, String> = BTreeMap::new();
    for (key, words) in facts {
        let mut parts = key.splitn(3, '.');
        let (Some(list), Some(name), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
            gathered.insert(key.clone(), words.clone());
            continue;
        };
        let whole = format!("{list}.{name}");
        if others.keys().any(|other| other.starts_with(&format!("{whole}."))) {
            gathered.insert(key.clone(), words.clone());
        } else if words != NOTHING {
            let all = gathered.entry(whole).or_default();
            let stop = if all.is_empty() { "" } else { "; " };
            all.push_str(&format!("{stop}{rest} {words}"));
        }
    }
    gathered
}

fn flatten(path: String, value: &Value, facts: &mut BTreeMap<String, String>) {
    let Value::Object(members) = value else {
        let words = words(&path, value);
        facts.insert(path, words);
        return;
    };
    for (key, value) in members {
        flatten(if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, value, facts);
    }
}

/// A value as a person would say it: rates in percent, spans in their units.
fn words(path: &str, value: &Value) -> String {
    let named = |ending: &str| path.split('.').any(|key| key.ends_with(ending));
    match value {
        Value::Null => NOTHING.to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => NOTHING.to_owned(),
        Value::Array(items) => items.iter().map(|item| words(path, item)).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            members.iter().map(|(key, value)| format!("{key} {}", words(key, value))).collect::<Vec<_>>().join(" ")
        }
        Value::Number(number) => match number.as_i64() {
            Some(bps) if named("_bps") || named("_bps_per_year") => {
                format!("{}{}", if bps < 0 { "-" } else { "" }, percent(bps.unsigned_abs()))
            }
            Some(percent) if named("_percent") => format!("{percent} %"),
            Some(seconds) if named("_age") || named("_validity") || named("_period") => {
                time::span(seconds.unsigned_abs())
            }
            _ => number.to_string(),
        },
        Value::Bool(yes) => yes.to_string(),
    }
}
