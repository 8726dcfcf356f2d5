//! This verifier against halo2's: they must agree on every proof.
//!
//! That both refuse what is damaged says little about the formulas, so most cases here are *simulated*: points and values
//! of a proof are random, and the last point is computed from the `τ` of a development SRS such that the proof verifies.
//! Both accept it only if they compute the same combination of everything in it.
//!
//! `ASSAY_TWO_VERIFIERS=1` runs more cases: `verifier/scripts/two-verifiers.sh`.

#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "a test")]

#[path = "circuit/oracle.rs"]
mod oracle;

use std::sync::LazyLock;

use assay_circuits::proof::{PublicInputs, prove, prove_unchecked, verify_proof, verify_proofs};
use assay_circuits::statements::solvency::PROOF_LEN;
use assay_circuits::statements::solvency::strategies::{self, commitment_from_field};
use assay_circuits::{
    Context, Covenant, Fr, Instance, Margin, Size, SolvencyCircuit, Statement, Weight, Witness, check,
};
use assay_protocol::encoding::{self, G1_LEN, SCALAR_LEN};
use assay_protocol::keys::VerifyingKey;
use assay_protocol::prover::ProvingKey;
use assay_protocol::srs::Srs;
use assay_protocol::verifier::{Accumulator, ProofError, msm};
use ff::Field;
use group::{Curve, Group};
use halo2curves::bn256::{Fq, G1, G1Affine, G2Affine};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use ruint::aliases::U256;

use self::oracle::halo2_accepts;

/// Points and scalars of a proof.
const POINTS: usize = 9;
const SCALARS: usize = 18;

/// Valid proofs, simulated ones, and proofs of which every mutation is tried.
fn counts() -> [usize; 3] {
    if std::env::var_os("ASSAY_TWO_VERIFIERS").is_some() { [1_000, 1_000, 20] } else { [50, 100, 1] }
}

struct Setup {
    srs: Srs,
    key: ProvingKey,
    tau: Fr,
}

impl Setup {
    fn new(seed: u64) -> Self {
        let rng = ChaCha20Rng::seed_from_u64(seed);
        let tau = Fr::random(rng.clone());
        let srs = Srs::dev(10, rng);
        let key = VerifyingKey::generate(&srs, &SolvencyCircuit::empty(Size::Eight)).unwrap();
        assert_eq!(encoding::g2_to_bytes(&(G2Affine::generator() * tau).to_affine()), srs.tau_g2());
        Self { srs, tau, key: ProvingKey::new::<SolvencyCircuit>(key) }
    }

    fn key(&self) -> &VerifyingKey {
        self.key.verifying_key()
    }

    /// Asserts that both verifiers say `valid`.
    fn both_say(&self, valid: bool, instance: &Instance, proof: &[u8], what: &str) {
        assert_eq!(verify_proof(self.key(), instance, proof).is_ok(), valid, "this verifier: {what}");
        assert_eq!(halo2_accepts(self.key(), &instance.public_inputs(), proof), valid, "halo2's verifier: {what}");
    }

    /// Random points and values, completed to a proof of `instance` that verifies.
    fn simulate(&self, instance: &Instance, rng: &mut ChaCha20Rng) -> Vec<u8> {
        let points = [(); POINTS].map(|()| encoding::g1_to_bytes(&G1::random(&mut *rng).to_affine()));
        let scalars = [(); SCALARS].map(|()| encoding::to_bytes(&Fr::random(&mut *rng)));
        let (before, after) = points.split_at(POINTS - 2);
        let proof = [before.concat(), scalars.concat(), after.concat()].concat();
        self.complete(instance, proof)
    }

    /// Replaces the last point of a well-formed proof by the one with which it verifies.
    fn complete(&self, instance: &Instance, mut proof: Vec<u8>) -> Vec<u8> {
        let claim = read(self.key(), instance, &proof).unwrap();
        let ((u, _), points) = claim.points.split_last().unwrap();
        let mut sum = points.to_vec();
        sum.extend(claim.fixed.into_iter().zip(self.key().halo2_key().fixed_commitments().iter().copied()));
        sum.push((claim.generator, G1Affine::generator()));
        let witness = msm(&sum) * (self.tau - u).invert().unwrap();
        proof.truncate(PROOF_LEN - G1_LEN);
        proof.extend(encoding::g1_to_bytes(&witness.to_affine()));
        proof
    }
}

fn read(key: &VerifyingKey, instance: &Instance, proof: &[u8]) -> Option<Accumulator> {
    Accumulator::read(key, &instance.public_inputs(), proof)
}

static SETUP: LazyLock<Setup> = LazyLock::new(|| Setup::new(1));

