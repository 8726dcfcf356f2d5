//! Proofs without a witness: who knows `τ` draws a few uniform scalars, and a proof of any instance follows from them.
//!
//! The page "Zero knowledge" of `docs/` proves that the prover's proofs are this function of uniform scalars too, and
//! numbers the steps that are taken here. Every point of a proof is a polynomial's value at `τ` times the generator, so
//! the simulator computes with values alone. That verifiers accept what comes out shows that it left nothing out.

use std::marker::PhantomData;
use std::sync::Arc;

use assay_circuits::proof::{ProofError, prove};
use assay_circuits::statements::solvency::circuit::{BLINDING_ROWS, assign};
use assay_circuits::statements::solvency::strategies::commitment_from_field;
use assay_circuits::{Amount, Fr, Instance, PositionCommitment, SolvencyCircuit, Statement, check};
use assay_protocol::encoding::to_bytes;
use assay_protocol::keys::VerifyingKey;
use assay_protocol::plan::Plan;
use assay_protocol::prover::ProvingKey;
use assay_protocol::srs::Srs;
use assay_protocol::transcript::ProofWriter;
use assay_protocol::verifier::{Claim, verify};
use ff::Field;
use group::Curve;
use halo2_proofs::arithmetic::{eval_polynomial, lagrange_interpolate};
use halo2_proofs::plonk::{Advice, Any, Column, ConstraintSystem};
use halo2_proofs::poly::{EvaluationDomain, Polynomial, Rotation};
use halo2_proofs::transcript::{EncodedChallenge, Transcript, TranscriptWrite};
use halo2curves::bn256::G1Affine;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use sha3::{Digest, Keccak256};

use crate::covenants::Covenants;
use crate::evaluator::Evaluator;
use crate::oracle::halo2_accepts;
use crate::solvency::Solvency;
use crate::subject::Subject;

/// Values of the private columns at the rotations of a point, in the order of the circuit's queries, and of the random
/// polynomial at the point.
type Values = (Vec<Fr>, Fr);

/// The uniform scalars of a proof, each drawn when the challenges before it are known.
struct Scalars<'s> {
    /// At `τ`.
    at_tau: Values,
    /// Values of all pieces of the quotient but the last at `τ`, given `y`.
    pieces: &'s dyn Fn(Fr) -> Vec<Fr>,
    /// At `x`, given `x`.
    at_x: &'s dyn Fn(Fr) -> Values,
}

/// A polynomial as the opening sees it: its value at `τ`, and its values at points, which ascend.
struct Opened {
    at_tau: Fr,
    values: Vec<(Fr, Fr)>,
}

/// What is public, and `τ`.
struct Simulator {
    evaluator: Arc<Evaluator>,
    plan: Arc<Plan>,
    domain: EvaluationDomain<Fr>,
    /// Coefficients of the fixed columns and of the public inputs' columns.
    fixed: Vec<Vec<Fr>>,
    inputs: Vec<Vec<Fr>>,
    tau: Fr,
}

impl Simulator {
    fn new<S: Subject>(public: &[Vec<Fr>], tau: Fr) -> Self {
        let evaluator = Evaluator::of::<S>();
        let domain = EvaluationDomain::new(1, S::K);
        let coefficients = |column: &[Fr]| {
            let padded = [column, &vec![Fr::ZERO; evaluator.rows - column.len()]].concat();
            domain.lagrange_to_coeff(Polynomial::new(padded)).into_values()
        };
        let fixed = evaluator.fixed.iter().map(|column| coefficients(column)).collect();
        let inputs = public.iter().map(|column| coefficients(column)).collect();
        Self { fixed, inputs, tau, domain, evaluator, plan: S::plan() }
    }

    fn system(&self) -> &ConstraintSystem<Fr> {
        &self.evaluator.system
    }

