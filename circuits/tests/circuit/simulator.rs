//! Proofs without a witness: who knows `τ` draws a few uniform scalars, and a proof of any instance follows from them.
//!
//! The page "Zero knowledge" of `docs/` proves that the prover's proofs are this function of uniform scalars too, and
//! numbers the steps that are taken here. Every point of a proof is a polynomial's value at `τ` times the generator, so
//! the simulator computes with values alone. That verifiers accept what comes out shows that it left nothing out.

use std::sync::Arc;

use assay_circuits::Fr;
use assay_circuits::keys::VerifyingKey;
use assay_circuits::solvency::row;
use assay_circuits::srs::Srs;
use assay_circuits::testing::commitment_from_field;
use assay_circuits::transcript::{ProofReader, ProofWriter};
use assay_circuits::{Amount, Instance, PositionCommitment, Size, check};
use assay_verifier::proof::{ProofError, verify_proof};
use ff::Field;
use group::Curve;
use halo2_proofs::arithmetic::{eval_polynomial, lagrange_interpolate};
use halo2_proofs::plonk::{self, ConstraintSystem};
use halo2_proofs::poly::kzg::commitment::KZGCommitmentScheme;
use halo2_proofs::poly::kzg::multiopen::VerifierSHPLONK;
use halo2_proofs::poly::kzg::strategy::SingleStrategy;
use halo2_proofs::poly::{EvaluationDomain, Polynomial, Rotation};
use halo2_proofs::transcript::{EncodedChallenge, Transcript, TranscriptWrite};
use halo2curves::bn256::{Bn256, G1Affine};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

use crate::evaluator::Evaluator;
use crate::solvency::Solvency;
use crate::subject::Subject;

/// The uniform scalars of a proof.
struct Scalars {
    /// Values of the private columns at `τ·ω^ρ`, in the order of the circuit's queries, and of the random polynomial at `τ`.
    at_tau: (Vec<Fr>, Fr),
    /// Values of all pieces of the quotient but the last at `τ`.
    pieces: Vec<Fr>,
    /// As the first, beside the challenge `x`.
    at_x: (Vec<Fr>, Fr),
}

impl Scalars {
    fn draw(system: &ConstraintSystem<Fr>, mut rng: impl RngCore) -> Self {
        let mut draw = |count: usize| -> Vec<Fr> { (0..count).map(|_| Fr::random(&mut rng)).collect() };
        let queries = system.advice_queries().len();
        let mut at_point = || (draw(queries), draw(1)[0]);
        let (at_tau, at_x) = (at_point(), at_point());
        Self { at_tau, at_x, pieces: draw(system.degree() - 2) }
    }

    fn count(&self) -> usize {
        self.at_tau.0.len() + self.at_x.0.len() + 2 + self.pieces.len()
    }
}

/// A polynomial as the opening sees it: its value at `τ`, and its values at points, which ascend.
struct Opened {
    at_tau: Fr,
    values: Vec<(Fr, Fr)>,
}

/// What is public, and `τ`.
struct Simulator {
    evaluator: Arc<Evaluator>,
    domain: EvaluationDomain<Fr>,
    /// Coefficients of the fixed columns and of the public inputs' columns.
    fixed: Vec<Vec<Fr>>,
    inputs: Vec<Vec<Fr>>,
    tau: Fr,
}

impl Simulator {
    fn new<S: Subject>(inputs: &[Fr], tau: Fr) -> Self {
        let evaluator = Evaluator::of::<S>();
        let domain = EvaluationDomain::new(1, S::K);
        let coefficients = |column: &[Fr]| {
            let padded = [column, &vec![Fr::ZERO; evaluator.rows - column.len()]].concat();
            domain.lagrange_to_coeff(Polynomial::new(padded)).into_values()
        };
        let fixed = evaluator.fixed.iter().map(|column| coefficients(column)).collect();
        let inputs = S::input_columns(inputs).into_iter().map(coefficients).collect();
        Self { fixed, inputs, tau, domain, evaluator }
    }

    fn system(&self) -> &ConstraintSystem<Fr> {
        &self.evaluator.system
    }

