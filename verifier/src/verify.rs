//! The decision: every public input recomputed from what the verifier expects, then the proof.

use alloy_primitives::{Address, B256};
use assay_circuits::Circuit;
use assay_circuits::proof::{ProofError, PublicInputs, verify_proofs};

use crate::anchor::{self, Anchor, Beneficiary, NothingSeen, Seen};
use crate::assertion::Audience;
use crate::attestation::Attestation;
use crate::formats::UnixTime;
use crate::keys::{self, Fingerprint, VerifyingKey};
use crate::policy::Policy;
use crate::prices::PriceSnapshot;
use crate::verdict::{Accepted, KeyAcceptance, ProvenCovenant, Rejection};

/// One attestation and what is expected of it. None of what is expected ever comes from the attestation.
///
/// What has no safe default cannot be left out: subject and audience are arguments of [`Policy::verify`], the time is one of
/// [`Self::at`], and whoever gives an anchor says in the same breath for whom it must be and what was seen before.
#[derive(Clone, Debug)]
#[must_use = "nothing is decided before `at`"]
pub struct Verification<'a> {
    policy: &'a Policy,
    attestation: &'a Attestation,
    prices: &'a PriceSnapshot,
    subject: Address,
    audience: &'a Audience,
    anchor: Option<&'a Anchor>,
    beneficiary: Beneficiary,
    seen: &'a dyn Seen,
    key: Option<&'a VerifyingKey>,
    allowed: Vec<Fingerprint>,
}

impl Policy {
    /// Begins to verify `attestation` at `prices`: it must be about `subject`, and for `audience`, which is the verifier
    /// itself.
    pub fn verify<'a>(
        &'a self,
        attestation: &'a Attestation,
        prices: &'a PriceSnapshot,
        subject: Address,
        audience: &'a Audience,
    ) -> Verification<'a> {
        Verification {
            policy: self,
            attestation,
            prices,
            subject,
            audience,
            anchor: None,
            beneficiary: Beneficiary::Nobody,
            seen: &NothingSeen,
            key: None,
            allowed: Vec::new(),
        }
    }
}

impl<'a> Verification<'a> {
    /// The holdings statement that the attestation names, with its signatures, where it is at hand; whom it must encumber
    /// the collateral to, which is the verifier's own account, the registry where that is the audience, or nobody; and
    /// what was seen before. The caller records [`Accepted::anchor`].
    ///
    /// A policy that asks for an anchor accepts nothing without this; to any other it means nothing.
    pub fn anchor(
        mut self,
        anchor: impl Into<Option<&'a Anchor>>,
        beneficiary: Beneficiary,
        seen: &'a dyn Seen,
    ) -> Self {
        (self.anchor, self.beneficiary, self.seen) = (anchor.into(), beneficiary, seen);
        self
    }

