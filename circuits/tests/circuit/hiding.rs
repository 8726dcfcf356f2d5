//! How much of the randomness in a proof reaches what the proof reveals.
//!
//! A proof reveals values that depend on the private columns: their evaluations and, as discrete logarithms, the
//! commitments to the columns and to the quotient pieces; 17 for eight assets. They are functions of the random cells.
//! This module differentiates them, exactly, over the field, and computes the rank of the Jacobian, at random
//! challenges, a random `τ` and random values of those cells.

use std::sync::Arc;

use assay_circuits::Fr;
use ff::Field;
use halo2_proofs::plonk::{Advice, Column};
use halo2_proofs::poly::{EvaluationDomain, Polynomial, Rotation};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use rayon::prelude::*;

use crate::evaluator::{Columns, Evaluator};
use crate::solvency::Solvency;
use crate::subject::Subject;

/// A value and its derivative.
type Dual = (Fr, Fr);

struct Prover {
    evaluator: Arc<Evaluator>,
    domain: EvaluationDomain<Fr>,
    /// Advice, fixed and instance columns on the extended domain.
    advice: Vec<Vec<Fr>>,
    fixed: Vec<Vec<Fr>>,
    inputs: Vec<Vec<Fr>>,
    /// Challenges: of the constraints, the evaluation point, the secret of the SRS.
    y: Fr,
    x: Fr,
    tau: Fr,
}

impl Prover {
    fn new<S: Subject>(mut columns: Columns, seed: u64) -> Self {
        let evaluator = Evaluator::of::<S>();
        let rng = &mut ChaCha8Rng::seed_from_u64(seed);
        for column in &mut columns.advice {
            column[evaluator.usable..].fill_with(|| Fr::random(&mut *rng));
        }
        let degree = u32::try_from(evaluator.system.degree()).expect("small");
        let domain = EvaluationDomain::new(degree, S::K);
        let padded = |input: &[Fr]| [input, &vec![Fr::ZERO; evaluator.rows - input.len()]].concat();
        let extend = |column: Vec<Fr>| extended(&domain, column);
        let advice = columns.advice.into_iter().map(extend).collect();
        let fixed = evaluator.fixed.iter().cloned().map(extend).collect();
        let inputs = S::input_columns(&columns.inputs).into_iter().map(|input| extend(padded(input))).collect();
        let [y, x, tau] = [0; 3].map(|_| Fr::random(&mut *rng));
        Self { evaluator, advice, fixed, inputs, y, x, tau, domain }
    }

    /// Where a rotated query reads on the extended domain.
    fn at(&self, point: usize, rotation: Rotation) -> usize {
        let length = self.domain.extended_len();
        let step = i64::try_from(length / self.evaluator.rows).expect("small");
        let shift = (i64::from(rotation.0) * step).rem_euclid(i64::try_from(length).expect("small"));
        (point + usize::try_from(shift).expect("not negative")) % length
    }

    /// Derivative, by one advice query, of the sum of all constraints, each with its power of `y`.
    fn by_query(&self, query: (Column<Advice>, Rotation), point: usize) -> Fr {
        let known = |value: Fr| -> Dual { (value, Fr::ZERO) };
        let polynomials = self.evaluator.system.gates().iter().flat_map(|gate| gate.polynomials());
        polynomials.fold(Fr::ZERO, |sum, polynomial| {
            let (_, derivative) = polynomial.evaluate(
                &known,
                &|_| unreachable!("the circuit has no selectors"),
                &|q| known(self.fixed[q.column_index()][self.at(point, q.rotation())]),
                &|q| {
                    let value = self.advice[q.column_index()][self.at(point, q.rotation())];
                    let same = q.column_index() == query.0.index() && q.rotation() == query.1;
                    (value, Fr::from(u64::from(same)))
                },
                &|q| known(self.inputs[q.column_index()][self.at(point, q.rotation())]),
                &|_| unreachable!("the circuit has no challenges"),
                &|a: Dual| (-a.0, -a.1),
                &|a: Dual, b: Dual| (a.0 + b.0, a.1 + b.1),
                &|a: Dual, b: Dual| (a.0 * b.0, a.0 * b.1 + a.1 * b.0),
                &|a: Dual, factor| (a.0 * factor, a.1 * factor),
            );
            sum * self.y + derivative
        })
    }

