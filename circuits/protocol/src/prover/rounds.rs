//! The rounds of halo2's protocol for a circuit with neither lookups nor copy constraints, in the order that
//! [`crate::plan`] shows.

use std::io;

use assay_arithmetic::{Domain, Path, evaluate};
use ff::Field;
use group::Curve;
use halo2_proofs::transcript::{EncodedChallenge, Transcript, TranscriptWrite};
use halo2curves::bn256::{G1, G1Affine};
use rand_chacha::ChaCha20Rng;
use rand_core::RngCore;
use rayon::prelude::*;

use super::base::{Base, Bases};
use super::mask::{Mask, Masks};
use super::quotient::{Program, Values};
use super::shplonk::{Opening, fold, open};
use super::steady::{Steady, differences};
use crate::Fr;
use crate::plan::{Plan, Polynomial, PublicColumn};
use crate::srs::Srs;
use crate::transcript::ProofWriter;

/// A part of the work of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Checking the statement and computing the private columns, once for each phase.
    Witness,
    /// Commitments to the private columns of the last phase and to the random polynomial.
    CommitColumns,
    /// Coefficients of all columns, and the gates and their quotient on the cosets.
    Quotient,
    /// Commitments to the quotient's pieces.
    CommitPieces,
    /// Values at `x` and its rotations.
    Evaluate,
    /// The opening proof, with its two commitments.
    Open,
}

/// Private columns, or polynomials that follow from them; wiped on drop.
pub(super) struct Columns(pub(super) Vec<Vec<Fr>>);

impl Drop for Columns {
    fn drop(&mut self) {
        for column in &mut self.0 {
            column.fill(Fr::ZERO);
            std::hint::black_box(column);
        }
    }
}

/// What a proof needs of the circuit and not of the witness.
#[derive(Clone, Debug)]
pub(super) struct Tables {
    path: Path,
    domain: Domain,
    /// Coefficients of the fixed columns.
    fixed: Vec<Vec<Fr>>,
    /// For each coset, what the gates need of the fixed columns there.
    fixed_values: Vec<Vec<Vec<Fr>>>,
    program: Program,
}

impl Tables {
    /// For a circuit of at least 64 rows, with these values of the fixed columns.
    pub(super) fn new(path: Path, plan: &Plan, fixed: &[Vec<Fr>]) -> Self {
        let domain = Domain::new(path, plan.k(), plan.pieces());
        let fixed: Vec<Vec<Fr>> = fixed.iter().map(|values| domain.interpolate(values)).collect();
        let program = Program::new(path, plan);
        let on_coset = |coset| {
            let columns: Vec<Vec<Fr>> = fixed.iter().map(|column| domain.extend(column, coset)).collect();
            program.prepare(&columns)
        };
        let fixed_values = (0..domain.cosets()).into_par_iter().map(on_coset).collect();
        Self { path, domain, fixed, fixed_values, program }
    }

    /// How to compute.
    pub(super) fn path(&self) -> Path {
        self.path
    }

    /// Pieces of the quotient of the gates' sum by the polynomial that vanishes on all rows.
    fn quotient(&self, advice: &Columns, public: &[Vec<Fr>], challenges: &[Fr], y: Fr) -> Vec<Vec<Fr>> {
        let on_coset = |coset: usize| {
            let extend = |columns: &[Vec<Fr>]| columns.iter().map(|column| self.domain.extend(column, coset)).collect();
            let (advice, public): (_, Vec<Vec<Fr>>) = (Columns(extend(&advice.0)), extend(public));
            let fixed = &self.fixed_values[coset];
            let values = Values { fixed, advice: &advice.0, public: &public, challenges };
            self.domain.reduce(&self.program.evaluate(&values, y), coset)
        };
        let sums: Vec<Vec<Fr>> = (0..self.domain.cosets()).into_par_iter().map(on_coset).collect();
        self.domain.quotient(&sums)
    }
}

/// How a column is committed to: by its cells or by their differences, with a mask or without, and with which points.
struct Way<'p> {
    steady: bool,
    mask: Option<&'p Mask>,
    base: Base<'p>,
}

impl Way<'_> {
    /// The scalars that are multiplied.
    fn shown(&self, column: &[Fr]) -> Vec<Fr> {
        let shown = if self.steady { differences(column) } else { column.to_vec() };
        match self.mask {
            Some(mask) => mask.hide(shown),
            None => shown,
        }
    }
}

