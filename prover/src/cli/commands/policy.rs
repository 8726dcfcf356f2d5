//! `assay policy`: what a policy is, and the weights that follow from it.

use assay_verifier::policy::Covenant;
use assay_verifier::policy::Provider;
use assay_verifier::policy::Rounding;
use assay_verifier::policy::Rules;
use assay_verifier::policy::YEAR;
use assay_verifier::{Address, AnchorRule, AssetWeights, Policy, Requirement, Weights, format_amount, format_time};
use serde_json::{Value, json};

use crate::cli::args::{PolicyFile, PolicyShowArgs};
use crate::cli::error::{Failure, Kind, Outcome};
use crate::cli::output::{FAINT, Report, STRONG, paint};
use crate::cli::session::Session;
use crate::cli::terms::Inputs;
use crate::cli::time;
use crate::files::inputs;
use crate::terms::Terms;

mod contradiction;
mod covenants;
pub(crate) mod diff;
mod matrix;
mod rules;

/// Validates a policy and its market, and prints their ids and every rule. As JSON also the arguments in Solidity's
/// encoding with which a price board is made, for a chain without a sequencer, and with which a registry publishes it.
///
/// # Errors
/// Exit 3 or 4; 3 also where no position with debt could satisfy the policy's covenants.
pub(crate) fn check(session: &Session, args: &PolicyFile) -> Outcome {
    let policy = inputs::policy(&args.policy)?;
    if let Some(names) = contradiction::contradiction(&policy) {
        let what = match names.as_slice() {
            [name] => format!("covenant {name} can never hold: no position with debt satisfies it"),
            _ => format!(
                "covenants {} contradict each other: no position with debt satisfies all of them, and without any one of them \
                 some do",
                names.join(", ")
            ),
        };
        return Err(Failure::new(Kind::Malformed, what).hint("ask less in one of them"));
    }
    let mut report = Report::new();
    report.verdict(true, "the policy is in order");
    describe(&mut report, &policy);
    rules::rows(&mut report, &policy);
    let covenants = policy.covenants();
    for Covenant { name, section, kind, .. } in covenants {
        let threshold = kind.threshold().map_or("limits what counts".to_owned(), |threshold| threshold.words(&policy));
        report.row("covenant", format_args!("{name}, section {section}: {}, {threshold}", kind.word()));
    }
    let circuit = inputs::circuit(&policy)?;
    if !covenants.is_empty() {
        report.row("proven with", circuit);
    }
    report.set("covenants", covenants.iter().map(|covenant| covenant.name.as_str()).collect::<Vec<_>>());
    report.set("circuit", circuit.to_string()).set("statement_id", circuit.statement().name());
    let unusable = match &policy.rules().anchor {
        AnchorRule::Recorder(_) => Some("its anchor is read on its chain alone, by the registry contract"),
        AnchorRule::None | AnchorRule::Attesters { .. } => None,
    };
    if let Some(why) = &unusable {
        session.ui.warn(format_args!("assay verify refuses every attestation under the policy: {why}"));
    }
    sources_in_one_hand(session, policy.rules());
    report.set("usable", unusable.is_none());
    let board = format!("0x{}", hex::encode(policy.board(Address::ZERO, 0)));
    // A registry knows no covenants.
    let publish = covenants.is_empty().then(|| format!("0x{}", hex::encode(policy.publication())));
    report.set("solidity", json!({ "price_board": board, "publish": publish }));
    Ok(report)
}

/// Warns where one party alone can decide a price: by `minimum_sources`, or because it answers for several sources.
fn sources_in_one_hand(session: &Session, rules: &Rules) {
    if rules.minimum_sources == 1 {
        session
            .ui
            .warn("minimum_sources = 1: where the other reports are missing or old, one source alone decides a price");
    }
    let owner = |provider: &Provider| match provider {
        Provider::Chainlink { .. } => Some("Chainlink"),
        Provider::Pyth { .. } => Some("Pyth"),
        Provider::Signed { .. } => None,
    };
    for name in ["Chainlink", "Pyth"] {
        let same = rules.sources.iter().filter(|source| owner(&source.provider) == Some(name));
        let names: Vec<_> = same.map(|source| source.name.as_str()).collect();
        if names.len() > 1 {
            session.ui.warn(format_args!(
                "{name} answers for each of {}: together they are one opinion, and count as {}",
                names.join(", "),
                names.len()
            ));
        }
    }
}

