//! Reading a proof: every round of the protocol but the pairing.

use std::collections::{BTreeMap, BTreeSet};

use ff::Field;
use halo2_proofs::plonk::Expression;
use halo2_proofs::transcript::{EncodedChallenge, Transcript, TranscriptRead};
use halo2curves::bn256::G1Affine;
use sha3::{Digest, Keccak256};

use super::domain::Domain;
use super::shplonk::{Challenges, combine};
use crate::Fr;
use crate::encoding::to_bytes;
use crate::keys::VerifyingKey;
use crate::plan::{Plan, Polynomial, Query};
use crate::transcript::ProofReader;

/// What is left to check of a proof: `e(W, τ·G₂) = e(Σ factor·point, G₂)`, where the sum is over the proof's points, the
/// key's commitments and `G₁`.
#[derive(Clone, Debug)]
pub struct Accumulator {
    /// `W`.
    pub witness: G1Affine,
    /// The points of the proof, `W` as the last of them, with their factors.
    pub points: Vec<(Fr, G1Affine)>,
    /// The factors of the commitments to the fixed columns, in the key's order.
    pub fixed: Vec<Fr>,
    /// The factor of `G₁`.
    pub generator: Fr,
    /// Hash of the key with its `τ·G₂`, the public inputs and the proof.
    pub digest: [u8; 32],
}

/// Reads from the front of a proof into the transcript.
struct Reader<'p>(ProofReader<'p>);

impl Reader<'_> {
    fn point(&mut self) -> Option<G1Affine> {
        self.0.read_point().ok()
    }

    fn scalar(&mut self) -> Option<Fr> {
        self.0.read_scalar().ok()
    }

    fn challenge(&mut self) -> Fr {
        self.0.squeeze_challenge().get_scalar()
    }
}

/// Values of one kind of column where the gates read it.
struct Values<'v> {
    queries: &'v [Query],
    values: &'v [Fr],
}

impl Values<'_> {
    fn get(&self, column: usize, rotation: i32) -> Option<Fr> {
        let place = self.queries.iter().position(|query| *query == Query { column, rotation })?;
        self.values.get(place).copied()
    }
}

impl Accumulator {
    /// Reads a proof for these public inputs; `None` where it is malformed, where the public inputs are not as many in
    /// each column as the circuit has, or where a challenge is one of the few values for which the protocol is
    /// not defined, which no hash is.
    #[must_use]
    pub fn read(key: &VerifyingKey, public: &[Vec<Fr>], proof: &[u8]) -> Option<Self> {
        let plan = key.plan();
        let domain = Domain::new(plan.k())?;
        if public.iter().map(Vec::len).ne(key.public_rows().iter().copied()) {
            return None;
        }

        let mut transcript = ProofReader::new(proof);
        transcript.common_scalar(key.halo2_key().transcript_repr()).ok()?;
        public.iter().flatten().try_for_each(|input| transcript.common_scalar(*input)).ok()?;
        let mut transcript = Reader(transcript);
        let mut columns = vec![G1Affine::default(); plan.advice()];
        let mut challenges = vec![Fr::ZERO; plan.challenges()];
        for phase in plan.phases() {
            for column in &phase.advice {
                *columns.get_mut(*column)? = transcript.point()?;
            }
            for challenge in &phase.challenges {
                *challenges.get_mut(*challenge)? = transcript.challenge();
            }
        }
        // Three challenges for the arguments that our circuits do not have.
        for _ in 0..3 {
            transcript.challenge();
        }
        let random = transcript.point()?;
        let y = transcript.challenge();
        let pieces = (0..plan.pieces()).map(|_| transcript.point()).collect::<Option<Vec<_>>>()?;
        let x = transcript.challenge();

        let mut scalars = |count: usize| (0..count).map(|_| transcript.scalar()).collect::<Option<Vec<_>>>();
        let advice = scalars(plan.advice_queries().len())?;
        let fixed = scalars(plan.fixed_queries().len())?;
        let random_value = scalars(1)?;

        // The quotient's value is not sent: it is the gates' sum divided by the polynomial that vanishes on all rows.
        let public = public_values(plan, &domain, public, &challenges, x)?;
        let x_to_n = domain.raise(x);
        let vanishing: Option<Fr> = (x_to_n - Fr::ONE).invert().into();
        let read = Read {
            advice: Values { queries: plan.advice_queries(), values: &advice },
            fixed: Values { queries: plan.fixed_queries(), values: &fixed },
            public: Values { queries: plan.public_queries(), values: &public },
            challenges: &challenges,
        };
        let quotient = vec![read.gates(plan, y)? * vanishing?];
        let values = [advice, fixed, quotient, random_value].concat();

        let (opening_y, v) = (transcript.challenge(), transcript.challenge());
        let h = transcript.point()?;
        let u = transcript.challenge();
        let witness = transcript.point()?;
        // The transcript hashes the key's commitments, and only the fingerprint its `τ·G₂`: else a key could be made after the
        // weights of a batch are known.
        let hash = Keccak256::new().chain_update(key.fingerprint().0).chain_update(to_bytes(&transcript.challenge()));
        let digest = hash.finalize().into();
        if !transcript.0.is_empty() {
            return None;
        }

        let combination = combine(plan, &values, &domain, x, &Challenges { y: opening_y, v, u })?;
        let mut own = vec![Fr::ZERO; plan.advice()];
        let mut fixed = vec![Fr::ZERO; plan.fixed()];
        let (mut quotient, mut of_random) = (Fr::ZERO, Fr::ZERO);
        for (polynomial, factor) in combination.polynomials {
            *match polynomial {
                Polynomial::Advice(column) => own.get_mut(column)?,
                Polynomial::Fixed(column) => fixed.get_mut(column)?,
                Polynomial::Quotient => &mut quotient,
                Polynomial::Random => &mut of_random,
            } = factor;
        }
        // The pieces are the quotient's coefficients, n at a time.
        let of_pieces = std::iter::successors(Some(quotient), |factor| Some(*factor * x_to_n));
        let points = own.into_iter().zip(columns).chain([(of_random, random)]).chain(of_pieces.zip(pieces));
        let points = points.chain([(combination.h, h), (u, witness)]).collect();
        Some(Self { witness, points, fixed, generator: combination.generator, digest })
    }
}

