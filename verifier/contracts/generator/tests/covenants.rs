//! Contracts for shapes of covenants: what they accept and refuse, and that they are those of the generator.

use std::sync::LazyLock;

use crate::common::covenants::{COVENANTS, Claim, Covenants, R};
use crate::common::{batch_calldata, call_code, call_code_inspected, calldata};
use crate::ranges::Pairings;
use assay_circuits::statements::covenants::circuit::{assign_amounts, assign_sum};
use assay_circuits::statements::covenants::layout::Layout;
use assay_circuits::statements::covenants::{Coefficient, Constant, Instance, Row, Shape, Witness};
use assay_circuits::{Amount, Context, Opening, Position, PositionCommitment, Statement};
use assay_contracts::halo2_verifier;
use assay_protocol::{Fr, prover, verifier};
use ff::{Field, PrimeField};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use revm::primitives::hardfork::SpecId;
use revm::primitives::{U256, uint};
use sha2::{Digest, Sha256};

/// Modulus of coordinates.
const P: U256 = uint!(0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47_U256);
/// Bytes that the chain takes for runtime code (EIP-170).
const CODE_LIMIT: usize = 24_576;
/// Bytes of the proof before its evaluations: eight points.
const EVALUATIONS: usize = 0x200;

macro_rules! shapes {
    ($($number:literal: $name:ident,)+) => {
        $(
            mod $name {
                shapes!(@tests $number:
                    proofs_verify_in_rust_and_on_chain,
                    the_artifact_is_of_what_the_generator_writes,
                    every_evaluation_is_held_below_the_order,
                    every_changed_word_of_a_proof_is_refused,
                    proofs_of_other_statements_are_refused,
                    every_changed_public_input_is_refused,
                    public_inputs_beyond_their_width_are_refused_for_it,
                    points_that_are_none_are_refused_for_it,
                    other_calldata_is_refused,
                    batches_with_one_change_are_refused,
                );
            }
        )+
    };
    (@tests $number:literal: $($claim:ident,)+) => {
        $(
            #[test]
            fn $claim() {
                super::$claim(&super::COVENANTS[$number]);
            }
        )+
    };
}

shapes! {
    0: of_one_position_and_eight_tests,
    1: of_sixteen_assets_and_sixteen_tests,
    2: of_two_positions,
}

fn batch(covenants: &Covenants) -> Vec<(Vec<u8>, Vec<U256>)> {
    covenants.claims.iter().map(|claim| (claim.proof.clone(), claim.inputs.clone())).collect()
}

fn proofs_verify_in_rust_and_on_chain(covenants: &Covenants) {
    for claim in &covenants.claims {
        assert!(covenants.rust_accepts(claim));
        let verdict = covenants.call(&claim.calldata());
        assert!(verdict.accepted(), "{verdict:?}");
    }
    for count in 1..=covenants.claims.len() {
        let verdict = covenants.call(&batch_calldata(&batch(covenants)[..count]));
        assert!(verdict.accepted(), "{count}: {verdict:?}");
    }
}

fn the_artifact_is_of_what_the_generator_writes(covenants: &Covenants) {
    let sources = halo2_verifier(covenants.key.verifying_key()).expect("the template fits");
    let hashes: Vec<String> = sources.iter().map(|(_, source)| hex::encode(Sha256::digest(source))).collect();
    let stored = covenants.artifact["sources"].as_array().expect("a list");
    assert!(stored.iter().eq(&hashes), "run check-artifacts.sh");
    assert!(covenants.code.len() <= CODE_LIMIT, "{} bytes", covenants.code.len());
    assert!(sources.iter().all(|(_, source)| source.lines().count() <= 600));
}

/// Some evaluations that are not reduced would be refused without the comparison, so no proof shows that it is there.
fn every_evaluation_is_held_below_the_order(covenants: &Covenants) {
    let sources = halo2_verifier(covenants.key.verifying_key()).expect("the template fits");
    let [(_, contract), (_, memory)] = &sources[..] else { panic!("a contract and its map") };
    let names = memory.lines().filter_map(|line| line.strip_prefix("uint256 constant ")?.split(' ').next());
    let names = names.skip_while(|name| *name != "STATE_EVALUATIONS").skip(1);
    let names: Vec<&str> = names.take_while(|name| *name != "STATE_OPENING").collect();
    assert_eq!(names.len(), covenants.key.verifying_key().plan().scalars());
    assert!(names.iter().all(|name| contract.contains(&format!("lt(mload({name}), r)"))));
}

