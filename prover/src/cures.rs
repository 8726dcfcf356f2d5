//! What would make a position satisfy the policy that it falls short of, one change at a time. Secret, like the amounts.

use assay_circuits::units::Wide;
use assay_circuits::{Amount, Instance, Position, Weight};
use assay_verifier::{Buffer, Market, format_amount};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::cli::output::Report;
use crate::figures::grouped;
use crate::terms::Terms;

/// One change of one amount that is enough by itself.
#[derive(Debug)]
pub(crate) struct Cure {
    asset: String,
    /// The least that does, in base units and in whole units; none where all of it would not.
    least: Option<Least>,
}

#[derive(Debug)]
struct Least {
    base_units: Zeroizing<String>,
    amount: Zeroizing<String>,
}

/// Everything that would cure the position by itself.
#[derive(Debug)]
pub(crate) struct Cures {
    /// Collateral to add, for each asset that counts and can be added.
    pub(crate) add: Vec<Cure>,
    /// Debt to repay, for each asset that is owed.
    pub(crate) repay: Vec<Cure>,
    /// What to take off the credit line, where there is one.
    pub(crate) credit: Option<Cure>,
    /// The largest smaller buffer that would do.
    pub(crate) buffer: Option<Buffer>,
}

impl Cures {
    /// The cures of a position that does not satisfy the statement with these public inputs.
    pub(crate) fn of(terms: &Terms, instance: &Instance, position: &Position) -> Self {
        let missing = shortfall(instance, position);
        let market = terms.policy.market();
        let cure = |index: usize, weight: Weight, most: u128| Cure::of(market, index, least(missing, weight, most));
        let assets = 0..market.assets().len();
        let add = assets.clone().map(|index| {
            let room = Amount::MAX - position.collateral()[index].expose();
            cure(index, instance.covenant.collateral()[index], room)
        });
        let repay = assets.filter(|index| position.debt()[*index].expose() > 0);
        let repay = repay.map(|index| cure(index, instance.covenant.debt()[index], position.debt()[index].expose()));
        let credit = terms.credit.as_ref().and_then(|line| {
            let index = market.index_of(&line.asset)?;
            Some(cure(index, instance.covenant.debt()[index], line.base_units))
        });
        Self {
            add: add.filter(|cure| cure.least.is_some()).collect(),
            repay: repay.collect(),
            credit,
            buffer: smaller_buffer(terms, position),
        }
    }

    /// Appends what would do, for people and for programs.
    pub(crate) fn render(&self, report: &mut Report) {
        report.line("  each of these by itself would do:");
        for cure in &self.add {
            report.row("add", cure);
        }
        for cure in &self.repay {
            report.row("repay", cure);
        }
        if let Some(cure) = &self.credit {
            let by = if cure.least.is_some() { "by " } else { "" };
            report.row("lower credit", format_args!("{by}{cure}"));
        }
        if let Some(buffer) = self.buffer {
            report.row("buffer", format_args!("{buffer} instead"));
        }
        let list = |cures: &[Cure]| cures.iter().map(Cure::json).collect::<Vec<_>>();
        report.set(
            "cures",
            json!({
                "add": list(&self.add),
                "repay": list(&self.repay),
                "lower_credit": self.credit.as_ref().map(Cure::json),
                "buffer_percent": self.buffer.map(Buffer::percent),
            }),
        );
    }
}

impl Cure {
    fn of(market: &Market, index: usize, least: Option<u128>) -> Self {
        let asset = &market.assets()[index];
        let least = least.map(|base_units| Least {
            base_units: Zeroizing::new(base_units.to_string()),
            amount: Zeroizing::new(format_amount(base_units, asset.decimals)),
        });
        Self { asset: asset.symbol.clone(), least }
    }

    fn json(&self) -> Value {
        let least = self.least.as_ref();
        json!({
            "asset": self.asset,
            "enough": least.is_some(),
            "amount": least.map(|least| least.amount.as_str()),
            "base_units": least.map(|least| least.base_units.as_str()),
        })
    }
}

impl std::fmt::Display for Cure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.least {
            Some(least) => write!(f, "{} {}", grouped(&least.amount), self.asset),
            None => write!(f, "{}: all of it is not enough", self.asset),
        }
    }
}

/// How much greater the collateral side must become at least: it has to exceed the other, by one. Zero where it does.
pub(crate) fn shortfall(instance: &Instance, position: &Position) -> Wide {
    let sides = instance.covenant.sides(position);
    (sides.debt + sides.margin + Wide::ONE).saturating_sub(sides.collateral)
}

/// The fewest base units with this weight that make up for what is missing; none where `most` do not.
fn least(missing: Wide, weight: Weight, most: u128) -> Option<u128> {
    if weight == Weight::ZERO {
        return None;
    }
    let units = u128::try_from(missing.div_ceil(Wide::from(weight.get()))).ok()?;
    (units <= most).then_some(units)
}

fn smaller_buffer(terms: &Terms, position: &Position) -> Option<Buffer> {
    let offered = terms.policy.rules().buffers.iter().rev().filter(|buffer| **buffer < terms.buffer);
    offered
        .copied()
        .find(|buffer| terms.weights_at(*buffer).is_some_and(|weights| weights.covenant().sides(position).solvent()))
}
