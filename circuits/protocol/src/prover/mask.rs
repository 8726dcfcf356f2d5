//! A mask that keeps the time of committing from depending on the amounts.
//!
//! [`msm`] skips digits that are zero, and the limbs of small amounts consist of them. So a column is committed to with a
//! mask added, which is at least as wide as the cell may be, and the commitment to the mask is taken off again. A mask is
//! drawn for each key and never shown; a proof does not depend on it.

use std::fmt;
use std::sync::OnceLock;

use assay_arithmetic::{Path, msm};
use ff::{Field, PrimeField};
use halo2curves::bn256::{G1, G1Affine};
use rand_core::{OsRng, RngCore};

use super::steady::Steady;
use crate::Fr;

/// By how many bits a mask is wider than its cell, so that hardly a digit of the sum says anything of the cell.
const SPARE_BITS: u32 = 8;

/// A mask for columns whose cells have the same widths, and the commitment to it.
#[derive(Clone)]
pub(super) struct Mask {
    cells: Vec<Fr>,
    commitment: OnceLock<G1>,
}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mask")
    }
}

impl Mask {
    /// Draws a mask for cells of these widths in bits, zero for those that need none.
    pub(super) fn new(widths: Vec<u32>) -> Self {
        Self { cells: widths.into_iter().map(mask).collect(), commitment: OnceLock::new() }
    }

    /// The column with the mask added.
    pub(super) fn hide(&self, mut column: Vec<Fr>) -> Vec<Fr> {
        column.iter_mut().zip(&self.cells).for_each(|(cell, mask)| *cell += mask);
        column
    }

    /// The commitment to the mask; `points` are the same for all columns of the mask, and those of the key's SRS.
    pub(super) fn commitment(&self, path: Path, points: &[G1Affine]) -> &G1 {
        if let Some(commitment) = self.commitment.get() {
            return commitment;
        }
        // Not while the cell is being set: a thread that waits for the sum may take up another proof under the key, which
        // would wait for the cell.
        let sum = msm(path, &self.cells, points);
        self.commitment.get_or_init(|| sum)
    }
}

/// The masks of all columns. Columns of the same widths that are committed to with the same points share one; those without
/// short cells have none.
#[derive(Clone, Debug)]
pub(super) struct Masks {
    masks: Vec<Mask>,
    of_column: Vec<Option<usize>>,
}

impl Masks {
    /// Draws masks for columns of cells of these widths.
    pub(super) fn new(columns: Vec<Vec<u32>>, steady: &Steady) -> Self {
        let mut seen: Vec<(Vec<u32>, bool)> = Vec::new();
        let mut of_column = Vec::new();
        for (column, widths) in columns.into_iter().enumerate() {
            let of = (widths, steady.contains(column));
            of_column.push(if of.0.iter().all(|width| *width == 0) {
                None
            } else if let Some(known) = seen.iter().position(|other| *other == of) {
                Some(known)
            } else {
                seen.push(of);
                Some(seen.len() - 1)
            });
        }
        Self { masks: seen.into_iter().map(|(widths, _)| Mask::new(widths)).collect(), of_column }
    }

    /// The mask of a column.
    pub(super) fn of(&self, column: usize) -> Option<&Mask> {
        self.of_column[column].map(|number| &self.masks[number])
    }
}

/// Uniform, [`SPARE_BITS`] wider than `width`; zero for a width of zero.
fn mask(width: u32) -> Fr {
    match width {
        0 => Fr::ZERO,
        1..=120 => {
            let mut bytes = [0; 16];
            OsRng.fill_bytes(&mut bytes);
            Fr::from_u128(u128::from_le_bytes(bytes) >> (128 - SPARE_BITS - width))
        }
        _ => Fr::random(OsRng),
    }
}

#[cfg(test)]
mod tests {
    use rayon::prelude::*;

    use super::*;

    /// Widths of four running values, in limbs of two bits.
    fn widths() -> Vec<u32> {
        (0..4).flat_map(|_| (2..=120).step_by(2)).collect()
    }

    fn mask() -> Mask {
        Mask::new(widths())
    }

    fn zero_bytes(column: &[Fr]) -> usize {
        column.iter().map(|cell| cell.to_repr().iter().filter(|byte| **byte == 0).count()).sum()
    }

    #[test]
    fn masked_columns_of_small_and_of_large_numbers_have_as_many_zero_digits() {
        let widest = |width: u32| Fr::from_u128(u128::MAX >> (128 - width));
        let (none, all): (Vec<Fr>, Vec<Fr>) = widths().into_iter().map(|width| (Fr::ZERO, widest(width))).unzip();
        assert!(zero_bytes(&none) > zero_bytes(&all) + 1_500);
        let mask = mask();
        let [none, all] = [none, all].map(|column| zero_bytes(&mask.hide(column)));
        // Some 2,000 digits are not always zero, and one in 256 of them is zero by chance.
        assert!(none.abs_diff(all) < 60, "{none} and {all}");
    }

    #[test]
    fn masks_differ_by_key_and_cover_every_short_cell() {
        let [one, two] = [(); 2].map(|()| mask().cells);
        // A mask may be zero by chance: the narrowest has ten bits.
        assert!(one.iter().filter(|mask| **mask == Fr::ZERO).count() < 8);
        assert_ne!(one, two);
        assert!(Mask::new(vec![0; 8]).cells.iter().all(|mask| *mask == Fr::ZERO));
    }

    #[test]
    fn columns_of_the_same_widths_share_a_mask_and_others_do_not() {
        let widths = vec![vec![2, 4], vec![0, 0], vec![2, 4], vec![4, 2], vec![2, 4]];
        let masks = Masks::new(widths, &Steady::new(vec![4]));
        let of = |column| masks.of(column).map(|mask| mask.cells.as_ptr());
        assert_eq!(of(0), of(2));
        assert!(of(1).is_none());
        assert!(of(3).is_some() && of(3) != of(0));
        // It is committed to with other points.
        assert!(of(4).is_some() && of(4) != of(0));
    }

    #[test]
    fn proofs_of_one_pool_may_ask_for_the_commitment_at_once() {
        let points = vec![G1Affine::generator(); widths().len()];
        let pool = rayon::ThreadPoolBuilder::new().num_threads(8).build().expect("eight threads");
        for jobs in (2..10).cycle().take(1_000) {
            let mask = mask();
            let ask =
                |_| (0..jobs).into_par_iter().map(|_| *mask.commitment(Path::detect(), &points)).collect::<Vec<G1>>();
            let found: Vec<Vec<G1>> = pool.install(|| (0..jobs).into_par_iter().map(ask).collect());
            let sum = G1::generator() * mask.cells.iter().sum::<Fr>();
            assert!(found.iter().flatten().all(|commitment| *commitment == sum));
        }
    }

    #[test]
    fn debug_output_shows_no_mask() {
        assert_eq!(format!("{:?}", mask()), "Mask");
    }
}