    /// Derivatives of the revealed values by each of `cells`, `(column, row)`.
    fn jacobian(&self, cells: &[(usize, usize)]) -> Vec<Vec<Fr>> {
        let queries = self.evaluator.system.advice_queries();
        let points = 0..self.domain.extended_len();
        let by_query: Vec<Vec<Fr>> = queries
            .iter()
            .map(|query| points.clone().into_par_iter().map(|point| self.by_query(*query, point)).collect())
            .collect();
        let of_cell = |&(column, row): &(usize, usize)| {
            let mut unit = vec![Fr::ZERO; self.evaluator.rows];
            unit[row] = Fr::ONE;
            let lagrange = self.domain.lagrange_to_coeff(Polynomial::new(unit.clone())).into_values();
            let on_points = extended(&self.domain, unit);
            let mut numerator = self.domain.empty_extended();
            let mut revealed = Vec::new();
            for (query, derivative) in queries.iter().zip(&by_query) {
                let reads = query.0.index() == column;
                let opened = self.domain.rotate_omega(self.x, query.1);
                revealed.push(if reads { evaluate(&lagrange, opened) } else { Fr::ZERO });
                if reads {
                    for (point, value) in numerator.iter_mut().enumerate() {
                        *value += derivative[point] * on_points[self.at(point, query.1)];
                    }
                }
            }
            let committed = evaluate(&lagrange, self.tau);
            let columns = 0..self.advice.len();
            revealed.extend(columns.map(|other| if other == column { committed } else { Fr::ZERO }));
            let quotient = self.domain.extended_to_coeff(self.domain.divide_by_vanishing_poly(numerator));
            // The division leaves no rest: of degree d, a quotient of degree d(n − 1) − n has the d − 1 highest of (d − 1)n
            // places empty.
            let pieces = self.evaluator.system.degree() - 1;
            assert_eq!(
                quotient[quotient.len() - pieces..],
                vec![Fr::ZERO; pieces],
                "a gate reads column {column} in row {row}"
            );
            revealed.extend(quotient.chunks(self.evaluator.rows).map(|piece| evaluate(piece, self.tau)));
            revealed
        };
        cells.par_iter().map(of_cell).collect()
    }
}

fn extended(domain: &EvaluationDomain<Fr>, column: Vec<Fr>) -> Vec<Fr> {
    domain.coeff_to_extended(&domain.lagrange_to_coeff(Polynomial::new(column))).into_values()
}

fn evaluate(coefficients: &[Fr], at: Fr) -> Fr {
    coefficients.iter().rev().fold(Fr::ZERO, |sum, coefficient| sum * at + coefficient)
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

/// Of each column halo2's own random rows would do; the filler is margin.
pub(crate) fn revealed_values_have_full_rank_in_the_random_cells<S: Subject>() {
    let evaluator = Evaluator::of::<S>();
    let (columns, rows) = (evaluator.system.num_advice_columns(), evaluator.usable..evaluator.rows);
    let blinding = (0..columns).flat_map(|column| rows.clone().map(move |row| (column, row)));
    let blinding: Vec<(usize, usize)> = blinding.collect();
    // All filler of eight assets, as much for more.
    let of_column = |(column, filler): (usize, Vec<usize>)| filler.into_iter().map(move |row| (column, row)).take(56);
    let filler: Vec<(usize, usize)> = S::filler().into_iter().enumerate().flat_map(of_column).collect();
    let revealed = evaluator.system.advice_queries().len() + columns + evaluator.system.degree() - 1;

    let valid = S::cases(41).filter(|(instance, witness)| S::check(instance, witness).is_ok());
    let witnesses = [S::example()].into_iter().chain(valid).take(if evaluator.rows <= 1024 { 3 } else { 1 });
    for (seed, (instance, witness)) in (0..).zip(witnesses) {
        let prover = Prover::new::<S>(S::assign(&instance, &witness, seed), seed);
        let jacobian = prover.jacobian(&[blinding.as_slice(), &filler].concat());
        assert!(jacobian.iter().all(|values| values.len() == revealed));
        assert_eq!(rank(jacobian[..blinding.len()].to_vec()), revealed);
        assert_eq!(rank(jacobian[blinding.len()..].to_vec()), revealed);
    }
}

#[test]
fn eight_assets_reveal_17_values_of_120_random_cells() {
    let evaluator = Evaluator::of::<Solvency<8>>();
    assert_eq!(evaluator.system.advice_queries().len() + 2 + 4, 17);
    assert_eq!(evaluator.cells().filter(|cell| evaluator.readers(*cell).is_empty()).count(), 120);
}

#[test]
#[should_panic(expected = "a gate reads column 0 in row 300")]
fn the_jacobian_notices_a_cell_that_a_gate_reads() {
    let (instance, witness) = Solvency::<8>::example();
    Prover::new::<Solvency<8>>(Solvency::<8>::assign(&instance, &witness, 0), 0).jacobian(&[(0, 300)]);
}