/// A circuit, and what to commit with.
pub(super) struct Prover<'p> {
    pub(super) srs: &'p Srs,
    /// Those of `srs`.
    pub(super) bases: Option<&'p Bases>,
    pub(super) plan: &'p Plan,
    pub(super) tables: &'p Tables,
    pub(super) masks: &'p Masks,
    pub(super) steady: &'p Steady,
}

impl Prover<'_> {
    /// The powers, and the Lagrange points.
    fn bases(&self) -> [Base<'_>; 2] {
        Base::both(self.tables.path, self.srs, self.bases)
    }

    /// How a column is committed to.
    fn way(&self, column: usize) -> Way<'_> {
        let [_, lagrange] = self.bases();
        let steady = self.steady.contains(column);
        let base = if steady { lagrange.with(self.steady.points(lagrange.points)) } else { lagrange };
        Way { steady, mask: self.masks.of(column), base }
    }

    /// Commitments to columns, given with their numbers, and then to the random polynomial, which has two coefficients.
    fn commit_columns(&self, columns: &[(usize, Vec<Fr>)], random: Option<&[Fr]>) -> Vec<G1Affine> {
        let [powers, _] = self.bases();
        let ways: Vec<Way<'_>> = columns.iter().map(|(column, _)| self.way(*column)).collect();
        let shown = Columns(columns.iter().zip(&ways).map(|((_, column), way)| way.shown(column)).collect());
        let pairs = shown.0.iter().zip(&ways).map(|(column, way)| (column.as_slice(), way.base));
        let mut commitments = sums(&pairs.chain(random.map(|random| (random, powers))).collect::<Vec<_>>());
        for (sum, way) in commitments.iter_mut().zip(&ways) {
            if let Some(mask) = way.mask {
                *sum -= mask.commitment(self.tables.path, way.base.points);
            }
        }
        to_affine(&commitments)
    }

    /// Completes a proof, of which `transcript` has hashed the key and the public inputs.
    ///
    /// `advice` gives the private columns of a phase, for the challenges of the phases before it; their last rows are
    /// overwritten. `instance` are the public columns, which may be shorter than the rows. `done` hears when a stage ends.
    pub(super) fn rounds(
        &self,
        transcript: &mut ProofWriter,
        mut advice: impl FnMut(usize, &[Fr], &mut ChaCha20Rng) -> Vec<Vec<Fr>>,
        instance: &[Vec<Fr>],
        rng: &mut ChaCha20Rng,
        mut done: impl FnMut(Stage),
    ) -> io::Result<()> {
        let Self { plan, tables, .. } = self;
        let domain = &tables.domain;
        let [powers, _] = self.bases();
        let n = domain.rows();

        // A proof depends on the random polynomial by its values at τ and at x alone, and with two random coefficients these
        // take every pair of values equally often.
        let mut random = vec![Fr::ZERO; n];
        let mut columns = Columns(vec![Vec::new(); plan.advice()]);
        let mut challenges = vec![Fr::ZERO; plan.challenges()];
        let mut random_commitment = None;
        for (number, phase) in plan.phases().iter().enumerate() {
            let own = advice(number, &challenges, &mut *rng);
            assert_eq!(own.len(), phase.advice.len(), "as many columns as the phase has");
            let mut own: Vec<(usize, Vec<Fr>)> = phase.advice.iter().copied().zip(own).collect();
            for (_, column) in &mut own {
                assert_eq!(column.len(), n, "as many cells as rows");
                column[n - plan.blinding_rows()..].fill_with(|| Fr::random(&mut *rng));
            }
            done(Stage::Witness);
            let last = number + 1 == plan.phases().len();
            if last {
                random[..2].fill_with(|| Fr::random(&mut *rng));
            }
            let mut commitments = self.commit_columns(&own, last.then_some(&random[..2]));
            random_commitment = if last { commitments.pop() } else { None };
            commitments.into_iter().try_for_each(|commitment| transcript.write_point(commitment))?;
            own.into_iter().for_each(|(column, cells)| columns.0[column] = cells);
            for challenge in &phase.challenges {
                challenges[*challenge] = transcript.squeeze_challenge().get_scalar();
            }
        }
        // Three challenges for the arguments that our circuits do not have.
        for _ in 0..3 {
            transcript.squeeze_challenge();
        }
        transcript.write_point(random_commitment.expect("there is a last phase"))?;
        done(Stage::CommitColumns);

        let y = transcript.squeeze_challenge().get_scalar();
        let public = |column: &PublicColumn| {
            let mut values = vec![Fr::ZERO; n];
            for (row, value) in column.values(instance, &challenges) {
                values[row.rem_euclid(i32::try_from(n).expect("few rows")) as usize] += value;
            }
            domain.interpolate(&values)
        };
        let (advice, public) = rayon::join(
            || Columns(columns.0.par_iter().map(|column| domain.interpolate(column)).collect()),
            || plan.public_columns().par_iter().map(public).collect::<Vec<_>>(),
        );
        drop(columns);
        let mut pieces = tables.quotient(&advice, &public, &challenges, y);
        blind(&mut pieces, rng);
        done(Stage::Quotient);
        let commitments = to_affine(&sums(&pieces.iter().map(|piece| (piece.as_slice(), powers)).collect::<Vec<_>>()));
        commitments.into_iter().try_for_each(|commitment| transcript.write_point(commitment))?;
        done(Stage::CommitPieces);

        // Values at x, and the proof of them. The verifier computes the quotient's value itself.
        let x = transcript.squeeze_challenge().get_scalar();
        let folded = fold(tables.path, pieces.iter().map(Vec::as_slice), n + 1, x.pow_vartime([n as u64]));
        let polynomials = |polynomial| match polynomial {
            Polynomial::Advice(column) => advice.0[column].as_slice(),
            Polynomial::Fixed(column) => tables.fixed[column].as_slice(),
            Polynomial::Quotient => folded.as_slice(),
            Polynomial::Random => random.as_slice(),
        };
        let point = |rotation| domain.rotate(x, rotation);
        let value = |(polynomial, rotation): &(Polynomial, i32)| {
            evaluate(tables.path, polynomials(*polynomial), point(*rotation))
        };
        let values: Vec<Fr> = plan.evaluations().par_iter().map(value).collect();
        let sent = plan.evaluations().iter().zip(&values).filter(|((of, _), _)| *of != Polynomial::Quotient);
        sent.map(|(_, value)| *value).try_for_each(|value| transcript.write_scalar(value))?;
        done(Stage::Evaluate);
        let opening = Opening { plan, polynomials: &polynomials, values: &values, point: &point };
        open(transcript, powers, &opening)?;
        done(Stage::Open);
        Ok(())
    }
}

