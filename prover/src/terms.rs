//! What a prover says in public: bounds, credit line and times, under a policy and a price snapshot.

use assay_circuits::{Covenant, PositionCommitment};
use assay_verifier::anchor::check as check_anchor;
use assay_verifier::{
    Address, Anchor, AnchorError, AnchorStatus, Assertion, Audience, Beneficiary, Bounds, Buffer, CreditLine,
    HoldingsStatement, NothingSeen, Policy, PriceSnapshot, Requirement, Weights,
};

use crate::error::Error;

/// What a prover chooses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// How far each price may move before the attestation lapses; one of those that the policy offers.
    pub buffer: Buffer,
    /// What may be lent on top of the debt.
    pub credit: Option<CreditLine>,
    /// The last second at which the statement holds, in unix seconds; the latest that is permitted where there is none.
    pub valid_until: Option<u64>,
}

/// Whom a statement is about, and whom it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parties {
    /// Whom it is about.
    pub subject: Address,
    /// Whom it is for.
    pub audience: Audience,
}

/// A policy, prices and a prover's choices, and what follows from them: the numbers of a statement.
#[derive(Clone, Debug)]
pub struct Terms<'a> {
    policy: &'a Policy,
    prices: &'a PriceSnapshot,
    anchor: Option<&'a Anchor>,
    now: u64,
    buffer: Buffer,
    credit: Option<CreditLine>,
    bounds: Bounds,
    as_of: u64,
    valid_until: u64,
    requirement: Requirement,
}

impl<'a> Terms<'a> {
    /// Decides bounds, times and the statement's numbers at `now`, in unix seconds. A statement that is anchored holds as of its
    /// `anchor` and at most until the anchor expires; any other holds as of now.
    ///
    /// The age of the prices is not looked at here: [`crate::check`] and [`crate::attest`] do.
    ///
    /// # Errors
    /// [`Error::BufferNotOffered`], [`Error::Passed`], [`Error::TooLong`] for what is wrong with `choice`;
    /// [`Error::AnchorLapsed`]; [`Error::Bounds`] and [`Error::Refused`] where prices and policy do not fit together.
    pub fn new(
        policy: &'a Policy,
        prices: &'a PriceSnapshot,
        anchor: Option<&'a Anchor>,
        choice: Choice,
        now: u64,
    ) -> Result<Self, Error> {
        let Choice { buffer, credit, valid_until } = choice;
        let ranges = prices.for_policy(policy)?;
        let offered = &policy.rules().buffers;
        if !offered.contains(&buffer) {
            return Err(Error::BufferNotOffered { chosen: buffer, offered: offered.clone() });
        }
        let bounds = Bounds::around(policy, &ranges, buffer).map_err(Error::Bounds)?;
        let holdings = anchor.map(Anchor::statement);
        let as_of = holdings.map_or(now, |holdings| holdings.as_of);
        let latest = latest_valid_until(policy, holdings, now)?;
        let valid_until = match valid_until {
            None => latest,
            Some(valid_until) if valid_until <= now => return Err(Error::Passed { valid_until }),
            Some(valid_until) if valid_until > latest => {
                return Err(Error::TooLong { latest, anchored: anchor.is_some() });
            }
            Some(valid_until) => valid_until,
        };
        let requirement = Requirement::new(policy, &bounds, valid_until.saturating_sub(as_of), credit.as_ref())?;
        Ok(Self { policy, prices, anchor, now, buffer, credit, bounds, as_of, valid_until, requirement })
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &'a Policy {
        self.policy
    }

    /// The prices at hand.
    #[must_use]
    pub fn prices(&self) -> &'a PriceSnapshot {
        self.prices
    }

    /// The holdings statement that anchors the commitment.
    #[must_use]
    pub fn anchor(&self) -> Option<&'a Anchor> {
        self.anchor
    }

    /// How far prices may move.
    #[must_use]
    pub fn buffer(&self) -> Buffer {
        self.buffer
    }

    /// What may be lent on top of the debt.
    #[must_use]
    pub fn credit(&self) -> Option<&CreditLine> {
        self.credit.as_ref()
    }

    /// When the position was as committed, in unix seconds.
    #[must_use]
    pub fn as_of(&self) -> u64 {
        self.as_of
    }

    /// The last second at which the statement holds, in unix seconds.
    #[must_use]
    pub fn valid_until(&self) -> u64 {
        self.valid_until
    }

    /// Seconds from as-of to valid-until.
    #[must_use]
    pub fn elapsed(&self) -> u64 {
        self.valid_until.saturating_sub(self.as_of)
    }

    /// The prices within which the statement holds.
    #[must_use]
    pub fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// The numbers of the statement.
    #[must_use]
    pub fn requirement(&self) -> &Requirement {
        &self.requirement
    }

    /// What an attestation over `commitment` asserts.
    #[must_use]
    pub fn assertion(&self, commitment: PositionCommitment, parties: &Parties) -> Assertion {
        Assertion {
            policy: self.policy.id(),
            market: self.policy.market().id(),
            subject: parties.subject,
            audience: parties.audience.clone(),
            commitment,
            as_of: self.as_of,
            valid_until: self.valid_until,
            bounds: self.bounds.clone(),
            credit: self.credit.clone(),
            anchor: self.anchor.map(|anchor| anchor.statement().struct_hash()),
        }
    }

    /// Who vouches for the commitment of `assertion`, as a verifier sees it who has seen no other anchor.
    ///
    /// # Errors
    /// [`AnchorError`] where the anchor is not what the policy asks for.
    pub fn anchor_status(&self, assertion: &Assertion) -> Result<AnchorStatus, AnchorError> {
        check_anchor(self.policy, assertion, self.anchor, self.beneficiary(), &NothingSeen, self.now)
    }

    /// The time at which everything is decided, in unix seconds.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.now
    }

    /// Whom the anchor encumbers the collateral to.
    pub(crate) fn beneficiary(&self) -> Beneficiary {
        self.anchor.map_or(Beneficiary::Nobody, |anchor| anchor.statement().beneficiary)
    }

    /// Refuses prices that no verifier would accept now, because they are too old or from the future.
    pub(crate) fn check_age(&self) -> Result<(), Error> {
        Ok(self.prices.check_age(self.policy, self.now)?)
    }

    /// The bounds with another buffer; none where they do not fit.
    pub(crate) fn bounds_at(&self, buffer: Buffer) -> Option<Bounds> {
        let ranges = self.prices.for_policy(self.policy).ok()?;
        Bounds::around(self.policy, &ranges, buffer).ok()
    }

    /// The linear test of `solvency/v1` with another buffer; none where there are no weights at it.
    pub(crate) fn covenant_at(&self, buffer: Buffer) -> Option<Covenant> {
        let bounds = self.bounds_at(buffer)?;
        let weights = Weights::derive(self.policy, &bounds, self.elapsed(), self.credit.as_ref()).ok()?;
        Some(weights.covenant())
    }
}

/// The last second at which a statement may hold: as long as the policy permits and its anchor counts.
fn latest_valid_until(policy: &Policy, holdings: Option<&HoldingsStatement>, now: u64) -> Result<u64, Error> {
    let rules = policy.rules();
    let Some(holdings) = holdings else { return Ok(rules.latest_valid_until(now, now)) };
    let latest = rules.latest_valid_until(holdings.as_of, now).min(holdings.expiry);
    if latest < now { Err(Error::AnchorLapsed { latest, now }) } else { Ok(latest) }
}
