//! How much of the randomness in a column reaches what a proof shows of it.
//!
//! A proof depends on a private column by its values at `τ·ω^ρ` and at `x·ω^ρ`, for all rotations `ρ` at which gates read
//! it. These are affine in the free cells, which no gate reads. Where the map has the rank of all values, they take every
//! combination equally often, whatever the other cells hold: page "Zero knowledge" of `docs/`.

use assay_circuits::{Fr, Statement};
use assay_protocol::Relation;
use ff::Field;
use halo2_proofs::poly::EvaluationDomain;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use crate::evaluator::{Cell, Evaluator};
use crate::solvency::Solvency;
use crate::subject::Subject;

/// For each private column the rows of fresh randomness, which no gate reads, and how many rotations it is read at.
fn free_cells<S: Subject>() -> Vec<(Vec<usize>, usize)> {
    let (evaluator, filler) = (Evaluator::of::<S>(), S::example().0.circuit().filler());
    let of_column = |(column, filler): (usize, Vec<usize>)| {
        let free: Vec<usize> = filler.into_iter().chain(evaluator.usable..evaluator.rows).collect();
        assert!(free.iter().all(|row| evaluator.readers(Cell::Advice(column, *row)).is_empty()));
        let queries = evaluator.system.advice_queries();
        let rotations = queries.iter().filter(|query| query.0.index() == column).count();
        (free, rotations)
    };
    filler.into_iter().enumerate().map(of_column).collect()
}

/// The values of a column at the rotations of `τ` and `x`, by each of `rows`: their Lagrange polynomials there, which are
/// `ω^i·(y^n − 1) / (n·(y − ω^i))` at `y`.
fn weights<S: Subject>(column: usize, rows: &[usize], points: [Fr; 2]) -> Vec<Vec<Fr>> {
    let (evaluator, domain) = (Evaluator::of::<S>(), EvaluationDomain::new(1, S::K));
    let queries = evaluator.system.advice_queries();
    let rotations = queries.iter().filter(|query| query.0.index() == column).map(|query| query.1);
    let rotated = rotations.flat_map(|rotation| points.map(|point| domain.rotate_omega(point, rotation)));
    let size = evaluator.rows as u64;
    let vanishing: Vec<(Fr, Fr)> =
        rotated.map(|point| (point, (point.pow_vartime([size]) - Fr::ONE) * domain.ifft_divisor)).collect();
    let of_row = |row: &usize| {
        let root = domain.get_omega().pow_vartime([*row as u64]);
        let at = |(point, vanishing): &(Fr, Fr)| root * vanishing * (*point - root).invert().expect("no root of unity");
        vanishing.iter().map(at).collect()
    };
    rows.iter().map(of_row).collect()
}

fn rank(mut matrix: Vec<Vec<Fr>>) -> usize {
    let mut rank = 0;
    for column in 0..matrix[0].len() {
        let Some(pivot) = (rank..matrix.len()).find(|row| matrix[*row][column] != Fr::ZERO) else { continue };
        matrix.swap(rank, pivot);
        let (above, below) = matrix.split_at_mut(rank + 1);
        let pivot = &above[rank];
        let inverse = pivot[column].invert().expect("not zero");
        for row in below {
            let factor = row[column] * inverse;
            row.iter_mut().zip(pivot).for_each(|(value, pivot)| *value -= factor * pivot);
        }
        rank += 1;
    }
    rank
}

pub(crate) fn all_values_of_a_column_move_with_its_free_cells<S: Subject>() {
    let rng = &mut ChaCha8Rng::seed_from_u64(52);
    let points = [0; 2].map(|_| Fr::random(&mut *rng));
    for (column, (free, rotations)) in free_cells::<S>().into_iter().enumerate() {
        let values = 2 * rotations;
        assert!(free.len() >= values, "column {column}");
        assert_eq!(rank(weights::<S>(column, &free, points)), values, "column {column}");
        // As many of them are enough, wherever they stand, and one less is not.
        let scattered: Vec<usize> = free.iter().copied().step_by(free.len() / values).take(values).collect();
        assert_eq!(rank(weights::<S>(column, &scattered, points)), values, "column {column}");
        assert_eq!(rank(weights::<S>(column, &scattered[1..], points)), values - 1, "column {column}");
    }
}

#[test]
fn eight_assets_have_53_and_67_free_cells_for_16_and_6_values() {
    let counts: Vec<(usize, usize)> =
        free_cells::<Solvency<8>>().into_iter().map(|(free, rotations)| (free.len(), 2 * rotations)).collect();
    assert_eq!(counts, [(53, 16), (67, 6)]);
}

/// Halo2's own blinding rows do not hide a column that is read at many rotations: the filler is essential.
#[test]
fn the_blinding_rows_of_halo2_give_11_of_the_16_values_of_the_first_column() {
    let evaluator = Evaluator::of::<Solvency<8>>();
    let rows: Vec<usize> = (evaluator.usable..evaluator.rows).collect();
    let rng = &mut ChaCha8Rng::seed_from_u64(53);
    let points = [0; 2].map(|_| Fr::random(&mut *rng));
    assert_eq!([0, 1].map(|column| rank(weights::<Solvency<8>>(column, &rows, points))), [11, 6]);
}
