//! Real proofs of many rows: ours and halo2's verifier agree on each.

use std::sync::LazyLock;

use assay_circuits::proof::{ProofError, prove, prove_unchecked, verify_proof};
use assay_circuits::statements::covenants::circuit::CovenantsCircuit;
use assay_circuits::statements::covenants::{Instance, Row, Shape, Violation, Witness, strategies};
use assay_circuits::{Fr, Position, Size, SolvencyCircuit, Statement};
use assay_protocol::Relation;
use assay_protocol::encoding::SCALAR_LEN;
use assay_protocol::keys::VerifyingKey;
use assay_protocol::prover::{self, ProvingKey};
use assay_protocol::srs::Srs;
use assay_protocol::verifier::{Claim, verify, verify_batch};
use ff::Field;
use rand_core::OsRng;

use super::Covenants;
use super::forgeries::cancelling;
use crate::oracle::halo2_accepts;
use crate::subject::{Claim as Claimed, Subject};
use crate::support::{Seeded, example};

struct Setup {
    srs: Srs,
    key: ProvingKey,
}

impl Setup {
    fn new(shape: Shape) -> Self {
        let circuit = CovenantsCircuit::empty(shape);
        let srs = Srs::dev(circuit.k(), OsRng);
        let key = VerifyingKey::generate(&srs, &circuit).expect("large enough");
        Self { key: ProvingKey::new::<CovenantsCircuit>(key), srs }
    }

    fn key(&self) -> &VerifyingKey {
        self.key.verifying_key()
    }

    fn prove(&self, (instance, witness): &(Instance, Witness)) -> Vec<u8> {
        prove_unchecked(&self.srs, &self.key, instance, witness, OsRng)
    }

    /// Our verdict on a proof for any public inputs, which must be halo2's.
    fn verdict(&self, public: &[Vec<Fr>], proof: &[u8]) -> Result<(), ProofError> {
        let ours = verify(&Claim { key: self.key(), public, proof });
        assert_eq!(ours.is_ok(), halo2_accepts(self.key(), public, proof), "both verifiers agree");
        ours
    }
}

static SETUP: LazyLock<Setup> = LazyLock::new(|| Setup::new(Shape::ALL[0]));

fn cases(shape: Shape, seed: u64) -> Seeded<(Instance, Witness)> {
    Seeded::new(strategies::case(shape), seed)
}

fn true_case(shape: Shape, seed: u64) -> (Instance, Witness) {
    cases(shape, seed).find(|(instance, witness)| instance.check(witness).is_ok()).expect("some are true")
}

#[test]
fn proofs_of_every_shape_verify_and_have_the_length_of_their_plan() {
    for shape in Shape::ALL {
        let setup = Setup::new(shape);
        let (instance, witness) = true_case(shape, 3);
        let proof = prove(&setup.srs, &setup.key, &instance, &witness, OsRng).expect("true");
        assert_eq!(proof.len(), setup.key().plan().proof_len());
        assert_eq!(setup.verdict(&instance.public_inputs(), &proof), Ok(()), "{shape}");
        assert_eq!(verify_proof(setup.key(), &instance, &proof), Ok(()), "{shape}");
    }
}

#[test]
fn both_verifiers_accept_proofs_of_true_statements_and_refuse_forced_ones_of_false_statements() {
    let (mut accepted, mut refused) = (0, 0);
    for case in cases(Shape::ALL[0], 5).take(40) {
        let proof = SETUP.prove(&case);
        let verdict = SETUP.verdict(&case.0.public_inputs(), &proof);
        assert_eq!(verdict.is_ok(), case.0.check(&case.1).is_ok(), "{:?}", case.0.check(&case.1));
        *(if verdict.is_ok() { &mut accepted } else { &mut refused }) += 1;
    }
    assert!(accepted >= 10 && refused >= 10, "{accepted} accepted, {refused} refused");
}

