//! The ranges of a covenant's fields, and what covenants owe one another.

use std::fmt;

use super::{Average, Covenant, Kind, Limit, MOST_COVENANTS, Mode, Schedule, Share, Stress};
use crate::formats::text::{FormatError, check_label};
use crate::policy::market::Market;
use crate::policy::risk::{BPS, MAX_FACTOR, Risk};
use crate::policy::rules::Rules;

/// What is wrong with a covenant, and under which key.
pub(super) struct Mistake {
    pub(super) key: &'static str,
    pub(super) what: String,
}

impl Mistake {
    fn new(key: &'static str, what: impl fmt::Display) -> Self {
        Self { key, what: what.to_string() }
    }

    pub(super) fn of(self, covenant: &str) -> FormatError {
        FormatError::new(format_args!("covenants: {covenant}: {}: {}", self.key, self.what))
    }
}

/// Checks a policy's covenants, one by one and together.
pub(crate) fn check(covenants: &[Covenant], rules: &Rules, market: &Market) -> Result<(), FormatError> {
    if rules.on_chain.is_some() {
        return Err(FormatError::new("on_chain: no registry decides covenants; leave one of the two out"));
    }
    if rules.profile.is_some() {
        return Err(FormatError::new(
            "profile: a policy with covenants implies no protocol's rule; leave one of the two out",
        ));
    }
    if covenants.len() > MOST_COVENANTS {
        let given = covenants.len();
        return Err(FormatError::new(format_args!("covenants: {given} given, at most {MOST_COVENANTS}")));
    }
    for (number, covenant) in covenants.iter().enumerate() {
        check_one(covenant, rules, market)
            .and_then(|()| check_among(number, covenant, covenants, market))
            .map_err(|mistake| mistake.of(&covenant.name))?;
    }
    if !covenants.iter().any(|covenant| matches!(covenant.kind, Kind::Coverage { .. })) {
        let what = "covenants: none is of kind coverage, so nothing asks for the policy's minimum ratio; add one";
        return Err(FormatError::new(what));
    }
    Ok(())
}

/// Checks the fields of `covenant` alone.
pub(super) fn check_one(covenant: &Covenant, rules: &Rules, market: &Market) -> Result<(), Mistake> {
    let name = &covenant.name;
    let plain = (1..=32).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !plain {
        let what = "1 to 32 lower-case ASCII letters, digits or hyphens are needed, a letter first";
        return Err(Mistake::new("name", what));
    }
    check_label("section", &covenant.section)
        .map_err(|_| Mistake::new("section", "1 to 160 printable ASCII characters are needed"))?;
    match &covenant.kind {
        Kind::Coverage { ratio, .. } => {
            if *ratio < rules.minimum_ratio {
                return Err(Mistake::new("ratio", "less than the policy's minimum_ratio_bps"));
            }
            ratio_within(*ratio)
        }
        Kind::Stress(stress) => check_stress(stress, market),
        Kind::Concentration { group, share, mode } => check_concentration(group, *share, *mode, rules, market),
        Kind::Ceiling { group, limit, .. } => {
            check_group(group, market)?;
            let whole = matches!(group.as_slice(), [share] if share.part == BPS);
            match limit {
                Limit::Amount(_) if !whole => {
                    Err(Mistake::new("amount", "amounts of several assets are no sum; write a value, or one asset"))
                }
                Limit::Value(value) => quantity("value", *value),
                Limit::Amount(amount) => quantity("amount", *amount),
            }
        }
        Kind::Leverage { most } => within("most", *most, BPS.saturating_add(1), MAX_FACTOR),
        Kind::Liquidity { ratio, depths, slippage } => {
            ratio_within(*ratio)?;
            within("slippage", *slippage, 0, BPS.saturating_sub(1))?;
            ascending("depths", depths.iter().map(|(asset, _)| *asset), market)?;
            accepted("depths", depths.iter().map(|(asset, _)| *asset), rules, market)?;
            depths.iter().try_for_each(|(_, depth)| quantity("depths", *depth))
        }
        Kind::WeightedAverage { figures, side, limit } => check_average(figures, *side, *limit, rules, market),
        Kind::InterestCoverage { ratio, yields, rates } => {
            ratio_within(*ratio)?;
            ascending("yields", yields.iter().map(|(asset, _)| *asset), market)?;
            accepted("yields", yields.iter().map(|(asset, _)| *asset), rules, market)?;
            ascending("rates", rates.iter().map(|(asset, _)| *asset), market)?;
            yields.iter().try_for_each(|(_, rate)| within("yields", *rate, 1, MAX_FACTOR))?;
            rates.iter().try_for_each(|(_, rate)| within("rates", *rate, 0, MAX_FACTOR))?;
            check_rates(rates, rules, market)
        }
        Kind::Tiers { ratio, schedules } => {
            ratio_within(*ratio)?;
            ascending("tiers", schedules.iter().map(|schedule| schedule.asset), market)?;
            accepted("tiers", schedules.iter().map(|schedule| schedule.asset), rules, market)?;
            schedules.iter().try_for_each(|schedule| check_schedule(schedule, market))
        }
    }
}

