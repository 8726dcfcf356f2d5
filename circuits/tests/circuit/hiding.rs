//! How much of the randomness in a proof reaches what the proof reveals.
//!
//! A proof reveals 17 values that depend on the private columns: eight evaluations of `a` and three of `b`, and, as
//! discrete logarithms, the commitments to both columns and to the four quotient pieces. They are functions of the 120
//! random cells. This module differentiates them, exactly, over the field, and computes the rank of the Jacobian.

use assay_circuits::solvency::circuit::BLINDING_ROWS;
use assay_circuits::solvency::layout::Layout;
use assay_circuits::solvency::row;
use assay_circuits::{Fr, check};
use ff::Field;
use halo2_proofs::plonk::{Advice, Column};
use halo2_proofs::poly::{EvaluationDomain, Polynomial, Rotation};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use rayon::prelude::*;

use crate::evaluator::{Columns, Evaluator};
use crate::support::{Cases, example};

/// A value and its derivative.
type Dual = (Fr, Fr);

struct Prover {
    evaluator: &'static Evaluator<8>,
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
    fn new(mut columns: Columns, seed: u64) -> Self {
        let evaluator = Evaluator::<8>::shared();
        let rng = &mut ChaCha8Rng::seed_from_u64(seed);
        for column in &mut columns.advice {
            column[Evaluator::<8>::ROWS - BLINDING_ROWS..].fill_with(|| Fr::random(&mut *rng));
        }
        let degree = u32::try_from(evaluator.system.degree()).expect("small");
        let domain = EvaluationDomain::new(degree, Layout::<8>::K);
        let padded = |input: &[Fr]| [input, &vec![Fr::ZERO; Evaluator::<8>::ROWS - input.len()]].concat();
        let extend = |column: Vec<Fr>| extended(&domain, column);
        let advice = columns.advice.into_iter().map(extend).collect();
        let layout = Layout::<8>::fixed();
        let fixed = [layout.limb, layout.round, layout.turn, layout.constant].map(extend).to_vec();
        let inputs = row::columns(8, &columns.inputs).map(|input| extend(padded(input))).to_vec();
        let [y, x, tau] = [0; 3].map(|_| Fr::random(&mut *rng));
        Self { evaluator, advice, fixed, inputs, y, x, tau, domain }
    }

    /// Where a rotated query reads on the extended domain.
    fn at(&self, point: usize, rotation: Rotation) -> usize {
        let length = self.domain.extended_len();
        let step = i64::try_from(length >> Layout::<8>::K).expect("small");
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

    /// Derivatives of the 17 values by each of `cells`.
    fn jacobian(&self, cells: &[(usize, usize)]) -> Vec<Vec<Fr>> {
        let queries = self.evaluator.system.advice_queries();
        let points = 0..self.domain.extended_len();
        let by_query: Vec<Vec<Fr>> = queries
            .iter()
            .map(|query| points.clone().into_par_iter().map(|point| self.by_query(*query, point)).collect())
            .collect();
        let of_cell = |&(column, row): &(usize, usize)| {
            let mut unit = vec![Fr::ZERO; Evaluator::<8>::ROWS];
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
            revealed.extend([0, 1].map(|other| if other == column { committed } else { Fr::ZERO }));
            let quotient = self.domain.extended_to_coeff(self.domain.divide_by_vanishing_poly(numerator));
            // The division leaves no rest: a quotient of degree 5(n − 1) − n has its four highest of 4n places empty.
            assert_eq!(quotient[quotient.len() - 4..], [Fr::ZERO; 4], "a gate reads column {column} in row {row}");
            revealed.extend(quotient.chunks(Evaluator::<8>::ROWS).map(|piece| evaluate(piece, self.tau)));
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

#[test]
fn the_17_values_that_a_proof_reveals_have_full_rank_in_the_120_random_cells() {
    let usable = Evaluator::<8>::ROWS - BLINDING_ROWS;
    let blinding: Vec<(usize, usize)> =
        (0..2).flat_map(|column| (usable..Evaluator::<8>::ROWS).map(move |row| (column, row))).collect();
    let filler = Layout::<8>::filler(usable).into_iter().enumerate();
    let filler = filler.flat_map(|(column, rows)| rows.into_iter().map(move |row| (column, row)));
    let random: Vec<(usize, usize)> = blinding.iter().copied().chain(filler).collect();
    assert_eq!((blinding.len(), random.len()), (22, 120));

    let (instance, witness) = example::<8>();
    let valid = Cases::<8>::new(41).filter(|case| check(&case.instance, &case.witness).is_ok()).take(2);
    let witnesses = valid.map(|case| (case.instance, case.witness)).chain([(instance, witness)]);
    for (seed, (instance, witness)) in (0..).zip(witnesses) {
        let prover = Prover::new(Columns::of(&instance, &witness, seed), seed);
        let jacobian = prover.jacobian(&random);
        assert!(jacobian.iter().all(|values| values.len() == 17));
        // Halo2's own rows would do; the filler is margin.
        assert_eq!(rank(jacobian[..blinding.len()].to_vec()), 17);
        assert_eq!(rank(jacobian[blinding.len()..].to_vec()), 17);
        assert_eq!(rank(jacobian), 17);
    }
}

#[test]
#[should_panic(expected = "a gate reads column 0 in row 300")]
fn the_jacobian_notices_a_cell_that_a_gate_reads() {
    let (instance, witness) = example::<8>();
    Prover::new(Columns::of(&instance, &witness, 0), 0).jacobian(&[(0, 300)]);
}
