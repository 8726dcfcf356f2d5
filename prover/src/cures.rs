//! What would make a position satisfy the policy that it falls short of, one change at a time. Secret, like the amounts.

use assay_circuits::units::Wide;
use assay_circuits::{Amount, Covenant, Position, Weight};
use assay_verifier::{Buffer, Market, format_amount};
use zeroize::Zeroizing;

use crate::terms::Terms;

/// A change of one amount.
#[derive(Clone)]
pub struct Cure {
    /// Symbol of the asset.
    pub asset: String,
    /// The least change that is enough by itself; none where all that can be changed is not enough.
    pub least: Option<Least>,
}

/// An amount, as decimal text.
#[derive(Clone)]
pub struct Least {
    /// In base units.
    pub base_units: Zeroizing<String>,
    /// In whole units.
    pub amount: Zeroizing<String>,
}

/// The changes each of which would cure the position by itself.
#[derive(Clone, Default)]
pub struct Cures {
    /// Collateral to add, for each asset that counts and can be added.
    pub add: Vec<Cure>,
    /// Debt to repay, for each asset that is owed.
    pub repay: Vec<Cure>,
    /// What to take off the credit line, where there is one.
    pub credit: Option<Cure>,
    /// The largest smaller buffer that would do.
    pub buffer: Option<Buffer>,
}

impl Cures {
    /// The cures of a position that does not satisfy the statement with this covenant.
    pub(crate) fn of(terms: &Terms<'_>, covenant: &Covenant, position: &Position) -> Self {
        let missing = shortfall(covenant, position);
        let market = terms.policy().market();
        let cure = |index: usize, weight: Weight, most: u128| Cure::of(market, index, least(missing, weight, most));
        let assets = 0..market.assets().len();
        let add = assets.clone().map(|index| {
            let room = Amount::MAX - position.collateral()[index].expose();
            cure(index, covenant.collateral()[index], room)
        });
        let repay = assets.filter(|index| position.debt()[*index].expose() > 0);
        let repay = repay.map(|index| cure(index, covenant.debt()[index], position.debt()[index].expose()));
        let credit = terms.credit().and_then(|line| {
            let index = market.index_of(&line.asset)?;
            Some(cure(index, covenant.debt()[index], line.base_units))
        });
        Self {
            add: add.filter(|cure| cure.least.is_some()).collect(),
            repay: repay.collect(),
            credit,
            buffer: smaller_buffer(terms, position),
        }
    }
}

impl Cure {
    pub(crate) fn of(market: &Market, index: usize, least: Option<u128>) -> Self {
        let asset = &market.assets()[index];
        let least = least.map(|base_units| Least {
            base_units: Zeroizing::new(base_units.to_string()),
            amount: Zeroizing::new(format_amount(base_units, asset.decimals)),
        });
        Self { asset: asset.symbol.clone(), least }
    }
}

/// How much greater the collateral side must become at least: it has to exceed the other, by one. Zero where it does.
pub(crate) fn shortfall(covenant: &Covenant, position: &Position) -> Wide {
    let sides = covenant.sides(position);
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

fn smaller_buffer(terms: &Terms<'_>, position: &Position) -> Option<Buffer> {
    let offered = terms.policy().rules().buffers.iter().rev().filter(|buffer| **buffer < terms.buffer());
    offered
        .copied()
        .find(|buffer| terms.covenant_at(*buffer).is_some_and(|covenant| covenant.sides(position).solvent()))
}
