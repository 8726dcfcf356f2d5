//! Time as a sum of five terms, each a count of [`Work`] times a coefficient that is fitted.

use assay_circuits::proof::shape::Work;

/// Terms: additions of points, multiplications in transforms, steps of gates, coefficients, and one for each proof.
pub const TERMS: usize = 5;

/// Milliseconds for each unit of each term; none is negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Model(pub [f64; TERMS]);

fn terms(work: &Work) -> [f64; TERMS] {
    [work.additions as f64, work.transforms as f64, work.gates as f64, work.coefficients as f64, 1.0]
}

impl Model {
    /// The model whose errors, relative to the times, have the least sum of squares.
    ///
    /// # Panics
    /// Where there are fewer points than terms.
    #[must_use]
    pub fn fit(points: &[(Work, f64)]) -> Self {
        assert!(points.len() >= TERMS, "more coefficients than measurements");
        let rows: Vec<[f64; TERMS]> = points.iter().map(|(work, time)| terms(work).map(|term| term / time)).collect();
        // Of all choices of terms, the best whose coefficients are positive.
        let models = (1..1u32 << TERMS).filter_map(|chosen| {
            let chosen: Vec<usize> = (0..TERMS).filter(|term| chosen >> term & 1 == 1).collect();
            let solution = least_squares(&rows, &chosen)?;
            let error = |row: &[f64; TERMS]| (row.iter().zip(&solution).map(|(a, b)| a * b).sum::<f64>() - 1.0).powi(2);
            let is_model = chosen.iter().all(|term| solution[*term] > 0.0);
            is_model.then(|| (rows.iter().map(error).sum::<f64>(), solution))
        });
        let (_, best) = models.min_by(|a, b| a.0.total_cmp(&b.0)).expect("a term alone has a positive coefficient");
        Self(best)
    }

    /// Milliseconds for a proof.
    #[must_use]
    pub fn predict(&self, work: &Work) -> f64 {
        self.parts(work).iter().sum()
    }

    /// Milliseconds for each term.
    #[must_use]
    pub fn parts(&self, work: &Work) -> [f64; TERMS] {
        let terms = terms(work);
        std::array::from_fn(|term| self.0[term] * terms[term])
    }
}

/// Coefficients of the chosen terms, the others zero, with which every row comes closest to one; `None` where they are not
/// determined.
fn least_squares(rows: &[[f64; TERMS]], chosen: &[usize]) -> Option<[f64; TERMS]> {
    let count = chosen.len();
    // Columns are scaled to length one, because their units differ by nine orders of magnitude.
    let scales: Vec<f64> =
        chosen.iter().map(|&term| rows.iter().map(|row| row[term].powi(2)).sum::<f64>().sqrt()).collect();
    let entry = |row: &[f64; TERMS], i: usize| row[chosen[i]] / scales[i];
    let mut matrix: Vec<Vec<f64>> = (0..count)
        .map(|i| {
            let products = (0..count).map(|j| rows.iter().map(|row| entry(row, i) * entry(row, j)).sum());
            products.chain([rows.iter().map(|row| entry(row, i)).sum()]).collect()
        })
        .collect();
    for i in 0..count {
        let pivot = (i..count).max_by(|a, b| matrix[*a][i].abs().total_cmp(&matrix[*b][i].abs()))?;
        matrix.swap(i, pivot);
        if matrix[i][i].abs() < 1e-12 {
            return None;
        }
        let pivot = matrix[i].clone();
        for (_, values) in matrix.iter_mut().enumerate().filter(|(row, _)| *row != i) {
            let factor = values[i] / pivot[i];
            values.iter_mut().zip(&pivot).for_each(|(value, pivot)| *value -= factor * pivot);
        }
    }
    let mut solution = [0.0; TERMS];
    for (i, &term) in chosen.iter().enumerate() {
        solution[term] = matrix[i][count] / matrix[i][i] / scales[i];
    }
    Some(solution)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shapes::{Shape, all};

    fn points(truth: &Model) -> Vec<(Work, f64)> {
        all().into_iter().map(Shape::work).map(|work| (work, truth.predict(&work))).collect()
    }

    #[test]
    fn coefficients_are_found_again() {
        let truth = Model([6e-5, 1.3e-5, 1.1e-5, 2e-5, 0.7]);
        let found = Model::fit(&points(&truth));
        for (found, truth) in found.0.iter().zip(truth.0) {
            assert!((found / truth - 1.0).abs() < 1e-6, "{found} for {truth}");
        }
    }

    #[test]
    fn a_term_that_would_be_negative_is_left_out() {
        let truth = Model([6e-5, 1.3e-5, 1.1e-5, 2e-5, 0.0]);
        let lowered: Vec<(Work, f64)> = points(&truth).into_iter().map(|(work, time)| (work, time - 0.3)).collect();
        assert!(lowered.iter().all(|(_, time)| *time > 0.0));
        assert!(Model::fit(&lowered).0.iter().all(|coefficient| *coefficient >= 0.0));
    }
}
