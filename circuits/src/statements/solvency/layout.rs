//! Where everything stands: the map of rows of `solvency/v1`.
//!
//! Two advice columns `a`, `b`; no permutation argument, no lookup. Every wire is a fixed rotation inside a gate, so
//! the map of rows *is* the wiring. Rows of one block, `p` the pair of assets `(2p, 2p+1)`:
//!
//! | rows of block `p` from `start` | `a` | `b` | fixed codes |
//! |---|---|---|---|
//! | `0, 1` | zero | zero | `limb = EDGE`, `constant = 0` |
//! | `2 … 121` | limbs of `x_2p` (even rows) and `x_2p+1` (odd rows), most significant first | limbs of `y_2p`, `y_2p+1` | `limb = LIMB` up to row 118, `HEADS` in row 119 |
//! | `120, 121` | `x_2p`, `x_2p+1`: the last limbs' running values are the amounts | `y_2p`, `y_2p+1` | |
//! | `122` | accumulator of the dot product | filler | |
//! | `123 … 205` | S-box inputs of the permutation that absorbs the block's two words | their fourth powers | `round`, `turn`, `constant` |
//!
//! Before them stands the difference block: the same with 31 limbs a lane in rows `0 … 63`, a filler row, and the
//! permutation of the blinding. After the last block everything is filler: fresh randomness that no gate reads.
//! `docs/`, page "Circuit", draws it.

use crate::chip::limb::{self, DIFFERENCE_LIMBS, LIMBS};
use crate::chip::poseidon::{self, PERMUTATION_ROWS};
use crate::chip::{Fixed, rotation};
use crate::units::{Fr, Size};

/// Rows of a block.
pub const BLOCK: usize = 2 + 2 * LIMBS + 1 + PERMUTATION_ROWS;
/// Rows of the difference block.
pub const DIFFERENCE_BLOCK: usize = 2 + 2 * DIFFERENCE_LIMBS + 1 + PERMUTATION_ROWS;
/// From the `HEADS` row of a block to the accumulator of the next.
pub const NEXT_ACCUMULATOR: i32 = rotation(3 + BLOCK);
/// From the last round of a permutation to the capacity of the next.
pub const NEXT_CAPACITY: i32 = rotation(BLOCK + poseidon::CAPACITY - poseidon::LAST_ROUND);
/// Row in which the difference is read.
pub const DIFFERENCE_ROW: usize = 1 + 2 * (DIFFERENCE_LIMBS - 1);
/// Rows that halo2 fills with its own randomness, and at least 24 filler cells.
const RANDOM_ROWS: usize = 11 + 12;

/// At how many rotations the gates read `a` and `b`. A proof depends on a column by its values at as many points beside `x`,
/// and as many beside `τ`; so it is hidden where it has twice as many free cells (page "Zero knowledge" of `docs/`).
const ROTATIONS: [usize; 2] = [8, 3];

const _: () = {
    assert!(Size::MOST_ASSETS <= BLOCK, "weights moved to one block must not reach the heads of another");
    let mut i = 0;
    while i < Size::ALL.len() {
        let free = Layout::new(Size::ALL[i]).free();
        assert!(2 * ROTATIONS[0] <= free[0] && 2 * ROTATIONS[1] <= free[1], "too few free cells hide a column");
        i += 1;
    }
};

/// The map for one size.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    size: Size,
}

impl Layout {
    /// The map for `size`.
    #[must_use]
    pub const fn new(size: Size) -> Self {
        Self { size }
    }

    /// Pairs of assets, and so blocks besides the difference block.
    #[must_use]
    pub const fn pairs(self) -> usize {
        self.size.assets() / 2
    }

    /// Rows in use; the rest is filler.
    #[must_use]
    pub const fn rows(self) -> usize {
        Self::start(self.pairs())
    }

    /// The smallest `k` with room for the rows in use and the random ones.
    #[must_use]
    pub const fn k(self) -> u32 {
        (self.rows() + RANDOM_ROWS).next_power_of_two().trailing_zeros()
    }

    /// Cells of `a` and `b` that no gate reads: filler and blinding.
    const fn free(self) -> [usize; 2] {
        let (pairs, below) = (self.pairs(), (1 << self.k()) - self.rows());
        [1 + below, 1 + poseidon::ENTRY_LANES.len() * (pairs + 1) + pairs + below]
    }

    /// First row of block `pair`.
    #[must_use]
    pub const fn start(pair: usize) -> usize {
        DIFFERENCE_BLOCK + pair * BLOCK
    }

