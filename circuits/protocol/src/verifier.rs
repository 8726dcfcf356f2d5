//! Verifying proofs: halo2's protocol, by our own code.
//!
//! What a proof consists of, its [`Plan`](crate::plan::Plan) says. Round by round:
//!
//! 1. the verifier hashes the key and the public inputs; the prover sends the advice columns, phase by phase with
//!    a challenge between them, and a random polynomial that blinds the opening proof;
//! 2. at a challenge `y` all gates become one polynomial, which must vanish in every row; the prover sends its quotient
//!    by `X^n − 1` in pieces;
//! 3. at a challenge `x` the prover sends the values of all columns that the gates read, and of the random polynomial.
//!    The verifier computes those of the public inputs, and from all of them the quotient's;
//! 4. two points show that the commitments have these values: `shplonk.rs` turns them into one equation, which a pairing
//!    decides.
//!
//! What is checked, what would pass without it, and the test in `tests/two_verifiers.rs` that would fail:
//!
//! | check | without it | where | test |
//! |---|---|---|---|
//! | exactly as many bytes as the plan says | one proof in many encodings | [`verify`] | every change |
//! | scalars and coordinates below their moduli | the same | `ProofReader` | every change |
//! | points on the curve, not the identity | points of a curve on which logarithms are easy; what no honest prover sends | `ProofReader` | every change |
//! | key, public inputs and every word are hashed before the challenges that test them | words that fit the challenge: any statement | `accumulator.rs` | every challenge |
//! | every gate, at the values that are opened | a statement that breaks only that gate | `accumulator.rs` | completed |
//! | the values of the public inputs are computed | values that the prover likes: any statement | `accumulator.rs` | completed |
//! | every value is opened, at its own rotation | values that no column has | `shplonk.rs` | completed |
//! | challenges that the formulas are not defined for are refused | a division by zero | `domain.rs`, `shplonk.rs` | beside them |
//! | the pairing | everything | this file | every change |
//! | weights of a batch follow all of its proofs | two invalid proofs whose errors cancel | this file | errors that cancel |
//!
//! This verifier is tested against halo2's own, which nothing else calls. Nothing here panics, whatever the bytes:
//! indexing, unchecked arithmetic, `as` and every way to panic are denied.

#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod accumulator;
mod domain;
mod msm;
mod shplonk;

use std::iter;

use ff::{Field, PrimeField};
use group::{Curve, Group};
use halo2curves::bn256::{Bn256, G1, G1Affine, G2Prepared};
use halo2curves::pairing::{MillerLoopResult, MultiMillerLoop};
use ruint::aliases::U256;
use sha3::{Digest, Keccak256};

pub use self::accumulator::Accumulator;
pub use self::msm::msm;
use crate::Fr;
use crate::keys::VerifyingKey;

/// A proof, and what it is said to be a proof of.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'c> {
    /// The key.
    pub key: &'c VerifyingKey,
    /// The public inputs, by instance column: as many in each as the key says. Rows after them are zero.
    pub public: &'c [Vec<Fr>],
    /// The proof.
    pub proof: &'c [u8],
}

/// Why a proof was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Not exactly as many bytes as the key's plan says.
    #[error("the proof has {found} bytes and must have {expected}")]
    Length {
        /// Bytes that a proof has.
        expected: usize,
        /// Bytes of this one.
        found: usize,
    },
    /// Malformed or not a proof of this statement under this key.
    #[error("the proof does not verify")]
    Invalid,
    /// The key is for another circuit than the statement's.
    #[error("the key is for another statement, or for another size")]
    OtherCircuit,
}

/// Verifies one proof.
///
/// # Errors
/// [`ProofError`].
pub fn verify(claim: &Claim<'_>) -> Result<(), ProofError> {
    let accumulator = claim.accumulate()?;
    if hold_together(&[(0, claim.key, accumulator)]) { Ok(()) } else { Err(ProofError::Invalid) }
}

/// Verifies many proofs, under one or several keys, with one pairing check, in which each proof but the first is weighed by
/// 128 bits. They are a hash of all proofs, keys and public inputs of the batch rather than drawn from a generator: so the
/// same batch always gets the same verdict, no environment can fail, and whoever wants errors to cancel has to try `2^128`
/// batches, more than the curve resists.
///
/// Malformed proofs are found at once. Where the check of the others fails, halves them until the bad ones are found:
/// about `2·log₂` of the batch more checks for each. The results are in the order of the claims.
#[must_use]
pub fn verify_batch(claims: &[Claim<'_>]) -> Vec<Result<(), ProofError>> {
    let mut accumulators = Vec::with_capacity(claims.len());
    let mut results = Vec::with_capacity(claims.len());
    for (index, claim) in claims.iter().enumerate() {
        results.push(claim.accumulate().map(|accumulator| accumulators.push((index, claim.key, accumulator))));
    }
    let mut invalid = Vec::new();
    find_invalid(&accumulators, &mut invalid);
    for index in invalid {
        if let Some(result) = results.get_mut(index) {
            *result = Err(ProofError::Invalid);
        }
    }
    results
}

impl Claim<'_> {
    fn accumulate(&self) -> Result<Accumulator, ProofError> {
        let (expected, found) = (self.key.plan().proof_len(), self.proof.len());
        if found != expected {
            return Err(ProofError::Length { expected, found });
        }
        Accumulator::read(self.key, self.public, self.proof).ok_or(ProofError::Invalid)
    }
}