/// Both verifiers refuse, the contract by its answer. Says how many pairings the contract made.
fn refused(covenants: &Covenants, claim: &Claim, what: &str) -> usize {
    assert!(!covenants.rust_accepts(claim), "Rust accepts: {what}");
    let mut pairings = Pairings::default();
    let verdict = call_code_inspected(&covenants.code, &claim.calldata(), &mut pairings);
    assert!(verdict.refused(), "{what}: {verdict:?}");
    pairings.count()
}

fn set(proof: &mut [u8], at: usize, word: U256) {
    proof[at..at + 32].copy_from_slice(&word.to_be_bytes::<32>());
}

fn every_changed_word_of_a_proof_is_refused(covenants: &Covenants) {
    let claim = &covenants.claims[0];
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    for at in (0..claim.proof.len()).step_by(32) {
        let word = U256::from_be_slice(&claim.proof[at..at + 32]);
        let bit = word ^ (U256::from(1) << (rng.next_u32() % 254) as usize);
        for changed in [U256::ZERO, bit, word + R, word + P, R - word % R, P.wrapping_sub(word)] {
            let mut claim = claim.clone();
            set(&mut claim.proof, at, changed);
            let pairings = refused(covenants, &claim, &format!("byte {at}: {changed:#x}"));
            let evaluation = (EVALUATIONS..claim.proof.len() - 128).contains(&at);
            assert!(pairings == 0 || !evaluation || changed < R, "byte {at}: a pairing for {changed:#x}");
        }
    }
}

fn proofs_of_other_statements_are_refused(covenants: &Covenants) {
    for (i, of) in covenants.claims.iter().enumerate() {
        for (j, other) in covenants.claims.iter().enumerate().filter(|(j, _)| *j != i) {
            let claim = Claim { inputs: other.inputs.clone(), proof: of.proof.clone() };
            assert_eq!(refused(covenants, &claim, &format!("proof {i} for statement {j}")), 1);
        }
    }
}

fn every_changed_public_input_is_refused(covenants: &Covenants) {
    let claim = &covenants.claims[0];
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    for index in 0..claim.inputs.len() {
        let word = claim.inputs[index];
        // One more stays within the width; the order more is another encoding of the same.
        let bit = word ^ (U256::from(1) << (rng.next_u32() % 254) as usize);
        let other = [bit, (R - word) % R, word + R][rng.next_u32() as usize % 3];
        for changed in [(word + U256::from(1)) % R, other] {
            let mut claim = claim.clone();
            claim.inputs[index] = changed;
            if changed != word {
                refused(covenants, &claim, &format!("input {index}: {changed:#x}"));
            }
        }
    }
    for first in (0..claim.inputs.len() - 1).filter(|first| claim.inputs[*first] != claim.inputs[first + 1]) {
        let mut claim = claim.clone();
        claim.inputs.swap(first, first + 1);
        if first % 7 == 0 {
            refused(covenants, &claim, &format!("inputs {first} and the next exchanged"));
        }
    }
}

/// The last value of each width on either side, and the first beyond; those of the middle and of the top.
fn limits(shape: Shape, index: usize) -> (Vec<U256>, Vec<U256>) {
    let (one, m) = (U256::from(1), shape.commitments());
    let top = [R, R + one, one << 255, U256::MAX];
    let (within, beyond) = match index.checked_sub(m) {
        None => (vec![R - one], vec![]),
        Some(0) => (vec![(one << 253) - one], vec![one << 253, R - one]),
        Some(rest) => {
            let limit = one << if rest <= shape.rows() { 240 } else { 120 };
            (vec![limit - one, R - limit + one, R - one], vec![limit, R - limit, R / U256::from(2)])
        }
    };
    (within, [beyond, top.to_vec()].concat())
}

/// A contract that finds a value beyond its range ends without a pairing; with any other value it comes to one.
fn public_inputs_beyond_their_width_are_refused_for_it(covenants: &Covenants) {
    let claim = &covenants.claims[0];
    for index in 0..claim.inputs.len() {
        let (within, beyond) = limits(covenants.shape, index);
        let try_out = |value: U256, pairings: usize| {
            let mut claim = claim.clone();
            claim.inputs[index] = value;
            let what = format!("input {index} = {value:#x}");
            assert_eq!(refused(covenants, &claim, &what), pairings, "{what}");
        };
        // All values for the first and the last; of the others, which a loop reads, every fifth and the narrowest misses.
        let all = index < 40 || index + 8 > claim.inputs.len();
        if !all && index % 5 != 0 {
            continue;
        }
        let some = |values: Vec<U256>| values.into_iter().take(if all { usize::MAX } else { 1 });
        some(within).filter(|value| *value != claim.inputs[index]).for_each(|value| try_out(value, 1));
        some(beyond).for_each(|value| try_out(value, 0));
        try_out(R, 0);
    }
}

