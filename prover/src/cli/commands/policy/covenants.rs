//! Covenants by their keys in the file, in basis points, base units and all defaults written out.

use assay_verifier::policy::covenant::{
    Average, Covenant, Discloses, Kind, Limit, Mode, Schedule, Share, Side, Stress, VALUE_DECIMALS,
};
use assay_verifier::{Policy, format_amount};
use serde_json::{Map, Value, json};

/// The covenants of a policy, by name.
pub(super) fn json(policy: &Policy) -> Value {
    let covenants = policy.covenants().iter().map(|covenant| (covenant.name.clone(), one(policy, covenant)));
    Value::Object(covenants.collect())
}

fn one(policy: &Policy, covenant: &Covenant) -> Value {
    let discloses = match covenant.discloses {
        Discloses::Nothing => "nothing",
        Discloses::Threshold => "threshold",
    };
    let mut entry = fields(policy, &covenant.kind);
    for (key, value) in
        [("section", covenant.section.as_str()), ("discloses", discloses), ("kind", covenant.kind.word())]
    {
        entry[key] = value.into();
    }
    entry
}

fn fields(policy: &Policy, kind: &Kind) -> Value {
    let symbol = |asset: usize| policy.market().assets().get(asset).map_or_else(String::new, |it| it.symbol.clone());
    let amount = |asset: usize, units: u128| {
        format_amount(units, policy.market().assets().get(asset).map_or(0, |asset| asset.decimals))
    };
    let after = |places: &[usize]| -> Vec<&str> {
        places.iter().filter_map(|place| policy.covenants().get(*place)).map(|other| other.name.as_str()).collect()
    };
    let numbers = |numbers: &[(usize, u32)]| -> Map<String, Value> {
        numbers.iter().map(|(asset, number)| (symbol(*asset), (*number).into())).collect()
    };
    let exposure = |group: &[Share]| -> Map<String, Value> {
        group.iter().map(|share| (symbol(share.asset), share.part.into())).collect()
    };
    match kind {
        Kind::Coverage { ratio, after: places } => json!({ "ratio_bps": ratio, "after": after(places) }),
        Kind::Stress(Stress { ratio, shocks, slippage, bonus, in_full, after: places }) => json!({
            "ratio_bps": ratio,
            "shocks_bps": shocks.iter().map(|(asset, shock)| (symbol(*asset), (*shock).into())).collect::<Map<_, Value>>(),
            "slippage_bps": slippage,
            "bonus_bps": bonus,
            "counts": if *in_full { "in-full" } else { "weighted" },
            "after": after(places),
        }),
        Kind::Concentration { group, share, mode } => {
            let (mode, of) = match mode {
                Mode::Breach => ("breach", None),
                Mode::Exclude { of_admitted } => ("exclude", Some(if *of_admitted { "admitted" } else { "all" })),
            };
            json!({ "exposure_bps": exposure(group), "share_bps": share, "mode": mode, "of": of })
        }
        Kind::Ceiling { group, side, limit } => {
            let side = if *side == Side::Debt { "debt" } else { "collateral" };
            let mut entry = json!({ "exposure_bps": exposure(group), "side": side });
            match limit {
                Limit::Value(value) => entry["value"] = format_amount(*value, VALUE_DECIMALS).into(),
                Limit::Amount(units) => {
                    entry["amount"] = amount(group.first().map_or(0, |share| share.asset), *units).into();
                }
            }
            entry
        }
        Kind::Leverage { most } => json!({ "most_bps": most }),
        Kind::Liquidity { ratio, depths, slippage } => json!({
            "ratio_bps": ratio,
            "depths": depths.iter().map(|(asset, depth)| (symbol(*asset), amount(*asset, *depth).into())).collect::<Map<_, Value>>(),
            "slippage_bps": slippage,
        }),
        Kind::WeightedAverage { figures, side, limit } => {
            let key = if *side == Average::Most { "most" } else { "least" };
            json!({ "figures": numbers(figures), key: limit })
        }
        Kind::InterestCoverage { ratio, yields, rates } => {
            json!({ "ratio_bps": ratio, "yields_bps": numbers(yields), "rates_bps": numbers(rates) })
        }
        Kind::Tiers { ratio, schedules } => {
            let tiers = schedules.iter().map(|Schedule { asset, tiers, beyond }| {
                let tiers = tiers.iter().map(|tier| {
                    let up_to = amount(*asset, tier.up_to);
                    json!({ "up_to": up_to, "threshold_bps": tier.threshold })
                });
                (symbol(*asset), tiers.chain([json!({ "threshold_bps": beyond })]).collect())
            });
            json!({ "ratio_bps": ratio, "tiers": tiers.collect::<Map<_, Value>>() })
        }
    }
}
