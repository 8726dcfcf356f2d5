//! The decision: every public input recomputed from what the verifier expects, then the proof.

use alloy_primitives::{Address, B256};
use assay_circuits::Instance;
use assay_circuits::keys::VerifyingKey;

use crate::anchor::{self, Anchor, Beneficiary, Seen};
use crate::assertion::Audience;
use crate::attestation::Attestation;
use crate::keys::Allowed;
use crate::policy::Policy;
use crate::prices::PriceSnapshot;
use crate::proof::{self, BatchError, PROOF_LEN, ProofError};
use crate::verdict::{Accepted, Rejection};

/// What a verifier expects. None of it ever comes from the attestation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// Whom the statement must be about.
    pub subject: Address,
    /// Whom it must be for: the verifier itself.
    pub audience: Audience,
    /// Whom an anchor must encumber the collateral to: the verifier's own account, the registry where that is the
    /// audience, or nobody. Without meaning where the policy asks for no anchor.
    pub beneficiary: Beneficiary,
    /// The time, in unix seconds.
    pub now: u64,
}

/// One attestation and what is expected of it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// Prices at hand.
    pub prices: &'a PriceSnapshot,
    /// Subject, audience, beneficiary, time.
    pub expect: &'a Expectation,
    /// The attestation.
    pub attestation: &'a Attestation,
    /// The holdings statement that it names, with its signatures.
    pub anchor: Option<&'a Anchor>,
    /// What was seen before. The caller records what is accepted.
    pub seen: &'a dyn Seen,
}

/// Decides whether the attestation shows, to a verifier with this policy, these prices and these expectations, that the
/// committed position satisfies the policy.
///
/// # Errors
/// The first reason why not: key, policy, market, subject, audience, anchor, times, prices, weights, proof, in this
/// order.
pub fn verify(key: &VerifyingKey, allowed: &Allowed, request: &Request<'_>) -> Result<Accepted, Rejection> {
    let (accepted, instance) = request.decide(key, allowed)?;
    proof::verify_proof(key, &instance, &request.attestation.proof)?;
    Ok(accepted)
}

/// Decides many attestations under one key with one pairing check; where that fails, finds the bad ones. The results
/// are in the order of the requests and those that [`verify`] would give: none counts as seen for another. So two whose
/// anchors supersede or contradict each other are both accepted; recording them one after the other refuses the second.
#[must_use]
pub fn verify_batch(
    key: &VerifyingKey,
    allowed: &Allowed,
    requests: &[Request<'_>],
) -> Vec<Result<Accepted, Rejection>> {
    let mut results = Vec::with_capacity(requests.len());
    let mut proofs = Vec::with_capacity(requests.len());
    for request in requests {
        let proof = request.attestation.proof.as_slice();
        results.push(request.decide(key, allowed).and_then(|(accepted, instance)| {
            if proof.len() != PROOF_LEN {
                return Err(ProofError::Length { found: proof.len() }.into());
            }
            proofs.push((instance, proof));
            Ok(accepted)
        }));
    }
    if let Err(BatchError { invalid }) = proof::verify_proofs(key, &proofs) {
        let proven = results.iter_mut().filter(|result| result.is_ok());
        for (index, result) in proven.enumerate() {
            // A batch that fails without naming a culprit condemns all of it.
            if invalid.is_empty() || invalid.contains(&index) {
                *result = Err(ProofError::Invalid.into());
            }
        }
    }
    results
}

impl Request<'_> {
    /// Everything but the proof: what is established if the proof holds, and the public inputs it must hold for.
    fn decide(&self, key: &VerifyingKey, allowed: &Allowed) -> Result<(Accepted, Instance), Rejection> {
        let Self { policy, prices, expect, attestation, anchor, seen } = *self;
        let (assertion, fingerprint) = (&attestation.assertion, key.fingerprint());
        let Expectation { subject, audience, beneficiary, now } = expect;
        let (key_size, market) = (key.size(), policy.market().size());
        if key_size != market {
            return Err(Rejection::OtherSize { key: key_size, market });
        }
        if attestation.verifying_key != fingerprint {
            return Err(Rejection::OtherKey { expected: fingerprint, found: attestation.verifying_key });
        }
        let (expected, found) = (B256::new(key.srs_digest()), B256::new(attestation.srs));
        if expected != found {
            return Err(Rejection::OtherSrs { expected, found });
        }
        let key_acceptance = allowed.accept(policy, fingerprint)?;
        if assertion.policy != policy.id() {
            return Err(Rejection::OtherPolicy { expected: policy.id(), found: assertion.policy });
        }
        if assertion.market != policy.market().id() {
            return Err(Rejection::OtherMarket { expected: policy.market().id(), found: assertion.market });
        }
        if assertion.subject != *subject {
            return Err(Rejection::OtherSubject { expected: *subject, found: assertion.subject });
        }
        if assertion.audience != *audience {
            return Err(Rejection::OtherAudience { expected: audience.clone(), found: assertion.audience.clone() });
        }
        let anchor = anchor::check(policy, assertion, anchor, *beneficiary, seen, *now)?;
        self.check_times()?;
        let ranges = prices.for_policy(policy)?;
        let weights = assertion.weights(policy)?;
        if let Some(crossing) = weights.crossed_by(&ranges) {
            return Err(Rejection::PriceBeyondBound(crossing));
        }
        let instance = assertion.instance_at(policy, fingerprint, &weights)?;
        let accepted = Accepted {
            policy: policy.id(),
            market: policy.market().id(),
            subject: *subject,
            audience: audience.clone(),
            commitment: assertion.commitment,
            anchor,
            profile: policy.rules().profile,
            bounds: assertion.bounds.clone(),
            credit: assertion.credit.clone(),
            as_of: assertion.as_of,
            valid_until: assertion.valid_until,
            prices_at: prices.at,
            verifying_key: fingerprint,
            key_acceptance,
            development_key: key.is_development(),
        };
        Ok((accepted, instance))
    }

    fn check_times(&self) -> Result<(), Rejection> {
        let (rules, now) = (self.policy.rules(), self.expect.now);
        let (as_of, valid_until) = (self.attestation.assertion.as_of, self.attestation.assertion.valid_until);
        if as_of > now {
            return Err(Rejection::NotYet { as_of, now });
        }
        if now > valid_until {
            return Err(Rejection::Expired { valid_until, now });
        }
        let latest = rules.latest_valid_until(as_of, now);
        if valid_until > latest {
            return Err(Rejection::ValidTooLong { valid_until, latest });
        }
        Ok(self.prices.check_age(self.policy, now)?)
    }
}
