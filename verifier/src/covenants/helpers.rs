//! The greatest helper amounts of a position.

use assay_circuits::statements::covenants::{Shape, Sums};
use assay_circuits::units::Wide;
use assay_circuits::{Amount, Position};
use zeroize::Zeroizing;

use super::form::Split;
use super::rule::Reduced;

/// Rounds after which helper amounts that still fall are given up. Without exclusions that are shares of what they leave, two
/// are enough.
const ROUNDS: usize = 100_000;

/// Starts with the largest amounts and lowers each to its definitions, until none changes.
pub(super) fn greatest(
    shape: Shape,
    splits: &[Split],
    definitions: &[Reduced],
    position: &Position,
) -> Option<Vec<Amount>> {
    if position.size() != shape.size() {
        return None;
    }
    let mut amounts = Zeroizing::new(Vec::with_capacity(shape.terms()));
    amounts.extend(position.collateral().iter().chain(position.debt()).map(Amount::expose));
    amounts.resize(shape.terms(), 0);
    for definition in definitions {
        *amounts.get_mut(definition.limited)? = Amount::MAX;
    }
    let mut settled = false;
    for _ in 0..ROUNDS {
        settled = true;
        for definition in definitions {
            let most = limit(definition, &amounts);
            let amount = amounts.get_mut(definition.limited)?;
            if most < *amount {
                *amount = most;
                settled = false;
            }
        }
        if settled {
            break;
        }
    }
    if !settled {
        return None;
    }
    for split in splits {
        let x = *amounts.get(shape.collateral(0, split.asset))?;
        let admitted = *amounts.get(shape.helper(split.admitted))?;
        *amounts.get_mut(shape.helper(split.rest))? = x.checked_sub(admitted)?;
    }
    amounts.iter().skip(shape.helper(0)).map(|amount| Amount::new(*amount).ok()).collect()
}

/// The largest amount that `definition` lets its helper amount be. Sums are below `2^250`: nothing saturates.
fn limit(definition: &Reduced, amounts: &[u128]) -> u128 {
    let mut sums = Zeroizing::new(Sums { left: Wide::ZERO, right: Wide::ZERO });
    for (coefficient, amount) in definition.coefficients.iter().zip(amounts) {
        let term = Wide::from(coefficient.unsigned_abs()).saturating_mul(Wide::from(*amount));
        let side = if *coefficient < 0 { &mut sums.right } else { &mut sums.left };
        *side = side.saturating_add(term);
    }
    let constant = definition.constant;
    let side = if constant.is_negative() { &mut sums.left } else { &mut sums.right };
    *side = side.saturating_add(Wide::from(constant.magnitude()));
    sums.left = sums.left.saturating_sub(sums.right);
    sums.left = sums.left.checked_div(Wide::from(definition.divisor)).unwrap_or(Wide::ZERO);
    u128::try_from(sums.left).unwrap_or(u128::MAX)
}