/// The value of each query of a public column.
///
/// In the row at rotation `r` from `x` a column has the value `Σ_i value_i·L_i(ω^r·x)`, and `L_i(ω^r·x) = L_(i−r)(x)`.
fn public_values(plan: &Plan, domain: &Domain, instance: &[Vec<Fr>], challenges: &[Fr], x: Fr) -> Option<Vec<Fr>> {
    let columns: Vec<BTreeMap<i32, Fr>> =
        plan.public_columns().iter().map(|column| column.values(instance, challenges)).collect();
    let mut queries = Vec::new();
    for Query { column, rotation } in plan.public_queries() {
        queries.push((*rotation, columns.get(*column)?));
    }
    let row = |rotation: i32, row: i32| row.saturating_sub(rotation);
    let needed: BTreeSet<i32> =
        queries.iter().flat_map(|(rotation, values)| values.keys().map(|place| row(*rotation, *place))).collect();
    let lagrange: BTreeMap<i32, Fr> = needed.iter().copied().zip(domain.lagrange(&needed, x)?).collect();
    let value = |(rotation, values): &(i32, &BTreeMap<i32, Fr>)| {
        values.iter().map(|(place, value)| Some(*lagrange.get(&row(*rotation, *place))? * value)).sum()
    };
    queries.iter().map(value).collect()
}

/// Everything that gates read.
struct Read<'v> {
    advice: Values<'v>,
    fixed: Values<'v>,
    public: Values<'v>,
    challenges: &'v [Fr],
}

impl Read<'_> {
    /// `Σ_i y^(g − 1 − i)·gate_i` at `x`; `None` where a gate reads what was not evaluated, which a plan's do not.
    fn gates(&self, plan: &Plan, y: Fr) -> Option<Fr> {
        let value = |gate: &Expression<Fr>| {
            gate.evaluate(
                &Some,
                &|_| None,
                &|query| self.fixed.get(query.column_index(), query.rotation().0),
                &|query| self.advice.get(query.column_index(), query.rotation().0),
                &|query| self.public.get(query.column_index(), query.rotation().0),
                &|challenge| self.challenges.get(challenge.index()).copied(),
                &|a: Option<Fr>| Some(-a?),
                &|a, b| Some(a? + b?),
                &|a, b| Some(a? * b?),
                &|a, factor| Some(a? * factor),
            )
        };
        plan.gates().iter().try_fold(Fr::ZERO, |sum, gate| Some(sum * y + value(gate)?))
    }
}
