//! What the contract accepts.

use crate::common::{CODE, FIXTURES, batch_calldata, call, call_code, rust_accepts};
use revm::primitives::hardfork::SpecId;

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

/// Whoever acts on `false` acts on a proof that is false, and whoever estimates gas gets as much as the answer needs.
fn is_true_or_reverts_for_want_of_gas(data: &[u8], enough: u64) {
    for spec in [SpecId::CANCUN, SpecId::OSAKA] {
        let mut accepted = 0;
        for gas in (0..enough + 20_000).step_by(97) {
            let Some(call) = call_code(&CODE, spec, data, gas) else { continue };
            assert!(call.output.is_none() || call.accepted(), "false for {gas} gas");
            accepted += u64::from(call.accepted());
        }
        assert!(accepted > 0, "never enough gas");
    }
}

#[test]
fn a_valid_proof_is_never_false_for_want_of_gas() {
    let data = FIXTURES[0].calldata();
    is_true_or_reverts_for_want_of_gas(&data, call(&data).gas);
}

#[test]
fn a_valid_batch_is_never_false_for_want_of_gas() {
    let batch: Vec<_> = FIXTURES[..2].iter().map(|fixture| (fixture.proof.clone(), fixture.inputs())).collect();
    let data = batch_calldata(&batch);
    is_true_or_reverts_for_want_of_gas(&data, call(&data).gas);
}
