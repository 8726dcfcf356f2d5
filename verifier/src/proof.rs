//! Verifying proofs: halo2's protocol for this one circuit, by our own code.
//!
//! A proof is nine points and eighteen scalars. Round by round:
//!
//! 1. the verifier hashes the key and the public inputs; the prover sends the advice columns, and a random polynomial
//!    that blinds the opening proof;
//! 2. at a challenge `y` all gates become one polynomial, which must vanish in every row; the prover sends its quotient
//!    by `X^n − 1` in four pieces;
//! 3. at a challenge `x` the prover sends the values of all columns that the gates read, and of the random polynomial.
//!    The verifier computes those of the public inputs, and from all of them the quotient's;
//! 4. two points show that the commitments have these values: `opening.rs` turns them into one equation, which a pairing
//!    decides.
//!
//! What is checked, what would pass without it, and the test in `two_verifiers.rs` that would fail:
//!
//! | check | without it | where | test |
//! |---|---|---|---|
//! | exactly [`PROOF_LEN`] bytes | one proof in many encodings | [`verify_proof`] | every change |
//! | scalars and coordinates below their moduli | the same | `ProofReader` | every change |
//! | points on the curve, not the identity | points of a curve on which logarithms are easy; what no honest prover sends | `ProofReader` | every change |
//! | key, public inputs and every word are hashed before the challenges that test them | words that fit the challenge: any statement | `claim.rs` | every challenge |
//! | every gate, at the values that are opened | a statement that breaks only that gate | `claim.rs` | completed |
//! | the values of the public inputs are computed | values that the prover likes: any statement | `claim.rs` | completed |
//! | every value is opened, at its own rotation | values that no column has | `opening.rs` | completed |
//! | challenges that the formulas are not defined for are refused | a division by zero | `domain.rs`, `opening.rs` | beside them |
//! | the pairing | everything | this file | every change |
//! | weights of a batch follow all of its proofs | two invalid proofs whose errors cancel | this file | errors that cancel |
//!
//! This verifier is tested against halo2's own, which nothing else calls.

mod claim;
mod domain;
mod msm;
mod opening;
#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]
mod two_verifiers;

use std::iter;

use alloy_primitives::keccak256;
use assay_circuits::encoding::{G1_LEN, SCALAR_LEN};
use assay_circuits::keys::VerifyingKey;
use assay_circuits::{Fr, Instance, Size};
use ff::{Field, PrimeField};
use group::{Curve, Group};
use halo2curves::bn256::{Bn256, G1, G1Affine};
use halo2curves::pairing::{MillerLoopResult, MultiMillerLoop};
use ruint::aliases::U256;

use self::claim::Claim;
use self::msm::msm;

/// Advice columns.
const ADVICE: usize = 2;
/// Fixed columns.
const FIXED: usize = 4;
/// Pieces of the quotient: the gates have degree five.
const PIECES: usize = 4;

/// Points in a proof: two columns, the random polynomial, four quotient pieces, two opening proofs.
const POINTS: usize = ADVICE + 1 + PIECES + 2;
/// Scalars in a proof: eleven evaluations of columns, six of fixed columns, one of the random polynomial.
const SCALARS: usize = 18;
/// Bytes of a proof.
pub const PROOF_LEN: usize = POINTS * G1_LEN + SCALARS * SCALAR_LEN;

/// Why a proof was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Not exactly [`PROOF_LEN`] bytes.
    #[error("the proof has {found} bytes and must have {PROOF_LEN}")]
    Length {
        /// Bytes of the proof.
        found: usize,
    },
    /// Malformed or not a proof of this statement under this key.
    #[error("the proof does not verify")]
    Invalid,
    /// The key is for another number of assets.
    #[error("the key is for {key} and the statement over {statement}")]
    Size {
        /// Of the key.
        key: Size,
        /// Of the statement.
        statement: Size,
    },
}

/// Some proofs of a batch were refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} of the proofs do not verify", invalid.len())]
pub struct BatchError {
    /// Their indices, ascending.
    pub invalid: Vec<usize>,
}