/// Boundary-biased statements, true or false.
fn cases(seed: u8) -> impl Iterator<Item = (Instance, Witness)> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = strategies::case(Size::Eight);
    std::iter::from_fn(move || {
        let case = strategy.new_tree(&mut runner).ok()?.current();
        Some((case.instance, case.witness))
    })
}

fn true_cases(seed: u8) -> impl Iterator<Item = (Instance, Witness)> {
    cases(seed).filter(|(instance, witness)| check(instance, witness).is_ok())
}

fn proven(setup: &Setup, (instance, witness): (Instance, Witness), rng: &mut ChaCha20Rng) -> (Instance, Vec<u8>) {
    let proof = prove(&setup.srs, &setup.key, &instance, &witness, rng).unwrap();
    (instance, proof)
}

fn random_instance(rng: &mut ChaCha20Rng) -> Instance {
    let mut digest = [0; 32];
    rng.fill_bytes(&mut digest);
    let mut weight = || Weight::new(u128::from(rng.next_u64()) << (rng.next_u32() % 57)).unwrap();
    let [collateral, debt] = [(); 2].map(|()| std::iter::repeat_with(&mut weight).take(8).collect());
    let margin = Margin::new(U256::from(rng.next_u64()) << (rng.next_u32() % 177)).unwrap();
    Instance {
        commitment: commitment_from_field(Fr::random(&mut *rng)),
        context: Context::from_digest(digest),
        covenant: Covenant::new(margin, collateral, debt).unwrap(),
    }
}

/// First bytes of the proof's points.
fn points() -> impl Iterator<Item = usize> {
    let after = PROOF_LEN - 2 * G1_LEN;
    (0..POINTS - 2).map(|point| point * G1_LEN).chain([after, after + G1_LEN])
}

/// First bytes of the proof's scalars.
fn scalars() -> impl Iterator<Item = usize> {
    let first = (POINTS - 2) * G1_LEN;
    (0..SCALARS).map(move |scalar| first + scalar * SCALAR_LEN)
}

/// Every structured change of `proof`; `other` is another proof.
fn mutations(proof: &[u8], other: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut replace = |what: String, at: usize, bytes: &[u8]| {
        let mut changed = proof.to_vec();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        if changed != proof {
            all.push((format!("{what} at byte {at}"), changed));
        }
    };
    let modulus = |minus_one: [u8; 32]| U256::from_be_bytes(minus_one) + U256::from(1);
    let moduli = [modulus(encoding::to_bytes(&-Fr::ONE)), modulus(encoding::to_bytes(&-Fq::ONE))];
    for at in (0..PROOF_LEN).step_by(32) {
        let word = U256::try_from_be_slice(&proof[at..at + 32]).unwrap();
        let mut number = |what: &str, number: U256| replace(what.to_owned(), at, &number.to_be_bytes::<32>());
        number("one more", word.wrapping_add(U256::from(1)));
        number("one less", word.wrapping_sub(U256::from(1)));
        number("zero", U256::ZERO);
        number("one", U256::from(1));
        number("all bits", U256::MAX);
        for modulus in moduli {
            number("a modulus", modulus);
            number("a modulus more", word.wrapping_add(modulus));
            number("negated", modulus.wrapping_sub(word));
        }
        let next = (at + 32) % PROOF_LEN;
        replace("the next word".into(), at, &proof[next..next + 32]);
        replace("another proof's word".into(), at, &other[at..at + 32]);
    }
    for at in points() {
        let bytes = proof[at..].first_chunk().unwrap();
        let point = encoding::g1_from_bytes(bytes).unwrap();
        let mut place = |what: &str, point: G1| replace(what.into(), at, &encoding::g1_to_bytes(&point.to_affine()));
        place("the opposite point", -G1::from(point));
        place("twice the point", G1::from(point).double());
        place("the generator", G1::generator());
        place("the next point", point + G1::generator());
        replace("the identity".into(), at, &[0; G1_LEN]);
        replace("another proof's point".into(), at, &other[at..at + G1_LEN]);
    }
    let places = [points().map(|at| (at, G1_LEN)).collect::<Vec<_>>(), scalars().map(|at| (at, SCALAR_LEN)).collect()];
    for places in places {
        for (index, &(first, length)) in places.iter().enumerate() {
            for &(second, _) in &places[index + 1..] {
                let mut changed = proof.to_vec();
                changed[first..first + length].copy_from_slice(&proof[second..second + length]);
                changed[second..second + length].copy_from_slice(&proof[first..first + length]);
                all.push((format!("bytes {first} and {second} swapped"), changed));
            }
        }
    }
    all.extend((0..PROOF_LEN).step_by(32).map(|length| (format!("cut to {length} bytes"), proof[..length].to_vec())));
    all.push(("a byte short".into(), proof[..PROOF_LEN - 1].to_vec()));
    all.push(("a byte more".into(), [proof, &[0]].concat()));
    all.push(("a word more".into(), [proof, &[0; 32]].concat()));
    all.push(("two proofs".into(), [proof, other].concat()));
    all
}