/// Makes the commitments to a quotient's pieces uniform: `h_i + b_i·X^n − b_(i − 1)` in place of `h_i`, with fresh `b_i`, and
/// zero before the first piece and after the last. `Σ X^(n·i)·h_i` stays what it was. Every piece then has `n + 1` coefficients.
fn blind(pieces: &mut [Vec<Fr>], mut rng: impl RngCore) {
    let (mut before, last) = (Fr::ZERO, pieces.len() - 1);
    for (i, piece) in pieces.iter_mut().enumerate() {
        let blinding = if i < last { Fr::random(&mut rng) } else { Fr::ZERO };
        piece[0] -= before;
        piece.push(blinding);
        before = blinding;
    }
}

/// The sum of each vector of scalars with its points.
fn sums(pairs: &[(&[Fr], Base<'_>)]) -> Vec<G1> {
    pairs.par_iter().map(|(scalars, base)| base.sum(scalars)).collect()
}

fn to_affine(sums: &[G1]) -> Vec<G1Affine> {
    let mut points = vec![G1Affine::default(); sums.len()];
    G1::batch_normalize(sums, &mut points);
    points
}

#[cfg(test)]
mod tests {
    use halo2_proofs::arithmetic::eval_polynomial;
    use rand_core::OsRng;

    use super::*;

    #[test]
    fn blinded_pieces_are_others_and_their_sum_is_the_same() {
        const N: usize = 8;
        for count in 1..5 {
            let pieces: Vec<Vec<Fr>> = (0..count).map(|_| (0..N).map(|_| Fr::random(OsRng)).collect()).collect();
            let mut blinded = pieces.clone();
            blind(&mut blinded, OsRng);
            let x = Fr::random(OsRng);
            let values = |pieces: &[Vec<Fr>]| pieces.iter().map(|piece| eval_polynomial(piece, x)).collect::<Vec<_>>();
            let [before, after] = [&pieces, &blinded].map(|pieces| values(pieces));
            let sum = |values: &[Fr]| eval_polynomial(values, x.pow_vartime([N as u64]));
            assert_eq!(sum(&before), sum(&after));
            assert!(blinded.iter().all(|piece| piece.len() == N + 1));
            assert_eq!(blinded[count - 1][N], Fr::ZERO);
            assert!(count == 1 || std::iter::zip(before, after).all(|(before, after)| before != after));
        }
    }
}
