//! How a position stands under each covenant of a policy: what is asked, what there is, and how far prices, buffer and credit
//! may go. Secret, like the amounts.
//!
//! All figures come from the rows that a proof would be of: a figure is the strictest threshold at which they would still hold,
//! and room is found by trying prices and amounts. So what is shown is what can be proven, roundings included.

use assay_circuits::units::Wide;
use assay_circuits::{Amount, Covenant, Position};
use assay_verifier::covenants::Compiled;
use assay_verifier::policy::covenant::{Relation, Threshold, Unit};
use assay_verifier::{Bounds, Buffer, CreditLine, Policy, Requirement};
use zeroize::Zeroizing;

use crate::check::helpers;
use crate::cures::{Cure, Cures};
use crate::error::Error;
use crate::scenario::{Scenario, WHOLE};
use crate::search::{greatest, least};
use crate::terms::Terms;

/// The largest ratio that is looked for, in basis points, and the largest figure: one million percent.
const MOST_BPS: u128 = 100_000_000;
/// The largest rise of a price that is looked for, in basis points.
const MOST_RISE: u128 = 100_000;

/// How a position stands under a policy with covenants.
#[derive(Clone)]
pub struct Standing {
    /// Every covenant, in the policy's order.
    pub covenants: Vec<CovenantStanding>,
    /// How far the price of each asset may move by itself from today's, with no buffer, until a covenant does not hold; none where
    /// not all hold at today's.
    pub prices: Vec<PriceRoom>,
    /// The largest buffer on offer with which all covenants hold.
    pub buffer: Option<Buffer>,
    /// The largest credit line in each asset that may be owed with which all covenants hold; none where not even the present
    /// position does.
    pub credit: Vec<Cure>,
    /// What would make all covenants hold; none where they do.
    pub cures: Option<Cures>,
}

/// How a position stands under one covenant.
#[derive(Clone)]
pub struct CovenantStanding {
    /// The covenant's name.
    pub name: String,
    /// The section of the agreement that says it.
    pub section: String,
    /// Whether it holds.
    pub holds: bool,
    /// What it asks; none where it only limits what counts elsewhere.
    pub threshold: Option<Threshold>,
    /// What there is, in the unit of the threshold and rounded against the position: the strictest threshold that would still
    /// be proven. None where every threshold would be, or none. Secret.
    pub figure: Option<Zeroizing<u128>>,
}

impl CovenantStanding {
    /// What there is with its unit, in the words of `policy`.
    #[must_use]
    pub fn figure(&self, policy: &Policy) -> Option<Zeroizing<String>> {
        let (threshold, number) = self.threshold.zip(self.figure.as_deref().copied())?;
        Some(Zeroizing::new(Threshold { number, ..threshold }.amount(policy)))
    }
}

/// How far a price may move by itself.
#[derive(Clone)]
pub struct PriceRoom {
    /// Symbol of the asset.
    pub asset: String,
    /// How far it may fall, up to 99.99 %.
    pub fall: Room,
    /// How far it may rise, up to 1,000 %.
    pub rise: Room,
}

/// A move of a price and what it leads to.
#[derive(Clone)]
pub struct Room {
    /// The largest move at which all covenants hold, in basis points. Secret.
    pub most: Zeroizing<u128>,
    /// What is beyond it. Secret.
    pub beyond: Beyond,
}

/// What is beyond a move of a price.
#[derive(Clone, PartialEq, Eq)]
pub enum Beyond {
    /// This covenant does not hold; it is the first in the policy's order.
    Broken(String),
    /// The price makes no rows of the policy, so that nothing could be proven.
    NoRows,
    /// No larger move was looked at.
    NotLookedAt,
}

/// A policy's rows and a position that is held against them.
pub(crate) struct Bench<'a> {
    policy: &'a Policy,
    elapsed: u64,
    credit: Option<&'a CreditLine>,
    position: &'a Position,
}

impl<'a> Bench<'a> {
    pub(crate) fn new(terms: &'a Terms<'_>, position: &'a Position) -> Self {
        Self { policy: terms.policy(), elapsed: terms.elapsed(), credit: terms.credit(), position }
    }

    /// For each covenant whether it holds at `bounds`; none where it makes no rows there.
    fn holding(&self, bounds: &Bounds) -> Option<Vec<bool>> {
        let rows = Compiled::new(self.policy, bounds, self.elapsed, self.credit).ok()?;
        holding(self.policy, &rows, self.position).ok()
    }

