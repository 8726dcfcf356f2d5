//! Changed proofs, public inputs and calldata: the contract and the Rust verifier refuse every one.

use crate::common::{self, CODE, FIXTURES, Fixture, batch_calldata, call, call_code, calldata, instance, rust_accepts};
use alloy_sol_types::SolCall;
use assay_circuits::Size;
use assay_circuits::statements::solvency::PROOF_LEN;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use revm::primitives::hardfork::SpecId;
use revm::primitives::{Bytes, U256, uint};

/// Order of the group.
const R: U256 = uint!(0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001_U256);
/// Modulus of coordinates.
const P: U256 = uint!(0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47_U256);
/// More than a call that is refused costs, whatever point is invalid.
const REFUSAL: u64 = 800_000;

/// Words of the proof, first and last word of each point.
const POINTS: [usize; 9] = [0, 2, 4, 6, 8, 10, 12, 32, 34];

fn proof_words(proof: &[u8]) -> Vec<U256> {
    proof.chunks_exact(32).map(U256::from_be_slice).collect()
}

fn proof_bytes(words: &[U256]) -> Vec<u8> {
    words.iter().flat_map(U256::to_be_bytes::<32>).collect()
}

/// What a word is changed to.
fn changes(word: U256, rng: &mut ChaCha20Rng) -> Vec<U256> {
    let one = U256::from(1);
    let bit = one << (rng.next_u32() % 254) as usize;
    let mut changed = vec![
        U256::ZERO,
        one,
        word.wrapping_add(one),
        word.wrapping_sub(one),
        word ^ bit,
        word.wrapping_add(R),
        word.wrapping_add(P),
        R.wrapping_sub(word),
        P.wrapping_sub(word),
        R,
        P,
        U256::MAX,
        word | (one << 255),
    ];
    changed.retain(|changed| *changed != word);
    changed
}

/// Counts what was tried.
#[derive(Default)]
struct Tried(usize);

impl Tried {
    /// Both verifiers refuse, the contract by its answer and not by failing.
    fn refused(&mut self, proof: &[u8], inputs: &[U256], what: &str) {
        self.0 += 1;
        assert!(
            !instance(Size::Eight, inputs).is_some_and(|instance| rust_accepts(&instance, proof)),
            "Rust accepts: {what}"
        );
        let verdict = call(&calldata(proof, inputs));
        assert!(verdict.refused(), "{what}: {verdict:?}");
        assert!(verdict.gas < REFUSAL, "{what}: {} gas", verdict.gas);
    }
}

fn example() -> (&'static Fixture, Vec<U256>, Vec<U256>) {
    let fixture = &FIXTURES[0];
    (fixture, proof_words(&fixture.proof), fixture.inputs())
}

#[test]
fn every_changed_word_of_a_proof_is_refused() {
    let (_, words, inputs) = example();
    let mut tried = Tried::default();
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    for (index, word) in words.iter().enumerate() {
        for changed in changes(*word, &mut rng) {
            let mut words = words.clone();
            words[index] = changed;
            tried.refused(&proof_bytes(&words), &inputs, &format!("word {index} {changed:#x}"));
        }
    }
    assert!(tried.0 > 400, "{}", tried.0);
}

#[test]
fn every_changed_point_of_a_proof_is_refused() {
    let (_, words, inputs) = example();
    let mut tried = Tried::default();
    let other = proof_words(&FIXTURES[1].proof);
    for (number, at) in POINTS.into_iter().enumerate() {
        let mut change = |[x, y]: [U256; 2], what: &str| {
            let mut words = words.clone();
            words[at] = x;
            words[at + 1] = y;
            tried.refused(&proof_bytes(&words), &inputs, &format!("point {number}: {what}"));
        };
        change([words[at], P - words[at + 1]], "negated");
        change([U256::ZERO; 2], "the identity");
        change([P; 2], "the identity, not reduced");
        change([U256::from(1), U256::from(2)], "the generator");
        change([words[at] + P, words[at + 1]], "x not reduced");
        change([words[at], words[at + 1] + P], "y not reduced");
        change([words[at + 1], words[at]], "coordinates swapped");
        change([other[at], other[at + 1]], "of another proof");
        for second in POINTS.into_iter().filter(|second| *second != at) {
            change([words[second], words[second + 1]], "of another place");
        }
    }
    assert!(tried.0 > 130, "{}", tried.0);
}