/// Prints the weights with the arithmetic spelled out.
///
/// # Errors
/// Exit 2, 3 or 4; also where a weight does not fit the circuit, naming the asset and the scale that would do.
pub(crate) fn show(session: &Session, args: &PolicyShowArgs) -> Outcome {
    let inputs = Inputs::read(&args.policy, &args.terms, None)?;
    let terms = inputs.terms(session, &args.terms)?;
    let policy = terms.policy();
    let weights = match terms.requirement() {
        Requirement::Solvency(weights) => weights,
        Requirement::Covenants(rows) => return Ok(matrix::render(&terms, rows)),
    };
    let mut report = Report::new();
    describe(&mut report, policy);
    report.row("prices of", format_time(terms.prices().at));
    report.row("buffer", terms.buffer());
    report.row("runs for", format_args!("{} (T = {} s)", time::span(weights.elapsed), weights.elapsed));
    report.row("a year", format_args!("{YEAR} s"));
    report.row(
        "units",
        format_args!(
            "{} price decimals (F), {} asset decimals (D), scale {} (S)",
            weights.price_decimals, weights.asset_decimals, weights.scale
        ),
    );
    let assets: Vec<Value> = weights
        .assets
        .iter()
        .zip(&policy.rules().assets)
        .map(|(asset, risk)| {
            spell_out(&mut report, policy.rules(), weights.scale, asset, risk.price_decimals);
            json!({
                "asset": asset.bounds.asset,
                "floor": asset.bounds.floor.to_string(),
                "ceiling": asset.bounds.ceiling.to_string(),
                "collateral_factor_bps": asset.collateral_factor.to_string(),
                "debt_factor_bps": asset.debt_factor.to_string(),
                "shift": asset.shift,
                "collateral_weight": asset.collateral.get().to_string(),
                "debt_weight": asset.debt.get().to_string(),
            })
        })
        .collect();
    report.line("");
    margin(&mut report, &terms, weights);
    report.set("assets", assets).set("elapsed", weights.elapsed);
    report.set("scale", weights.scale.to_string()).set("price_decimals", weights.price_decimals);
    report.set("asset_decimals", weights.asset_decimals).set("buffer_percent", terms.buffer().percent());
    Ok(report)
}

/// Name, ids and rules.
fn describe(report: &mut Report, policy: &Policy) {
    let rules = policy.rules();
    let symbols: Vec<_> = policy.market().assets().iter().map(|asset| asset.symbol.as_str()).collect();
    report.row("policy", &rules.name).row("policy id", policy.id());
    report.row("market", policy.market().name()).row("market id", policy.market().id());
    report.row("assets", format_args!("{}; the circuit for {}", symbols.join(", "), policy.market().size()));
    report.row("minimum ratio", format_args!("{} %, to be exceeded", format_amount(rules.minimum_ratio.into(), 2)));
    report.row("anchor", anchor(rules));
    report.row("price age", format_args!("at most {}", time::span(rules.max_price_age.into())));
    report.row("validity", format_args!("at most {}", time::span(rules.max_validity.into())));
    report.set("policy", policy.id().to_string()).set("market", policy.market().id().to_string());
    report.set("name", rules.name.as_str()).set("market_name", policy.market().name()).set("symbols", symbols);
    report.set("size", policy.market().size().assets());
    report.set("minimum_ratio_bps", rules.minimum_ratio).set(
        "anchor",
        match rules.anchor {
            AnchorRule::None => "none",
            AnchorRule::Attesters { .. } => "attesters",
            AnchorRule::Recorder(_) => "recorder",
        },
    );
}

fn anchor(rules: &Rules) -> String {
    match &rules.anchor {
        AnchorRule::None => "none: nobody vouches for the amounts".to_owned(),
        AnchorRule::Attesters { minimum, attesters } => format!("{minimum} of {} attesters", attesters.len()),
        AnchorRule::Recorder(recorder) => format!("what the contract {recorder} records"),
    }
}

