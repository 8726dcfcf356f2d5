//! Where everything stands: the map of rows of `covenants/v1`.
//!
//! Two advice columns `a`, `b` of the first phase, as in `solvency/v1`, and one, `s`, of the second. One block after the other:
//!
//! | block | rows | hold |
//! |---|---|---|
//! | slack, one for each test | 64 | two edge rows, four lanes of 31 limbs |
//! | start, one for each commitment | 84 | an idle row, the permutation of the blinding |
//! | pair, `n/2` after each start | 206 | two edge rows, four lanes of 60 limbs with their heads, an idle row, the permutation of two words |
//! | helper, one for each four helper amounts | 122 | two edge rows, four lanes of 60 limbs |
//! | end | 2 | the constants are taken off, the sum is zero |
//!
//! Tag and shape are read above the last heads of the block before a start. Before the first stands the last slack, and before
//! each of the others a helper block; the other helper blocks come after all pairs.
//!
//! `s` runs from the row above the heads of the first slack to the end. A few rows after it are filler, fresh randomness that
//! no gate reads, and all others are zero: what is random costs more to commit to. `docs/`, page "Circuit of covenants", draws
//! it.

use std::ops::Range;

use super::Shape;
use crate::chip::combination::code;
use crate::chip::limb::{self, DIFFERENCE_LIMBS, LIMBS};
use crate::chip::poseidon::{self, PERMUTATION_ROWS};
use crate::chip::{Fixed, rotation};
use crate::units::Fr;

/// Terms in a block of lanes: the heads of two rows, `a` in the first and in the second, then `b`.
pub const HEADS: usize = 4;
/// Rows of the block of a slack.
pub const SLACK_BLOCK: usize = 2 + 2 * DIFFERENCE_LIMBS;
/// From the row above heads to the permutation that absorbs their words, or tag and shape.
const TO_PERMUTATION: usize = 4;
/// Rows of the block that starts a commitment.
pub const START_BLOCK: usize = 1 + PERMUTATION_ROWS;
/// Rows of the block of two assets.
pub const PAIR_BLOCK: usize = HELPER_BLOCK + 1 + PERMUTATION_ROWS;
/// Rows of the block of four helper amounts.
pub const HELPER_BLOCK: usize = 2 + 2 * LIMBS;
/// From the first row of a block of amounts to the one above the heads.
const TO_HEADS: usize = 1 + 2 * (LIMBS - 1);
/// From the last round of a permutation to the capacity of the next.
pub const NEXT_CAPACITY: i32 = rotation(PAIR_BLOCK + poseidon::CAPACITY - poseidon::LAST_ROUND);
/// Rows that halo2 fills with its own randomness: seven queries of `a`, and three.
pub const BLINDING_ROWS: usize = 10;
/// Rows of filler. The column with the most rotations needs 14 free cells, of which halo2's own rows are ten; these alone are
/// more than it needs, and cost next to nothing.
pub const FILLER: usize = 22;
/// At how many rotations the gates read `a`, `b` and `s`.
pub(super) const ROTATIONS: [usize; 3] = [7, 3, 2];

// The heads are the last rows of a block of lanes, and one idle row stands before a permutation.
const _: () = assert!(TO_HEADS + TO_PERMUTATION == HELPER_BLOCK + 1);
const _: () = assert!(Layout::slack(0) + TO_PERMUTATION == SLACK_BLOCK + 1);

const _: () = {
    let mut i = 0;
    while i < Shape::ALL.len() {
        let layout = Layout::new(Shape::ALL[i]);
        assert!(layout.helper_blocks() + 1 >= Shape::ALL[i].commitments(), "a block before each start");
        assert!(layout.rows() + FILLER + BLINDING_ROWS <= 1 << layout.k());
        i += 1;
    }
    // The column with the most rotations has as many free cells as the others.
    assert!(ROTATIONS[0] >= ROTATIONS[1] && ROTATIONS[0] >= ROTATIONS[2]);
    assert!(2 * ROTATIONS[0] <= FILLER + BLINDING_ROWS, "too few free cells hide a column");
};