    /// The sum of all gates, each with its power of `y`, where columns have these values at rotations.
    fn gates(&self, challenges: &[Fr], y: Fr, read: &impl Fn(Any, usize, Rotation) -> Fr) -> Fr {
        let polynomials = self.system().gates().iter().flat_map(|gate| gate.polynomials());
        polynomials.fold(Fr::ZERO, |sum, polynomial| {
            let value = polynomial.evaluate(
                &|constant| constant,
                &|_| unreachable!("the circuit has no selectors"),
                &|query| read(Any::Fixed, query.column_index(), query.rotation()),
                &|query| read(Any::advice(), query.column_index(), query.rotation()),
                &|query| read(Any::Instance, query.column_index(), query.rotation()),
                &|challenge| challenges[challenge.index()],
                &|a: Fr| -a,
                &|a: Fr, b: Fr| a + b,
                &|a: Fr, b: Fr| a * b,
                &|a: Fr, factor: Fr| a * factor,
            );
            sum * y + value
        })
    }

    /// The quotient's value at `point`, which needs the private columns at the rotations of `point` alone.
    fn quotient(&self, point: Fr, private: &[Fr], challenges: &[Fr], y: Fr) -> Fr {
        let queries = self.system().advice_queries();
        let sum = self.gates(challenges, y, &|kind, column, rotation| {
            let at = |columns: &[Vec<Fr>]| eval_polynomial(&columns[column], self.domain.rotate_omega(point, rotation));
            match kind {
                Any::Fixed => at(&self.fixed),
                Any::Instance => at(&self.inputs),
                Any::Advice(_) => {
                    let query = queries.iter().position(|query| (query.0.index(), query.1) == (column, rotation));
                    private[query.expect("every query is listed")]
                }
            }
        });
        sum * (self.power(point) - Fr::ONE).invert().expect("no row")
    }

    /// `point^n`.
    fn power(&self, point: Fr) -> Fr {
        point.pow_vartime([self.evaluator.rows as u64])
    }

