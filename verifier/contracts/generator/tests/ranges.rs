//! Every value of a claim is held to its range, for each number of assets.
//!
//! A contract that finds a value beyond its range ends without a pairing; with any other value of the same words it comes
//! to one, and refuses the proof by it. So the pairings that a call makes tell which check refused, and no proof has to be
//! forged for it: `forged.rs` does that for eight assets and shows what the ranges are for.

use crate::common::{CODE, Call, Development, FIXTURES, batch_calldata, call_code_inspected, calldata};
use assay_circuits::Size;
use assay_circuits::statements::solvency::PROOF_LEN;
use assay_circuits::statements::solvency::row;
use revm::Inspector;
use revm::interpreter::{CallInputs, CallOutcome};
use revm::primitives::{Address, U256, uint};

/// Order of the group.
const R: U256 = uint!(0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001_U256);
/// Modulus of coordinates.
const P: U256 = uint!(0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47_U256);
/// Bytes of a proof's evaluations.
const EVALUATIONS: std::ops::Range<usize> = 0x1c0..0x400;

/// Counts pairings.
#[derive(Default)]
pub(crate) struct Pairings(usize);

impl Pairings {
    pub(crate) fn count(&self) -> usize {
        self.0
    }
}

impl<C> Inspector<C> for Pairings {
    fn call_end(&mut self, _: &mut C, inputs: &CallInputs, _: &mut CallOutcome) {
        self.0 += usize::from(inputs.bytecode_address == Address::with_last_byte(8));
    }
}

type Claim = (Vec<u8>, Vec<U256>);

/// A contract with claims that it accepts.
struct Subject {
    size: Size,
    code: Vec<u8>,
    claims: [Claim; 2],
}

impl Subject {
    fn all() -> [Self; 4] {
        let claims = [0, 1].map(|i| (FIXTURES[i].proof.clone(), FIXTURES[i].inputs()));
        let eight = Self { size: Size::Eight, code: CODE.clone(), claims };
        [
            eight,
            Self::development(Size::Sixteen),
            Self::development(Size::ThirtyTwo),
            Self::development(Size::SixtyFour),
        ]
    }

    fn development(size: Size) -> Self {
        let Development { code, fixtures, .. } = Development::read(size);
        let claims = [0, 1].map(|i| (fixtures[i].proof.clone(), fixtures[i].inputs()));
        Self { size, code, claims }
    }

    fn call(&self, data: &[u8]) -> (Call, usize) {
        let mut pairings = Pairings::default();
        let call = call_code_inspected(&self.code, data, &mut pairings);
        (call, pairings.0)
    }

    /// Refused, with a pairing where `within`, alone and in either place of a batch.
    fn refuses(&self, change: impl Fn(&mut Claim), within: bool, what: &str) {
        let what = format!("{}: {what}", self.size);
        let mut claim = self.claims[0].clone();
        change(&mut claim);
        let (verdict, pairings) = self.call(&calldata(&claim.0, &claim.1));
        assert!(verdict.refused(), "{what}: {verdict:?}");
        assert_eq!(pairings, usize::from(within), "{what}");
        for place in 0..2 {
            let mut claims = self.claims.clone();
            change(&mut claims[place]);
            let (verdict, pairings) = self.call(&batch_calldata(&claims));
            assert!(verdict.refused(), "{what}, place {place} of a batch: {verdict:?}");
            assert_eq!(pairings, usize::from(within), "{what}, place {place} of a batch");
        }
    }
}

/// The first value beyond the range of a public input.
fn limit(index: usize) -> U256 {
    match index {
        row::COMMITMENT => R,
        row::CONTEXT => U256::from(1) << 253,
        row::MARGIN => U256::from(1) << 240,
        _ => U256::from(1) << 120,
    }
}

fn set(proof: &mut [u8], at: usize, word: U256) {
    proof[at..at + 32].copy_from_slice(&word.to_be_bytes::<32>());
}

#[test]
fn what_is_true_is_accepted_by_one_pairing() {
    for subject in Subject::all() {
        for (proof, inputs) in &subject.claims {
            let (verdict, pairings) = subject.call(&calldata(proof, inputs));
            assert!(verdict.accepted() && pairings == 1);
        }
        let (verdict, pairings) = subject.call(&batch_calldata(&subject.claims));
        assert!(verdict.accepted() && pairings == 1);
    }
}

#[test]
fn public_inputs_beyond_their_range_are_refused_for_it() {
    for subject in Subject::all() {
        for index in 0..row::len(subject.size) {
            let (limit, top) = (limit(index), U256::from(1) << 255);
            let values = [(limit - U256::from(1), true), (limit, false), (top, false), (U256::MAX, false)];
            for (value, within) in values {
                subject.refuses(|claim| claim.1[index] = value, within, &format!("input {index} = {value:#x}"));
            }
        }
    }
}

#[test]
fn words_of_a_proof_beyond_their_range_are_refused_for_it() {
    for subject in Subject::all() {
        for at in (0..PROOF_LEN).step_by(32) {
            let what = format!("byte {at:#x} of the proof");
            if EVALUATIONS.contains(&at) {
                for (value, within) in [(R - U256::from(1), true), (R, false), (U256::MAX, false)] {
                    subject.refuses(|claim| set(&mut claim.0, at, value), within, &what);
                }
                continue;
            }
            // The same point in another encoding; none of the curve.
            let unreduced = |claim: &mut Claim| {
                let word = U256::from_be_slice(&claim.0[at..at + 32]);
                set(&mut claim.0, at, word + P);
            };
            subject.refuses(unreduced, false, &what);
            for value in [U256::ZERO, U256::MAX] {
                subject.refuses(|claim| set(&mut claim.0, at, value), false, &what);
            }
            // The point at infinity, and the same point on the other side of the axis.
            if at % 64 == 0 {
                subject.refuses(|claim| claim.0[at..at + 64].fill(0), false, &what);
                let other = |claim: &mut Claim| {
                    let y = U256::from_be_slice(&claim.0[at + 32..at + 64]);
                    set(&mut claim.0, at + 32, P - y);
                };
                subject.refuses(other, true, &what);
            }
        }
    }
}
