//! Whether an anchor binds an assertion to reality, as a policy asks for it.

use alloy_primitives::{Address, B256};
use serde::Serialize;

use super::error::AnchorError;
use super::holdings::{Anchor, AttesterSignature, Beneficiary};
use super::seen::{Latest, Seen, Series};
use crate::assertion::{Assertion, Audience};
use crate::formats::signature::Signature;
use crate::formats::text;
use crate::policy::{AnchorRule, Policy};

/// What binds the numbers to reality.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum AnchorStatus {
    /// Nothing does: the policy asks for no anchor, and the amounts are the prover's word.
    None,
    /// A holdings statement of attesters whom the policy lists.
    Attested(Box<Attested>),
}

/// The attesters who vouch for a commitment, and how long they do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attested {
    /// Those who have signed and not revoked, in ascending order; they are at least `minimum`.
    #[serde(serialize_with = "text::as_texts")]
    pub attesters: Vec<Address>,
    /// The number that the policy asks for.
    pub minimum: u8,
    /// The last second at which their statement counts, in unix seconds.
    #[serde(serialize_with = "text::as_time")]
    pub expiry: u64,
    /// The series of statements that it belongs to.
    pub series: Series,
    /// Its sequence, its struct hash and its commitment.
    pub latest: Latest,
}

/// Decides whether `assertion` is bound to reality as `policy` asks for it: by `anchor`, which must encumber the
/// collateral to `beneficiary`, or by none where the policy says so. A verification does this once it has found that
/// subject and audience of the assertion are those that its caller expects; a prover does it first. `now` is in unix
/// seconds.
///
/// # Errors
/// The first reason why not: the policy's rule, market, subject, beneficiary, commitment, times, signatures, their
/// number, revocations, what has been seen, in this order.
pub fn check(
    policy: &Policy,
    assertion: &Assertion,
    anchor: Option<&Anchor>,
    beneficiary: Beneficiary,
    seen: &dyn Seen,
    now: u64,
) -> Result<AnchorStatus, AnchorError> {
    let minimum = match &policy.rules().anchor {
        AnchorRule::None if assertion.anchor.is_none() && anchor.is_none() => return Ok(AnchorStatus::None),
        AnchorRule::Attesters { minimum, .. } => *minimum,
        AnchorRule::None => return Err(AnchorError::NotTrusted),
        AnchorRule::Recorder(recorder) => return Err(AnchorError::OnChain { recorder: *recorder }),
    };
    let named = assertion.anchor.ok_or(AnchorError::Missing { minimum })?;
    let anchor = anchor.ok_or(AnchorError::NotGiven { expected: named })?;
    anchor.check_parties(policy, assertion, beneficiary)?;
    anchor.check_statement(assertion, named)?;
    anchor.check_times(assertion, now)?;
    anchor.vouched(policy, now, seen).map(|attested| AnchorStatus::Attested(Box::new(attested)))
}

impl Anchor {
    /// Finds who vouches for it under `policy`, whatever attestation may name it, if nothing seen contradicts it.
    pub(crate) fn vouched(&self, policy: &Policy, now: u64, seen: &dyn Seen) -> Result<Attested, AnchorError> {
        let rule = &policy.rules().anchor;
        let (minimum, attesters) = match rule {
            AnchorRule::None => return Err(AnchorError::NotTrusted),
            AnchorRule::Attesters { minimum, attesters } => (*minimum, attesters),
            AnchorRule::Recorder(recorder) => return Err(AnchorError::OnChain { recorder: *recorder }),
        };
        self.check_market(policy)?;
        let holdings = self.statement();
        if holdings.as_of > now {
            return Err(AnchorError::FromFuture { as_of: holdings.as_of, now });
        }
        let statement = holdings.struct_hash();
        let attesters = self.check_signatures(statement, minimum, attesters, seen)?;
        let series = Series {
            market: holdings.market,
            subject: holdings.subject,
            beneficiary: holdings.beneficiary,
            attester_set: rule.attester_set(),
        };
        let latest = Latest { sequence: holdings.sequence, statement, commitment: holdings.commitment };
        if let Some(before) = seen.latest(&series)? {
            latest.check_after(&before)?;
        }
        Ok(Attested { attesters, minimum, expiry: holdings.expiry, series, latest })
    }

