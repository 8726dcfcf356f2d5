//! What a scenario would do to a position: each covenant's figure today, after the scenario, and on the way. Secret, like the
//! amounts.

use assay_circuits::Position;

use crate::error::Error;
use crate::scenario::{Scenario, WHOLE};
use crate::standing::{Bench, CovenantStanding};
use crate::terms::Terms;

/// How far a scenario is followed beyond its full extent, in basis points, and in which steps.
const FOLLOWED: i64 = WHOLE + WHOLE / 2;
const STEP: usize = 1_000;

/// What a scenario does.
#[derive(Clone)]
pub struct Stressed {
    /// Every covenant at today's prices, with no buffer; of a policy without any its ratio.
    pub today: Vec<CovenantStanding>,
    /// The same after the scenario.
    pub after: Vec<CovenantStanding>,
    /// The same on the way and half as far beyond, with the part of the scenario in basis points; parts that leave nothing of a
    /// price are left out.
    pub path: Vec<(i64, Vec<CovenantStanding>)>,
}

impl Stressed {
    /// Whether all covenants hold after the scenario.
    #[must_use]
    pub fn satisfied(&self) -> bool {
        self.after.iter().all(|covenant| covenant.holds)
    }
}

/// Holds `position` against the policy at today's prices and after `scenario`, without a buffer and without proving anything.
///
/// # Errors
/// [`Error::Bounds`] where the scenario leaves nothing of a price or it does not fit, [`Error::Refused`] where policy and prices
/// make no statement then, [`Error::NeverOwed`], [`Error::NoHelpers`].
pub fn stress(terms: &Terms<'_>, position: &Position, scenario: &Scenario) -> Result<Stressed, Error> {
    let bench = Bench::new(terms, position);
    let at = |scenario: &Scenario| bench.covenants(&scenario.bounds(terms)?);
    let (today, after) = (at(&Scenario::default())?, at(scenario)?);
    let path = (0..=FOLLOWED).step_by(STEP).filter_map(|part| Some((part, at(&scenario.scaled(part)).ok()?)));
    Ok(Stressed { path: path.collect(), today, after })
}
