//! Reading a proof: every round of the protocol but the pairing.

use std::collections::{BTreeMap, BTreeSet};

use assay_circuits::encoding::to_bytes;
use assay_circuits::keys::VerifyingKey;
use assay_circuits::solvency::layout::Layout;
use assay_circuits::solvency::row;
use assay_circuits::transcript::ProofReader;
use assay_circuits::{Fr, Instance};
use ff::Field;
use halo2_proofs::plonk::{ConstraintSystem, Expression};
use halo2_proofs::transcript::{EncodedChallenge, Transcript, TranscriptRead};
use halo2curves::bn256::G1Affine;

use super::domain::Domain;
use super::opening::{Challenges, Commitment, Openings, combine};
use super::{ADVICE, FIXED, PIECES};

/// What is left to check of a proof: `e(W, τ·G₂) = e(Σ factor·point, G₂)`, where the sum is over the proof's points, the
/// key's commitments and `G₁`.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    /// `W`.
    pub(super) witness: G1Affine,
    /// The points of the proof, `W` among them, with their factors.
    pub(super) points: Vec<(Fr, G1Affine)>,
    /// The factors of the commitments to the fixed columns, in the key's order.
    pub(super) fixed: [Fr; FIXED],
    /// The factor of `G₁`.
    pub(super) generator: Fr,
    /// Hash of the key, the public inputs and the proof.
    pub(super) digest: [u8; 32],
}

/// Reads from the front of a proof into the transcript.
struct Reader<'p>(ProofReader<'p>);

impl Reader<'_> {
    fn points<const COUNT: usize>(&mut self) -> Option<[G1Affine; COUNT]> {
        let mut points = [G1Affine::default(); COUNT];
        points.iter_mut().try_for_each(|point| self.0.read_point().map(|read| *point = read)).ok()?;
        Some(points)
    }

    fn scalar(&mut self) -> Option<Fr> {
        self.0.read_scalar().ok()
    }

    fn challenge(&mut self) -> Fr {
        self.0.squeeze_challenge().get_scalar()
    }
}

/// Evaluations of one kind of column, by column and rotation.
struct Evaluations(Vec<((usize, i32), Fr)>);

impl Evaluations {
    fn get(&self, column: usize, rotation: i32) -> Option<Fr> {
        self.0.iter().find(|(place, _)| *place == (column, rotation)).map(|(_, value)| *value)
    }
}