/// One asset: factors from the policy, weights from factors and bounds.
fn spell_out(report: &mut Report, rules: &Rules, scale: u128, asset: &AssetWeights, price_decimals: u8) {
    let AssetWeights { bounds, risk, collateral_factor: f, debt_factor: g, shift, collateral, debt } = asset;
    let price = |price| format_amount(price, price_decimals);
    let divided = |rounded| if scale == 1 { String::new() } else { format!(" / {scale}, rounded {rounded}") };
    let (down, up) = (divided("down"), divided("up"));
    let factors = |parts: &[(&str, u64)]| -> String {
        parts
            .iter()
            .filter(|(_, bps)| *bps != 10_000)
            .map(|(name, bps)| format!(" × {name} {}", percent(*bps)))
            .collect()
    };
    let less = |bps: u16| 10_000 - u64::from(bps);
    report.line(format_args!(
        "\n{}  {}",
        paint(STRONG, &bounds.asset),
        paint(FAINT, format_args!("{} to {} {}", price(bounds.floor), price(bounds.ceiling), rules.quote)),
    ));
    let taken = factors(&[("haircut", less(risk.haircut)), ("volatility", less(risk.volatility_buffer))]);
    let decay = rate(" × max(0, 1 − ", risk.yield_decay);
    let threshold = percent(risk.liquidation_threshold.into());
    report.line(format_args!("  f = threshold {threshold}{taken}{decay}, rounded down = {f} bps"));
    report.line(format_args!("  w = {} × {f} × 10^{shift}{down} = {}", bounds.floor, collateral.get()));
    if *g == 0 {
        report.line(format_args!("  never owed: v = 2^120 − 1 = {}, whatever the ceiling", debt.get()));
        return;
    }
    let borrow = factors(&[("borrow factor", risk.borrow_factor.into())]);
    let interest = rate(" × (1 + ", risk.debt_interest);
    let ratio = percent(rules.minimum_ratio.into());
    report.line(format_args!("  g = ratio {ratio}{borrow}{interest}, rounded up = {g} bps"));
    report.line(format_args!("  v = {} × {g} × 10^{shift}{up} = {}", bounds.ceiling, debt.get()));
}

/// The margin: the credit line's part, the profile's part, and their sum.
fn margin(report: &mut Report, terms: &Terms<'_>, weights: &Weights) {
    let rules = terms.policy().rules();
    let (credit, rounding) = (weights.credit_margin.get(), weights.profile_margin.get());
    match terms.credit() {
        None => report.line("credit line: none, 0"),
        Some(line) => report.line(format_args!("credit line: v of {} × {} = {credit}", line.asset, line.base_units)),
    };
    if let Some(profile) = rules.profile {
        let divided = if weights.scale == 1 { String::new() } else { format!(" / {}, rounded up", weights.scale) };
        let arithmetic = match profile.rounding(rules) {
            Rounding::None => "exact, 0".to_owned(),
            Rounding::Legs { factors } => format!("{factors} × 10^{}{divided} = {rounding}", weights.asset_decimals),
            Rounding::DebtUnit { asset } => {
                let symbol = weights.assets.get(asset).map_or("?", |asset| asset.bounds.asset.as_str());
                format!("v of {symbol} = {rounding}")
            }
        };
        report.line(format_args!("roundings of {profile}: {arithmetic}"));
    }
    report.line(format_args!("m = {credit} + {rounding} = {}", weights.margin.get()));
    report.set("margin", weights.margin.get().to_string());
    report.set("credit_margin", credit.to_string()).set("profile_margin", rounding.to_string());
    report.set("profile", rules.profile.map(|profile| profile.to_string()));
}

/// A yearly rate as a factor; nothing where it is zero.
fn rate(opening: &str, bps: u32) -> String {
    if bps == 0 { String::new() } else { format!("{opening}{} × T / year)", percent(bps.into())) }
}

fn percent(bps: u64) -> String {
    format!("{} %", format_amount(bps.into(), 2))
}
