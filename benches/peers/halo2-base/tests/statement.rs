//! The circuit states what Assay's reference states.

mod chain;

use std::sync::LazyLock;

use assay_benches::contender::cases::{falsehoods, truth};
use assay_benches::example;
use assay_circuits::poseidon::compress;
use assay_circuits::{
    Amount, Covenant, Instance, Margin, Opening, Position, PositionCommitment, Size, Weight, Witness, check,
};
use assay_peer_halo2_base::circuit::{ASSETS, Numbers, difference_bits};
use assay_peer_halo2_base::evm::{altered, calldata, creation_code, solidity};
use assay_peer_halo2_base::keys::{Choice, Keys, circuit};
use assay_peer_halo2_base::poseidon::{Word, fold};
use assay_peer_halo2_base::proof::{prove, verify, verify_batch};
use ff::{Field, PrimeField};
use halo2_base::gates::GateChip;
use halo2_base::gates::circuit::CircuitBuilderStage;
use halo2_base::gates::circuit::builder::BaseCircuitBuilder;
use halo2_base::halo2_proofs::dev::{MockProver, VerifyFailure};
use halo2_base::halo2_proofs::halo2curves::bn256::Fr;
use rand::rngs::OsRng;

/// The contender for time.
const CHOICE: Choice = Choice { k: 11, lookup_bits: 10 };

static KEYS: LazyLock<Keys> = LazyLock::new(|| Keys::generate(CHOICE).expect("keys"));

/// Whether every constraint holds.
///
/// # Panics
/// Where a constraint fails that is neither a copy nor a lookup: chips make witnesses that satisfy their gates.
fn satisfied(numbers: &Numbers) -> bool {
    let builder = circuit(CHOICE, CircuitBuilderStage::Mock, numbers);
    let prover = MockProver::run(11, &builder, vec![numbers.public.to_vec()]).expect("runs");
    let failures = prover.verify().err().unwrap_or_default();
    for failure in &failures {
        assert!(matches!(failure, VerifyFailure::Permutation { .. } | VerifyFailure::Lookup { .. }), "{failure:?}");
    }
    failures.is_empty()
}

/// Whether the real verifier accepts what the real prover makes of it.
fn proven(numbers: &Numbers) -> bool {
    prove(&KEYS, numbers).is_ok_and(|proof| verify(&KEYS, &numbers.public, &proof))
}

/// One asset on each side with weight one.
fn one_asset(x: u128, y: u128) -> Numbers {
    let mut position = Position::empty(Size::Eight);
    position.collateral_mut()[0] = Amount::forged(x);
    position.debt_mut()[1] = Amount::forged(y);
    let one = Weight::new(1).expect("small");
    let opening = Opening::random(OsRng);
    let instance = Instance {
        commitment: PositionCommitment::new(&position, &opening),
        context: assay_circuits::Context::from_digest([0xab; 32]),
        covenant: Covenant::from_fn(Size::Eight, Margin::ZERO, |_| (one, one)),
    };
    Numbers::new(&instance, &Witness { position, opening })
}

#[test]
fn true_statements_are_accepted_one_by_one_and_in_a_batch() {
    let (instance, witness) = example(3);
    assert_eq!(check(&instance, &witness), Ok(()));
    let statements = [Numbers::new(&instance, &witness), Numbers::read(&truth(4)).expect("read"), one_asset(8, 7)];
    let mut proofs = statements.clone().map(|numbers| {
        assert!(satisfied(&numbers));
        let proof = prove(&KEYS, &numbers).expect("a proof");
        assert!(verify(&KEYS, &numbers.public, &proof));
        (numbers.public, proof)
    });
    assert!(verify_batch(&KEYS, proofs.iter().map(|(public, proof)| (public, proof.as_slice()))));
    proofs[1].0[1] += Fr::ONE;
    assert!(!verify_batch(&KEYS, proofs.iter().map(|(public, proof)| (public, proof.as_slice()))));
}

#[test]
fn every_public_input_is_bound() {
    let numbers = one_asset(9, 7);
    let proof = prove(&KEYS, &numbers).expect("a proof");
    for input in 0..numbers.public.len() {
        let mut other = numbers.public;
        other[input] += Fr::ONE;
        assert!(!verify(&KEYS, &other, &proof), "public input {input}");
    }
}

#[test]
fn each_false_statement_of_the_protocol_is_rejected() {
    for case in falsehoods(5) {
        let numbers = Numbers::read(&case.statement).expect("read");
        assert!(!satisfied(&numbers), "{}", case.name);
        assert!(!proven(&numbers), "{}", case.name);
    }
}

