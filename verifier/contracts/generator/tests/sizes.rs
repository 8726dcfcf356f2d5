//! Contracts for 16, 32 and 64 assets: what they accept and refuse, and that they are those of the generator.

use crate::common::{self, Development, batch_calldata, calldata};
use assay_circuits::Size;
use assay_circuits::statements::solvency::PROOF_LEN;
use assay_contracts::halo2_verifier;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use revm::primitives::{U256, uint};
use sha2::{Digest, Sha256};

/// Order of the group.
const R: U256 = uint!(0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001_U256);
/// Modulus of coordinates.
const P: U256 = uint!(0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47_U256);
/// Bytes that the chain takes for runtime code (EIP-170).
const CODE_LIMIT: usize = 24_576;

macro_rules! sizes {
    ($($size:ident: $name:ident,)+) => {
        $(
            mod $name {
                sizes!(@tests $size:
                    stored_proofs_verify_in_rust_and_on_chain,
                    the_artifact_is_of_what_the_generator_writes,
                    every_weight_is_held_to_its_width,
                    every_evaluation_is_held_below_the_order,
                    changed_proofs_are_refused,
                    changed_public_inputs_are_refused,
                    other_calldata_is_refused,
                    batches_with_one_change_are_refused,
                );
            }
        )+
    };
    (@tests $size:ident: $($claim:ident,)+) => {
        $(
            #[test]
            fn $claim() {
                super::$claim(assay_circuits::Size::$size);
            }
        )+
    };
}

sizes! {
    Sixteen: of_16,
    ThirtyTwo: of_32,
    SixtyFour: of_64,
}

fn stored_proofs_verify_in_rust_and_on_chain(size: Size) {
    let development = Development::read(size);
    for fixture in &development.fixtures {
        assert!(development.rust_accepts(&fixture.inputs(), &fixture.proof));
        let verdict = development.call(&fixture.calldata());
        assert!(verdict.accepted(), "{verdict:?}");
    }
    for count in 1..=8 {
        let verdict = development.call(&batch_calldata(&development.batch(count)));
        assert!(verdict.accepted(), "{count}: {verdict:?}");
    }
}

fn the_artifact_is_of_what_the_generator_writes(size: Size) {
    let development = Development::read(size);
    let sources = halo2_verifier(&development.key).expect("the template fits");
    let hashes: Vec<String> = sources.iter().map(|(_, source)| hex::encode(Sha256::digest(source))).collect();
    let stored = development.artifact["sources"].as_array().expect("a list");
    assert!(stored.iter().eq(&hashes), "run check-artifacts.sh");
    assert!(development.code.len() <= CODE_LIMIT, "{} bytes", development.code.len());
    assert!(sources.iter().all(|(_, source)| source.lines().count() <= 600));
}

/// `forged.rs` shows what the widths are for; here, that the code written for each size looks at every weight.
fn every_weight_is_held_to_its_width(size: Size) {
    let sources = halo2_verifier(&Development::read(size).key).expect("the template fits");
    let joined: Vec<&str> = sources[0].1.lines().filter(|line| line.contains("weights := or(")).collect();
    let joined = joined.concat();
    for letter in ["W", "V"] {
        let looked_at = (0..size.assets()).filter(|i| joined.contains(&format!("mload({letter}_{i})"))).count();
        assert_eq!(looked_at, size.assets());
    }
}

/// Evaluations that are copied from the proof are those that are compared with the order. Some that are not reduced would
/// be refused without that, because the arithmetic takes them to be, so no proof shows that the comparison is there.
fn every_evaluation_is_held_below_the_order(size: Size) {
    held_below_the_order(&halo2_verifier(&Development::read(size).key).expect("the template fits"));
}

#[test]
fn every_evaluation_is_held_below_the_order_for_eight() {
    held_below_the_order(&halo2_verifier(&common::KEY).expect("the template fits"));
}

fn held_below_the_order(sources: &[assay_contracts::SourceFile]) {
    let [(_, contract), (_, memory)] = sources else { panic!("a contract and its map") };
    let names = memory.lines().filter_map(|line| line.strip_prefix("uint256 constant ")?.split(' ').next());
    let evaluations: Vec<&str> = names
        .skip_while(|name| *name != "STATE_EVALUATIONS")
        .skip(1)
        .take_while(|name| *name != "STATE_OPENING")
        .collect();
    assert_eq!(evaluations.len(), 18);
    for name in evaluations {
        assert!(contract.contains(&format!("lt(mload({name}), r)")), "{name}");
    }
}

/// Both verifiers refuse, the contract by its answer.
fn refused(development: &Development, proof: &[u8], inputs: &[U256], what: &str) {
    assert!(!development.rust_accepts(inputs, proof), "Rust accepts: {what}");
    let verdict = development.call(&calldata(proof, inputs));
    assert!(verdict.refused(), "{what}: {verdict:?}");
}