    /// The sum of all gates at `point`, each with its power of `y`, divided by `point^n − 1`: the quotient's value, which
    /// needs the private columns at the rotations of `point` alone.
    fn quotient(&self, point: Fr, private: &[Fr], y: Fr) -> Fr {
        let at = |column: &[Fr], rotation| eval_polynomial(column, self.domain.rotate_omega(point, rotation));
        let queries = self.system().advice_queries();
        let value = |column: usize, rotation: Rotation| {
            let query = queries.iter().position(|query| (query.0.index(), query.1) == (column, rotation));
            private[query.expect("every query is listed")]
        };
        let polynomials = self.system().gates().iter().flat_map(|gate| gate.polynomials());
        let sum = polynomials.fold(Fr::ZERO, |sum, polynomial| {
            sum * y
                + polynomial.evaluate(
                    &|constant| constant,
                    &|_| unreachable!("the circuit has no selectors"),
                    &|query| at(&self.fixed[query.column_index()], query.rotation()),
                    &|query| value(query.column_index(), query.rotation()),
                    &|query| at(&self.inputs[query.column_index()], query.rotation()),
                    &|_| unreachable!("the circuit has no challenges"),
                    &|a: Fr| -a,
                    &|a: Fr, b: Fr| a + b,
                    &|a: Fr, b: Fr| a * b,
                    &|a: Fr, factor: Fr| a * factor,
                )
        });
        sum * (self.power(point) - Fr::ONE).invert().expect("no row")
    }

    /// `point^n`.
    fn power(&self, point: Fr) -> Fr {
        point.pow_vartime([self.evaluator.rows as u64])
    }

    /// The proof that `scalars` make, for the public inputs and the key that `transcript` has hashed.
    fn proof(&self, mut transcript: ProofWriter, scalars: &Scalars) -> Vec<u8> {
        let system = self.system();
        let mut send = |transcript: &mut ProofWriter, at_tau: Fr| {
            transcript.write_point((G1Affine::generator() * at_tau).to_affine()).expect("memory");
        };
        let queries: Vec<(usize, Rotation)> =
            system.advice_queries().iter().map(|(column, rotation)| (column.index(), *rotation)).collect();

        // Step 1. Of the values at τ·ω^ρ the proof shows those at τ itself.
        let (at_tau, random_at_tau) = &scalars.at_tau;
        let committed = |column: usize| {
            let query = queries.iter().position(|query| *query == (column, Rotation::cur()));
            at_tau[query.expect("every column is read in its own row")]
        };
        (0..system.num_advice_columns()).for_each(|column| send(&mut transcript, committed(column)));
        for _ in 0..3 {
            transcript.squeeze_challenge();
        }
        send(&mut transcript, *random_at_tau);
        let y = transcript.squeeze_challenge().get_scalar();

        // Step 2. The last piece follows from the others.
        let power = self.power(self.tau);
        let rest = scalars.pieces.iter().rev().fold(Fr::ZERO, |sum, piece| sum * power + piece);
        let top = power.pow_vartime([scalars.pieces.len() as u64]).invert().expect("τ is not zero");
        let last = (self.quotient(self.tau, at_tau, y) - rest) * top;
        let pieces = [scalars.pieces.as_slice(), &[last]].concat();
        pieces.iter().for_each(|piece| send(&mut transcript, *piece));
        let x = transcript.squeeze_challenge().get_scalar();

        // Step 3.
        let (at_x, random_at_x) = &scalars.at_x;
        let fixed: Vec<(usize, Rotation)> =
            system.fixed_queries().iter().map(|(column, rotation)| (column.index(), *rotation)).collect();
        let fixed_at_x: Vec<Fr> = fixed
            .iter()
            .map(|(column, rotation)| eval_polynomial(&self.fixed[*column], self.domain.rotate_omega(x, *rotation)))
            .collect();
        for value in at_x.iter().chain(&fixed_at_x).chain([random_at_x]) {
            transcript.write_scalar(*value).expect("memory");
        }

        // Step 4. Everything that is opened, in the order of halo2's verifier.
        let opened = |queries: &[(usize, Rotation)], values: &[Fr], at_tau: &dyn Fn(usize) -> Fr| -> Vec<Opened> {
            let mut columns: Vec<usize> = Vec::new();
            for (column, _) in queries {
                if !columns.contains(column) {
                    columns.push(*column);
                }
            }
            let of_column = |column: &usize| {
                let own = std::iter::zip(queries, values).filter(|(query, _)| query.0 == *column);
                let mut values: Vec<(Fr, Fr)> =
                    own.map(|(query, value)| (self.domain.rotate_omega(x, query.1), *value)).collect();
                values.sort_unstable();
                Opened { at_tau: at_tau(*column), values }
            };
            columns.iter().map(of_column).collect()
        };
        let power = self.power(x);
        let folded = Opened {
            at_tau: pieces.iter().rev().fold(Fr::ZERO, |sum, piece| sum * power + piece),
            values: vec![(x, self.quotient(x, at_x, y))],
        };
        let random = Opened { at_tau: *random_at_tau, values: vec![(x, *random_at_x)] };
        let mut all = opened(&queries, at_x, &committed);
        all.extend(opened(&fixed, &fixed_at_x, &|column| eval_polynomial(&self.fixed[column], self.tau)));
        all.extend([folded, random]);
        self.open(&mut transcript, all, &mut send);
        transcript.finish()
    }