/// A claim's number, its key and what is left to check of it.
type Weighed<'k> = (usize, &'k VerifyingKey, Accumulator);

/// Adds to `invalid` the numbers of the claims that do not hold.
fn find_invalid(claims: &[Weighed<'_>], invalid: &mut Vec<usize>) {
    if hold_together(claims) {
        return;
    }
    if let [(index, ..)] = claims {
        invalid.push(*index);
        return;
    }
    let (left, right) = claims.split_at(claims.len() / 2);
    find_invalid(left, invalid);
    find_invalid(right, invalid);
}

/// One pairing check for all of `claims`: the left sides of their equations, summed for each `τ·G₂`, and the right sides,
/// each side weighed.
fn hold_together(claims: &[Weighed<'_>]) -> bool {
    let Some((_, first, _)) = claims.first() else { return true };
    let mut lefts: Vec<(&VerifyingKey, Vec<(Fr, G1Affine)>)> = Vec::new();
    let mut fixed: Vec<(&VerifyingKey, Vec<Fr>)> = Vec::new();
    let (mut right, mut generator) = (Vec::new(), Fr::ZERO);
    for ((_, key, accumulator), weight) in
        claims.iter().zip(weights(claims.iter().map(|(_, _, accumulator)| &accumulator.digest)))
    {
        let term = (weight, accumulator.witness);
        match lefts.iter_mut().find(|(other, _)| other.tau_g2() == key.tau_g2()) {
            Some((_, left)) => left.push(term),
            None => lefts.push((key, vec![term])),
        }
        right.extend(accumulator.points.iter().map(|(factor, point)| (*factor * weight, *point)));
        let factors = accumulator.fixed.iter().map(|factor| *factor * weight);
        match fixed.iter_mut().find(|(other, _)| other.fingerprint() == key.fingerprint()) {
            Some((_, sums)) => sums.iter_mut().zip(factors).for_each(|(sum, factor)| *sum += factor),
            None => fixed.push((key, factors.collect())),
        }
        generator += accumulator.generator * weight;
    }
    for (key, factors) in fixed {
        right.extend(factors.into_iter().zip(key.halo2_key().fixed_commitments().iter().copied()));
    }
    right.push((generator, G1Affine::generator()));

    let sums: Vec<G1> = lefts.iter().map(|(_, left)| msm(left)).chain([msm(&right)]).collect();
    let mut affine = vec![G1Affine::default(); sums.len()];
    G1::batch_normalize(&sums, &mut affine);
    let [_, minus_one] = first.pairing_points();
    let taus = lefts.iter().map(|(key, _)| {
        let [tau, _] = key.pairing_points();
        tau
    });
    let terms: Vec<(&G1Affine, &G2Prepared)> = affine.iter().zip(taus.chain([minus_one])).collect();
    Bn256::multi_miller_loop(&terms).final_exponentiation().is_identity().into()
}

/// One, then 128 bits each of a hash of all digests.
fn weights<'d>(digests: impl Iterator<Item = &'d [u8; 32]>) -> impl Iterator<Item = Fr> {
    let mut hash = Keccak256::new();
    digests.for_each(|digest| hash.update(digest));
    let seed: [u8; 32] = hash.finalize().into();
    let rest = (1u64..).map(move |number| {
        let hash = Keccak256::new().chain_update(seed).chain_update(number.to_be_bytes()).finalize();
        let [low, high, ..] = *U256::from_be_bytes::<32>(hash.into()).as_limbs();
        Fr::from_u128(u128::from(low) | (u128::from(high) << 64))
    });
    iter::once(Fr::ONE).chain(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_follow_every_digest_and_their_order() {
        let weigh = |digests: [[u8; 32]; 3]| weights(digests.iter()).take(3).collect::<Vec<_>>();
        let one = weigh([[1; 32], [2; 32], [3; 32]]);
        assert_eq!(one.first(), Some(&Fr::ONE));
        for other in [[[9; 32], [2; 32], [3; 32]], [[1; 32], [2; 32], [9; 32]], [[2; 32], [1; 32], [3; 32]]] {
            assert!(weigh(other).iter().zip(&one).skip(1).all(|(other, one)| other != one));
        }
    }
}
