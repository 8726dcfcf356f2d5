//! Columns in which few cells differ from the one above.
//!
//! `Σ s_r·L_r = Σ (s_r − s_(r−1))·(L_r + L_(r+1) + …)`: a multiplication for each difference that is not zero, where the column
//! itself would take one for each row.

use std::fmt;
use std::sync::OnceLock;

use group::{Curve, Group};
use halo2curves::bn256::{G1, G1Affine};

use crate::Fr;

/// The steady columns of a circuit, and what their differences are committed to with.
#[derive(Clone)]
pub(super) struct Steady {
    columns: Vec<usize>,
    points: OnceLock<Vec<G1Affine>>,
}

impl fmt::Debug for Steady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Steady").field(&self.columns).finish()
    }
}

impl Steady {
    pub(super) fn new(columns: Vec<usize>) -> Self {
        Self { columns, points: OnceLock::new() }
    }

    pub(super) fn contains(&self, column: usize) -> bool {
        self.columns.contains(&column)
    }

    /// The sum of each Lagrange point and all after it. `lagrange` is always that of the key's SRS.
    pub(super) fn points(&self, lagrange: &[G1Affine]) -> &[G1Affine] {
        self.points.get_or_init(|| {
            let add = |sum: &mut G1, point: &G1Affine| {
                *sum += point;
                Some(*sum)
            };
            let mut sums: Vec<G1> = lagrange.iter().rev().scan(G1::identity(), add).collect();
            sums.reverse();
            let mut points = vec![G1Affine::default(); sums.len()];
            G1::batch_normalize(&sums, &mut points);
            points
        })
    }
}

/// Each cell less the one above.
pub(super) fn differences(column: &[Fr]) -> Vec<Fr> {
    let above = [Fr::zero()].into_iter().chain(column.iter().copied());
    column.iter().zip(above).map(|(cell, above)| cell - above).collect()
}

#[cfg(test)]
mod tests {
    use ff::Field;
    use rand_core::OsRng;

    use super::*;
    use crate::verifier::msm;

    #[test]
    fn differences_commit_to_the_column() {
        let points: Vec<G1Affine> = (0..16).map(|_| G1::random(OsRng).to_affine()).collect();
        let column: Vec<Fr> = (0..15).map(|row| Fr::from(row / 5)).chain([Fr::random(OsRng)]).collect();
        let steady = Steady::new(vec![0]);
        let sum = |scalars: &[Fr], points: &[G1Affine]| {
            msm(&scalars.iter().copied().zip(points.iter().copied()).collect::<Vec<_>>())
        };
        let differences = differences(&column);
        assert_eq!(differences.iter().filter(|difference| **difference != Fr::ZERO).count(), 3);
        assert_eq!(sum(&differences, steady.points(&points)), sum(&column, &points));
    }
}