#[test]
fn an_equal_ratio_is_rejected_and_one_unit_more_accepted() {
    assert!(!satisfied(&one_asset(7, 7)));
    assert!(!satisfied(&one_asset(0, 0)));
    assert!(satisfied(&one_asset(8, 7)));
}

#[test]
fn an_amount_of_2_to_the_120_is_rejected_and_one_less_accepted() {
    for (x, y) in [(1 << 120, 7), (u128::MAX, 7)] {
        assert!(!satisfied(&one_asset(x, y)));
    }
    assert!(satisfied(&one_asset(Amount::MAX, 7)));
    // On the debt side the inequality must hold all the same: the asset has no weight.
    let mut free = one_asset(8, 1 << 120);
    free.public[3 + ASSETS + 1] = Fr::ZERO;
    assert!(!satisfied(&free));
    let mut free = one_asset(8, Amount::MAX);
    free.public[3 + ASSETS + 1] = Fr::ZERO;
    assert!(satisfied(&free));
}

#[test]
fn the_widest_statements_do_not_wrap() {
    let (mut instance, mut witness) = example(6);
    let (most, none) = (vec![Amount::new(Amount::MAX).expect("120 bits"); ASSETS], vec![Amount::default(); ASSETS]);
    witness.position = Position::new(most.clone(), none.clone()).expect("eight assets");
    instance.covenant = Covenant::from_fn(Size::Eight, instance.covenant.margin, |_| (Weight::MAX, Weight::MAX));
    instance.commitment = PositionCommitment::new(&witness.position, &witness.opening);
    assert!(satisfied(&Numbers::new(&instance, &witness)), "the largest difference");
    witness.position = Position::new(none, most).expect("eight assets");
    let most = (ruint::aliases::U256::from(1) << 240) - ruint::aliases::U256::from(1);
    instance.covenant.margin = Margin::new(most).expect("240");
    instance.commitment = PositionCommitment::new(&witness.position, &witness.opening);
    assert!(!satisfied(&Numbers::new(&instance, &witness)), "the smallest difference");
    for lookup_bits in 1..=16 {
        assert!((243..=252).contains(&difference_bits(lookup_bits)));
    }
}

#[test]
fn commitments_are_those_of_assay() {
    for seed in 0..8 {
        let (instance, witness) = example(seed);
        let numbers = Numbers::new(&instance, &witness);
        let builder = circuit(CHOICE, CircuitBuilderStage::Mock, &numbers);
        assert_eq!(*builder.assigned_instances[0][0].value(), instance.commitment.to_field());
    }
}

#[test]
fn a_fold_is_circomlibs_poseidon() {
    let mut builder = BaseCircuitBuilder::<Fr>::new(false);
    let ctx = builder.main(0);
    let zero = ctx.load_zero();
    let word = Word::Constant;
    let hash = fold(ctx, &GateChip::new(), zero.into(), &[[word(Fr::ONE), word(Fr::from(2))]]);
    let mut bytes = hash.value().to_repr();
    bytes.reverse();
    assert_eq!(hex::encode(bytes), "115cc0f5e7d690413df64c6b9662e9cf2a3617f2743245519e19607a4417189a");

    let [low, high, factor] = [3, 4, 5].map(Fr::from);
    let [low_cell, high_cell] = [low, high].map(|value| ctx.load_witness(value));
    let packed = Word::Packed { low: low_cell, high: high_cell, factor };
    let steps = [[packed, word(Fr::from(6))], [word(Fr::from(7)), packed]];
    let hash = fold(ctx, &GateChip::new(), zero.into(), &steps);
    let first = compress(Fr::ZERO, low + high * factor, Fr::from(6));
    assert_eq!(*hash.value(), compress(first, Fr::from(7), low + high * factor));
}

#[test]
fn the_contract_accepts_what_the_verifier_accepts_and_refuses_what_is_changed() {
    let code = creation_code(&solidity(&KEYS).expect("a contract")).expect("compiled");
    let chain = chain::Chain::deploy(code).expect("it is not too long");
    let numbers = one_asset(8, 7);
    let proof = prove(&KEYS, &numbers).expect("a proof");
    let calldata = calldata(&numbers.public, &proof);
    assert!(chain.call(calldata.clone()).is_some());
    for (number, altered) in altered(&calldata).into_iter().enumerate() {
        assert!(chain.call(altered).is_none(), "{number}");
    }
}

#[test]
fn keys_come_back_from_their_folder() {
    let folder = std::env::temp_dir().join(format!("assay-halo2-base-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("created");
    KEYS.write(&folder).expect("written");
    let keys = Keys::read(&folder).expect("read");
    std::fs::remove_dir_all(&folder).expect("removed");
    let numbers = one_asset(8, 7);
    let proof = prove(&keys, &numbers).expect("a proof");
    assert!(verify(&KEYS, &numbers.public, &proof));
}