fn points_that_are_none_are_refused_for_it(covenants: &Covenants) {
    let claim = &covenants.claims[0];
    let points = (0..EVALUATIONS).step_by(64).chain([claim.proof.len() - 128, claim.proof.len() - 64]);
    for at in points {
        let word = |at: usize| U256::from_be_slice(&claim.proof[at..at + 32]);
        for (place, value) in [(at, word(at) + P), (at + 32, word(at + 32) + P), (at, U256::MAX), (at + 32, U256::ZERO)]
        {
            let mut claim = claim.clone();
            set(&mut claim.proof, place, value);
            assert_eq!(refused(covenants, &claim, &format!("byte {place}")), 0);
        }
        let mut infinity = claim.clone();
        infinity.proof[at..at + 64].fill(0);
        assert_eq!(refused(covenants, &infinity, &format!("infinity at {at}")), 0);
        let mut opposite = claim.clone();
        set(&mut opposite.proof, at + 32, P - word(at + 32));
        assert_eq!(refused(covenants, &opposite, &format!("the opposite point at {at}")), 1);
    }
}

fn other_calldata_is_refused(covenants: &Covenants) {
    let claim = &covenants.claims[0];
    let data = claim.calldata();
    for extra in [1, 32, 1000] {
        assert!(covenants.call(&[data.clone(), vec![0; extra]].concat()).refused(), "{extra} more bytes");
    }
    let not_accepted = |data: &[u8], what: &str| {
        let verdict = covenants.call(data);
        assert!(verdict.output.is_none() || verdict.refused(), "{what}: {verdict:?}");
    };
    for length in (0..data.len()).step_by(331).chain([data.len() - 1, data.len() - 32]) {
        not_accepted(&data[..length], &format!("{length} bytes"));
    }
    // Where the arguments stand, and their lengths.
    for word in [4, 36, 68, 100 + claim.proof.len()] {
        for bit in [0, 1, 4, 5, 13] {
            let mut changed = data.clone();
            changed[word + 31 - bit / 8] ^= 1 << (bit % 8);
            not_accepted(&changed, &format!("byte {word:#x} bit {bit}"));
        }
    }
    for (proof, inputs) in [(-1, 0), (1, 0), (-32, 0), (32, 0), (0, -1), (0, 1), (-32, 1), (32, -1)] {
        let mut claim = claim.clone();
        claim.proof.resize(claim.proof.len().checked_add_signed(proof).expect("long"), 0);
        claim.inputs.resize(claim.inputs.len().checked_add_signed(inputs).expect("many"), U256::ZERO);
        assert_eq!(refused(covenants, &claim, &format!("{proof} bytes and {inputs} inputs more")), 0);
    }
}

fn batches_with_one_change_are_refused(covenants: &Covenants) {
    let valid = batch(covenants);
    for place in 0..valid.len() {
        for at in (31..valid[place].0.len()).step_by(32) {
            let mut batch = valid.clone();
            batch[place].0[at] ^= 1;
            assert!(covenants.call(&batch_calldata(&batch)).refused(), "proof {place} byte {at}");
        }
        for index in (0..valid[place].1.len()).step_by(valid[place].1.len() / 20) {
            let mut batch = valid.clone();
            batch[place].1[index] = (batch[place].1[index] + U256::from(1)) % R;
            assert!(covenants.call(&batch_calldata(&batch)).refused(), "proof {place} input {index}");
        }
    }
    // The last points of two proofs, exchanged: their sum is the same.
    let mut batch = valid[..2].to_vec();
    let (left, right) = batch.split_at_mut(1);
    let last = left[0].0.len() - 64..;
    left[0].0[last.clone()].swap_with_slice(&mut right[0].0[last]);
    assert!(covenants.call(&batch_calldata(&batch)).refused());
}

#[test]
fn a_valid_proof_is_never_false_for_want_of_gas() {
    let covenants: &LazyLock<Covenants> = &COVENANTS[0];
    let data = covenants.claims[0].calldata();
    let enough = covenants.call(&data).gas;
    let mut accepted = 0;
    for gas in (0..enough + 20_000).step_by(997) {
        let Some(call) = call_code(&covenants.code, SpecId::OSAKA, &data, gas) else { continue };
        assert!(call.output.is_none() || call.accepted(), "false for {gas} gas");
        accepted += usize::from(call.accepted());
    }
    assert!(accepted > 0, "never enough gas");
}