    /// Row of block `pair` in which its words and its share of the dot product are read.
    #[must_use]
    pub const fn heads(pair: usize) -> usize {
        Self::start(pair) + 1 + 2 * (LIMBS - 1)
    }

    /// First row of permutation `i`: 0 absorbs the blinding and the tag, `1 + pair` the words of a pair.
    #[must_use]
    pub const fn permutation(i: usize) -> usize {
        i * BLOCK + DIFFERENCE_BLOCK - PERMUTATION_ROWS
    }

    /// Row in which the last permutation's output meets the public commitment.
    #[must_use]
    pub const fn commitment_row(self) -> usize {
        Self::permutation(self.pairs()) + poseidon::LAST_ROUND
    }

    /// The values of the fixed columns, `2^k` each.
    #[must_use]
    pub fn fixed(self) -> Fixed {
        let pairs = self.pairs();
        let zero = vec![Fr::zero(); 1 << self.k()];
        let mut fixed = Fixed { limb: zero.clone(), round: zero.clone(), turn: zero.clone(), constant: zero };
        let mut limbs = |start: usize, limbs: usize, heads: u64| {
            let last = start + 2 * limbs - 1;
            fixed.limb[start..last].fill(Fr::from(limb::code::LIMB));
            fixed.limb[start..start + 2].fill(Fr::from(limb::code::EDGE));
            fixed.limb[last] = Fr::from(heads);
        };
        limbs(0, DIFFERENCE_LIMBS, limb::code::EDGE);
        for pair in 0..pairs {
            limbs(Self::start(pair), LIMBS, limb::code::HEADS);
        }
        fixed.constant[DIFFERENCE_ROW] = Fr::one();
        for pair in 0..pairs - 1 {
            fixed.constant[Self::heads(pair)] = Fr::one();
        }
        for i in 0..=pairs {
            let rows = Self::permutation(i)..Self::permutation(i) + PERMUTATION_ROWS;
            poseidon::fixed(
                &mut fixed.round[rows.clone()],
                &mut fixed.turn[rows.clone()],
                &mut fixed.constant[rows],
                i < pairs,
            );
        }
        fixed
    }

    /// Cells of `a` and `b` that no gate reads, in rows that the circuit may use: they are filled with randomness.
    #[must_use]
    pub fn filler(self, usable_rows: usize) -> [Vec<usize>; 2] {
        let pairs = self.pairs();
        let idle = DIFFERENCE_BLOCK - PERMUTATION_ROWS - 1;
        let tail = self.rows()..usable_rows;
        let mut b = vec![idle];
        b.extend((0..=pairs).flat_map(|i| poseidon::ENTRY_LANES.map(|row| Self::permutation(i) + row)));
        b.extend((0..pairs).map(|pair| Self::heads(pair) + 3));
        b.extend(tail.clone());
        b.sort_unstable();
        [std::iter::once(idle).chain(tail).collect(), b]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_assets_fit_1024_rows() {
        let layouts = Size::ALL.map(Layout::new);
        assert_eq!(layouts.map(Layout::rows), [972, 1_796, 3_444, 6_740]);
        assert_eq!(layouts.map(Layout::k), [10, 11, 12, 13]);
    }

    #[test]
    fn free_cells_and_rotations_are_those_of_the_circuit() {
        use crate::statements::solvency::circuit::{BLINDING_ROWS, SolvencyCircuit};
        use halo2_proofs::plonk::{Circuit, ConstraintSystem};
        for size in Size::ALL {
            let layout = Layout::new(size);
            let filler = layout.filler((1 << layout.k()) - BLINDING_ROWS).map(|rows| rows.len() + BLINDING_ROWS);
            assert_eq!(layout.free(), filler);
            let mut system = ConstraintSystem::default();
            SolvencyCircuit::configure_with_params(&mut system, size);
            let queries = |column| system.advice_queries().iter().filter(|query| query.0.index() == column).count();
            assert_eq!([0, 1].map(queries), ROTATIONS);
        }
    }

    #[test]
    fn blocks_stand_one_after_the_other() {
        type L = Layout;
        assert_eq!((L::start(0), L::heads(0), L::permutation(0), L::permutation(1)), (148, 267, 65, 271));
        assert_eq!(L::permutation(1) + PERMUTATION_ROWS, L::start(1));
        assert_eq!(L::heads(0) + 4, L::permutation(1));
        assert_eq!(DIFFERENCE_ROW + 4, L::permutation(0));
        assert_eq!(DIFFERENCE_ROW + NEXT_ACCUMULATOR as usize, L::heads(0) + 3);
    }
}