    /// Every covenant at `bounds`; of a policy without any its ratio, as the covenant `solvency`.
    ///
    /// # Errors
    /// [`Error::Refused`], and those of [`helpers`].
    pub(crate) fn covenants(&self, bounds: &Bounds) -> Result<Vec<CovenantStanding>, Error> {
        match Requirement::new(self.policy, bounds, self.elapsed, self.credit)? {
            Requirement::Solvency(weights) => Ok(vec![self.ratio(&weights.covenant())]),
            Requirement::Covenants(rows) => {
                let holding = holding(self.policy, &rows, self.position)?;
                let numbered = self.policy.covenants().iter().zip(holding).enumerate();
                Ok(numbered
                    .map(|(number, (covenant, holds))| {
                        let threshold = covenant.kind.threshold();
                        let figure = threshold.and_then(|threshold| self.figure(number, &threshold, bounds));
                        let (name, section) = (covenant.name.clone(), covenant.section.clone());
                        CovenantStanding { name, section, holds, threshold, figure: figure.map(Zeroizing::new) }
                    })
                    .collect())
            }
        }
    }

    fn ratio(&self, covenant: &Covenant) -> CovenantStanding {
        let (sides, minimum) = (covenant.sides(self.position), self.policy.rules().minimum_ratio);
        // The largest that the ratio is more than.
        let below = (sides.collateral * Wide::from(minimum)).checked_sub(Wide::from(1u8));
        let ratio = below.and_then(|below| below.checked_div(sides.debt + sides.margin));
        CovenantStanding {
            name: "solvency".to_owned(),
            section: String::new(),
            holds: sides.solvent(),
            threshold: Some(Threshold { relation: Relation::MoreThan, number: minimum.into(), unit: Unit::Bps }),
            figure: ratio.and_then(|ratio| u128::try_from(ratio).ok()).map(Zeroizing::new),
        }
    }

    /// What there is of a covenant with a threshold.
    fn figure(&self, covenant: usize, threshold: &Threshold, bounds: &Bounds) -> Option<u128> {
        let holds = |number: u128| {
            let asked = (covenant, number);
            let rows = Compiled::asking(self.policy, asked, bounds, self.elapsed, self.credit).ok();
            let holding = rows.and_then(|rows| holding(self.policy, &rows, self.position).ok());
            holding.is_some_and(|holding| holding[covenant])
        };
        let most = if threshold.is_short() { MOST_BPS } else { Amount::MAX };
        match threshold.relation {
            Relation::MoreThan | Relation::AtLeast => {
                greatest(0, most, holds).filter(|number| *number < most || !threshold.is_short())
            }
            Relation::AtMost => least(0, most, holds),
        }
    }
}

/// For each covenant of `policy` whether it holds with the greatest helper amounts.
fn holding(policy: &Policy, rows: &Compiled, position: &Position) -> Result<Vec<bool>, Error> {
    let helpers = helpers(policy, rows, position)?;
    let broken = rows.hold(position, &helpers).err().unwrap_or_default();
    Ok(policy.covenants().iter().map(|covenant| !broken.contains(&covenant.name)).collect())
}

/// Whether all covenants of `policy` hold.
fn hold(policy: &Policy, rows: &Compiled, position: &Position) -> bool {
    holding(policy, rows, position).is_ok_and(|holding| holding.into_iter().all(|holds| holds))
}

impl Standing {
    /// Holds `position` against the rows of `terms`.
    ///
    /// # Errors
    /// [`Error::Refused`], and those of [`helpers`].
    pub(crate) fn of(terms: &Terms<'_>, position: &Position) -> Result<Self, Error> {
        let bench = Bench::new(terms, position);
        let covenants = bench.covenants(terms.bounds())?;
        let all = covenants.iter().all(|covenant| covenant.holds);
        Ok(Self {
            covenants,
            prices: rooms(terms, &bench),
            buffer: largest_buffer(terms, &bench),
            credit: if all { credit(terms, position) } else { Vec::new() },
            cures: (!all).then(|| cures(terms, position)),
        })
    }

    /// Whether all covenants hold.
    #[must_use]
    pub fn satisfied(&self) -> bool {
        self.cures.is_none()
    }
}

