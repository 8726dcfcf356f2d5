//! The rule that gives helper amounts their meaning.
//!
//! With the rest of each split written as `x − admitted`, every definition limits one helper amount from above, by others that
//! only help it, and every test only grows with all of them. So of two choices that satisfy all rows the componentwise maximum
//! does so too: there is a greatest choice, and "there are helper amounts with which the rows hold" means "they hold with the
//! greatest".

use assay_circuits::statements::covenants::{Constant, Row, Shape};

use super::form::Split;
use super::{CompileError, Origin, Purpose};

/// A definition, with the rests of splits replaced: `limited ≤ (Σ coefficient·amount − constant) / divisor`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reduced {
    /// The number of the helper amount's term.
    pub(super) limited: usize,
    /// What that term weighs, without its sign.
    pub(super) divisor: u128,
    /// The coefficients of all terms but that one, which has zero.
    pub(super) coefficients: Vec<i128>,
    pub(super) constant: Constant,
}

/// The definitions among `rows`, if all follow the rule.
///
/// # Errors
/// [`CompileError::Direction`] for the first row that does not.
pub(super) fn reduce(
    shape: Shape,
    splits: &[Split],
    rows: &[Row],
    origins: &[Origin],
) -> Result<Vec<Reduced>, CompileError> {
    let mut definitions: Vec<Reduced> = splits
        .iter()
        .map(|split| {
            let mut coefficients = vec![0; shape.terms()];
            if let Some(cell) = coefficients.get_mut(shape.collateral(0, split.asset)) {
                *cell = 1;
            }
            Reduced { limited: shape.helper(split.admitted), divisor: 1, coefficients, constant: Constant::ZERO }
        })
        .collect();
    for (row, origin) in rows.iter().zip(origins) {
        let mut coefficients = without_rests(shape, splits, row);
        let helpers = coefficients.iter().enumerate().skip(shape.helper(0));
        let against: Vec<(usize, i128)> = helpers.filter(|(_, c)| **c < 0).map(|(term, c)| (term, *c)).collect();
        match (origin.purpose, against.as_slice()) {
            (Purpose::Test, []) => {}
            (Purpose::Definition, [(limited, coefficient)]) => {
                if let Some(cell) = coefficients.get_mut(*limited) {
                    *cell = 0;
                }
                let (limited, divisor) = (*limited, coefficient.unsigned_abs());
                definitions.push(Reduced { limited, divisor, coefficients, constant: row.constant() });
            }
            _ => return Err(CompileError::Direction { covenant: origin.covenant.clone() }),
        }
    }
    Ok(definitions)
}

/// The coefficients of `row` with `rest = x − admitted`. Each sum is of two numbers below `2^120`: nothing saturates.
fn without_rests(shape: Shape, splits: &[Split], row: &Row) -> Vec<i128> {
    let mut coefficients: Vec<i128> = row.coefficients().iter().map(|coefficient| coefficient.get()).collect();
    for split in splits {
        let Some(rest) = coefficients.get_mut(shape.helper(split.rest)).map(std::mem::take) else { continue };
        if let Some(cell) = coefficients.get_mut(shape.collateral(0, split.asset)) {
            *cell = cell.saturating_add(rest);
        }
        if let Some(cell) = coefficients.get_mut(shape.helper(split.admitted)) {
            *cell = cell.saturating_sub(rest);
        }
    }
    coefficients
}
