//! The example moved to its limits: the largest debt that passes, one base unit more, and prices beyond the bounds.

use std::path::Path;

use assay_circuits::{Amount, Position};
use assay_verifier::{PriceSnapshot, Report, format_amount};

use crate::check::check;
use crate::cli::args::{PolicyFile, TermsArgs};
use crate::cli::commands::init::POSITION;
use crate::cli::error::{Failure, Kind};
use crate::cli::session::Session;
use crate::cli::terms::Inputs;
use crate::files::kind::FileKind;
use crate::files::{self, Existing, inputs, position};
use crate::terms::Terms;

/// The debt that is raised, and how the example writes it.
const ASSET: &str = "USDC";
const ENTRY: &str = "USDC = \"25000\"";

/// Two amounts of USDC, one base unit apart.
pub(super) struct Boundary {
    /// The largest debt that passes.
    pub(super) limit: String,
    /// One base unit more.
    pub(super) short: String,
}

/// Writes `limit.toml` and `short.toml`: the example with the largest USDC debt that passes, and with one base unit
/// more.
///
/// # Errors
/// Exit 1 where the example is not the one that this program was built with.
pub(super) fn write_positions(session: &Session) -> Result<Boundary, Failure> {
    let changed = || Failure::new(Kind::Internal, "the example is not as it was written");
    let policy = PolicyFile { policy: "policy.toml".into() };
    let defaults = TermsArgs { prices: "prices.json".into(), buffer: "10%".into(), credit: None, valid_until: None };
    let inputs = Inputs::read(&policy, &defaults, None)?;
    let terms = inputs.terms(session, &defaults)?;
    let market = inputs.policy.market();
    let index = market.index_of(ASSET).ok_or_else(changed)?;
    let decimals = market.assets()[index].decimals;
    let example = position::load(&session.ui, Path::new("position.toml"), &inputs.policy)?;
    let most = most_debt(&terms, &example, index).ok_or_else(changed)?;
    let boundary = Boundary { limit: format_amount(most, decimals), short: format_amount(most + 1, decimals) };
    for (name, amount) in [("limit.toml", &boundary.limit), ("short.toml", &boundary.short)] {
        let text = POSITION.replace(ENTRY, &format!("{ASSET} = \"{amount}\""));
        files::write(Path::new(name), text.as_bytes(), FileKind::Position, Existing::Keep)?;
    }
    Ok(boundary)
}

/// The largest debt in asset `index` with which the position still passes: the largest amount of all, less what would
/// have to be repaid of it.
fn most_debt(terms: &Terms<'_>, example: &Position, index: usize) -> Option<u128> {
    let mut most = example.clone();
    most.debt_mut()[index] = Amount::new(Amount::MAX).ok()?;
    let decision = check(terms, &most).ok()?;
    let repay = decision.cures()?.repay.iter().find(|cure| cure.asset == ASSET)?.least.as_ref()?;
    Amount::MAX.checked_sub(repay.base_units.parse().ok()?)
}

/// Writes `fallen.json`: the prices with that of WETH 15 % lower.
///
/// # Errors
/// Exit 1 where the example is not the one that this program was built with.
pub(super) fn write_fallen_prices() -> Result<(), Failure> {
    let prices = inputs::prices(Path::new("prices.json"))?;
    let policy = inputs::policy(Path::new("policy.toml"))?;
    let mut reports = Vec::new();
    for price in prices.prices {
        let percent: u8 = if price.asset == "WETH" { 85 } else { 100 };
        reports.extend(price.reports.into_iter().map(|report| Report {
            price: report.price * i128::from(percent) / 100,
            confidence: report.confidence * u128::from(percent) / 100,
            ..report
        }));
    }
    let prices = PriceSnapshot::make(&policy, prices.at, prices.note, reports)
        .map_err(|error| Failure::new(Kind::Internal, error))?;
    files::write(Path::new("fallen.json"), prices.to_json().as_bytes(), FileKind::Prices, Existing::Keep)
}