/// The map for one shape.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    shape: Shape,
}

impl Layout {
    /// The map for `shape`.
    #[must_use]
    pub const fn new(shape: Shape) -> Self {
        Self { shape }
    }

    /// Pairs of assets of each commitment.
    #[must_use]
    pub const fn pairs(self) -> usize {
        self.shape.size().assets() / 2
    }

    /// Blocks of four helper amounts.
    #[must_use]
    pub const fn helper_blocks(self) -> usize {
        self.shape.helpers() / HEADS
    }

    /// Rows in use; filler and idle rows come after them.
    #[must_use]
    pub const fn rows(self) -> usize {
        self.end() + 1
    }

    /// The smallest `k` with room for the rows in use, the filler and halo2's own rows.
    #[must_use]
    pub const fn k(self) -> u32 {
        (self.rows() + FILLER + BLINDING_ROWS).next_power_of_two().trailing_zeros()
    }

    /// Row above the heads of the slack of a test.
    #[must_use]
    pub const fn slack(test: usize) -> usize {
        test * SLACK_BLOCK + 1 + 2 * (DIFFERENCE_LIMBS - 1)
    }

    /// Row in which tag and shape of a commitment are read.
    #[must_use]
    pub const fn start(self, commitment: usize) -> usize {
        match commitment.checked_sub(1) {
            None => Self::slack(self.shape.tests() - 1),
            Some(block) => self.helpers(block),
        }
    }

    /// First row of permutation `i` of a commitment: 0 absorbs the tag, `1 + pair` the words of a pair.
    #[must_use]
    pub const fn permutation(self, commitment: usize, i: usize) -> usize {
        self.start(commitment) + TO_PERMUTATION + i * PAIR_BLOCK
    }

    /// Row above the heads of two assets.
    #[must_use]
    pub const fn heads(self, commitment: usize, pair: usize) -> usize {
        self.permutation(commitment, 1 + pair) - TO_PERMUTATION
    }

    /// Row in which the last permutation's output meets the public commitment.
    #[must_use]
    pub const fn commitment_row(self, commitment: usize) -> usize {
        self.permutation(commitment, self.pairs()) + poseidon::LAST_ROUND
    }

    /// Row above the heads of four helper amounts.
    #[must_use]
    pub const fn helpers(self, block: usize) -> usize {
        let commitments = if block + 1 < self.shape.commitments() { block + 1 } else { self.shape.commitments() };
        self.after(commitments, block) + TO_HEADS
    }

    /// First row after the slacks, so many commitments and so many helper blocks.
    const fn after(self, commitments: usize, helper_blocks: usize) -> usize {
        self.shape.tests() * SLACK_BLOCK
            + commitments * (START_BLOCK + self.pairs() * PAIR_BLOCK)
            + helper_blocks * HELPER_BLOCK
    }

    /// Row in which the constants are taken off the sum.
    #[must_use]
    pub const fn constants_row(self) -> usize {
        self.after(self.shape.commitments(), self.helper_blocks())
    }

    /// Row in which the sum is zero.
    #[must_use]
    pub const fn end(self) -> usize {
        self.constants_row() + 1
    }

    /// The rows above the heads of all amounts, with the numbers of the four terms that stand there.
    pub fn amounts(self) -> impl Iterator<Item = (usize, [usize; HEADS])> {
        let shape = self.shape;
        let of_pairs = (0..shape.commitments()).flat_map(move |k| {
            (0..self.pairs()).map(move |pair| {
                let [first, second] = [2 * pair, 2 * pair + 1];
                let [a, b] = [Shape::collateral, Shape::debt];
                (
                    self.heads(k, pair),
                    [a(shape, k, first), a(shape, k, second), b(shape, k, first), b(shape, k, second)],
                )
            })
        });
        let of_helpers = (0..self.helper_blocks())
            .map(move |block| (self.helpers(block), [0, 1, 2, 3].map(|head| shape.helper(HEADS * block + head))));
        of_pairs.chain(of_helpers)
    }