    /// The proof that `scalars` make, for the public inputs and the key that `transcript` has hashed.
    fn proof(&self, mut transcript: ProofWriter, scalars: &Scalars<'_>) -> Vec<u8> {
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
        let mut challenges = vec![Fr::ZERO; self.plan.challenges()];
        for phase in self.plan.phases() {
            phase.advice.iter().for_each(|column| send(&mut transcript, committed(*column)));
            for challenge in &phase.challenges {
                challenges[*challenge] = transcript.squeeze_challenge().get_scalar();
            }
        }
        for _ in 0..3 {
            transcript.squeeze_challenge();
        }
        send(&mut transcript, *random_at_tau);
        let y = transcript.squeeze_challenge().get_scalar();

        // Step 2. The last piece follows from the others.
        let power = self.power(self.tau);
        let mut pieces = (scalars.pieces)(y);
        let rest = pieces.iter().rev().fold(Fr::ZERO, |sum, piece| sum * power + piece);
        let top = power.pow_vartime([pieces.len() as u64]).invert().expect("τ is not zero");
        pieces.push((self.quotient(self.tau, at_tau, &challenges, y) - rest) * top);
        pieces.iter().for_each(|piece| send(&mut transcript, *piece));
        let x = transcript.squeeze_challenge().get_scalar();

        // Step 3.
        let (at_x, random_at_x) = &(scalars.at_x)(x);
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
            values: vec![(x, self.quotient(x, at_x, &challenges, y))],
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
        // A set gives Σ y^j·(P_j(τ) − R_j(at)), where R_j has the values of P_j at the points.
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
struct Setup<S> {
    srs: Srs,
    key: VerifyingKey,
    tau: Fr,
    subject: PhantomData<S>,
}

impl<S: Subject> Setup<S> {
    fn new(seed: u64) -> Self {
        let rng = ChaCha20Rng::seed_from_u64(seed);
        let srs = Srs::dev(S::K, rng.clone());
        let key = VerifyingKey::generate(&srs, &S::example().0.circuit()).expect("large enough");
        Self { srs, key, tau: Fr::random(rng), subject: PhantomData }
    }

    /// The scalars with which a proof's transcript begins.
    fn hashed(&self, public: &[Vec<Fr>]) -> Vec<Fr> {
        [&[self.key.halo2_key().transcript_repr()], public.concat().as_slice()].concat()
    }

    fn transcript(&self, public: &[Vec<Fr>]) -> ProofWriter {
        let mut transcript = ProofWriter::default();
        self.hashed(public).into_iter().for_each(|scalar| transcript.common_scalar(scalar).expect("memory"));
        transcript
    }

    /// Draws as many uniform scalars as the page counts, and makes a proof of them.
    fn simulate(&self, public: &[Vec<Fr>], tau: Fr, rng: &mut ChaCha20Rng) -> Vec<u8> {
        let simulator = Simulator::new::<S>(public, tau);
        let (queries, pieces) = (simulator.system().advice_queries().len(), simulator.system().degree() - 1);
        let mut draw = |count: usize| -> Vec<Fr> { (0..count).map(|_| Fr::random(&mut *rng)).collect() };
        let [at_tau, at_x] = [0; 2].map(|_| (draw(queries), draw(1)[0]));
        let blinded = draw(pieces - 1);
        let scalars = Scalars { at_tau, pieces: &|_| blinded.clone(), at_x: &|_| at_x.clone() };
        simulator.proof(self.transcript(public), &scalars)
    }

    fn both_say(&self, valid: bool, public: &[Vec<Fr>], proof: &[u8]) {
        let ours = verify(&Claim { key: &self.key, public, proof });
        assert_eq!(ours, if valid { Ok(()) } else { Err(ProofError::Invalid) });
        assert_eq!(halo2_accepts(&self.key, public, proof), valid, "halo2's verifier");
    }

    /// Two simulations of each statement are accepted, are not the same, and are of this statement and secret alone.
    fn simulates(&self, statements: [Vec<Vec<Fr>>; 3], rng: &mut ChaCha20Rng) {
        for (number, public) in statements.iter().enumerate() {
            let [one, two] = [0; 2].map(|_| self.simulate(public, self.tau, rng));
            self.both_say(true, public, &one);
            self.both_say(true, public, &two);
            assert_ne!(one, two);
            self.both_say(false, &statements[(number + 1) % 3], &one);
            self.both_say(false, public, &self.simulate(public, self.tau + Fr::ONE, rng));
        }
    }
}

/// Scalars that a proof is a function of.
fn scalars<S: Subject>() -> usize {
    let system = &Evaluator::of::<S>().system;
    2 * (system.advice_queries().len() + 1) + system.degree() - 2
}

#[test]
fn proofs_are_functions_of_27_and_of_29_scalars() {
    assert_eq!([scalars::<Solvency<8>>(), scalars::<Covenants<0>>()], [27, 29]);
}

#[test]
fn both_verifiers_accept_simulated_proofs_of_any_commitment() {
    let (setup, mut rng) = (Setup::<Solvency<8>>::new(1), ChaCha20Rng::seed_from_u64(2));
    let (instance, mut witness) = Solvency::<8>::example();
    let of = |commitment| Instance { commitment, ..instance.clone() };
    // The first commitment is to nobody knows what, the second to the example, of which the statement is true, and the third
    // to a position of which it is false.
    witness.position.debt_mut()[0] = Amount::new(Amount::MAX).expect("120 bits");
    let insolvent = of(PositionCommitment::new(&witness.position, &witness.opening));
    assert!(check(&insolvent, &witness).is_err());
    let unknown = of(commitment_from_field(Fr::random(&mut rng)));
    setup.simulates([unknown, instance.clone(), insolvent].map(|instance| instance.public_inputs()), &mut rng);
}

/// With a second phase, whose values are drawn after the challenge.
#[test]
fn both_verifiers_accept_simulated_proofs_of_any_rows() {
    let (setup, mut rng) = (Setup::<Covenants<0>>::new(1), ChaCha20Rng::seed_from_u64(2));
    let (instance, witness) = Covenants::<0>::tight();
    assert!(instance.check(&witness).is_ok());
    let public = instance.public_inputs();
    // Another commitment, and a last constant that is one more, with which the tight statement is false.
    let [mut unknown, mut broken] = [(); 2].map(|()| public.clone());
    unknown[0][0] = Fr::random(&mut rng);
    let last = 1 + Covenants::<0>::SHAPE.rows();
    broken[last][0] += Fr::ONE;
    setup.simulates([unknown, public, broken], &mut rng);
}

/// Step by step what the prover's coins come to: the function that the simulator evaluates gives the prover's proof, byte for
/// byte.
#[test]
fn a_proof_is_the_function_of_27_values_that_the_simulator_evaluates() {
    let setup = Setup::<Solvency<8>>::new(4);
    let public = Solvency::<8>::example().0.public_inputs();
    let (instance, witness) = Solvency::<8>::example();
    let key = ProvingKey::new::<SolvencyCircuit>(setup.key.clone());
    let proof = prove(&setup.srs, &key, &instance, &witness, ChaCha20Rng::seed_from_u64(5)).expect("true");

    // The coins, drawn again: free cells, random polynomial, blinding of the pieces.
    let mut draw = [0; 32];
    ChaCha20Rng::seed_from_u64(5).fill_bytes(&mut draw);
    let mut seed = Keccak256::new().chain_update(draw).chain_update(*witness.opening.to_bytes());
    for amount in witness.position.collateral().iter().chain(witness.position.debt()) {
        seed.update(amount.expose().to_be_bytes());
    }
    setup.hashed(&public).iter().for_each(|scalar| seed.update(to_bytes(scalar)));
    let rng = &mut ChaCha20Rng::from_seed(seed.finalize().into());
    let mut cells = std::mem::take(&mut assign(&instance, &witness, &mut *rng).0);
    for column in &mut cells {
        let first = column.len() - BLINDING_ROWS;
        column[first..].fill_with(|| Fr::random(&mut *rng));
    }
    let mut scalars = || Fr::random(&mut *rng);
    let random = [scalars(), scalars()];
    let blinding = [scalars(), scalars(), scalars()];

    let simulator = Simulator::new::<Solvency<8>>(&public, setup.tau);
    let (system, rows) = (simulator.system(), simulator.evaluator.rows);
    let domain = EvaluationDomain::new(u32::try_from(system.degree()).expect("small"), Solvency::<8>::K);
    let columns = cells.map(|column| domain.lagrange_to_coeff(Polynomial::new(column)).into_values());
    let values = |point: Fr| -> Values {
        let at = |(column, rotation): &(Column<Advice>, Rotation)| {
            eval_polynomial(&columns[column.index()], domain.rotate_omega(point, *rotation))
        };
        (system.advice_queries().iter().map(at).collect(), eval_polynomial(&random, point))
    };
    let pieces = |y: Fr| {
        let extend = |columns: &[Vec<Fr>]| -> Vec<Vec<Fr>> {
            let extend = |column: &Vec<Fr>| domain.coeff_to_extended(&Polynomial::new(column.clone())).into_values();
            columns.iter().map(extend).collect()
        };
        let [advice, fixed, inputs] = [&columns[..], &simulator.fixed, &simulator.inputs].map(extend);
        let mut sums = domain.empty_extended();
        let length = sums.len();
        for (place, sum) in sums.iter_mut().enumerate() {
            *sum = simulator.gates(&[], y, &|kind, column, Rotation(rotation)| {
                let shift = (i64::from(rotation) * (length / rows) as i64).rem_euclid(length as i64);
                let columns = match kind {
                    Any::Advice(_) => &advice,
                    Any::Fixed => &fixed,
                    Any::Instance => &inputs,
                };
                columns[column][(place + usize::try_from(shift).expect("not negative")) % length]
            });
        }
        let quotient = domain.extended_to_coeff(domain.divide_by_vanishing_poly(sums));
        let power = simulator.power(setup.tau);
        let plain = quotient.chunks(rows).map(|piece| eval_polynomial(piece, setup.tau));
        let before = [Fr::ZERO].into_iter().chain(blinding);
        std::iter::zip(plain, std::iter::zip(blinding, before)).map(|(h, (b, before))| h + b * power - before).collect()
    };
    let scalars = Scalars { at_tau: values(setup.tau), pieces: &pieces, at_x: &values };
    assert!(simulator.proof(setup.transcript(&public), &scalars) == proof);
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
