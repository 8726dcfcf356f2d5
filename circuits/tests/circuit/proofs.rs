//! Real proofs: true statements at the boundary verify, and nothing else does.

use assay_circuits::SolvencyCircuit;
use std::collections::HashSet;
use std::sync::LazyLock;

use assay_arithmetic::Path;
use assay_circuits::proof::{ProofError, verify_proof};
use assay_circuits::proof::{ProveError, prove, prove_unchecked};
use assay_circuits::statements::solvency::PROOF_LEN;
use assay_circuits::statements::solvency::layout::Layout;
use assay_circuits::statements::solvency::strategies::commitment_from_field;
use assay_circuits::{
    Amount, Context, Fr, Instance, Margin, PositionCommitment, Size, Violation, Weight, Witness, check,
};
use assay_protocol::keys::VerifyingKey;
use assay_protocol::prover::ProvingKey;
use assay_protocol::srs::Srs;
use ff::Field;
use rand_chacha::ChaCha8Rng;
use rand_core::{OsRng, SeedableRng};

use crate::forge::integer;
use crate::solvency::Solvency;
use crate::subject::Subject;
use crate::support::{example, solvency_cases};

struct Setup {
    srs: Srs,
    key: ProvingKey,
}

impl Setup {
    fn new(size: Size) -> Self {
        let srs = Srs::dev(Layout::new(size).k(), OsRng);
        let key = ProvingKey::new::<SolvencyCircuit>(
            VerifyingKey::generate(&srs, &SolvencyCircuit::empty(size)).expect("large enough"),
        );
        Self { srs, key }
    }

    fn prove(&self, instance: &Instance, witness: &Witness) -> Result<Vec<u8>, ProveError<Violation>> {
        prove(&self.srs, &self.key, instance, witness, OsRng)
    }

    fn verify(&self, instance: &Instance, proof: &[u8]) -> Result<(), ProofError> {
        verify_proof(self.key.verifying_key(), instance, proof)
    }
}

static SETUP: LazyLock<Setup> = LazyLock::new(|| Setup::new(Size::Eight));

#[test]
fn a_key_with_multiples_makes_the_same_proofs_and_takes_those_of_its_own_srs_alone() {
    let with = SETUP.key.clone().with_multiples(&SETUP.srs).expect("its own SRS");
    let case =
        solvency_cases(Size::Eight, 29).find(|case| check(&case.instance, &case.witness).is_ok()).expect("a true case");
    let [one, two] = [&SETUP.key, &with]
        .map(|key| prove(&SETUP.srs, key, &case.instance, &case.witness, ChaCha8Rng::seed_from_u64(5)).expect("true"));
    assert_eq!(one, two);
    let other = Srs::dev(Layout::new(Size::Eight).k(), OsRng);
    assert!(SETUP.key.clone().with_multiples(&other).is_err());
}

#[test]
fn both_paths_of_the_arithmetic_make_the_same_proof_for_the_same_seed() {
    let detected = Path::detect();
    if detected.name() == Path::SCALAR.name() {
        println!("NOT CHECKED: proofs on the vector path, since this processor lacks AVX-512 IFMA");
    }
    let cases = solvency_cases(Size::Eight, 31).filter(|case| check(&case.instance, &case.witness).is_ok()).take(8);
    for (seed, case) in (0..).zip(cases) {
        let [scalar, vector] = [Path::SCALAR, detected].map(|path| {
            let key = ProvingKey::on_path::<SolvencyCircuit>(path, SETUP.key.verifying_key().clone());
            prove(&SETUP.srs, &key, &case.instance, &case.witness, ChaCha8Rng::seed_from_u64(seed)).expect("true")
        });
        assert!(scalar == vector, "the proofs differ for {case:?}");
        assert_eq!(SETUP.verify(&case.instance, &vector), Ok(()));
    }
}

#[test]
fn proofs_of_boundary_cases_verify_and_belong_to_their_statement() {
    let cases = solvency_cases(Size::Eight, 23).filter(|case| check(&case.instance, &case.witness).is_ok()).take(24);
    let proven: Vec<_> = cases
        .map(|case| {
            let proof = SETUP.prove(&case.instance, &case.witness).expect("true");
            assert_eq!(proof.len(), PROOF_LEN);
            assert_eq!(SETUP.verify(&case.instance, &proof), Ok(()), "{case:?}");
            (case.instance, proof)
        })
        .collect();
    assert_eq!(proven.len(), 24);
    for (one, two) in proven.iter().zip(&proven[1..]) {
        assert_eq!(SETUP.verify(&one.0, &two.1), Err(ProofError::Invalid));
    }
}

#[test]
fn a_false_statement_is_refused_and_a_proof_forced_for_it_does_not_verify() {
    let cases = solvency_cases(Size::Eight, 29).filter(|case| check(&case.instance, &case.witness).is_err()).take(12);
    for case in cases {
        let refused = SETUP.prove(&case.instance, &case.witness).expect_err("false");
        assert_eq!(Err(refused), check(&case.instance, &case.witness).map_err(ProveError::False));
        let forced = prove_unchecked(&SETUP.srs, &SETUP.key, &case.instance, &case.witness, OsRng);
        assert_eq!(SETUP.verify(&case.instance, &forced), Err(ProofError::Invalid), "{case:?}");
    }
}

