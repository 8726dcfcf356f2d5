//! Calldata of `attest` that is changed anywhere records nothing.

use std::collections::BTreeSet;

use crate::common::chain::{STORED, WORLD};
use crate::common::registry::{Reason, Status, attestCall};
use crate::common::scenario::SUBJECT;
use alloy_primitives::{Bytes, U256};
use alloy_sol_types::SolCall;
use ff::PrimeField;
use halo2curves::bn256::{Fq, Fr};

/// Head of the call, the claim and the length of the proof in words; the lender is in the claim.
const HEAD: usize = 17;
const LENDER: usize = 9;

/// Calldata after the selector, in words.
fn parts(data: &[u8]) -> ([u8; 4], Vec<U256>) {
    let (selector, words) = data.split_first_chunk().expect("a call");
    assert_eq!(words.len() % 32, 0, "whole words");
    (*selector, words.chunks_exact(32).map(U256::from_be_slice).collect())
}

fn joined(selector: [u8; 4], words: &[U256]) -> Vec<u8> {
    let words = words.iter().flat_map(|word| word.to_be_bytes::<32>());
    selector.into_iter().chain(words).collect()
}

/// The order of a field.
fn order<F: PrimeField<Repr: AsRef<[u8]>>>() -> U256 {
    U256::from_le_slice((-F::ONE).to_repr().as_ref()) + U256::from(1)
}

/// Every word changed, removed, doubled and swapped, every length, and other spellings of what is in the proof. The
/// lender stays: it is the sender's choice, and no proof says anything about it. What follows the call is no part of it.
fn mutations(data: &[u8]) -> BTreeSet<Vec<u8>> {
    let (selector, words) = parts(data);
    let mut found = BTreeSet::new();
    let mut put = |words: &[U256]| found.insert(joined(selector, words));
    for (i, word) in words.iter().enumerate() {
        let with = |changed: U256| {
            let mut words = words.clone();
            words[i] = changed;
            words
        };
        if i != LENDER {
            let one = U256::from(1);
            let top = one << 255;
            for changed in [word.wrapping_add(one), word.wrapping_sub(one), word ^ top, !word, U256::ZERO, U256::MAX] {
                put(&with(changed));
            }
        }
        if i >= HEAD {
            // Other spellings of the same element, and its negative.
            for order in [order::<Fr>(), order::<Fq>()] {
                put(&with(word.wrapping_add(order)));
                put(&with(order.wrapping_sub(*word)));
            }
        }
        if let Some(next) = words.get(i + 1) {
            let mut swapped = with(*next);
            swapped[i + 1] = *word;
            put(&swapped);
        }
        let mut removed = words.clone();
        removed.remove(i);
        put(&removed);
        let mut doubled = words.clone();
        doubled.insert(i, *word);
        put(&doubled);
        put(&words[..i]);
    }
    found.insert(data[..data.len() - 1].to_vec());
    for bit in 0..32 {
        let mut other = data.to_vec();
        other[bit / 8] ^= 1 << (bit % 8);
        found.insert(other);
    }
    found.retain(|mutation| !mutation.starts_with(data));
    found
}

#[test]
fn changed_calldata_of_attest_records_nothing() {
    let stored = &STORED[0];
    let data = attestCall { claim: stored.claim.clone(), proof: Bytes::copy_from_slice(&stored.proof) }.abi_encode();
    let (_, words) = parts(&data);
    assert_eq!(words[LENDER], U256::from_be_slice(stored.claim.lender.as_slice()));
    assert_eq!((words[HEAD - 1], words.len() - HEAD), (U256::from(stored.proof.len()), stored.proof.len() / 32));
    let mutations = mutations(&data);
    assert!(mutations.len() >= 200, "{}", mutations.len());
    let mut world = WORLD.clone();
    let registry = world.places.registry;
    for mutation in &mutations {
        let outcome = world.send_bytes(SUBJECT, registry, mutation.clone());
        assert!(outcome.result.is_err() && outcome.events == 0, "{}", hex::encode(mutation));
        assert_eq!(world.status(), (Status::Unknown, Reason::NoAttestation), "{}", hex::encode(mutation));
    }
    world.send_bytes(SUBJECT, registry, data).done();
    assert_eq!(world.status(), (Status::Healthy, Reason::None));
}