    /// The two points of the opening proof, from values at `τ`.
    fn open(&self, transcript: &mut ProofWriter, all: Vec<Opened>, send: &mut impl FnMut(&mut ProofWriter, Fr)) {
        let y = transcript.squeeze_challenge().get_scalar();
        let v = transcript.squeeze_challenge().get_scalar();
        let mut sets: Vec<(Vec<Fr>, Vec<Opened>)> = Vec::new();
        for opened in all {
            let points: Vec<Fr> = opened.values.iter().map(|(point, _)| *point).collect();
            match sets.iter_mut().find(|set| set.0 == points) {
                Some(set) => set.1.push(opened),
                None => sets.push((points, vec![opened])),
            }
        }
        let vanishing = |points: &[Fr], at: Fr| points.iter().fold(Fr::ONE, |product, point| product * (at - point));
        // Of a set: Σ y^j·(P_j(τ) − R_j(at)), where R_j has the values of P_j at the points.
        let difference = |(points, members): &(Vec<Fr>, Vec<Opened>), at: Fr| {
            members.iter().rev().fold(Fr::ZERO, |sum, opened| {
                let values: Vec<Fr> = opened.values.iter().map(|(_, value)| *value).collect();
                sum * y + opened.at_tau - eval_polynomial(&lagrange_interpolate(points, &values), at)
            })
        };
        let h = sets.iter().rev().fold(Fr::ZERO, |sum, set| {
            let below = vanishing(&set.0, self.tau).invert().expect("τ is no point");
            sum * v + difference(set, self.tau) * below
        });
        send(transcript, h);

        let u = transcript.squeeze_challenge().get_scalar();
        let mut points: Vec<Fr> = sets.iter().flat_map(|set| set.0.iter().copied()).collect();
        points.sort_unstable();
        points.dedup();
        let z = vanishing(&points, u);
        let lacking = |set: &(Vec<Fr>, Vec<Opened>)| z * vanishing(&set.0, u).invert().expect("u is no point");
        let l = sets.iter().rev().fold(Fr::ZERO, |sum, set| sum * v + lacking(set) * difference(set, u)) - z * h;
        let below = ((self.tau - u) * lacking(&sets[0])).invert().expect("u is not τ");
        send(transcript, l * below);
    }
}

/// Parameters of which the secret is known.
struct Setup {
    key: VerifyingKey,
    tau: Fr,
}

impl Setup {
    fn new(seed: u64) -> Self {
        let rng = ChaCha20Rng::seed_from_u64(seed);
        let key = VerifyingKey::generate(&Srs::dev(Solvency::<8>::K, rng.clone()), Size::Eight).expect("large enough");
        Self { key, tau: Fr::random(rng) }
    }