    /// Verifies with this key and not with the production key of the policy's circuit. It counts only where its fingerprint is one of a production
    /// key or is [allowed](Self::allow).
    pub fn key(mut self, key: &'a VerifyingKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Lets a key count besides the production keys.
    pub fn allow(mut self, fingerprint: Fingerprint) -> Self {
        self.allowed.push(fingerprint);
        self
    }

    /// Decides whether the attestation shows at the time `now` that the committed position satisfies the policy.
    ///
    /// # Errors
    /// The first reason why not: statement, key, policy, market, subject, audience, anchor, times, prices, weights or covenants, proof, in this
    /// order.
    pub fn at(&self, now: impl Into<UnixTime>) -> Result<Accepted, Rejection> {
        let (accepted, public, key) = self.decide(now.into().0)?;
        verify_proofs(&[(key, public, &self.attestation.proof)]).pop().unwrap_or(Err(ProofError::Invalid))?;
        Ok(accepted)
    }

    /// Everything but the proof: what is established if the proof holds, the public inputs it must hold for, and the key.
    fn decide(&self, now: u64) -> Result<(Accepted, PublicInputs, &'a VerifyingKey), Rejection> {
        let Self { policy, attestation, prices, subject, audience, .. } = *self;
        let circuit = policy.circuit()?;
        if attestation.statement != circuit.statement() {
            return Err(Rejection::OtherStatement { expected: circuit.statement(), found: attestation.statement });
        }
        let key: &'a VerifyingKey = match self.key {
            Some(key) => key,
            None => keys::production(circuit)?,
        };
        let (assertion, fingerprint) = (&attestation.assertion, key.fingerprint());
        let of_key = Circuit::of(key);
        if of_key != Some(circuit) {
            return Err(Rejection::OtherCircuit { key: of_key, policy: circuit });
        }
        if attestation.verifying_key != fingerprint {
            return Err(Rejection::OtherKey { expected: fingerprint, found: attestation.verifying_key });
        }
        let (expected, found) = (B256::new(key.srs_digest()), B256::new(attestation.srs));
        if expected != found {
            return Err(Rejection::OtherSrs { expected, found });
        }
        let key_acceptance = keys::accept(&self.allowed, policy, fingerprint)?;
        if assertion.policy != policy.id() {
            return Err(Rejection::OtherPolicy { expected: policy.id(), found: assertion.policy });
        }
        if assertion.market != policy.market().id() {
            return Err(Rejection::OtherMarket { expected: policy.market().id(), found: assertion.market });
        }
        if assertion.subject != subject {
            return Err(Rejection::OtherSubject { expected: subject, found: assertion.subject });
        }
        if assertion.audience != *audience {
            return Err(Rejection::OtherAudience { expected: audience.clone(), found: assertion.audience.clone() });
        }
        let anchor = anchor::check(policy, assertion, self.anchor, self.beneficiary, self.seen, now)?;
        self.check_times(now)?;
        let ranges = prices.for_policy(policy)?;
        let requirement = assertion.requirement(policy)?;
        if let Some(crossing) = requirement.crossed_by(&ranges) {
            return Err(Rejection::PriceBeyondBound(crossing));
        }
        let public = assertion.public_inputs(policy, fingerprint, &requirement)?;
        let accepted = Accepted {
            statement_id: circuit.statement(),
            policy: policy.id(),
            market: policy.market().id(),
            subject,
            audience: audience.clone(),
            commitment: assertion.commitment,
            anchor,
            profile: policy.rules().profile,
            covenants: ProvenCovenant::all(policy),
            bounds: assertion.bounds.clone(),
            credit: assertion.credit.clone(),
            as_of: assertion.as_of,
            valid_until: assertion.valid_until,
            prices_at: prices.at,
            verifying_key: fingerprint,
            key_acceptance,
            development_key: key_acceptance != KeyAcceptance::Production && key.is_development(),
        };
        Ok((accepted, public, key))
    }

    fn check_times(&self, now: u64) -> Result<(), Rejection> {
        let (as_of, valid_until) = (self.attestation.assertion.as_of, self.attestation.assertion.valid_until);
        if as_of > now {
            return Err(Rejection::NotYet { as_of, now });
        }
        if now > valid_until {
            return Err(Rejection::Expired { valid_until, now });
        }
        let latest = self.policy.rules().latest_valid_until(as_of, now);
        if valid_until > latest {
            return Err(Rejection::ValidTooLong { valid_until, latest });
        }
        Ok(self.prices.check_age(self.policy, now)?)
    }
}

/// Decides many attestations at the time `now` with one pairing check, whatever their keys; where that
/// fails, finds the bad ones.
/// The results are in the order of the verifications and those that [`Verification::at`] would give: none counts as seen for
/// another. So two whose anchors supersede or contradict each other are both accepted; recording them one after the other
/// refuses the second.
#[must_use]
pub fn verify_batch(verifications: &[Verification<'_>], now: impl Into<UnixTime>) -> Vec<Result<Accepted, Rejection>> {
    let now = now.into().0;
    let mut proofs = Vec::with_capacity(verifications.len());
    let decided: Vec<Result<Accepted, Rejection>> = verifications
        .iter()
        .map(|verification| {
            let (accepted, public, key) = verification.decide(now)?;
            proofs.push((key, public, verification.attestation.proof.as_slice()));
            Ok(accepted)
        })
        .collect();
    // There is a result for every proof; a proof without one would be refused.
    let mut proven = verify_proofs(&proofs).into_iter();
    let mut conclude = |accepted| {
        proven.next().unwrap_or(Err(ProofError::Invalid))?;
        Ok(accepted)
    };
    decided.into_iter().map(|decided| decided.and_then(&mut conclude)).collect()
}
