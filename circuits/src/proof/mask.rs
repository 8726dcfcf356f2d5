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

use super::protocol::Columns;
use crate::units::Fr;

/// By how many bits a mask is wider than its cell, so that hardly a digit of the sum says anything of the cell.
const SPARE_BITS: u32 = 8;

/// One mask for both private columns, and the commitment to it.
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

    /// The columns with the mask added.
    pub(super) fn hide(&self, columns: &Columns) -> Columns {
        let mut columns = Columns(columns.0.clone());
        for column in &mut columns.0 {
            column.iter_mut().zip(&self.cells).for_each(|(cell, mask)| *cell += mask);
        }
        columns
    }

    /// The commitment to the mask; `lagrange` is always that of the key's SRS.
    pub(super) fn commitment(&self, path: Path, lagrange: &[G1Affine]) -> &G1 {
        if let Some(commitment) = self.commitment.get() {
            return commitment;
        }
        // Not while the cell is being set: a thread that waits for the sum may take up another proof under the key, which
        // would wait for the cell.
        let sum = msm(path, &self.cells, lagrange);
        self.commitment.get_or_init(|| sum)
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
    use crate::Covenant;
    use crate::commitment::PositionCommitment;
    use crate::position::{Opening, Position};
    use crate::solvency::circuit::{assign, widths};
    use crate::solvency::{Context, Instance, Witness};
    use crate::units::{Amount, Margin, Size, Weight};

    fn mask_of_eight() -> Mask {
        Mask::new(widths(Size::Eight))
    }

    /// The columns of a position of which every amount is `amount`.
    fn columns(amount: u128) -> Columns {
        let mut position = Position::empty(Size::Eight);
        position.collateral_mut().fill_with(|| Amount::new(amount).expect("120 bits"));
        position.debt_mut().fill_with(|| Amount::new(amount).expect("120 bits"));
        let opening = Opening::random(OsRng);
        let instance = Instance {
            commitment: PositionCommitment::new(&position, &opening),
            context: Context::default(),
            covenant: Covenant::new(Margin::ZERO, vec![Weight::MAX; 8], vec![Weight::ZERO; 8]).expect("a size"),
        };
        Columns(assign(&instance, &Witness { position, opening }, OsRng).0.to_vec())
    }

    fn zero_bytes(columns: &Columns) -> usize {
        columns.0.iter().flatten().map(|cell| cell.to_repr().iter().filter(|byte| **byte == 0).count()).sum()
    }

    #[test]
    fn masked_columns_of_small_and_of_large_amounts_have_as_many_zero_digits() {
        let mask = mask_of_eight();
        let [none, all] = [0, Amount::MAX].map(columns);
        assert!(zero_bytes(&none) > zero_bytes(&all) + 5_000);
        let [none, all] = [none, all].map(|columns| zero_bytes(&mask.hide(&columns)));
        // Of some 10,000 digits of masked limbs one in 256 is zero by chance.
        assert!(none.abs_diff(all) < 150, "{none} and {all}");
    }

    #[test]
    fn masks_differ_by_key_and_cover_every_limb_accumulator_and_word() {
        let [one, two] = [0; 2].map(|_| mask_of_eight().cells);
        let masked = one.iter().filter(|mask| **mask != Fr::ZERO).count();
        // A mask may be zero by chance: the narrowest has ten bits.
        let cells = 2 * (4 * 60 + 31) + 4 + 8;
        assert!(masked.abs_diff(cells) < 8, "{masked} of {cells}");
        assert_ne!(one, two);
    }

    #[test]
    fn proofs_of_one_pool_may_ask_for_the_commitment_at_once() {
        let points = vec![G1Affine::generator(); mask_of_eight().cells.len()];
        let pool = rayon::ThreadPoolBuilder::new().num_threads(8).build().expect("eight threads");
        for jobs in (2..10).cycle().take(1_000) {
            let mask = mask_of_eight();
            let ask =
                |_| (0..jobs).into_par_iter().map(|_| *mask.commitment(Path::detect(), &points)).collect::<Vec<G1>>();
            let found: Vec<Vec<G1>> = pool.install(|| (0..jobs).into_par_iter().map(ask).collect());
            let sum = G1::generator() * mask.cells.iter().sum::<Fr>();
            assert!(found.iter().flatten().all(|commitment| *commitment == sum));
        }
    }

    #[test]
    fn debug_output_shows_no_mask() {
        assert_eq!(format!("{:?}", mask_of_eight()), "Mask");
    }
}
