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

use crate::chip::limb::{DIFFERENCE_LIMBS, LIMBS};
use crate::chip::poseidon::{self, PERMUTATION_ROWS};
use crate::units::{Fr, assert_no_wrap};

/// A distance in rows as a rotation.
#[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "asserted")]
pub(crate) const fn rotation(rows: usize) -> i32 {
    assert!(rows < 1 << 16);
    rows as i32
}

/// Rows of a block.
pub const BLOCK: usize = 2 + 2 * LIMBS + 1 + PERMUTATION_ROWS;
/// Rows of the difference block.
pub const DIFFERENCE_BLOCK: usize = 2 + 2 * DIFFERENCE_LIMBS + 1 + PERMUTATION_ROWS;
/// From the `HEADS` row of a block to the accumulator of the next.
pub const NEXT_ACCUMULATOR: i32 = rotation(3 + BLOCK);

/// At how many rotations the gates read `a` and `b`. A proof depends on a column by its values at as many points beside `x`,
/// and as many beside `τ`; so it is hidden where it has twice as many free cells (page "Zero knowledge" of `docs/`).
const ROTATIONS: [usize; 2] = [8, 3];

/// Codes of the `limb` column.
pub mod limb {
    /// A limb relation and nothing else.
    pub const LIMB: u64 = 1;
    /// A limb relation; the rows below hold two pairs of amounts, the accumulator and two words.
    pub const HEADS: u64 = 2;
    /// A limb relation; with `constant = 0` this row is zero, with `constant = 1` the heads below are the difference.
    pub const EDGE: u64 = 3;
}

/// The fixed columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// Which range rows do what: [`limb`].
    pub limb: Vec<Fr>,
    /// Which S-box rows start what: [`poseidon::round`].
    pub round: Vec<Fr>,
    /// Turning points of a permutation: [`poseidon::turn`].
    pub turn: Vec<Fr>,
    /// Round constants; a carry or edge bit where there are none.
    pub constant: Vec<Fr>,
}

/// The map for `N` assets.
#[derive(Clone, Copy, Debug)]
pub struct Layout<const N: usize>;

impl<const N: usize> Layout<N> {
    /// Pairs of assets, and so blocks besides the difference block.
    pub const PAIRS: usize = {
        assert_no_wrap(N);
        assert!(N.is_multiple_of(2));
        assert!(N <= BLOCK, "weights moved to one block must not reach the heads of another");
        N / 2
    };
    /// Row in which the difference is read.
    pub const DIFFERENCE_ROW: usize = 1 + 2 * (DIFFERENCE_LIMBS - 1);
    /// Rows in use; the rest is filler.
    pub const ROWS: usize = DIFFERENCE_BLOCK + Self::PAIRS * BLOCK;
    /// The smallest `k` with room for the rows in use, eleven rows of halo2's blinding and at least 24 filler cells.
    pub const K: u32 = {
        let mut k = 1;
        while (1 << k) < Self::ROWS + 11 + 12 {
            k += 1;
        }
        let free = Self::free(1 << k);
        assert!(2 * ROTATIONS[0] <= free[0] && 2 * ROTATIONS[1] <= free[1], "too few free cells hide a column");
        k
    };

    /// Cells of `a` and `b` that no gate reads, over so many rows: filler and blinding.
    const fn free(rows: usize) -> [usize; 2] {
        let below = rows - Self::ROWS;
        [1 + below, 1 + poseidon::ENTRY_LANES.len() * (Self::PAIRS + 1) + Self::PAIRS + below]
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
    pub const fn commitment_row() -> usize {
        Self::permutation(Self::PAIRS) + poseidon::LAST_ROUND
    }

    /// The values of the fixed columns, `2^K` each.
    #[must_use]
    pub fn fixed() -> Fixed {
        let zero = vec![Fr::zero(); 1 << Self::K];
        let mut fixed = Fixed { limb: zero.clone(), round: zero.clone(), turn: zero.clone(), constant: zero };
        let mut limbs = |start: usize, limbs: usize, heads: u64| {
            let last = start + 2 * limbs - 1;
            fixed.limb[start..last].fill(Fr::from(limb::LIMB));
            fixed.limb[start..start + 2].fill(Fr::from(limb::EDGE));
            fixed.limb[last] = Fr::from(heads);
        };
        limbs(0, DIFFERENCE_LIMBS, limb::EDGE);
        for pair in 0..Self::PAIRS {
            limbs(Self::start(pair), LIMBS, limb::HEADS);
        }
        fixed.constant[Self::DIFFERENCE_ROW] = Fr::one();
        for pair in 0..Self::PAIRS - 1 {
            fixed.constant[Self::heads(pair)] = Fr::one();
        }
        for i in 0..=Self::PAIRS {
            let rows = Self::permutation(i)..Self::permutation(i) + PERMUTATION_ROWS;
            poseidon::fixed(
                &mut fixed.round[rows.clone()],
                &mut fixed.turn[rows.clone()],
                &mut fixed.constant[rows],
                i < Self::PAIRS,
            );
        }
        fixed
    }

    /// Cells of `a` and `b` that no gate reads, in rows that the circuit may use: they are filled with randomness.
    #[must_use]
    pub fn filler(usable_rows: usize) -> [Vec<usize>; 2] {
        let idle = DIFFERENCE_BLOCK - PERMUTATION_ROWS - 1;
        let tail = Self::ROWS..usable_rows;
        let mut b = vec![idle];
        b.extend((0..=Self::PAIRS).flat_map(|i| poseidon::ENTRY_LANES.map(|row| Self::permutation(i) + row)));
        b.extend((0..Self::PAIRS).map(|pair| Self::heads(pair) + 3));
        b.extend(tail.clone());
        b.sort_unstable();
        [std::iter::once(idle).chain(tail).collect(), b]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::ASSETS;

    #[test]
    fn eight_assets_fit_1024_rows() {
        assert_eq!((Layout::<ASSETS>::ROWS, Layout::<ASSETS>::K), (972, 10));
        assert_eq!(Layout::<16>::K, 11);
        assert_eq!(Layout::<32>::K, 12);
    }

    #[test]
    fn free_cells_and_rotations_are_those_of_the_circuit() {
        fn counted<const N: usize>() {
            use crate::solvency::circuit::{BLINDING_ROWS, SolvencyCircuit};
            use halo2_proofs::plonk::{Circuit, ConstraintSystem};
            let rows = 1 << Layout::<N>::K;
            let filler = Layout::<N>::filler(rows - BLINDING_ROWS).map(|rows| rows.len() + BLINDING_ROWS);
            assert_eq!(Layout::<N>::free(rows), filler);
            let mut system = ConstraintSystem::default();
            SolvencyCircuit::<N>::configure(&mut system);
            let queries = |column| system.advice_queries().iter().filter(|query| query.0.index() == column).count();
            assert_eq!([0, 1].map(queries), ROTATIONS);
        }
        counted::<8>();
        counted::<16>();
        counted::<32>();
        counted::<64>();
    }

    #[test]
    fn blocks_stand_one_after_the_other() {
        type L = Layout<ASSETS>;
        assert_eq!((L::start(0), L::heads(0), L::permutation(0), L::permutation(1)), (148, 267, 65, 271));
        assert_eq!(L::permutation(1) + PERMUTATION_ROWS, L::start(1));
        assert_eq!(L::heads(0) + 4, L::permutation(1));
        assert_eq!(L::DIFFERENCE_ROW + 4, L::permutation(0));
        assert_eq!(L::DIFFERENCE_ROW + NEXT_ACCUMULATOR as usize, L::heads(0) + 3);
    }
}
