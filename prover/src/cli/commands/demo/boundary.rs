//! The example moved to its limits: the largest debt that passes, one base unit more, and prices beyond the bounds.

use std::path::Path;

use assay_circuits::keys::Fingerprint;
use assay_circuits::units::Wide;
use assay_circuits::{Amount, Opening, Position, PositionCommitment};
use assay_verifier::{Address, Audience, PriceSnapshot, Report, format_amount};
use rand_core::OsRng;

use crate::cli::args::{PolicyFile, TermsArgs};
use crate::cli::commands::init::POSITION;
use crate::cli::error::{Failure, Kind};
use crate::cli::session::Session;
use crate::files::kind::FileKind;
use crate::files::{self, Existing};
use crate::files::{inputs, position};
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
    let terms = Terms::load(session, &policy, &defaults)?;
    let market = terms.policy.market();
    let index = market.index_of(ASSET).ok_or_else(changed)?;
    let decimals = market.assets()[index].decimals;
    let example = position::load(&session.ui, Path::new("position.toml"), market.assets())?;
    let most = most_debt(&terms, &example, index).ok_or_else(changed)?;
    let boundary = Boundary { limit: format_amount(most, decimals), short: format_amount(most + 1, decimals) };
    for (name, amount) in [("limit.toml", &boundary.limit), ("short.toml", &boundary.short)] {
        let text = POSITION.replace(ENTRY, &format!("{ASSET} = \"{amount}\""));
        files::write(Path::new(name), text.as_bytes(), FileKind::Position, Existing::Keep)?;
    }
    Ok(boundary)
}

/// The largest debt in asset `index` with which the position still passes: the largest `y` with
/// `v·y < Σ w·x − Σ (other debt) − m`.
fn most_debt(terms: &Terms, example: &Position, index: usize) -> Option<u128> {
    let mut others = example.clone();
    others.debt_mut()[index] = Amount::default();
    let opening = Opening::random(OsRng);
    let audience: Audience = "nobody".parse().ok()?;
    let statement = terms.statement(PositionCommitment::new(&others, &opening), Address::ZERO, audience);
    let instance = statement.instance(&terms.policy, Fingerprint([0; 32])).ok()?;
    let sides = instance.covenant.sides(&others);
    let room = sides.collateral.checked_sub(sides.debt + sides.margin)?.checked_sub(Wide::from(1))?;
    u128::try_from(room / Wide::from(instance.covenant.debt()[index].get())).ok()
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
