//! Deciding the statement exactly, in milliseconds, without proving anything.

use std::fmt;

use assay_circuits::{Amount, Position, Violation};
use assay_verifier::covenants::Compiled;
use assay_verifier::{Policy, Requirement, Weights};

use crate::cures::Cures;
use crate::error::Error;
use crate::figures::Figures;
use crate::standing::Standing;
use crate::terms::Terms;

/// How a position stands under a policy. Secret, like the amounts, so its `Debug` shows nothing.
#[derive(Clone)]
pub enum Decision {
    /// Under the policy's own ratio.
    Ratio {
        /// Ratio, threshold and margin.
        figures: Figures,
        /// What would make the position satisfy the policy; none where it does.
        cures: Option<Cures>,
    },
    /// Under the policy's covenants.
    Covenants(Standing),
}

impl Decision {
    /// Whether the position satisfies the policy.
    #[must_use]
    pub fn satisfied(&self) -> bool {
        self.cures().is_none()
    }

    /// What would make the position satisfy the policy; none where it does.
    #[must_use]
    pub fn cures(&self) -> Option<&Cures> {
        match self {
            Self::Ratio { cures, .. } | Self::Covenants(Standing { cures, .. }) => cures.as_ref(),
        }
    }
}

impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decision(hidden)")
    }
}

/// Decides whether `position` satisfies the policy on these terms, with the arithmetic of the statement itself. Of an
/// anchor only as-of and expiry bear on it.
///
/// # Errors
/// [`Error::Refused`] where the prices are too old or lie in the future, [`Error::StatementFalse`] where the position is
/// over another [size](assay_circuits::Size) than the policy's circuit; under covenants [`Error::NeverOwed`], [`Error::NoHelpers`].
/// A position that falls short is no error.
pub fn check(terms: &Terms<'_>, position: &Position) -> Result<Decision, Error> {
    terms.check_age()?;
    match terms.requirement() {
        Requirement::Solvency(weights) => ratio(terms, weights, position),
        Requirement::Covenants(_) => Standing::of(terms, position).map(Decision::Covenants),
    }
}

/// Decides as [`check`] does, and computes no figures.
///
/// # Errors
/// As [`check`], and [`Error::StatementFalse`] or [`Error::CovenantsNotMet`] where the position does not satisfy the policy.
pub(crate) fn holds(terms: &Terms<'_>, position: &Position) -> Result<(), Error> {
    terms.check_age()?;
    match terms.requirement() {
        Requirement::Solvency(weights) => match ratio(terms, weights, position)?.satisfied() {
            true => Ok(()),
            false => Err(Violation::Insolvent.into()),
        },
        Requirement::Covenants(rows) => {
            let helpers = helpers(terms.policy(), rows, position)?;
            rows.hold(position, &helpers).map_err(|names| Error::CovenantsNotMet { names })
        }
    }
}

/// The greatest helper amounts of a position for which `policy`'s covenants can hold at all.
///
/// # Errors
/// [`Error::StatementFalse`] where it is over another size than the rows, [`Error::NeverOwed`], [`Error::NoHelpers`].
pub(crate) fn helpers(policy: &Policy, rows: &Compiled, position: &Position) -> Result<Vec<Amount>, Error> {
    if position.size() != rows.shape.size() {
        return Err(Violation::Size { position: position.size(), covenant: rows.shape.size() }.into());
    }
    let ruled_out = policy.rules().never_owed().filter(|asset| position.debt()[*asset].expose() > 0);
    let assets: Vec<String> = ruled_out.map(|asset| policy.market().assets()[asset].symbol.clone()).collect();
    if !assets.is_empty() {
        return Err(Error::NeverOwed { assets });
    }
    rows.helpers(position).ok_or(Error::NoHelpers)
}

fn ratio(terms: &Terms<'_>, weights: &Weights, position: &Position) -> Result<Decision, Error> {
    let covenant = weights.covenant();
    if position.size() != covenant.size() {
        return Err(Violation::Size { position: position.size(), covenant: covenant.size() }.into());
    }
    let solvent = covenant.sides(position).solvent();
    Ok(Decision::Ratio {
        figures: Figures::of(terms, weights, &covenant, position),
        cures: (!solvent).then(|| Cures::of(terms, &covenant, position)),
    })
}
