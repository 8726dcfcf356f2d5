//! circom's circuit states what Assay's reference states. Skipped, and says so, where it has not been compiled.

use assay_benches::contender::Statement;
use assay_benches::example;
use assay_circuits::{
    Amount, Context, Covenant, Instance, Margin, Opening, Position, PositionCommitment, Size, Violation, Weight, Witness, check,
};
use assay_peer_circom::{Circuit, Error, Generator, Keys};
use rand::rngs::OsRng;

/// Keys and witness generator, or `None` with a message.
fn load(circuit: Circuit) -> Option<(Keys, Generator)> {
    if !circuit.is_built() {
        println!("SKIPPED: {circuit:?} is not compiled; run `npm ci && npm run build` in benches/peers/circom");
        return None;
    }
    Some((Keys::generate(circuit, &mut OsRng).expect("keys"), Generator::load(circuit).expect("a generator")))
}

/// One asset on each side, every weight one: true exactly where `x > y` and `x` is below `2^120`.
fn one_asset(x: u128, y: u128) -> (Instance, Witness) {
    let mut position = Position::empty(Size::Eight);
    position.collateral_mut()[0] = Amount::forged(x);
    position.debt_mut()[1] = Amount::forged(y);
    let one = Weight::new(1).expect("small");
    let opening = Opening::random(OsRng);
    let instance = Instance {
        commitment: PositionCommitment::new(&position, &opening),
        context: Context::from_digest([0xab; 32]),
        covenant: Covenant::from_fn(Size::Eight, Margin::ZERO, |_| (one, one)),
    };
    (instance, Witness { position, opening })
}

/// Whether the circuit takes the statement: it computes a witness, and all constraints hold for it.
fn accepts(keys: &Keys, generator: &mut Generator, (instance, witness): &(Instance, Witness)) -> bool {
    match generator.witness(&Statement::new(instance, witness)) {
        Ok(wires) => keys.is_satisfied(&wires),
        Err(Error::NoWitness(_)) => false,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn the_constraint_counts_are_those_of_the_documentation() {
    for (circuit, expected) in [(Circuit::Solvency, 3393), (Circuit::Wide, 2640)] {
        let Some((keys, _)) = load(circuit) else { return };
        assert_eq!(keys.constraints(), expected);
    }
}

#[test]
fn proofs_of_true_statements_verify_and_bind_every_public_input() {
    for circuit in [Circuit::Solvency, Circuit::Wide] {
        let Some((keys, mut generator)) = load(circuit) else { return };
        for (instance, witness) in [example(2), one_asset(8, 7)] {
            let wires = generator.witness(&Statement::new(&instance, &witness)).expect("a witness");
            assert!(keys.is_satisfied(&wires));
            let inputs = keys.public_inputs(&wires);
            let reference: Vec<_> = instance.to_field_elements().iter().map(from_reference).collect();
            let own = usize::from(circuit == Circuit::Wide);
            assert_eq!(inputs[own..], reference[own..]);
            let proof = keys.prove(&wires, &mut OsRng).expect("a proof");
            assert!(keys.verify(inputs, &proof).expect("well-formed"));
            for input in 0..inputs.len() {
                let mut other = inputs.to_vec();
                other[input] += ark_bn254::Fr::from(1);
                assert!(!keys.verify(&other, &proof).expect("well-formed"), "public input {input} is not bound");
            }
        }
    }
}

#[test]
fn an_equal_ratio_is_rejected_and_one_unit_more_accepted() {
    let Some((keys, mut generator)) = load(Circuit::Solvency) else { return };
    let equal = one_asset(7, 7);
    assert_eq!(check(&equal.0, &equal.1), Err(Violation::Insolvent));
    assert!(!accepts(&keys, &mut generator, &equal));
    assert!(accepts(&keys, &mut generator, &one_asset(8, 7)));
}

#[test]
fn an_amount_of_2_to_the_120_is_rejected_and_one_less_accepted() {
    let Some((keys, mut generator)) = load(Circuit::Solvency) else { return };
    let wide = one_asset(1 << 120, 7);
    assert_eq!(check(&wide.0, &wide.1), Err(Violation::Amount));
    assert!(!accepts(&keys, &mut generator, &wide));
    assert!(accepts(&keys, &mut generator, &one_asset(Amount::MAX, 7)));
}

#[test]
fn another_commitment_is_rejected() {
    let Some((keys, mut generator)) = load(Circuit::Solvency) else { return };
    let (mut instance, witness) = example(4);
    let mut wires = generator.witness(&Statement::new(&instance, &witness)).expect("a witness");
    instance.commitment = example(5).0.commitment;
    assert!(!accepts(&keys, &mut generator, &(instance.clone(), witness)));
    wires[1] = from_reference(&instance.commitment.to_field());
    assert!(!keys.is_satisfied(&wires));
}

fn from_reference(value: &assay_circuits::Fr) -> ark_bn254::Fr {
    ark_ff::PrimeField::from_le_bytes_mod_order(ff::PrimeField::to_repr(value).as_ref())
}