    /// The values of the fixed columns, `2^k` each: those that all chips share, and the codes of the sum.
    #[must_use]
    pub fn fixed(self) -> (Fixed, Vec<Fr>) {
        let zero = vec![Fr::zero(); 1 << self.k()];
        let mut fixed = Fixed { limb: zero.clone(), round: zero.clone(), turn: zero.clone(), constant: zero.clone() };
        let mut limbs = |heads: usize, limbs: usize, last: u64| {
            let start = heads - 1 - 2 * (limbs - 1);
            fixed.limb[start..heads].fill(Fr::from(limb::code::LIMB));
            fixed.limb[start..start + 2].fill(Fr::from(limb::code::EDGE));
            fixed.limb[heads] = Fr::from(last);
        };
        (0..self.shape.tests()).for_each(|test| limbs(Self::slack(test), DIFFERENCE_LIMBS, limb::code::LIMB));
        for commitment in 0..self.shape.commitments() {
            (0..self.pairs()).for_each(|pair| limbs(self.heads(commitment, pair), LIMBS, limb::code::HEADS));
        }
        (0..self.helper_blocks()).for_each(|block| limbs(self.helpers(block), LIMBS, limb::code::LIMB));
        for commitment in 0..self.shape.commitments() {
            let start = self.start(commitment);
            fixed.limb[start] = Fr::from(limb::code::EDGE);
            fixed.constant[start] = Fr::one();
            for i in 0..=self.pairs() {
                let first = self.permutation(commitment, i);
                let rows = first..first + PERMUTATION_ROWS;
                poseidon::fixed(
                    &mut fixed.round[rows.clone()],
                    &mut fixed.turn[rows.clone()],
                    &mut fixed.constant[rows],
                    i < self.pairs(),
                );
            }
        }
        let mut step = zero;
        step[Self::slack(0)..self.end()].fill(Fr::from(code::CARRY));
        (1..self.shape.tests()).for_each(|test| step[Self::slack(test)] = Fr::from(code::SLACK));
        step[Self::slack(0)] = Fr::from(code::FIRST);
        step[self.end()] = Fr::from(code::END);
        (fixed, step)
    }

    /// Rows after those in use whose cells are filled with randomness, in every column.
    #[must_use]
    pub const fn filler(self) -> Range<usize> {
        self.rows()..self.rows() + FILLER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_fit_their_rows() {
        let layouts = Shape::ALL.map(Layout::new);
        assert_eq!(layouts.map(Layout::k), [11, 12, 12, 13, 13]);
        assert_eq!(layouts.map(Layout::rows), [1_666, 3_246, 2_818, 4_512, 7_382]);
    }

    #[test]
    fn blocks_stand_one_after_the_other() {
        for shape in Shape::ALL {
            let layout = Layout::new(shape);
            let last = shape.commitments() - 1;
            for commitment in 0..=last {
                let end = layout.permutation(commitment, layout.pairs()) + PERMUTATION_ROWS;
                assert_eq!(end, layout.after(commitment + 1, commitment));
            }
            let helpers: Vec<usize> = (0..layout.helper_blocks()).map(|block| layout.helpers(block)).collect();
            assert!(helpers.is_sorted_by(|one, two| one + HELPER_BLOCK <= *two));
            let lasts = [helpers[helpers.len() - 1] + 3, layout.after(last + 1, last)];
            assert_eq!(lasts.into_iter().max(), Some(layout.constants_row()));
            let mut terms: Vec<usize> = layout.amounts().flat_map(|(_, terms)| terms).collect();
            terms.sort_unstable();
            assert_eq!(terms, (0..shape.terms()).collect::<Vec<_>>());
        }
    }
}
