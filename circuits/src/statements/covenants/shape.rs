//! How much a proof of covenants has room for.

use std::fmt;

use crate::units::{AMOUNT_BITS, DIFFERENCE_BITS, FIELD_CAPACITY, Size};

/// Room for so many commitments, assets, helper amounts, equalities and tests. The list of shapes is closed: each is a circuit
/// with a key of its own.
///
/// Helper amounts come in pairs with an equality each: what is admitted of an amount and what is not, or a gain and a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    commitments: usize,
    size: Size,
    pairs: usize,
    tests: usize,
}

impl Shape {
    /// Every shape. Of two that fit, the earlier is the smaller.
    pub const ALL: [Self; 5] = [
        Self::new(1, Size::Eight, 4, 8),
        Self::new(1, Size::Sixteen, 8, 16),
        Self::new(2, Size::Eight, 8, 8),
        Self::new(4, Size::Eight, 6, 8),
        Self::new(1, Size::ThirtyTwo, 32, 32),
    ];
    /// Terms of a row: with more, the sum of a row could leave the range that the circuit checks.
    pub const MOST_TERMS: usize = 255;

    const fn new(commitments: usize, size: Size, pairs: usize, tests: usize) -> Self {
        let shape = Self { commitments, size, pairs, tests };
        assert!(shape.terms() <= Self::MOST_TERMS && shape.helpers().is_multiple_of(4));
        assert!(commitments >= 1 && tests >= 1 && commitments < 256 && pairs < 256 && tests < 256);
        shape
    }

    /// The least shape with room for all of these; `None` where no shape has it.
    #[must_use]
    pub fn fitting(commitments: usize, assets: usize, pairs: usize, tests: usize) -> Option<Self> {
        let fits = |shape: &Self| {
            shape.commitments == commitments
                && shape.size.assets() >= assets
                && shape.pairs >= pairs
                && shape.tests >= tests
        };
        Self::ALL.into_iter().find(fits)
    }

    /// How many commitments there are.
    #[must_use]
    pub const fn commitments(self) -> usize {
        self.commitments
    }

    /// How many assets each of them is over.
    #[must_use]
    pub const fn size(self) -> Size {
        self.size
    }

    /// How many helper amounts there are.
    #[must_use]
    pub const fn helpers(self) -> usize {
        2 * self.pairs
    }

    /// How many equalities there are.
    #[must_use]
    pub const fn equalities(self) -> usize {
        self.pairs
    }

    /// How many tests there are.
    #[must_use]
    pub const fn tests(self) -> usize {
        self.tests
    }

    /// Equalities and tests.
    #[must_use]
    pub const fn rows(self) -> usize {
        self.pairs + self.tests
    }

    /// Coefficients of a row: of the amounts of every position, and of the helper amounts.
    #[must_use]
    pub const fn terms(self) -> usize {
        2 * self.commitments * self.size.assets() + self.helpers()
    }

    /// The number of collateral `asset` of position `position` among a row's coefficients.
    #[must_use]
    pub const fn collateral(self, position: usize, asset: usize) -> usize {
        2 * position * self.size.assets() + asset
    }

    /// The number of debt `asset` of position `position` among a row's coefficients.
    #[must_use]
    pub const fn debt(self, position: usize, asset: usize) -> usize {
        (2 * position + 1) * self.size.assets() + asset
    }

    /// The number of helper amount `helper` among a row's coefficients.
    #[must_use]
    pub const fn helper(self, helper: usize) -> usize {
        2 * self.commitments * self.size.assets() + helper
    }

    /// The shape as a number: commitments, assets, pairs of helper amounts and tests, a byte each.
    #[must_use]
    pub fn number(self) -> u32 {
        let parts = [self.commitments, self.size.assets(), self.pairs, self.tests];
        u32::from_be_bytes(parts.map(|part| u8::try_from(part).expect("asserted")))
    }

    /// The shape of this number; `None` where it is not on the list.
    #[must_use]
    pub fn of_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|shape| shape.number() == number)
    }
}

/// The least, as halo2 wants one.
impl Default for Shape {
    fn default() -> Self {
        Self::ALL[0]
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let commitments =
            if self.commitments == 1 { "1 commitment" } else { &format!("{} commitments", self.commitments) };
        write!(f, "{commitments}, {}, {} pairs of helper amounts, {} tests", self.size, self.pairs, self.tests)
    }
}

// A row's sum of 255 terms, less its constant, lies between -2^248 and 2^248, and so do the 248 bits to which a test's slack
// is checked: two such numbers that are equal in the field are equal.
const _: () = {
    assert!(2 * AMOUNT_BITS + 8 <= DIFFERENCE_BITS);
    assert!(Shape::MOST_TERMS < 1 << 8);
    assert!(DIFFERENCE_BITS + 1 < FIELD_CAPACITY);
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_shape_is_chosen() {
        assert_eq!(Shape::fitting(1, 5, 3, 8), Some(Shape::ALL[0]));
        assert_eq!(Shape::fitting(1, 8, 5, 8), Some(Shape::ALL[1]));
        assert_eq!(Shape::fitting(1, 8, 0, 9), Some(Shape::ALL[1]));
        assert_eq!(Shape::fitting(2, 8, 0, 8), Some(Shape::ALL[2]));
        assert_eq!(Shape::fitting(3, 8, 0, 8), None);
        assert_eq!(Shape::fitting(4, 8, 6, 8), Some(Shape::ALL[3]));
        assert_eq!(Shape::fitting(1, 33, 0, 1), None);
    }

    #[test]
    fn terms_are_numbered_one_after_the_other() {
        for shape in Shape::ALL {
            let n = shape.size().assets();
            let positions = (0..shape.commitments()).flat_map(|k| {
                (0..n).map(move |asset| shape.collateral(k, asset)).chain((0..n).map(move |asset| shape.debt(k, asset)))
            });
            let all: Vec<usize> = positions.chain((0..shape.helpers()).map(|helper| shape.helper(helper))).collect();
            assert_eq!(all, (0..shape.terms()).collect::<Vec<_>>());
            assert_eq!(Shape::of_number(shape.number()), Some(shape));
        }
        assert_eq!(Shape::of_number(0), None);
    }
}
