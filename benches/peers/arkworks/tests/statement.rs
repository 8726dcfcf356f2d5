//! The R1CS states what Assay's reference states.

use assay_benches::example;
use assay_circuits::{
    Amount, Covenant, Instance, Margin, Opening, Position, PositionCommitment, Size, Violation, Weight, Witness, check,
};
use assay_peer_arkworks::{Keys, Solvency, is_satisfied};
use rand::rngs::OsRng;

/// One asset on each side with weight one, and the ratio that makes the two sides equal where `x = y`.
fn one_asset(x: u128, y: u128) -> (Instance, Witness) {
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
    (instance, Witness { position, opening })
}

fn satisfied((instance, witness): &(Instance, Witness)) -> bool {
    is_satisfied(Solvency::new(instance, witness)).expect("synthesises")
}

#[test]
fn the_constraint_count_is_that_of_the_documentation() {
    let (instance, witness) = example(1);
    let keys = Keys::generate(&Solvency::new(&instance, &witness), &mut OsRng).expect("keys");
    // 17 ranges of bits, 16 products, 5 permutations of 81 S-boxes of which two see constants.
    let expected = 16 * 120 + 248 + 16 + 3 * (5 * 81 - 2);
    assert_eq!(keys.constraints(), expected);
}

#[test]
fn both_ways_of_proving_make_proofs_of_true_statements_that_verify() {
    let (instance, witness) = example(2);
    assert!(satisfied(&(instance.clone(), witness.clone())));
    let circuit = Solvency::new(&instance, &witness);
    let keys = Keys::generate(&circuit, &mut OsRng).expect("keys");
    for case in [example(2), example(3), one_asset(8, 7)] {
        let circuit = Solvency::new(&case.0, &case.1);
        let plain = keys.prove(circuit.clone(), &mut OsRng).expect("a proof");
        let kept = keys.prove_with_kept_matrices(circuit.clone(), &mut OsRng).expect("a proof");
        for proof in [plain, kept] {
            assert!(keys.verify(circuit.public_inputs(), &proof).expect("well-formed"));
            for input in 0..circuit.public_inputs().len() {
                let mut other = circuit.public_inputs().to_vec();
                other[input] += ark_bn254::Fr::from(1);
                assert!(!keys.verify(&other, &proof).expect("well-formed"), "public input {input} is not bound");
            }
        }
    }
}

#[test]
fn an_equal_ratio_is_rejected_and_one_unit_more_accepted() {
    let equal = one_asset(7, 7);
    assert_eq!(check(&equal.0, &equal.1), Err(Violation::Insolvent));
    assert!(!satisfied(&equal));
    assert!(satisfied(&one_asset(8, 7)));
}

#[test]
fn an_amount_of_2_to_the_120_is_rejected_and_one_less_accepted() {
    let wide = one_asset(1 << 120, 7);
    assert_eq!(check(&wide.0, &wide.1), Err(Violation::Amount));
    assert!(!satisfied(&wide));
    assert!(satisfied(&one_asset(Amount::MAX, 7)));
}

#[test]
fn another_commitment_is_rejected() {
    let (mut instance, witness) = example(4);
    instance.commitment = example(5).0.commitment;
    assert!(!satisfied(&(instance, witness)));
}

#[test]
fn commitments_are_those_that_circomlib_computed() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../circuits/tests/vectors/commitments.json");
    let file: serde_json::Value = serde_json::from_slice(&std::fs::read(file).expect("readable")).expect("JSON");
    let cases = file["vectors"].as_array().expect("vectors");
    assert!(cases.len() >= 5);
    let bytes = |value: &serde_json::Value| -> [u8; 32] {
        let text = value.as_str().and_then(|text| text.strip_prefix("0x")).expect("0x");
        hex::decode(text).expect("hex").try_into().expect("32 bytes")
    };
    for case in cases {
        let amounts = |side: &str| {
            let amounts = case[side].as_array().expect("a list").iter();
            let amounts = amounts.map(|amount| Amount::new(amount.as_str().expect("text").parse().expect("decimal")));
            amounts.collect::<Result<Vec<_>, _>>().expect("120 bits")
        };
        let witness = Witness {
            position: Position::new(amounts("collateral"), amounts("debt")).expect("eight assets"),
            opening: Opening::from_bytes(&bytes(&case["blinding"])).expect("canonical"),
        };
        let commitment = PositionCommitment::from_bytes(&bytes(&case["commitment"])).expect("canonical");
        assert_eq!(PositionCommitment::new(&witness.position, &witness.opening), commitment, "{}", case["name"]);
        // Weights that make the statement true wherever there is collateral, so that only the commitment can fail.
        let mut instance = one_asset(1, 0).0;
        instance.covenant.collateral_mut().fill(Weight::new(2).expect("small"));
        instance.covenant.debt_mut().fill(Weight::ZERO);
        instance.commitment = commitment;
        let solvent = check(&instance, &witness).is_ok();
        assert_eq!(satisfied(&(instance, witness)), solvent, "{}", case["name"]);
    }
}
