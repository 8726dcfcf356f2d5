//! Deciding the statement exactly, in milliseconds, without proving anything.

use std::fmt;

use assay_circuits::{Position, Violation};

use crate::cures::Cures;
use crate::error::Error;
use crate::figures::Figures;
use crate::terms::Terms;

/// How a position stands under a policy. Secret, like the amounts, so its `Debug` shows nothing.
#[derive(Clone)]
pub struct Decision {
    /// Ratio, threshold and margin.
    pub figures: Figures,
    /// What would make the position satisfy the policy; none where it does.
    pub cures: Option<Cures>,
}

impl Decision {
    /// Whether the position satisfies the policy.
    #[must_use]
    pub fn satisfied(&self) -> bool {
        self.cures.is_none()
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
/// over another [size](assay_circuits::Size) than the market. A position that falls short is no error.
pub fn check(terms: &Terms<'_>, position: &Position) -> Result<Decision, Error> {
    terms.check_age()?;
    let covenant = terms.weights().covenant();
    if position.size() != covenant.size() {
        return Err(Violation::Size { position: position.size(), covenant: covenant.size() }.into());
    }
    let solvent = covenant.sides(position).solvent();
    Ok(Decision {
        figures: Figures::of(terms, &covenant, position),
        cures: (!solvent).then(|| Cures::of(terms, &covenant, position)),
    })
}
