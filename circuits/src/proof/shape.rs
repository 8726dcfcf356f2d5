//! The prover for other circuits of its kind, and what its time is a function of.
//!
//! Of its kind are circuits with neither lookups nor copy constraints nor selectors, of `2^k` rows, at least 64. This is
//! for measurements: nothing is checked, and private columns are committed to without a mask.

mod family;

use std::collections::BTreeMap;

use halo2_proofs::plonk::{Circuit, ConstraintSystem};
use halo2_proofs::transcript::Transcript;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::protocol::{Columns, Prover, Stage, Tables};
use super::quotient::Program;
use super::{mask, msm};
use crate::solvency::circuit::{SolvencyCircuit, widths};
use crate::solvency::layout::Layout;
use crate::srs::Srs;
use crate::transcript::ProofWriter;
use crate::units::Fr;

pub use self::family::Family;

/// A circuit, ready to prove.
#[derive(Clone, Debug)]
pub struct Shape {
    system: ConstraintSystem<Fr>,
    tables: Tables,
}

impl Shape {
    /// For `2^k` rows and these values of the fixed columns.
    ///
    /// # Panics
    /// Where the circuit is not of the prover's kind.
    #[must_use]
    pub fn new(system: ConstraintSystem<Fr>, k: u32, fixed: &[Vec<Fr>]) -> Self {
        Self { tables: Tables::new(&system, k, fixed), system }
    }

    /// A proof about finished private columns, without public inputs. `key` is what the transcript begins with; `done` is
    /// told when each stage ends.
    ///
    /// # Panics
    /// Where the SRS is of another size.
    pub fn prove(&self, srs: &Srs, key: Fr, advice: Vec<Vec<Fr>>, seed: [u8; 32], done: impl FnMut(Stage)) -> Vec<u8> {
        let prover = Prover { srs, bases: None, system: &self.system, tables: &self.tables, mask: None };
        let (mut transcript, mut rng) = (ProofWriter::default(), ChaCha20Rng::from_seed(seed));
        transcript
            .common_scalar(key)
            .and_then(|()| prover.rounds(&mut transcript, Columns(advice), &[], &mut rng, done))
            .expect("writing to memory does not fail");
        transcript.finish()
    }
}

/// What a proof's time is a function of: how often each of the prover's inner loops runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Base-2 logarithm of the number of rows.
    pub k: u32,
    /// Private columns.
    pub columns: usize,
    /// Degree of the gates; one more than there are quotient pieces.
    pub degree: usize,
    /// Values that the proof holds.
    pub evaluations: usize,
    /// Additions of points: every digit that is not zero to its bucket, and two for each bucket.
    pub additions: usize,
    /// Field multiplications of all transforms between coefficients and values.
    pub transforms: usize,
    /// Steps of the gates over all cosets, in multiplications.
    pub gates: usize,
    /// Coefficients that are multiplied to evaluate, combine and divide polynomials.
    pub coefficients: usize,
}

impl Work {
    /// Of a circuit of which all private cells are as wide as the field.
    #[must_use]
    pub fn of(system: &ConstraintSystem<Fr>, k: u32) -> Self {
        let n = 1 << k;
        let columns = system.num_advice_columns();
        let pieces = system.degree() - 1;
        let interpolated = columns + system.num_instance_columns();
        let fixed = system.fixed_queries().len();
        let advice = system.advice_queries().len();

        // Sets of rotations at which columns are opened; the quotient and the random polynomial are opened at one point.
        let mut rotations = BTreeMap::<_, Vec<i32>>::new();
        for (column, rotation) in system.advice_queries() {
            rotations.entry((0, column.index())).or_default().push(rotation.0);
        }
        for (column, rotation) in system.fixed_queries() {
            rotations.entry((1, column.index())).or_default().push(rotation.0);
        }
        let polynomials = rotations.len() + 2;
        let mut sets: Vec<Vec<i32>> = rotations.into_values().chain([vec![0]]).collect();
        sets.iter_mut().for_each(|set| set.sort_unstable());
        sets.sort_unstable();
        sets.dedup();
        let divisions = sets.iter().map(Vec::len).sum::<usize>() + 1;

        let transform = k as usize * n / 2 + n;
        let full = msm::additions(n, 2 * n);
        Self {
            k,
            columns,
            degree: system.degree(),
            evaluations: advice + fixed + 1,
            additions: (columns + pieces + 2) * full,
            transforms: (interpolated * (1 + pieces) + pieces) * transform + pieces * pieces * n,
            gates: n * pieces * Program::new(system).multiplications(),
            coefficients: n * (advice + fixed + 2 + pieces + polynomials + divisions + 2 * sets.len()),
        }
    }

    /// Of the statement over `N` assets, of which the limbs are short.
    #[must_use]
    pub fn of_statement<const N: usize>() -> Self {
        Self::of_gates_over::<N>(Layout::<N>::K)
    }

    /// Of the gates for `N` assets over `2^k` rows, and as large a share of them with limbs.
    #[must_use]
    pub fn of_gates_over<const N: usize>(k: u32) -> Self {
        let mut system = ConstraintSystem::default();
        SolvencyCircuit::<N>::configure(&mut system);
        let all = Self::of(&system, k);
        // A cell of zero width is filler, part of a hash, or one of few that are zero.
        let bits: Vec<usize> =
            widths::<N>().into_iter().map(|width| if width == 0 { 254 } else { mask::bits(width) }).collect();
        let halves = 2 << k;
        let short = msm::additions(1 << k, halves * bits.iter().sum::<usize>() / (254 * bits.len()));
        Self { additions: all.additions - all.columns * (msm::additions(1 << k, halves) - short), ..all }
    }
}