/// Every public input changed alone.
fn other_instances(instance: &Instance) -> Vec<Instance> {
    let change = |apply: &dyn Fn(&mut Instance)| {
        let mut changed = instance.clone();
        apply(&mut changed);
        assert_ne!(changed, *instance);
        changed
    };
    let other = |weight: Weight| Weight::new(weight.get() ^ 1).unwrap();
    let mut all = vec![
        change(&|changed| changed.commitment = commitment_from_field(instance.commitment.to_field() + Fr::ONE)),
        change(&|changed| {
            let mut context = instance.context.to_bytes();
            context[31] ^= 1;
            changed.context = Context::from_digest(context);
        }),
        change(&|changed| {
            changed.covenant.margin = Margin::new(instance.covenant.margin.get() ^ U256::from(1)).unwrap()
        }),
    ];
    for asset in 0..8 {
        all.push(change(&|changed| {
            changed.covenant.collateral_mut()[asset] = other(instance.covenant.collateral()[asset])
        }));
        all.push(change(&|changed| changed.covenant.debt_mut()[asset] = other(instance.covenant.debt()[asset])));
    }
    all
}

#[test]
fn both_accept_proofs_of_true_statements_and_refuse_forced_ones_of_false_statements() {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let [valid, ..] = counts();
    for case in true_cases(3).take(valid) {
        let (instance, proof) = proven(&SETUP, case, &mut rng);
        SETUP.both_say(true, &instance, &proof, "a proof");
    }
    let false_cases = cases(4).filter(|(instance, witness)| check(instance, witness).is_err());
    for (instance, witness) in false_cases.take(valid / 5) {
        let forced = prove_unchecked(&SETUP.srs, &SETUP.key, &instance, &witness, &mut rng);
        SETUP.both_say(false, &instance, &forced, "a proof of a false statement");
    }
}

#[test]
fn both_accept_whatever_is_completed_with_the_secret_of_the_srs() {
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    let [_, simulated, _] = counts();
    for number in 0..simulated {
        let instance = random_instance(&mut rng);
        let proof = SETUP.simulate(&instance, &mut rng);
        SETUP.both_say(true, &instance, &proof, &format!("simulated proof {number}"));
    }
    // Values at the edges of the field, and a proof whose points are all the same.
    for value in [Fr::ZERO, Fr::ONE, -Fr::ONE] {
        let instance = random_instance(&mut rng);
        let mut proof = SETUP.simulate(&instance, &mut rng);
        scalars().for_each(|at| proof[at..at + SCALAR_LEN].copy_from_slice(&encoding::to_bytes(&value)));
        points().for_each(|at| proof[at..at + G1_LEN].copy_from_slice(&encoding::g1_to_bytes(&G1Affine::generator())));
        SETUP.both_say(true, &instance, &SETUP.complete(&instance, proof), "equal words");
    }
}

#[test]
fn both_refuse_every_change_of_a_proof_and_of_what_it_is_for() {
    let mut rng = ChaCha20Rng::seed_from_u64(6);
    let other_key = Setup::new(7);
    let [.., mutated] = counts();
    let mut tried = 0;
    let mut bases: Vec<_> = true_cases(8).take(mutated).map(|case| proven(&SETUP, case, &mut rng)).collect();
    // One that is simulated: there the prover did not even try.
    let instance = random_instance(&mut rng);
    let proof = SETUP.simulate(&instance, &mut rng);
    bases.push((instance, proof));
    for (index, (instance, proof)) in bases.iter().enumerate() {
        SETUP.both_say(true, instance, proof, "the proof itself");
        let (other_instance, other) = &bases[(index + 1) % bases.len()];
        for (what, changed) in mutations(proof, other) {
            SETUP.both_say(false, instance, &changed, &what);
            tried += 1;
        }
        for instance in other_instances(instance).iter().chain([other_instance]) {
            SETUP.both_say(false, instance, proof, "other public inputs");
            tried += 1;
        }
        other_key.both_say(false, instance, proof, "another key");
        tried += 1;
    }
    println!("{tried} changes, all refused by both");
    assert!(tried >= mutated * 500, "{tried}");
}

#[test]
fn reading_takes_every_byte_and_leaves_none() {
    let mut rng = ChaCha20Rng::seed_from_u64(13);
    let instance = random_instance(&mut rng);
    let proof = SETUP.simulate(&instance, &mut rng);
    let reads = |proof: &[u8]| read(SETUP.key(), &instance, proof).is_some();
    assert!(reads(&proof));
    assert!(!reads(&[proof.as_slice(), &[0]].concat()));
    assert!((0..PROOF_LEN).all(|length| !reads(&proof[..length])));
}

