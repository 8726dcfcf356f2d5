//! The rule that gives helper amounts their meaning.
//!
//! With the rest of each split written as `x − admitted`, every definition limits one helper amount from above, by others that
//! only help it, every helper amount in a row is limited, and every test only grows with all of them. So of two choices that
//! satisfy all rows the componentwise maximum does so too: there is a greatest choice, and "there are helper amounts with which
//! the rows hold" means "they hold with the greatest".

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
    let direction = |origin: &Origin| CompileError::Direction { covenant: origin.covenant.clone() };
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
            _ => return Err(direction(origin)),
        }
    }
    for (row, origin) in rows.iter().zip(origins) {
        let coefficients = without_rests(shape, splits, row);
        let mut helpers = coefficients.iter().enumerate().skip(shape.helper(0)).filter(|(_, c)| **c != 0);
        if helpers.any(|(term, _)| definitions.iter().all(|definition| definition.limited != term)) {
            return Err(direction(origin));
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

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]
mod tests {
    use assay_circuits::statements::covenants::Coefficient;
    use assay_circuits::{Amount, Position};
    use proptest::collection::vec;
    use proptest::prelude::*;
    use ruint::aliases::U256;

    use super::super::helpers;
    use super::*;

    const SHAPE: Shape = Shape::ALL[0];
    /// Collateral of the first asset is split into the first two helper amounts; two more stand alone.
    const SPLIT: Split = Split { asset: 0, admitted: 0, rest: 1 };

    /// A row over that collateral and the four helper amounts.
    fn row(coefficients: &[i128], constant: i64) -> Row {
        let mut all = vec![Coefficient::ZERO; SHAPE.terms()];
        let terms = [SHAPE.collateral(0, 0), SHAPE.helper(0), SHAPE.helper(1), SHAPE.helper(2), SHAPE.helper(3)];
        for (term, coefficient) in terms.into_iter().zip(coefficients) {
            all[term] = Coefficient::new(*coefficient).unwrap();
        }
        Row::new(all, Constant::new(constant < 0, U256::from(constant.unsigned_abs())).unwrap())
    }

    fn origin(purpose: Purpose) -> Origin {
        Origin { covenant: "it".to_owned(), purpose }
    }

    /// Whether a choice of the helper amounts satisfies all rows.
    fn satisfies(rows: &[Row], held: u128, choice: [u128; 3]) -> bool {
        let Some(rest) = held.checked_sub(choice[0]) else { return false };
        let mut amounts = vec![Amount::default(); SHAPE.terms()];
        let terms = [SHAPE.collateral(0, 0), SHAPE.helper(0), SHAPE.helper(1), SHAPE.helper(2), SHAPE.helper(3)];
        for (term, amount) in terms.into_iter().zip([held, choice[0], rest, choice[1], choice[2]]) {
            amounts[term] = Amount::new(amount).unwrap();
        }
        let amounts: Vec<&Amount> = amounts.iter().collect();
        rows.iter().all(|row| row.sums(&amounts).at_least())
    }

    #[test]
    fn a_helper_amount_without_a_direction_is_refused() {
        let reduce = |purpose, coefficients: &[i128]| {
            let rows = [row(coefficients, 0), row(&[0, 0, 0, -1, 0], -5)];
            reduce(SHAPE, &[SPLIT], &rows, &[origin(purpose), origin(Purpose::Definition)])
        };
        let (test, definition) = (Purpose::Test, Purpose::Definition);
        for (purpose, coefficients, follows) in [
            (test, [-1, 2, 0, 3, 0], true),
            // A test that falls with an admitted amount, as with weights that rise with quantity.
            (test, [1, -1, 0, 0, 0], false),
            // One that grows with what is not admitted, and one in which the two cancel.
            (test, [0, 0, 1, 0, 0], false),
            (test, [0, 1, 1, 0, 0], true),
            (test, [0, 0, -1, 0, 0], true),
            (definition, [1, -1, 0, 2, 0], true),
            (definition, [0, -1, 0, -1, 0], false),
            (definition, [0, 0, 1, -1, 0], false),
            (definition, [1, 1, 0, 0, 0], false),
            // One that nothing limits.
            (test, [0, 0, 0, 0, 1], false),
        ] {
            let error = CompileError::Direction { covenant: "it".to_owned() };
            assert_eq!(reduce(purpose, &coefficients).err(), (!follows).then_some(error), "{coefficients:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn rows_that_follow_the_rule_have_a_greatest_choice_and_others_are_refused(
            rows in vec((vec(-2..=3i128, 5), -8..=4i64, any::<bool>()), 1..=4),
            held in 0..6u128,
        ) {
            let purpose = |test| if test { Purpose::Test } else { Purpose::Definition };
            let mut origins: Vec<Origin> = rows.iter().map(|(_, _, test)| origin(purpose(*test))).collect();
            let mut rows: Vec<Row> = rows.iter().map(|(coefficients, constant, _)| row(coefficients, *constant)).collect();
            rows.extend([row(&[0, 0, 0, -1, 0], -5), row(&[0, 0, 0, 0, -1], -5)]);
            origins.extend([origin(Purpose::Definition), origin(Purpose::Definition)]);
            let Ok(definitions) = reduce(SHAPE, &[SPLIT], &rows, &origins) else {
                let against = |row: &Row| {
                    let of = without_rests(SHAPE, &[SPLIT], row);
                    of[SHAPE.helper(0)..].iter().filter(|coefficient| **coefficient < 0).count()
                };
                let follows = |(row, origin): (&Row, &Origin)| {
                    against(row) == usize::from(origin.purpose == Purpose::Definition)
                };
                prop_assert!(!rows.iter().zip(&origins).all(follows));
                return Ok(());
            };
            let choices: Vec<[u128; 3]> = (0..6u128.pow(3))
                .map(|n| [n % 6, n / 6 % 6, n / 36])
                .filter(|choice| satisfies(&rows, held, *choice))
                .collect();
            for one in &choices {
                for other in &choices {
                    let both = [0, 1, 2].map(|i| one[i].max(other[i]));
                    prop_assert!(satisfies(&rows, held, both), "{:?} and {:?}", one, other);
                }
            }
            let mut position = Position::empty(SHAPE.size());
            position.collateral_mut()[0] = Amount::new(held).unwrap();
            if let Some(greatest) = helpers::greatest(SHAPE, &[SPLIT], &definitions, &position) {
                let greatest = [0, 2, 3].map(|helper| greatest[helper].expose());
                for choice in &choices {
                    prop_assert!([0, 1, 2].iter().all(|i| choice[*i] <= greatest[*i]), "{:?}", choice);
                }
                prop_assert!(choices.is_empty() || satisfies(&rows, held, greatest));
            }
        }
    }
}