fn rooms(terms: &Terms<'_>, bench: &Bench<'_>) -> Vec<PriceRoom> {
    let policy = terms.policy();
    let at = |asset: usize, change: i64| {
        let bounds = Scenario::of_one(asset, change).bounds(terms).ok()?;
        bench.holding(&bounds)
    };
    let hold = |holding: Option<Vec<bool>>| holding.is_some_and(|holding| holding.into_iter().all(|holds| holds));
    // All hold where nothing moves.
    let room = |asset: usize, sign: i64, most: u128| {
        let change = |by: u128| sign * i64::try_from(by).unwrap_or(i64::MAX);
        let held = greatest(0, most, |by| hold(at(asset, change(by)))).unwrap_or(0);
        let broken = |holding: Vec<bool>| {
            let first = policy.covenants().iter().zip(holding).find(|(_, holds)| !holds);
            first.map_or(Beyond::NoRows, |(covenant, _)| Beyond::Broken(covenant.name.clone()))
        };
        let beyond = match held == most {
            true => Beyond::NotLookedAt,
            false => at(asset, change(held + 1)).map_or(Beyond::NoRows, broken),
        };
        Room { most: Zeroizing::new(held), beyond }
    };
    if !Scenario::default().bounds(terms).is_ok_and(|bounds| hold(bench.holding(&bounds))) {
        return Vec::new();
    }
    let assets = policy.market().assets().iter().enumerate();
    let rooms = assets.map(|(number, asset)| PriceRoom {
        asset: asset.symbol.clone(),
        fall: room(number, -1, u128::from(WHOLE.unsigned_abs()) - 1),
        rise: room(number, 1, MOST_RISE),
    });
    rooms.collect()
}

fn largest_buffer(terms: &Terms<'_>, bench: &Bench<'_>) -> Option<Buffer> {
    let holds = |buffer: &Buffer| {
        let bounds = terms.bounds_at(*buffer);
        bounds.and_then(|bounds| bench.holding(&bounds)).is_some_and(|holding| holding.into_iter().all(|holds| holds))
    };
    terms.policy().rules().buffers.iter().rev().copied().find(holds)
}

/// The largest credit line in each asset that may be owed: it counts as debt in every row, so that it is looked for as debt.
fn credit(terms: &Terms<'_>, position: &Position) -> Vec<Cure> {
    let (policy, rules) = (terms.policy(), terms.policy().rules());
    let Ok(rows) = Compiled::new(policy, terms.bounds(), terms.elapsed(), None) else { return Vec::new() };
    let owed = rules.assets.iter().enumerate().filter(|(_, risk)| rules.is_owed(risk));
    let line = |(index, _): (usize, _)| {
        let owed = position.debt()[index].expose();
        let holds = |by: u128| {
            let more = with(position, |position| &mut position.debt_mut()[index], owed + by);
            more.is_some_and(|position| hold(policy, &rows, &position))
        };
        Cure::of(policy.market(), index, greatest(1, Amount::MAX - owed, holds))
    };
    owed.map(line).filter(|cure| cure.least.is_some()).collect()
}

/// The least change of each amount by which all covenants hold. Rows are concave in an amount, so that those that do are an
/// interval: some amount in it is looked for by doubling, and then its lower end.
fn cures(terms: &Terms<'_>, position: &Position) -> Cures {
    let (policy, bounds) = (terms.policy(), terms.bounds());
    let market = policy.market();
    let Ok(rows) = Compiled::new(policy, bounds, terms.elapsed(), terms.credit()) else { return Cures::default() };
    let change = |most: u128, changed: &dyn Fn(u128) -> Option<Position>| {
        let holds = |by: u128| changed(by).is_some_and(|position| hold(policy, &rows, &position));
        let some = (0..=most.checked_ilog2()?).map(|power| 1 << power).chain([most]).find(|by| holds(*by))?;
        least(some / 2, some, holds)
    };
    let assets = 0..market.assets().len();
    let accepted = |index: &usize| !policy.rules().assets[*index].is_debt();
    let add = assets.clone().filter(accepted).map(|index| {
        let held = position.collateral()[index].expose();
        let more = |by: u128| with(position, |position| &mut position.collateral_mut()[index], held + by);
        Cure::of(market, index, change(Amount::MAX - held, &more))
    });
    let repay = assets.filter(|index| position.debt()[*index].expose() > 0).map(|index| {
        let owed = position.debt()[index].expose();
        let less = |by: u128| with(position, |position| &mut position.debt_mut()[index], owed - by);
        Cure::of(market, index, change(owed, &less))
    });
    let lower = terms.credit().and_then(|line| {
        let by = least(1, line.base_units, |by| {
            let left = line.base_units - by;
            let credit = (left > 0).then(|| CreditLine { asset: line.asset.clone(), base_units: left });
            let rows = Compiled::new(policy, bounds, terms.elapsed(), credit.as_ref());
            rows.is_ok_and(|rows| hold(policy, &rows, position))
        });
        Some(Cure::of(market, market.index_of(&line.asset)?, by))
    });
    Cures {
        add: add.filter(|cure| cure.least.is_some()).collect(),
        repay: repay.collect(),
        credit: lower,
        buffer: largest_buffer(terms, &Bench::new(terms, position)).filter(|buffer| *buffer < terms.buffer()),
    }
}

/// The position with another amount in one place.
fn with(position: &Position, place: impl Fn(&mut Position) -> &mut Amount, amount: u128) -> Option<Position> {
    let mut position = position.clone();
    *place(&mut position) = Amount::new(amount).ok()?;
    Some(position)
}