impl Claim {
    /// Reads a proof of `instance`; `None` where it is malformed, or where a challenge is one of the few values for which
    /// the protocol is not defined, which no hash is.
    pub(super) fn read(key: &VerifyingKey, instance: &Instance, proof: &[u8]) -> Option<Self> {
        let system = key.halo2_key().cs();
        let domain = Domain::new(Layout::new(key.size()).k())?;
        let inputs = instance.to_field_elements();

        let mut transcript = ProofReader::new(proof);
        transcript.common_scalar(key.halo2_key().transcript_repr()).ok()?;
        inputs.iter().try_for_each(|input| transcript.common_scalar(*input)).ok()?;
        let mut transcript = Reader(transcript);
        let columns = transcript.points::<ADVICE>()?;
        // Three challenges for the arguments that the circuit does not use.
        for _ in 0..3 {
            transcript.challenge();
        }
        let [random] = transcript.points()?;
        let y = transcript.challenge();
        let pieces = transcript.points::<PIECES>()?;
        let x = transcript.challenge();

        let mut openings = Openings::default();
        let mut advice = Evaluations(Vec::new());
        for (column, rotation) in system.advice_queries() {
            let (column, rotation, value) = (column.index(), rotation.0, transcript.scalar()?);
            advice.0.push(((column, rotation), value));
            openings.push(Commitment::Advice(column), rotation, value);
        }
        let mut fixed = Evaluations(Vec::new());
        for (column, rotation) in system.fixed_queries() {
            let (column, rotation, value) = (column.index(), rotation.0, transcript.scalar()?);
            fixed.0.push(((column, rotation), value));
            openings.push(Commitment::Fixed(column), rotation, value);
        }
        let random_value = transcript.scalar()?;

        // The quotient's value is not sent: it is the gates' sum divided by the polynomial that vanishes on all rows.
        let public = public_values(system, &domain, &row::columns(instance.size(), &inputs), x)?;
        let x_to_n = domain.raise(x);
        let vanishing: Option<Fr> = (x_to_n - Fr::ONE).invert().into();
        openings.push(Commitment::Quotient, 0, gates(system, &advice, &fixed, &public, y)? * vanishing?);
        openings.push(Commitment::Random, 0, random_value);

        let (opening_y, v) = (transcript.challenge(), transcript.challenge());
        let [h] = transcript.points()?;
        let u = transcript.challenge();
        let [witness] = transcript.points()?;
        let digest = to_bytes(&transcript.challenge());
        if !transcript.0.is_empty() {
            return None;
        }

        let combination = combine(&openings, &domain, x, &Challenges { y: opening_y, v, u })?;
        let mut own = [Fr::ZERO; ADVICE];
        let mut fixed = [Fr::ZERO; FIXED];
        let (mut quotient, mut of_random) = (Fr::ZERO, Fr::ZERO);
        for (commitment, factor) in combination.commitments {
            *match commitment {
                Commitment::Advice(column) => own.get_mut(column)?,
                Commitment::Fixed(column) => fixed.get_mut(column)?,
                Commitment::Quotient => &mut quotient,
                Commitment::Random => &mut of_random,
            } = factor;
        }
        // The pieces are the quotient's coefficients, n at a time.
        let of_pieces = std::iter::successors(Some(quotient), |factor| Some(*factor * x_to_n));
        let points = own.into_iter().zip(columns).chain([(of_random, random)]).chain(of_pieces.zip(pieces));
        let points = points.chain([(combination.h, h), (u, witness)]).collect();
        Some(Self { witness, points, fixed, generator: combination.generator, digest })
    }
}

/// The value of each query of an instance column.
///
/// In the row at rotation `r` from `x` a column has the value `Σ_i input_i·L_i(ω^r·x)`, and `L_i(ω^r·x) = L_(i−r)(x)`.
fn public_values(system: &ConstraintSystem<Fr>, domain: &Domain, columns: &[&[Fr]], x: Fr) -> Option<Evaluations> {
    let mut queries = Vec::new();
    for (column, rotation) in system.instance_queries() {
        queries.push((column.index(), rotation.0, *columns.get(column.index())?));
    }
    let rows = |(_, rotation, inputs): &(usize, i32, &[Fr])| {
        let first = rotation.saturating_neg();
        (first..).take(inputs.len())
    };
    let needed: BTreeSet<i32> = queries.iter().flat_map(rows).collect();
    let lagrange: BTreeMap<i32, Fr> = needed.iter().copied().zip(domain.lagrange(&needed, x)?).collect();
    let values = queries.iter().map(|query| {
        let (column, rotation, inputs) = query;
        let terms = rows(query).zip(*inputs).map(|(row, input)| Some(*lagrange.get(&row)? * input));
        Some(((*column, *rotation), terms.sum::<Option<Fr>>()?))
    });
    values.collect::<Option<_>>().map(Evaluations)
}

/// `Σ_i y^(g − 1 − i)·gate_i` at `x`; `None` where a gate reads what was not evaluated, which this circuit's do not.
fn gates(
    system: &ConstraintSystem<Fr>,
    advice: &Evaluations,
    fixed: &Evaluations,
    public: &Evaluations,
    y: Fr,
) -> Option<Fr> {
    let value = |gate: &Expression<Fr>| {
        gate.evaluate(
            &Some,
            &|_| None,
            &|query| fixed.get(query.column_index(), query.rotation().0),
            &|query| advice.get(query.column_index(), query.rotation().0),
            &|query| public.get(query.column_index(), query.rotation().0),
            &|_| None,
            &|a: Option<Fr>| Some(-a?),
            &|a, b| Some(a? + b?),
            &|a, b| Some(a? * b?),
            &|a, factor| Some(a? * factor),
        )
    };
    let mut polynomials = system.gates().iter().flat_map(|gate| gate.polynomials());
    polynomials.try_fold(Fr::ZERO, |sum, gate| Some(sum * y + value(gate)?))
}
