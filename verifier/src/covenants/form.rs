//! Linear forms over amounts, with exact factors and the price of each.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};

use super::Purpose;
use crate::assertion::Bounds;

/// An amount in a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Term {
    /// `x` of the asset at this place.
    Collateral(usize),
    /// `y` of the asset at this place.
    Debt(usize),
    /// The helper amount of this number.
    Helper(usize),
}

/// `Σ factor · price · amount ≥ bound`, or `>`; a factor without a price stands for itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Form {
    factors: BTreeMap<(Term, Option<usize>), BigRational>,
    pub(super) bound: BigRational,
}

/// A form and whose it is.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// The covenant's place in the policy.
    pub(super) covenant: usize,
    pub(super) purpose: Purpose,
    /// Whether the sum must be more than the bound.
    pub(super) strict: bool,
    pub(super) form: Form,
}

/// `x = admitted + rest`: two helper amounts, of which the first is as large as its definitions let it be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Split {
    /// The asset of which `x` is the collateral.
    pub(super) asset: usize,
    /// The number of the helper amount that counts.
    pub(super) admitted: usize,
    /// The number of the other.
    pub(super) rest: usize,
}

impl Form {
    /// Adds `factor · amount`, times the price of the asset at `price` where there is one.
    pub(super) fn add(&mut self, term: Term, price: Option<usize>, factor: BigRational) {
        *self.factors.entry((term, price)).or_default() += factor;
    }

    /// Writes the collateral of a split as the sum of its two parts.
    pub(super) fn apply(&mut self, split: Split) {
        let key = (Term::Collateral(split.asset), Some(split.asset));
        if let Some(factor) = self.factors.remove(&key) {
            self.add(Term::Helper(split.admitted), Some(split.asset), factor.clone());
            self.add(Term::Helper(split.rest), Some(split.asset), factor);
        }
    }

    pub(super) fn has_price(&self, asset: usize) -> bool {
        self.factors.iter().any(|((_, price), factor)| *price == Some(asset) && !factor.is_zero())
    }

    /// Each term with its coefficient at the price within `bounds` at which it is the least: a factor above zero takes the
    /// floor, one below the ceiling.
    pub(super) fn at(&self, bounds: &Bounds) -> impl Iterator<Item = (Term, BigRational)> {
        self.factors.iter().map(|((term, price), factor)| {
            let Some(bounds) = price.and_then(|asset| bounds.0.get(asset)) else { return (*term, factor.clone()) };
            let price = if factor.is_negative() { bounds.ceiling } else { bounds.floor };
            (*term, factor * BigRational::from_integer(BigInt::from(price)))
        })
    }
}