/// A position of which nothing is held but one unit of the first asset, so that the coefficients of the others are free.
fn of_one_unit(coefficients: Vec<Coefficient>, constant: Constant) -> (Instance, Witness) {
    let (shape, unit) = (Shape::ALL[0], |i| Amount::new(u128::from(i == 0)).expect("small"));
    let position = Position::new((0..8).map(unit).collect(), vec![Amount::new(0).expect("small"); 8]).expect("a size");
    let opening = Opening::random(ChaCha20Rng::seed_from_u64(3));
    let commitment = PositionCommitment::new(&position, &opening);
    let tests = vec![Row::new(coefficients, constant)];
    let context = Context::from_digest([7; 32]);
    let instance = Instance::new(shape, context, vec![commitment], Vec::new(), tests).expect("of the shape");
    let helpers = vec![Amount::new(0).expect("small"); shape.helpers()];
    (instance, Witness { positions: vec![position], openings: vec![opening], helpers })
}

/// Rows of coefficients that no honest prover proves, but the circuit holds for: the width alone condemns them.
#[test]
fn true_statements_beyond_the_widths_are_refused() {
    let covenants: &Covenants = &COVENANTS[0];
    let shape = covenants.shape;
    let (first, terms) = (shape.commitments() + 1, shape.terms());
    let test = shape.equalities();
    let try_out = |index: usize, value: Fr, within: bool, zero: Constant, unit: Coefficient, moved: Fr| {
        let mut coefficients = vec![Coefficient::ZERO; terms];
        coefficients[0] = unit;
        let (instance, witness) = of_one_unit(coefficients, zero);
        let mut public = instance.public_inputs();
        public[index] = vec![value];
        if unit != Coefficient::ZERO {
            public[first + shape.rows() + test * terms] = vec![Fr::ZERO];
        }
        // With the unit's coefficient in the constant, the sum is smaller between the two by what it is there.
        let layout = Layout::new(shape);
        let (above, _) = layout.amounts().find(|(_, terms)| terms.contains(&0)).expect("a row");
        let advice = |phase: usize, challenges: &[Fr], rng: &mut ChaCha20Rng| {
            if phase == 0 {
                return assign_amounts(&instance, &witness, rng);
            }
            let mut sum = assign_sum(&instance, &witness, challenges[0], rng);
            let power = challenges[0].pow_vartime([(shape.rows() - 1 - test) as u64]);
            sum[above + 1..=layout.constants_row()].iter_mut().for_each(|cell| *cell -= power * moved);
            vec![sum]
        };
        let rng = ChaCha20Rng::seed_from_u64(4);
        let proof = prover::prove(&covenants.srs, &covenants.key, &public, &[], advice, rng, |_| ()).expect("its SRS");
        let key = covenants.key.verifying_key();
        assert!(
            verifier::verify(&verifier::Claim { key, public: &public, proof: &proof }).is_ok(),
            "the circuit holds"
        );
        let word = |input: &Fr| U256::from_le_bytes::<32>(input.to_repr());
        let inputs: Vec<U256> = public.iter().flatten().map(word).collect();
        let verdict = covenants.call(&calldata(&proof, &inputs));
        assert_eq!((verdict.accepted(), verdict.refused()), (within, !within), "input {index} = {value:?}");
        assert_eq!(covenants.rust_accepts(&Claim { inputs, proof }), within);
    };
    let power = |bits: u64| Fr::from(2).pow_vartime([bits]);
    let free = |index: usize, value: Fr, within: bool| {
        try_out(index, value, within, Constant::ZERO, Coefficient::ZERO, Fr::ZERO);
    };
    for row in 0..shape.rows() {
        let index = first + shape.rows() + row * terms + 1 + row % (terms - 1);
        for (value, within) in [
            (power(120) - Fr::ONE, true),
            (Fr::ONE - power(120), true),
            (power(120), false),
            (-power(120), false),
            (power(250), false),
        ] {
            free(index, value, within);
        }
    }
    // No gate reads the context.
    free(shape.commitments(), power(253) - Fr::ONE, true);
    free(shape.commitments(), power(253), false);
    free(shape.commitments(), -Fr::ONE, false);
    // A constant of −2^240 is proven as truly as one of 1 − 2^240 with a unit.
    let limit = (U256::from(1) << 240) - U256::from(1);
    let least = Constant::new(true, limit).expect("240 bits");
    let one = Coefficient::new(1).expect("small");
    try_out(first + test, Fr::ONE - power(240), true, least, Coefficient::ZERO, Fr::ZERO);
    try_out(first + test, -power(240), false, least, one, Fr::ONE);
}