fn check_stress(stress: &Stress, market: &Market) -> Result<(), Mistake> {
    ratio_within(stress.ratio)?;
    within("slippage", stress.slippage, 0, BPS.saturating_sub(1))?;
    within("bonus", stress.bonus, 0, BPS)?;
    ascending("shocks", stress.shocks.iter().map(|(asset, _)| *asset), market)?;
    for (asset, shock) in &stress.shocks {
        let symbol = symbol(market, *asset);
        if shock.unsigned_abs() >= BPS && *shock < 0 {
            let what =
                format_args!("{symbol}: a price that falls by 100% or more leaves nothing; write less, such as -99%");
            return Err(Mistake::new("shocks", what));
        }
        if shock.unsigned_abs() > MAX_FACTOR {
            return Err(Mistake::new("shocks", format_args!("{symbol}: more than 10000%")));
        }
    }
    Ok(())
}

fn check_concentration(group: &[Share], share: u32, mode: Mode, rules: &Rules, market: &Market) -> Result<(), Mistake> {
    check_group(group, market)?;
    if share >= BPS {
        return Err(Mistake::new("share", "a limit of 100% or more is none; write less, or leave the covenant out"));
    }
    accepted("assets", group.iter().map(|share| share.asset), rules, market)?;
    let whole = group.iter().all(|share| share.part == BPS);
    let all = rules.assets.iter().filter(|risk| !risk.is_debt()).count();
    if whole && group.len() == all {
        let what = "the group is all collateral that the policy accepts, so it never holds; leave an asset out";
        return Err(Mistake::new("assets", what));
    }
    if !whole && matches!(mode, Mode::Exclude { .. }) {
        return Err(Mistake::new("exposure", "a part of an asset cannot be excluded; list assets, or use mode breach"));
    }
    Ok(())
}

fn check_average(
    figures: &[(usize, u32)],
    side: Average,
    limit: u32,
    rules: &Rules,
    market: &Market,
) -> Result<(), Mistake> {
    ascending("figures", figures.iter().map(|(asset, _)| *asset), market)?;
    accepted("figures", figures.iter().map(|(asset, _)| *asset), rules, market)?;
    if figures.iter().any(|(_, figure)| *figure > MAX_FACTOR) {
        return Err(Mistake::new("figures", format_args!("must be at most {MAX_FACTOR}")));
    }
    let key = if side == Average::Most { "most" } else { "least" };
    let within = |figure: u32| if side == Average::Most { figure <= limit } else { figure >= limit };
    if figures.iter().all(|(_, figure)| within(*figure)) {
        return Err(Mistake::new(key, "every figure is within the limit, so it asks nothing; leave the covenant out"));
    }
    if !figures.iter().any(|(_, figure)| within(*figure)) {
        return Err(Mistake::new(
            key,
            "no figure is within the limit, so only who holds none of these assets could hold it",
        ));
    }
    Ok(())
}

/// Checks that every asset that may be owed costs something or says that it does not.
fn check_rates(rates: &[(usize, u32)], rules: &Rules, market: &Market) -> Result<(), Mistake> {
    let owed = rules.assets.iter().enumerate().filter(|(_, risk)| rules.is_owed(risk)).map(|(asset, _)| asset);
    let listed = |asset: &usize| rates.iter().any(|(listed, _)| listed == asset);
    match owed.clone().find(|asset| !listed(asset)) {
        Some(asset) => {
            let what =
                format_args!("{} may be owed and has no rate; write 0% where it costs nothing", symbol(market, asset));
            Err(Mistake::new("rates", what))
        }
        None if rates.iter().all(|(_, rate)| *rate == 0) => {
            Err(Mistake::new("rates", "no debt costs anything, so it asks nothing; leave the covenant out"))
        }
        None => Ok(()),
    }
}