#[test]
fn every_challenge_depends_on_everything_before_it() {
    let mut rng = ChaCha20Rng::seed_from_u64(9);
    let instance = random_instance(&mut rng);
    let [proof, other] = [(); 2].map(|()| SETUP.simulate(&instance, &mut rng));
    let last = |key, instance: &Instance, proof: &[u8]| {
        let claim = read(key, instance, proof).unwrap();
        // u, the last challenge, is the factor of W.
        (claim.points.last().unwrap().0, claim.digest)
    };
    let (u, digest) = last(SETUP.key(), &instance, &proof);
    let mut seen = vec![digest];
    let places: Vec<_> = points().map(|at| (at, G1_LEN)).chain(scalars().map(|at| (at, SCALAR_LEN))).collect();
    for (at, length) in places {
        let mut changed = proof.clone();
        changed[at..at + length].copy_from_slice(&other[at..at + length]);
        let (changed_u, digest) = last(SETUP.key(), &instance, &changed);
        assert_eq!(changed_u == u, at == PROOF_LEN - G1_LEN, "byte {at}");
        seen.push(digest);
    }
    for changed in other_instances(&instance) {
        let (changed_u, digest) = last(SETUP.key(), &changed, &proof);
        assert_ne!(changed_u, u);
        seen.push(digest);
    }
    seen.push(last(Setup::new(10).key(), &instance, &proof).1);
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!((seen.len(), count), (count, 1 + 27 + 19 + 1));
}

#[test]
fn a_batch_is_accepted_where_each_proof_is() {
    let mut rng = ChaCha20Rng::seed_from_u64(11);
    for (size, bad) in [(0, vec![]), (1, vec![]), (1, vec![0]), (9, vec![]), (9, vec![0, 4]), (9, (0..9).collect())] {
        let mut proofs: Vec<(Instance, Vec<u8>)> = (0..size)
            .map(|_| {
                let instance = random_instance(&mut rng);
                let proof = SETUP.simulate(&instance, &mut rng);
                (instance, proof)
            })
            .collect();
        // Malformed, for another statement, with another value: in turn.
        for &index in &bad {
            let (instance, proof) = &mut proofs[index];
            match index % 3 {
                0 => proof[PROOF_LEN - 1] ^= 1,
                1 => instance.context = Context::default(),
                _ => proof[(POINTS - 2) * G1_LEN + 31] ^= 1,
            }
        }
        let batch: Vec<_> = proofs
            .iter()
            .map(|(instance, proof)| (SETUP.key(), PublicInputs::of(instance), proof.as_slice()))
            .collect();
        let expected: Vec<_> =
            (0..size).map(|index| if bad.contains(&index) { Err(ProofError::Invalid) } else { Ok(()) }).collect();
        assert_eq!(verify_proofs(&batch), expected, "{size} proofs");
    }
}

#[test]
fn errors_that_cancel_are_found_in_a_batch() {
    // The last point of a proof is in no challenge of its own. Moved by D in one copy and by −D in another, the plain sum
    // of both equations still holds.
    let mut rng = ChaCha20Rng::seed_from_u64(12);
    let instance = random_instance(&mut rng);
    let proof = SETUP.simulate(&instance, &mut rng);
    let at = PROOF_LEN - G1_LEN;
    let witness = G1::from(encoding::g1_from_bytes(proof[at..].first_chunk().unwrap()).unwrap());
    let moved = |by: G1| [&proof[..at], &encoding::g1_to_bytes(&(witness + by).to_affine())].concat();
    let d = G1::random(&mut rng);
    let [up, down] = [moved(d), moved(-d)];
    let claims = [&up, &down].map(|proof| read(SETUP.key(), &instance, proof).unwrap());
    let sum = |side: fn(&Accumulator) -> Vec<(Fr, G1Affine)>| msm(&claims.iter().flat_map(side).collect::<Vec<_>>());
    assert_eq!(sum(|claim| vec![(Fr::ONE, claim.witness)]), witness.double(), "the errors cancel");

    let batch = [&up, &down].map(|proof| (SETUP.key(), PublicInputs::of(&instance), proof.as_slice()));
    assert_eq!(verify_proofs(&batch), [Err(ProofError::Invalid); 2]);
    // Weights are a hash of the digests, which follow the last points too, or D could be chosen after them.
    let digest = |proof: &[u8]| read(SETUP.key(), &instance, proof).unwrap().digest;
    assert_ne!(digest(&up), digest(&proof));
    assert_ne!(digest(&down), digest(&proof));
}
