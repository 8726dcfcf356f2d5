//! What the contract accepts.

mod common;

use common::{FIXTURES, batch_calldata, call, rust_accepts};

#[test]
fn stored_proofs_verify_in_rust_and_on_chain() {
    for fixture in FIXTURES.iter() {
        assert!(rust_accepts(&fixture.instance, &fixture.proof));
        let verdict = call(&fixture.calldata());
        println!("{}", verdict.gas);
        assert!(verdict.accepted(), "{verdict:?}");
    }
}

#[test]
fn batches_of_stored_proofs_verify() {
    for n in 1..=FIXTURES.len() {
        let batch: Vec<_> = FIXTURES[..n].iter().map(|fixture| (fixture.proof.clone(), fixture.inputs())).collect();
        let verdict = call(&batch_calldata(&batch));
        println!("{n}: {}", verdict.gas / n as u64);
        assert!(verdict.accepted(), "{n}: {verdict:?}");
    }
}