fn check_schedule(schedule: &Schedule, market: &Market) -> Result<(), Mistake> {
    let symbol = symbol(market, schedule.asset);
    let wrong = |what: &str| Err(Mistake::new("tiers", format_args!("{symbol}: {what}")));
    let following = schedule.tiers.iter().skip(1);
    if schedule.tiers.is_empty() {
        return wrong("at least one tier is needed");
    }
    if schedule.tiers.iter().zip(following.clone()).any(|(tier, next)| tier.up_to >= next.up_to) {
        return wrong("each tier must end at a larger quantity than the one before");
    }
    let after = following.map(|tier| tier.threshold).chain([schedule.beyond]);
    if schedule.tiers.iter().zip(after).any(|(tier, next)| tier.threshold < next) {
        return wrong(
            "a threshold that rises with quantity lets the prover choose; each must be at most the one before",
        );
    }
    for tier in &schedule.tiers {
        within("tiers", tier.threshold, 0, BPS)?;
        quantity("tiers", tier.up_to)?;
    }
    Ok(())
}

/// Checks what `covenant`, the one at `number`, says about others.
fn check_among(number: usize, covenant: &Covenant, all: &[Covenant], market: &Market) -> Result<(), Mistake> {
    let before = all.iter().take(number);
    if before.clone().any(|other| other.name == covenant.name) {
        return Err(Mistake::new("name", "two covenants have it; each needs its own"));
    }
    let after = covenant.kind.after();
    let excludes = |index: &usize| all.get(*index).is_some_and(|other| excluded(other).is_some());
    if !after.is_sorted_by(|one, other| one < other) || !after.iter().all(excludes) {
        return Err(Mistake::new(
            "after",
            "only covenants of kind concentration and mode exclude can be listed, each once",
        ));
    }
    let Some(group) = excluded(covenant) else { return Ok(()) };
    if !all.iter().any(|other| other.kind.after().contains(&number)) {
        return Err(Mistake::new("mode", "no covenant lists it under after, so its excess would count everywhere"));
    }
    for other in before {
        let twice = |share: &&Share| excluded(other).is_some_and(|other| other.iter().any(|o| o.asset == share.asset));
        if let Some(share) = group.iter().find(twice) {
            let what = format!(
                "{} is in the group of {} as well, and the order of two exclusions would be the prover's choice; make the groups disjoint",
                symbol(market, share.asset),
                other.name
            );
            return Err(Mistake::new("assets", what));
        }
    }
    Ok(())
}

/// The group whose excess a covenant excludes.
fn excluded(covenant: &Covenant) -> Option<&[Share]> {
    match &covenant.kind {
        Kind::Concentration { group, mode: Mode::Exclude { .. }, .. } => Some(group),
        _ => None,
    }
}

fn check_group(group: &[Share], market: &Market) -> Result<(), Mistake> {
    ascending("assets", group.iter().map(|share| share.asset), market)?;
    group.iter().try_for_each(|share| within("exposure", share.part, 1, BPS))
}

/// Checks that there is an asset, that each is of the market, and that they ascend.
fn ascending(key: &'static str, assets: impl Iterator<Item = usize>, market: &Market) -> Result<(), Mistake> {
    let assets: Vec<usize> = assets.collect();
    let known = assets.last().is_some_and(|last| *last < market.assets().len());
    if known && assets.is_sorted_by(|one, other| one < other) {
        Ok(())
    } else {
        Err(Mistake::new(key, "at least one asset of the market is needed, in its order, none twice"))
    }
}

fn accepted(
    key: &'static str,
    mut assets: impl Iterator<Item = usize>,
    rules: &Rules,
    market: &Market,
) -> Result<(), Mistake> {
    match assets.find(|asset| rules.assets.get(*asset).is_none_or(Risk::is_debt)) {
        Some(asset) => {
            let symbol = symbol(market, asset);
            Err(Mistake::new(key, format_args!("{symbol} is no collateral under this policy; leave it out")))
        }
        None => Ok(()),
    }
}

fn ratio_within(ratio: u32) -> Result<(), Mistake> {
    within("ratio", ratio, BPS, MAX_FACTOR)
}

fn within(key: &'static str, value: u32, low: u32, high: u32) -> Result<(), Mistake> {
    if (low..=high).contains(&value) {
        Ok(())
    } else {
        Err(Mistake::new(key, format_args!("must be {low} to {high} basis points")))
    }
}

fn quantity(key: &'static str, value: u128) -> Result<(), Mistake> {
    if value <= assay_circuits::Amount::MAX { Ok(()) } else { Err(Mistake::new(key, "too large: 2^120 or more")) }
}

fn symbol(market: &Market, asset: usize) -> &str {
    market.assets().get(asset).map_or("?", |asset| asset.symbol.as_str())
}