    fn check_market(&self, policy: &Policy) -> Result<(), AnchorError> {
        let (expected, found) = (policy.market().id(), self.statement().market);
        if expected == found { Ok(()) } else { Err(AnchorError::OtherMarket { expected, found }) }
    }

    fn check_parties(&self, policy: &Policy, assertion: &Assertion, expected: Beneficiary) -> Result<(), AnchorError> {
        self.check_market(policy)?;
        let holdings = self.statement();
        if holdings.subject != assertion.subject {
            return Err(AnchorError::OtherSubject { expected: assertion.subject, found: holdings.subject });
        }
        if let Audience::Registry { chain_id, address } = assertion.audience
            && expected != (Beneficiary::Account { chain_id, address })
        {
            return Err(AnchorError::BeneficiaryNotRegistry { registry: assertion.audience.clone(), expected });
        }
        let found = holdings.beneficiary;
        match (expected, found) {
            _ if expected == found => Ok(()),
            (Beneficiary::Account { address: one, .. }, Beneficiary::Account { address: other, .. })
                if one == other =>
            {
                Err(AnchorError::OtherChain { expected, found })
            }
            _ => Err(AnchorError::OtherBeneficiary { expected, found }),
        }
    }

    fn check_statement(&self, assertion: &Assertion, named: B256) -> Result<(), AnchorError> {
        let holdings = self.statement();
        if holdings.commitment != assertion.commitment {
            return Err(AnchorError::OtherCommitment { expected: assertion.commitment, found: holdings.commitment });
        }
        if holdings.as_of != assertion.as_of {
            return Err(AnchorError::OtherAsOf { expected: assertion.as_of, found: holdings.as_of });
        }
        let found = holdings.struct_hash();
        if found != named {
            return Err(AnchorError::OtherStatement { expected: named, found });
        }
        Ok(())
    }

    fn check_times(&self, assertion: &Assertion, now: u64) -> Result<(), AnchorError> {
        let (expiry, valid_until) = (self.statement().expiry, assertion.valid_until);
        if now > expiry {
            return Err(AnchorError::Expired { expiry, now });
        }
        if valid_until > expiry {
            return Err(AnchorError::ExpiresEarly { expiry, valid_until });
        }
        Ok(())
    }

    /// Finds who vouches, in ascending order: whoever signed and has not withdrawn it.
    fn check_signatures(
        &self,
        statement: B256,
        minimum: u8,
        listed: &[Address],
        seen: &dyn Seen,
    ) -> Result<Vec<Address>, AnchorError> {
        let digest = self.statement().signing_hash();
        for AttesterSignature { attester, signature } in self.signatures() {
            let attester = *attester;
            if !listed.contains(&attester) {
                return Err(AnchorError::NotListed { attester });
            }
            let signer = Signature::from_bytes(signature)
                .and_then(|signature| signature.recover(digest))
                .map_err(|error| AnchorError::Signature { attester, error })?;
            if signer != attester {
                return Err(AnchorError::OtherSigner { attester });
            }
        }
        let found = self.signatures().len();
        if found < usize::from(minimum) {
            return Err(AnchorError::TooFew { minimum, found });
        }
        let mut standing = Vec::with_capacity(found);
        for AttesterSignature { attester, .. } in self.signatures() {
            if !seen.is_revoked(statement, *attester)? {
                standing.push(*attester);
            }
        }
        if standing.len() < usize::from(minimum) {
            return Err(AnchorError::Revoked { minimum, left: standing.len() });
        }
        Ok(standing)
    }
}

impl Latest {
    /// Refuses to go back to, or to contradict, a statement of the same series.
    ///
    /// # Errors
    /// [`AnchorError::Superseded`] where `before` has the greater sequence, [`AnchorError::Equivocation`] where it is
    /// another statement with the same one.
    pub fn check_after(&self, before: &Self) -> Result<(), AnchorError> {
        if self.sequence < before.sequence {
            return Err(AnchorError::Superseded { latest: before.sequence, found: self.sequence });
        }
        if self.sequence == before.sequence && self.statement != before.statement {
            let sequence = self.sequence;
            return Err(AnchorError::Equivocation { sequence, seen: before.statement, found: self.statement });
        }
        Ok(())
    }
}