#[test]
fn a_false_statement_is_refused_before_it_is_proven() {
    let (instance, witness) =
        cases(Shape::ALL[0], 5).find(|(instance, witness)| instance.check(witness).is_err()).expect("some are false");
    assert!(prove(&SETUP.srs, &SETUP.key, &instance, &witness, OsRng).is_err());
}

#[test]
fn both_verifiers_refuse_every_changed_word_of_a_proof() {
    let case = true_case(Shape::ALL[0], 7);
    let public = case.0.public_inputs();
    let [proof, other] = [0, 1].map(|_| SETUP.prove(&case));
    for at in (0..proof.len()).step_by(SCALAR_LEN) {
        let mut changed = proof.clone();
        changed[at + 31] ^= 1;
        assert!(SETUP.verdict(&public, &changed).is_err(), "byte {at}");
        changed[at..at + SCALAR_LEN].copy_from_slice(&other[at..at + SCALAR_LEN]);
        assert!(SETUP.verdict(&public, &changed).is_err(), "byte {at}");
    }
    for length in [0, proof.len() - SCALAR_LEN, proof.len() - 1] {
        assert!(matches!(SETUP.verdict(&public, &proof[..length]), Err(ProofError::Length { .. })));
    }
}

/// A proof is for its public inputs alone, the context included, and for as many in each column.
#[test]
fn both_verifiers_refuse_every_changed_public_input() {
    let case = true_case(Shape::ALL[0], 9);
    let (public, proof) = (case.0.public_inputs(), SETUP.prove(&case));
    for index in 0..public.len() {
        let mut changed = public.clone();
        changed[index][0] += Fr::ONE;
        assert_eq!(SETUP.verdict(&changed, &proof), Err(ProofError::Invalid), "public input {index}");
        // A zero more in its column, and the same scalars in other columns.
        for other in [vec![public[index][0], Fr::ZERO], [public[index].as_slice(), &public[(index + 1) % 302]].concat()]
        {
            changed.clone_from(&public);
            changed[index] = other;
            assert_eq!(verify(&Claim { key: SETUP.key(), public: &changed, proof: &proof }), Err(ProofError::Invalid));
            changed[(index + 1) % 302].clear();
            assert_eq!(verify(&Claim { key: SETUP.key(), public: &changed, proof: &proof }), Err(ProofError::Invalid));
        }
    }
    assert!(SETUP.verdict(&public[1..], &proof).is_err());
}

/// A prover that chose a challenge, and made amounts and slacks for it so that a false statement comes out true.
#[test]
fn rows_that_cancel_for_a_challenge_that_the_prover_chose_are_refused() {
    let (instance, witness) = Covenants::<0>::tight();
    let forged = cancelling(&Covenants::<0>::assign(&instance, &witness, 1));
    let Claimed::Of(claimed, witness) = Covenants::<0>::claim(&forged) else { panic!("everything is in range") };
    let public = claimed.public_inputs();
    // The sum is the one for the chosen challenge, or honest for the verifier's.
    for honest in [false, true] {
        let advice = |phase: usize, challenges: &[Fr], rng: &mut _| match (phase, honest) {
            (0, _) => forged.advice[..2].to_vec(),
            (_, false) => forged.advice[2..].to_vec(),
            (_, true) => claimed.assign(&witness, 1, challenges, rng),
        };
        let proof = prover::prove(&SETUP.srs, &SETUP.key, &public, b"", advice, OsRng, |_| ()).expect("the key's SRS");
        assert_eq!(SETUP.verdict(&public, &proof), Err(ProofError::Invalid));
    }
}