fn changed_proofs_are_refused(size: Size) {
    let development = Development::read(size);
    let fixture = &development.fixtures[0];
    let mut rng = ChaCha20Rng::seed_from_u64(size.assets() as u64);
    for at in (0..PROOF_LEN).step_by(32) {
        let word = U256::from_be_slice(&fixture.proof[at..at + 32]);
        let bit = word ^ (U256::from(1) << (rng.next_u32() % 254) as usize);
        for changed in [U256::ZERO, bit, word + R, word + P, R - word, P.wrapping_sub(word)] {
            let mut proof = fixture.proof.clone();
            proof[at..at + 32].copy_from_slice(&changed.to_be_bytes::<32>());
            if proof != fixture.proof {
                refused(&development, &proof, &fixture.inputs(), &format!("byte {at}: {changed:#x}"));
            }
        }
    }
    for (i, proof) in development.fixtures.iter().enumerate() {
        for (j, statement) in development.fixtures.iter().enumerate().filter(|(j, _)| *j != i) {
            refused(&development, &proof.proof, &statement.inputs(), &format!("proof {i} for statement {j}"));
        }
    }
    for length in [0, 31, PROOF_LEN - 32, PROOF_LEN - 1, PROOF_LEN + 1, PROOF_LEN + 32] {
        let mut proof = fixture.proof.clone();
        proof.resize(length, 0);
        refused(&development, &proof, &fixture.inputs(), &format!("{length} bytes"));
    }
}

fn changed_public_inputs_are_refused(size: Size) {
    let development = Development::read(size);
    let fixture = &development.fixtures[0];
    let inputs = fixture.inputs();
    for index in 0..inputs.len() {
        for added in [U256::from(1), U256::from(1) << 120, R] {
            let mut inputs = inputs.clone();
            inputs[index] += added;
            refused(&development, &fixture.proof, &inputs, &format!("input {index} and {added:#x}"));
        }
        let mut swapped = inputs.clone();
        swapped.swap(index, (index + 1) % inputs.len());
        refused(&development, &fixture.proof, &swapped, &format!("input {index} and the next swapped"));
    }
    for count in [0, 19, inputs.len() - 1, inputs.len() + 1] {
        let mut inputs = inputs.clone();
        inputs.resize(count, U256::ZERO);
        refused(&development, &fixture.proof, &inputs, &format!("{count} public inputs"));
    }
}

fn other_calldata_is_refused(size: Size) {
    let development = Development::read(size);
    let data = development.fixtures[0].calldata();
    for extra in [1, 32, 1000] {
        assert!(development.call(&[data.clone(), vec![0; extra]].concat()).refused(), "{extra} more bytes");
    }
    let not_accepted = |data: &[u8], what: &str| {
        let verdict = development.call(data);
        assert!(verdict.output.is_none() || verdict.refused(), "{what}: {verdict:?}");
    };
    for length in (0..data.len()).step_by(331) {
        not_accepted(&data[..length], &format!("{length} bytes"));
    }
    let batch = batch_calldata(&development.batch(2));
    assert!(development.call(&[batch.clone(), vec![0]].concat()).refused(), "a byte more");
    let inputs = 0x84 + 2 * 0x4c0;
    for word in [4, 36, 68, 100, 132, 164, inputs - 32, inputs, inputs + 32, inputs + 64] {
        for bit in [0, 4, 5, 13] {
            let mut changed = batch.clone();
            changed[word + 31 - bit / 8] ^= 1 << (bit % 8);
            not_accepted(&changed, &format!("byte {word:#x} bit {bit}"));
        }
    }
}

fn batches_with_one_change_are_refused(size: Size) {
    let development = Development::read(size);
    let (valid, n) = (development.batch(3), size.assets());
    for place in 0..valid.len() {
        for at in (31..PROOF_LEN).step_by(32) {
            let mut batch = valid.clone();
            batch[place].0[at] ^= 1;
            assert!(development.call(&batch_calldata(&batch)).refused(), "proof {place} byte {at}");
        }
        for index in [0, 1, 2, 3, 2 + n, 3 + n, 2 + 2 * n] {
            let mut batch = valid.clone();
            batch[place].1[index] += U256::from(1);
            assert!(development.call(&batch_calldata(&batch)).refused(), "proof {place} input {index}");
        }
    }
    // The last points of two proofs, exchanged: their sum is the same.
    let mut batch = development.batch(2);
    let (left, right) = batch.split_at_mut(1);
    left[0].0[PROOF_LEN - 64..].swap_with_slice(&mut right[0].0[PROOF_LEN - 64..]);
    assert!(development.call(&batch_calldata(&batch)).refused());
}
