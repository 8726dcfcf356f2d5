//! The circuit states what Assay's reference states.

use assay_benches::example;
use assay_circuits::{
    ASSETS, Amount, Context, Instance, Margin, Opening, Position, PositionCommitment, Violation, Weight, Witness, check,
};
use assay_peer_halo2_base::circuit::Numbers;
use assay_peer_halo2_base::keys::{Choice, Keys, circuit};
use assay_peer_halo2_base::proof::{prove, verify, verify_batch};
use ff::Field;
use halo2_base::gates::circuit::CircuitBuilderStage;
use halo2_base::halo2_proofs::dev::{MockProver, VerifyFailure};
use halo2_base::halo2_proofs::halo2curves::bn256::Fr;
use rand::rngs::OsRng;

/// Smaller than either contender, and with the same constraints.
const CHOICE: Choice = Choice { k: 11, lookup_bits: 10 };

fn failures(numbers: &Numbers) -> Vec<VerifyFailure> {
    let builder = circuit(CHOICE, CircuitBuilderStage::Mock, numbers);
    MockProver::run(11, &builder, vec![numbers.public.to_vec()]).expect("runs").verify().err().unwrap_or_default()
}

#[test]
fn a_true_statement_is_accepted() {
    let (instance, witness) = example(1);
    assert!(failures(&Numbers::new(&instance, &witness)).is_empty());
    let keys = Keys::generate(CHOICE).expect("keys");
    let numbers = Numbers::new(&instance, &witness);
    println!("{} cells {:?}", keys.layout.cells(), keys.layout.params());
    let proof = prove(&keys, &numbers).expect("proof");
    assert!(verify(&keys, &numbers.public, &proof));
}