/// What rows are missing is filled up with rows of zeros, which hold.
#[test]
fn fewer_rows_than_the_shape_has_are_proven_and_more_are_no_instance() {
    let shape = Shape::ALL[0];
    let (instance, witness) = Covenants::<0>::tight();
    let of = |equalities: &[Row], tests: &[Row]| {
        let commitments = instance.commitments().to_vec();
        Instance::new(shape, instance.context, commitments, equalities.to_vec(), tests.to_vec())
    };
    let (equalities, tests) = (instance.equalities(), instance.tests());
    let few = of(&equalities[..1], &tests[..2]).expect("fewer rows");
    assert_eq!((few.equalities().len(), few.tests().len()), (shape.equalities(), shape.tests()));
    let proof = SETUP.prove(&(few.clone(), witness.clone()));
    assert_eq!(SETUP.verdict(&few.public_inputs(), &proof), Ok(()));
    assert_eq!(SETUP.verdict(&instance.public_inputs(), &proof), Err(ProofError::Invalid));

    assert!(of(equalities, &[tests, &tests[..1]].concat()).is_none());
    assert!(of(&[equalities, &equalities[..1]].concat(), tests).is_none());
    let narrow = Row::new(tests[0].coefficients()[1..].to_vec(), tests[0].constant());
    assert!(of(equalities, &[narrow]).is_none());
    assert!(Instance::new(shape, instance.context, Vec::new(), Vec::new(), Vec::new()).is_none());
}

#[test]
fn a_witness_of_another_shape_is_refused() {
    let shape = Shape::ALL[0];
    let (instance, witness) = Covenants::<0>::tight();
    let mut helpers = witness.clone();
    helpers.helpers.pop();
    let mut size = witness.clone();
    size.positions[0] = Position::empty(Size::Sixteen);
    let mut openings = witness.clone();
    openings.openings.clear();
    for witness in [helpers, size, openings] {
        assert_eq!(instance.check(&witness), Err(Violation::Shape(shape)));
        assert!(prove(&SETUP.srs, &SETUP.key, &instance, &witness, OsRng).is_err());
    }
}

/// A step of the sum that depends on what is private is committed to under a mask.
#[test]
fn every_step_of_the_sum_that_is_not_public_has_a_width() {
    let (layout, rho) = (Covenants::<0>::LAYOUT, Fr::random(OsRng));
    let widths = CovenantsCircuit::empty(Shape::ALL[0]).widths();
    let (instance, witness) = Covenants::<0>::example();
    let sum = &instance.assign(&witness, 1, &[rho], OsRng)[0];
    for row in 1..layout.end() {
        assert_eq!(sum[row] != sum[row - 1], widths[2][row] > 0, "row {row}");
    }
}

#[test]
fn a_batch_mixes_both_statements_and_names_the_bad_one() {
    let case = true_case(Shape::ALL[0], 13);
    let proof = SETUP.prove(&case);
    let srs = Srs::dev(10, OsRng);
    let key = VerifyingKey::generate(&srs, &SolvencyCircuit::empty(Size::Eight)).expect("large enough");
    let key = ProvingKey::new::<SolvencyCircuit>(key);
    let (instance, witness) = example(Size::Eight);
    let solvent = prove(&srs, &key, &instance, &witness, OsRng).expect("true");
    let [public, solvency] = [case.0.public_inputs(), instance.public_inputs()];
    let mut other = public.clone();
    other[0][0] += Fr::ONE;
    let claims = [
        Claim { key: SETUP.key(), public: &public, proof: &proof },
        Claim { key: key.verifying_key(), public: &solvency, proof: &solvent },
        Claim { key: SETUP.key(), public: &other, proof: &proof },
    ];
    assert_eq!(verify_batch(&claims), [Ok(()), Ok(()), Err(ProofError::Invalid)]);
    assert_eq!(verify_batch(&claims[..2]), [Ok(()), Ok(())]);
    assert_eq!(verify_proof(key.verifying_key(), &case.0, &proof), Err(ProofError::OtherCircuit));
}

#[test]
fn proofs_of_one_statement_share_no_word() {
    let example = Covenants::<0>::example();
    let [one, two] = [0, 1].map(|_| SETUP.prove(&example));
    assert!(one.chunks(SCALAR_LEN).zip(two.chunks(SCALAR_LEN)).all(|(one, two)| one != two));
}