#[test]
fn every_public_input_changed_alone_is_refused() {
    let (fixture, _, inputs) = example();
    let mut tried = Tried::default();
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    for (index, word) in inputs.iter().enumerate() {
        let widths = [120, 128, 240, 253, 255].map(|bits| *word + (U256::from(1) << bits));
        for changed in changes(*word, &mut rng).into_iter().chain(widths) {
            let mut inputs = inputs.clone();
            inputs[index] = changed;
            tried.refused(&fixture.proof, &inputs, &format!("input {index} {changed:#x}"));
        }
        let mut swapped = inputs.clone();
        swapped.swap(index, (index + 1) % inputs.len());
        tried.refused(&fixture.proof, &swapped, &format!("input {index} and the next swapped"));
    }
    assert!(tried.0 > 300, "{}", tried.0);
}

#[test]
fn other_lengths_are_refused() {
    let (fixture, _, inputs) = example();
    let mut tried = Tried::default();
    let lengths = (0..=PROOF_LEN + 96).step_by(32).chain([1, 31, PROOF_LEN - 1, PROOF_LEN + 1, 2 * PROOF_LEN]);
    for length in lengths.filter(|length| *length != PROOF_LEN) {
        let mut proof = fixture.proof.clone();
        proof.resize(length, 0);
        tried.refused(&proof, &inputs, &format!("{length} bytes"));
    }
    for count in (0..40).filter(|count| *count != inputs.len()) {
        let mut inputs = inputs.clone();
        inputs.resize(count, U256::ZERO);
        tried.refused(&fixture.proof, &inputs, &format!("{count} public inputs"));
    }
    assert!(tried.0 > 80, "{}", tried.0);
}

#[test]
fn proofs_of_other_statements_and_random_damage_are_refused() {
    let mut tried = Tried::default();
    for (i, proof) in FIXTURES.iter().enumerate() {
        for (j, statement) in FIXTURES.iter().enumerate().filter(|(j, _)| *j != i) {
            tried.refused(&proof.proof, &statement.inputs(), &format!("proof {i} for statement {j}"));
        }
    }
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    for number in 0..200 {
        let fixture = &FIXTURES[number % FIXTURES.len()];
        let mut proof = fixture.proof.clone();
        for _ in 0..=rng.next_u32() % 4 {
            proof[rng.next_u32() as usize % PROOF_LEN] ^= 1 << (rng.next_u32() % 8);
        }
        if proof != fixture.proof {
            tried.refused(&proof, &fixture.inputs(), &format!("damage {number}"));
        }
    }
    assert!(tried.0 > 250, "{}", tried.0);
}

/// Not accepted, whether by an answer or by a revert.
fn not_accepted(data: &[u8], what: &str) {
    let verdict = call(data);
    assert!(verdict.output.is_none() || verdict.refused(), "{what}: {verdict:?}");
}

#[test]
fn calldata_that_is_not_the_one_encoding_is_not_accepted() {
    let data = FIXTURES[0].calldata();
    assert!(call(&data).accepted());
    for extra in [1, 4, 31, 32, 64, 1000] {
        for byte in [0, 1, 0xff] {
            let longer = [data.clone(), vec![byte; extra]].concat();
            assert!(call(&longer).refused(), "{extra} more bytes {byte}");
        }
    }
    for length in (0..data.len()).step_by(61) {
        not_accepted(&data[..length], &format!("{length} bytes"));
    }
    // Every bit of selector, offsets, lengths.
    let heads = (0..68).chain(68..100).chain(0x504 - 32..0x504);
    for byte in heads {
        for bit in 0..8 {
            let mut changed = data.clone();
            changed[byte] ^= 1 << bit;
            not_accepted(&changed, &format!("byte {byte} bit {bit}"));
        }
    }
    // Arguments in the other order, overlapping, and with a gap.
    let word = |value: usize| U256::from(value).to_be_bytes::<32>().to_vec();
    let (proof, inputs) = (&data[0x44..0x4e4], &data[0x4e4..]);
    let inputs_first = [&data[..4], &word(0x40 + inputs.len())[..], &word(0x40)[..], inputs, proof].concat();
    assert!(call(&inputs_first).refused(), "public inputs first");
    let gap = [&data[..4], &word(0x60)[..], &word(0x60 + proof.len())[..], &word(0)[..], proof, inputs].concat();
    assert!(call(&gap).refused(), "a gap");
    for offset in (0..0x780).step_by(32) {
        let overlapping = [&data[..4], &word(offset)[..], &data[36..]].concat();
        if overlapping != data {
            not_accepted(&overlapping, &format!("the proof at {offset:#x}"));
        }
        let overlapping = [&data[..36], &word(offset)[..], &data[68..]].concat();
        if overlapping != data {
            not_accepted(&overlapping, &format!("the public inputs at {offset:#x}"));
        }
    }
}