/// Verifies one proof.
///
/// # Errors
/// [`ProofError`].
pub fn verify_proof(key: &VerifyingKey, instance: &Instance, proof: &[u8]) -> Result<(), ProofError> {
    if proof.len() != PROOF_LEN {
        return Err(ProofError::Length { found: proof.len() });
    }
    if key.size() != instance.size() {
        return Err(ProofError::Size { key: key.size(), statement: instance.size() });
    }
    let claim = Claim::read(key, instance, proof).ok_or(ProofError::Invalid)?;
    if hold_together(key, &[(0, claim)]) { Ok(()) } else { Err(ProofError::Invalid) }
}

/// Verifies many proofs with one pairing check, in which each proof but the first is weighed by 128 bits. They are a hash
/// of all proofs, keys and public inputs of the batch rather than drawn from a generator: so the same batch always gets the same
/// verdict, no environment can fail, and whoever wants errors to cancel has to try `2^128` batches, more than the curve
/// resists.
///
/// Malformed proofs are named at once. Where the check of the others fails, halves them until the bad ones are named:
/// about `2·log₂` of the batch more checks for each. An empty batch is accepted.
///
/// # Errors
/// [`BatchError`].
pub fn verify_proofs(key: &VerifyingKey, proofs: &[(Instance, &[u8])]) -> Result<(), BatchError> {
    let mut claims = Vec::with_capacity(proofs.len());
    let mut invalid = Vec::new();
    for (index, (instance, proof)) in proofs.iter().enumerate() {
        let fits = proof.len() == PROOF_LEN && key.size() == instance.size();
        let claim = if fits { Claim::read(key, instance, proof) } else { None };
        match claim {
            Some(claim) => claims.push((index, claim)),
            None => invalid.push(index),
        }
    }
    find_invalid(key, &claims, &mut invalid);
    invalid.sort_unstable();
    if invalid.is_empty() { Ok(()) } else { Err(BatchError { invalid }) }
}

/// Adds to `invalid` the numbers of the claims that do not hold.
fn find_invalid(key: &VerifyingKey, claims: &[(usize, Claim)], invalid: &mut Vec<usize>) {
    if hold_together(key, claims) {
        return;
    }
    if let [(index, _)] = claims {
        invalid.push(*index);
        return;
    }
    let (left, right) = claims.split_at(claims.len() / 2);
    find_invalid(key, left, invalid);
    find_invalid(key, right, invalid);
}

/// One pairing check for all of `claims`: the left and the right sides of their equations, each side weighed and summed.
fn hold_together(key: &VerifyingKey, claims: &[(usize, Claim)]) -> bool {
    if claims.is_empty() {
        return true;
    }
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let (mut fixed, mut generator) = ([Fr::ZERO; FIXED], Fr::ZERO);
    for ((_, claim), weight) in claims.iter().zip(weights(claims)) {
        left.push((weight, claim.witness));
        right.extend(claim.points.iter().map(|(factor, point)| (*factor * weight, *point)));
        fixed.iter_mut().zip(&claim.fixed).for_each(|(sum, factor)| *sum += *factor * weight);
        generator += claim.generator * weight;
    }
    right.extend(fixed.into_iter().zip(key.halo2_key().fixed_commitments().iter().copied()));
    right.push((generator, G1Affine::generator()));

    let mut sums = [G1Affine::default(); 2];
    G1::batch_normalize(&[msm(&left), msm(&right)], &mut sums);
    let [left, right] = &sums;
    let [tau, minus_one] = key.pairing_points();
    Bn256::multi_miller_loop(&[(left, tau), (right, minus_one)]).final_exponentiation().is_identity().into()
}

/// One, then 128 bits each of a hash of all claims.
fn weights(claims: &[(usize, Claim)]) -> impl Iterator<Item = Fr> {
    let digests: Vec<u8> = claims.iter().flat_map(|(_, claim)| claim.digest).collect();
    let seed = keccak256(&digests);
    let rest = (1u64..).map(move |number| {
        let hash = keccak256([seed.as_slice(), &number.to_be_bytes()].concat());
        let [low, high, ..] = *U256::from_be_bytes(hash.0).as_limbs();
        Fr::from_u128(u128::from(low) | (u128::from(high) << 64))
    });
    iter::once(Fr::ONE).chain(rest)
}