    fn simulate(&self, instance: &Instance, tau: Fr, rng: impl RngCore) -> Vec<u8> {
        let inputs = instance.to_field_elements();
        let mut transcript = ProofWriter::default();
        for scalar in [self.key.halo2_key().transcript_repr()].iter().chain(&inputs) {
            transcript.common_scalar(*scalar).expect("memory");
        }
        let simulator = Simulator::new::<Solvency<8>>(&inputs, tau);
        let scalars = Scalars::draw(simulator.system(), rng);
        assert_eq!(scalars.count(), 27);
        simulator.proof(transcript, &scalars)
    }

    fn both_say(&self, valid: bool, instance: &Instance, proof: &[u8]) {
        let ours = verify_proof(&self.key, instance, proof);
        assert_eq!(ours, if valid { Ok(()) } else { Err(ProofError::Invalid) });
        let inputs = instance.to_field_elements();
        let (params, mut transcript) = (self.key.halo2_params(), ProofReader::new(proof));
        let theirs = plonk::verify_proof::<KZGCommitmentScheme<Bn256>, VerifierSHPLONK<'_, Bn256>, _, _, _>(
            &params,
            self.key.halo2_key(),
            SingleStrategy::new(&params),
            &[&row::columns(Size::Eight, &inputs)],
            &mut transcript,
        );
        assert_eq!(theirs.is_ok() && transcript.is_empty(), valid, "halo2's verifier");
    }
}

#[test]
fn both_verifiers_accept_simulated_proofs_of_any_commitment() {
    let (setup, mut rng) = (Setup::new(1), ChaCha20Rng::seed_from_u64(2));
    let (instance, mut witness) = Solvency::<8>::example();
    let of = |commitment| Instance { commitment, ..instance.clone() };
    // Of nobody knows what; of the example, which is true; of a position of which the statement is false.
    witness.position.debt_mut()[0] = Amount::new(Amount::MAX).expect("120 bits");
    let insolvent = of(PositionCommitment::new(&witness.position, &witness.opening));
    assert!(check(&insolvent, &witness).is_err());
    let unknown = of(commitment_from_field(Fr::random(&mut rng)));
    for instance in [unknown, instance.clone(), insolvent] {
        let [one, two] = [0; 2].map(|_| setup.simulate(&instance, setup.tau, &mut rng));
        setup.both_say(true, &instance, &one);
        setup.both_say(true, &instance, &two);
        assert_ne!(one, two);
    }
}

#[test]
fn simulation_needs_the_secret_and_is_of_one_instance() {
    let (setup, mut rng) = (Setup::new(1), ChaCha20Rng::seed_from_u64(3));
    let (instance, _) = Solvency::<8>::example();
    let other = Instance { commitment: commitment_from_field(Fr::random(&mut rng)), ..instance.clone() };
    setup.both_say(false, &other, &setup.simulate(&instance, setup.tau, &mut rng));
    setup.both_say(false, &instance, &setup.simulate(&instance, setup.tau + Fr::ONE, &mut rng));
}

/// The bound of the page: challenges are a hash of 256 bits modulo `r`, so none is likelier than `6/2^256`.
#[test]
fn the_distance_of_proof_and_simulation_is_at_most_2_to_the_minus_242() {
    use ruint::aliases::U256;
    let modulus = U256::from_le_slice(&ff::PrimeField::to_repr(&-Fr::ONE)[..]) + U256::from(1);
    assert_eq!(U256::MAX / modulus, U256::from(5));
    let evaluator = Evaluator::of::<Solvency<8>>();
    let mut rotations: Vec<i32> = Vec::new();
    rotations.extend(evaluator.system.advice_queries().iter().map(|query| query.1.0));
    rotations.extend(evaluator.system.fixed_queries().iter().map(|query| query.1.0));
    rotations.sort_unstable();
    rotations.dedup();
    // x = 0, x^n = 1, x^n = τ^n; u = τ, u = x·ω^ρ.
    let bad = 1 + 2 * evaluator.rows + 1 + rotations.len();
    assert!(6 * bad < 1 << (256 - 242), "{bad}");
}
