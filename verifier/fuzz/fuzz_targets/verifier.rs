//! A good proof and its public inputs, changed: accepted only where the changes come to nothing.
//!
//! The length never changes, and points stay on the curve where a change is one of points, so the checks behind those
//! are reached.

#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use assay_circuits::proof::verify_proof;
use assay_circuits::statements::solvency::PROOF_LEN;
use assay_circuits::statements::solvency::strategies::commitment_from_field;
use assay_circuits::{Context, Fr, Instance, Margin, Weight};
use assay_fuzz::Frozen;
use assay_protocol::encoding::{g1_from_bytes, g1_to_bytes, to_bytes};
use ff::Field;
use group::Curve;
use group::prime::PrimeCurveAffine;
use halo2curves::bn256::G1Affine;
use libfuzzer_sys::fuzz_target;
use ruint::aliases::U256;

/// Points before the scalars, scalars, points after them.
const LAYOUT: [usize; 3] = [7, 18, 2];
const _: () = assert!(64 * (LAYOUT[0] + LAYOUT[2]) + 32 * LAYOUT[1] == PROOF_LEN);

#[derive(Arbitrary, Debug)]
enum Change {
    /// Bits of a byte of the proof.
    Bits {
        at: u16,
        bits: u8,
    },
    Word {
        at: u8,
        with: WordChange,
    },
    Words {
        one: u8,
        other: u8,
    },
    Scalars {
        one: u8,
        other: u8,
    },
    Point {
        at: u8,
        with: PointChange,
    },
    Points {
        one: u8,
        other: u8,
    },
    Commitment {
        add: u64,
    },
    Context {
        bit: u8,
    },
    Margin {
        bits: [u64; 4],
    },
    Weight {
        at: u8,
        bits: u128,
    },
    Weights {
        one: u8,
        other: u8,
    },
}

#[derive(Arbitrary, Debug)]
enum WordChange {
    Add(u64),
    Negate,
    /// The same number, not reduced.
    Unreduced,
    Set([u8; 32]),
}

#[derive(Arbitrary, Debug)]
enum PointChange {
    Negate,
    Multiply(u64),
    AddGenerator(u64),
    Identity,
    Copy(u8),
}

static FROZEN: LazyLock<Frozen> = LazyLock::new(Frozen::read);
static MODULUS: LazyLock<U256> = LazyLock::new(|| U256::from_be_bytes(to_bytes(&-Fr::ONE)) + U256::from(1));

fn word_at(at: u8) -> usize {
    32 * (usize::from(at) % (PROOF_LEN / 32))
}

fn scalar_at(at: u8) -> usize {
    64 * LAYOUT[0] + 32 * (usize::from(at) % LAYOUT[1])
}

fn point_at(at: u8) -> usize {
    let index = usize::from(at) % (LAYOUT[0] + LAYOUT[2]);
    64 * index + if index < LAYOUT[0] { 0 } else { 32 * LAYOUT[1] }
}

fn swap<const LEN: usize>(proof: &mut [u8], one: usize, other: usize) {
    let bytes = |at: usize| -> [u8; LEN] { proof[at..at + LEN].try_into().unwrap() };
    let (one_bytes, other_bytes) = (bytes(one), bytes(other));
    proof[one..one + LEN].copy_from_slice(&other_bytes);
    proof[other..other + LEN].copy_from_slice(&one_bytes);
}

fn change_word(word: &mut [u8], change: &WordChange) {
    let value = U256::try_from_be_slice(word).unwrap();
    let changed = match change {
        WordChange::Add(number) => value.wrapping_add(U256::from(*number)),
        WordChange::Negate => MODULUS.wrapping_sub(value),
        WordChange::Unreduced => value.wrapping_add(*MODULUS),
        WordChange::Set(bytes) => U256::from_be_bytes(*bytes),
    };
    word.copy_from_slice(&changed.to_be_bytes::<32>());
}

fn change_point(proof: &mut [u8], at: usize, change: &PointChange) {
    let bytes: [u8; 64] = proof[at..at + 64].try_into().unwrap();
    // Another change may have left what is no point.
    let Some(point) = g1_from_bytes(&bytes) else { return };
    let changed = match change {
        PointChange::Negate => (-point).into(),
        PointChange::Multiply(number) => point * Fr::from(*number),
        PointChange::AddGenerator(number) => G1Affine::generator() * Fr::from(*number) + point,
        PointChange::Identity => G1Affine::identity().into(),
        PointChange::Copy(from) => {
            let from = point_at(*from);
            proof.copy_within(from..from + 64, at);
            return;
        }
    };
    let affine = changed.to_affine();
    let encoded = if bool::from(affine.is_identity()) { [0; 64] } else { g1_to_bytes(&affine) };
    proof[at..at + 64].copy_from_slice(&encoded);
}

fn weight(instance: &mut Instance, at: u8) -> &mut Weight {
    let (at, covenant) = (usize::from(at) % 16, &mut instance.covenant);
    if at < 8 { &mut covenant.collateral_mut()[at] } else { &mut covenant.debt_mut()[at - 8] }
}

fn apply(change: &Change, instance: &mut Instance, proof: &mut [u8]) {
    match change {
        Change::Bits { at, bits } => proof[usize::from(*at) % PROOF_LEN] ^= bits,
        Change::Word { at, with } => change_word(&mut proof[word_at(*at)..][..32], with),
        Change::Words { one, other } => swap::<32>(proof, word_at(*one), word_at(*other)),
        Change::Scalars { one, other } => swap::<32>(proof, scalar_at(*one), scalar_at(*other)),
        Change::Point { at, with } => change_point(proof, point_at(*at), with),
        Change::Points { one, other } => swap::<64>(proof, point_at(*one), point_at(*other)),
        Change::Commitment { add } => {
            instance.commitment = commitment_from_field(instance.commitment.to_field() + Fr::from(*add));
        }
        Change::Context { bit } => {
            let mut bytes = instance.context.to_bytes();
            bytes[usize::from(*bit) / 8] ^= 1 << (bit % 8);
            instance.context = Context::from_digest(bytes);
        }
        Change::Margin { bits } => {
            let changed = instance.covenant.margin.get() ^ (U256::from_limbs(*bits) >> 16);
            instance.covenant.margin = Margin::new(changed).unwrap();
        }
        Change::Weight { at, bits } => {
            let weight = weight(instance, *at);
            *weight = Weight::new(weight.get() ^ (bits >> 8)).unwrap();
        }
        Change::Weights { one, other } => {
            let (one_weight, other_weight) = (*weight(instance, *one), *weight(instance, *other));
            *weight(instance, *one) = other_weight;
            *weight(instance, *other) = one_weight;
        }
    }
}

fuzz_target!(|changes: Vec<Change>| {
    let (mut instance, mut proof) = (FROZEN.instance.clone(), FROZEN.proof.clone());
    for change in &changes {
        apply(change, &mut instance, &mut proof);
    }
    let same = instance == FROZEN.instance && proof == FROZEN.proof;
    let accepted = verify_proof(&FROZEN.key, &instance, &proof).is_ok();
    assert_eq!(accepted, same, "{changes:?}");
});