#[test]
fn there_is_no_way_in_but_the_interface() {
    let data = FIXTURES[0].calldata();
    for entry in [&[][..], &data[4..], &[0; 4]] {
        assert_eq!(call(entry).output, None);
    }
    // A call with too little gas may fail or say no, never yes.
    let needed = call(&data).gas;
    for gas in (30_000..needed).step_by(977) {
        let verdict = call_code(&CODE, SpecId::OSAKA, &data, gas);
        assert!(verdict.is_none_or(|verdict| !verdict.accepted()), "{gas} gas");
    }
}

#[test]
fn a_batch_with_one_changed_proof_is_refused() {
    let valid: Vec<_> = FIXTURES[..3].iter().map(|fixture| (fixture.proof.clone(), fixture.inputs())).collect();
    assert!(call(&batch_calldata(&valid)).accepted());
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    for place in 0..valid.len() {
        for (word, value) in proof_words(&valid[place].0).into_iter().enumerate() {
            let values = changes(value, &mut rng);
            let mut batch = valid.clone();
            let mut words = proof_words(&batch[place].0);
            words[word] = values[rng.next_u32() as usize % values.len()];
            batch[place].0 = proof_bytes(&words);
            let verdict = call(&batch_calldata(&batch));
            assert!(verdict.refused(), "proof {place} word {word}: {verdict:?}");
        }
        for index in 0..19 {
            let mut batch = valid.clone();
            batch[place].1[index] += U256::from(1);
            assert!(call(&batch_calldata(&batch)).refused(), "proof {place} input {index}");
        }
    }
}

#[test]
fn last_points_exchanged_between_proofs_are_refused() {
    // The last points of two proofs, exchanged: their sum is the same.
    let mut batch: Vec<_> = FIXTURES[..2].iter().map(|fixture| (fixture.proof.clone(), fixture.inputs())).collect();
    let (left, right) = batch.split_at_mut(1);
    let end = PROOF_LEN - 64;
    let (first, second) = (left[0].0[end..].to_vec(), right[0].0[end..].to_vec());
    left[0].0[end..].copy_from_slice(&second);
    right[0].0[end..].copy_from_slice(&first);
    assert!(call(&batch_calldata(&batch)).refused());
}

#[test]
fn batches_of_other_shapes_are_not_accepted() {
    let valid: Vec<_> = FIXTURES[..2].iter().map(|fixture| (fixture.proof.clone(), fixture.inputs())).collect();
    assert!(call(&batch_calldata(&[])).refused(), "nothing at all");
    let proofs: Vec<Bytes> = valid.iter().map(|(proof, _)| Bytes::copy_from_slice(proof)).collect();
    let inputs: Vec<Vec<U256>> = valid.iter().map(|(_, inputs)| inputs.clone()).collect();
    let unequal = |proofs: &[Bytes], inputs: &[Vec<U256>]| {
        common::verifyBatchCall { proofs: proofs.to_vec(), publicInputs: inputs.to_vec() }.abi_encode()
    };
    assert!(call(&unequal(&proofs, &inputs)).accepted());
    assert!(call(&unequal(&proofs[..1], &inputs)).refused());
    assert!(call(&unequal(&proofs, &inputs[..1])).refused());
    assert!(call(&unequal(&[], &inputs)).refused());
    assert!(call(&unequal(&proofs, &[])).refused());
    let data = batch_calldata(&valid);
    assert!(call(&[data.clone(), vec![0]].concat()).refused(), "a byte more");
    for length in (4..data.len()).step_by(97) {
        not_accepted(&data[..length], &format!("{length} bytes"));
    }
    // Offsets and lengths, of the lists and of what is in them: every bit.
    let inputs = 0x84 + 2 * 0x4c0;
    let words = [4, 36, 68, 100, 132, 164, inputs - 32, inputs, inputs + 32, inputs + 64];
    let heads = words.into_iter().flat_map(|word| word..word + 32);
    for byte in heads {
        for bit in 0..8 {
            let mut changed = data.clone();
            changed[byte] ^= 1 << bit;
            not_accepted(&changed, &format!("byte {byte:#x} bit {bit}"));
        }
    }
}