/// Each public input of `instance` changed alone, to a value that its type allows.
fn changed_alone(instance: &Instance) -> Vec<Instance> {
    let other = |weight: Weight| Weight::new(weight.get() ^ 1).expect("fits");
    let mut changed = vec![
        Instance { commitment: commitment_from_field(instance.commitment.to_field() + Fr::ONE), ..instance.clone() },
        Instance { context: Context::from_digest([0xcd; 32]), ..instance.clone() },
    ];
    let mut margin = instance.clone();
    margin.covenant.margin = Margin::new(instance.covenant.margin.get() ^ ruint::uint!(1_U256)).expect("fits");
    changed.push(margin);
    for asset in 0..8 {
        let mut collateral = instance.clone();
        let weight = &mut collateral.covenant.collateral_mut()[asset];
        *weight = other(*weight);
        let mut debt = instance.clone();
        let weight = &mut debt.covenant.debt_mut()[asset];
        *weight = other(*weight);
        changed.extend([collateral, debt]);
    }
    let inputs = instance.to_field_elements();
    for other in &changed {
        assert_eq!(other.to_field_elements().iter().zip(&inputs).filter(|(a, b)| a != b).count(), 1);
    }
    assert_eq!(changed.len(), inputs.len());
    changed
}

#[test]
fn each_of_the_19_public_inputs_changed_alone_breaks_verification() {
    let (instance, mut witness) = example(Size::Eight);
    // Also where most amounts are zero, so that no gate sees most of the weights.
    let mut sparse = instance.clone();
    let held = witness.clone();
    witness.position.collateral_mut()[1..].fill(Amount::default());
    witness.position.debt_mut().fill(Amount::default());
    sparse.commitment = PositionCommitment::new(&witness.position, &witness.opening);
    for (instance, witness) in [(instance, held), (sparse, witness)] {
        let proof = SETUP.prove(&instance, &witness).expect("true");
        assert_eq!(SETUP.verify(&instance, &proof), Ok(()));
        for (i, other) in changed_alone(&instance).iter().enumerate() {
            assert_eq!(SETUP.verify(other, &proof), Err(ProofError::Invalid), "change {i}");
        }
    }
}

#[test]
fn a_proof_under_one_key_does_not_verify_under_another() {
    let other = Setup::new(Size::Eight);
    let (instance, witness) = example(Size::Eight);
    let proof = SETUP.prove(&instance, &witness).expect("true");
    assert_eq!(other.verify(&instance, &proof), Err(ProofError::Invalid));
    assert_ne!(other.key.verifying_key().fingerprint(), SETUP.key.verifying_key().fingerprint());
}

/// A position that is all zeros but one amount. Nothing is declared as shared: evaluations of the fixed columns are
/// taken at another point in every proof. `ASSAY_PROOFS` sets the number; `circuits/scripts/thousand-proofs.sh` makes
/// 1,000.
#[test]
fn proofs_of_one_statement_share_no_word_and_have_one_length() {
    let set = std::env::var("ASSAY_PROOFS");
    let count: usize = set.map_or(60, |text| text.parse().expect("ASSAY_PROOFS is a number"));
    let (mut instance, mut witness) = example(Size::Eight);
    witness.position.collateral_mut()[1..].fill(Amount::default());
    witness.position.debt_mut().fill(Amount::default());
    instance.commitment = PositionCommitment::new(&witness.position, &witness.opening);
    // Nor does a proof show a public input or a private cell as it is.
    let columns = Solvency::<8>::assign(&instance, &witness, 0);
    let cells = columns.advice.iter().flatten().chain(&columns.inputs);
    let mut seen: HashSet<[u8; 32]> = cells.map(|cell| integer(*cell).to_be_bytes()).collect();
    let before = seen.len();
    for _ in 0..count {
        let proof = SETUP.prove(&instance, &witness).expect("true");
        assert_eq!(proof.len(), PROOF_LEN);
        let (words, rest) = proof.as_chunks::<32>();
        assert!(rest.is_empty());
        // Two points are the same up to sign where one coordinate is.
        seen.extend(words);
    }
    assert_eq!(seen.len() - before, count * PROOF_LEN / 32);
    println!("{count} proofs of one statement: {} words, all different", seen.len() - before);
}

#[test]
fn the_same_randomness_gives_the_same_proof_on_any_number_of_threads() {
    let (instance, witness) = example(Size::Eight);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        let rng = ChaCha8Rng::seed_from_u64(5);
        pool.install(|| prove(&SETUP.srs, &SETUP.key, &instance, &witness, rng)).expect("true")
    };
    assert_eq!(on(1), on(3));
}

fn one_proof(size: Size) {
    let setup = Setup::new(size);
    let (instance, witness) = example(size);
    let proof = setup.prove(&instance, &witness).expect("true");
    assert_eq!(setup.verify(&instance, &proof), Ok(()));
    let mut other = instance;
    other.covenant.debt_mut()[size.assets() - 1] = Weight::MAX;
    assert_eq!(setup.verify(&other, &proof), Err(ProofError::Invalid));
}

#[test]
fn statements_about_16_32_and_64_assets_are_proven() {
    [Size::Sixteen, Size::ThirtyTwo, Size::SixtyFour].into_iter().for_each(one_proof);
}

#[test]
fn a_key_takes_statements_of_its_own_size_alone() {
    let (instance, witness) = example(Size::Sixteen);
    let [key, statement] = ["8", "16"].map(|size| format!("solvency/v1 of {size} assets"));
    let refused = ProveError::OtherCircuit { key, statement };
    assert_eq!(SETUP.prove(&instance, &witness), Err(refused));
    let (eight, _) = example(Size::Eight);
    let violation = Violation::Size { position: Size::Sixteen, covenant: Size::Eight };
    assert_eq!(check(&eight, &witness), Err(violation));
    assert_eq!(SETUP.prove(&eight, &witness), Err(ProveError::False(violation)));
}
