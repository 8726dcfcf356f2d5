//! What a verifier remembers of anchors: the latest statement of each series, and revocations.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use alloy_primitives::{Address, B256};
use assay_circuits::PositionCommitment;
use serde::{Deserialize, Serialize};

use crate::anchor::{Anchor, AnchorError, Beneficiary, Revocation};
use crate::document::{self, Object};
use crate::policy::Policy;
use crate::text::{self, FormatError};
use crate::verdict::{Accepted, AnchorStatus};

/// Value of `format` in a seen file.
pub const FORMAT: &str = "assay/seen/v1";
/// Largest seen file, in bytes: about two thousand series.
pub const MAX_BYTES: usize = 1 << 20;

/// The holdings statements that supersede one another, the greater sequence the lesser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Series {
    /// Id of the market.
    pub market: B256,
    /// Whose positions they are.
    pub subject: Address,
    /// Whom the collateral is encumbered to.
    pub beneficiary: Beneficiary,
    /// Who may sign them, as [`AnchorRule::attester_set`] names it: what others sign supersedes none of them.
    ///
    /// [`AnchorRule::attester_set`]: crate::AnchorRule::attester_set
    pub attester_set: B256,
}

/// A statement of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latest {
    /// Its place in the series.
    pub sequence: u64,
    /// Its struct hash.
    pub statement: B256,
    /// What it is about.
    pub commitment: PositionCommitment,
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

/// What has been seen cannot be found out; the text says why. Nothing is accepted then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what has been seen before cannot be found out: {0}")]
pub struct Unavailable(pub String);

/// What a verifier has seen. Whoever keeps it in a database reads, verifies and records within one transaction.
pub trait Seen: fmt::Debug {
    /// The statement of the greatest sequence that was accepted, or published, in this series.
    ///
    /// # Errors
    /// [`Unavailable`] where that cannot be found out.
    fn latest(&self, series: &Series) -> Result<Option<Latest>, Unavailable>;

    /// Whether `attester` has revoked its signature of the statement with this struct hash.
    ///
    /// # Errors
    /// [`Unavailable`] where that cannot be found out.
    fn is_revoked(&self, statement: B256, attester: Address) -> Result<bool, Unavailable>;
}

/// Nothing is remembered: a statement that was superseded or revoked passes.
#[derive(Clone, Copy, Debug, Default)]
pub struct NothingSeen;

impl Seen for NothingSeen {
    fn latest(&self, _: &Series) -> Result<Option<Latest>, Unavailable> {
        Ok(None)
    }

    fn is_revoked(&self, _: B256, _: Address) -> Result<bool, Unavailable> {
        Ok(false)
    }
}

/// What has been seen, in memory; as a file, `assay/seen/v1`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    latest: BTreeMap<Series, Latest>,
    revoked: BTreeSet<(B256, Address)>,
}

impl Seen for Memory {
    fn latest(&self, series: &Series) -> Result<Option<Latest>, Unavailable> {
        Ok(self.latest.get(series).copied())
    }

    fn is_revoked(&self, statement: B256, attester: Address) -> Result<bool, Unavailable> {
        Ok(self.revoked.contains(&(statement, attester)))
    }
}

impl Memory {
    /// Remembers the anchor of what was accepted, if it has one.
    ///
    /// # Errors
    /// [`AnchorError::Superseded`] or [`AnchorError::Equivocation`] where something else was recorded since it was
    /// verified; nothing is recorded then.
    pub fn record(&mut self, accepted: &Accepted) -> Result<(), AnchorError> {
        let AnchorStatus::Attested(attested) = &accepted.anchor else { return Ok(()) };
        if let Some(before) = self.latest.get(&attested.series) {
            attested.latest.check_after(before)?;
        }
        self.latest.insert(attested.series, attested.latest);
        Ok(())
    }

    /// Remembers a statement that comes without a proof: what it supersedes no longer counts. It may have expired, and be
    /// about any subject and beneficiary.
    ///
    /// # Errors
    /// [`AnchorError`] where `policy` does not trust it, it is as of a time to come, or something seen contradicts it; nothing
    /// is recorded then.
    pub fn publish(&mut self, policy: &Policy, anchor: &Anchor, now: u64) -> Result<(), AnchorError> {
        let attested = anchor.vouched(policy, now, self)?;
        self.latest.insert(attested.series, attested.latest);
        Ok(())
    }

    /// Remembers a revocation, whoever signed it: whoever takes them from strangers looks for the attesters of a policy
    /// first, or strangers fill the memory.
    pub fn revoke(&mut self, revocation: &Revocation) {
        self.revoked.insert((revocation.statement(), revocation.attester()));
    }

    /// Each series and its latest statement, in ascending order.
    pub fn series(&self) -> impl Iterator<Item = (&Series, &Latest)> {
        self.latest.iter()
    }

    /// Struct hashes of statements and who has revoked them, in ascending order.
    pub fn revocations(&self) -> impl Iterator<Item = &(B256, Address)> {
        self.revoked.iter()
    }
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    latest: Vec<Object<LatestEntry>>,
    revoked: Vec<Object<RevokedEntry>>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct LatestEntry {
    market: String,
    subject: String,
    beneficiary: String,
    attester_set: String,
    sequence: String,
    statement: String,
    commitment: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RevokedEntry {
    statement: String,
    attester: String,
}

impl Memory {
    /// Reads a seen file.
    ///
    /// # Errors
    /// [`FormatError`] where the text is larger than 1 MiB, no JSON, of another format, has an unknown, missing or
    /// duplicate key, a value is not in its one spelling, or an entry is not greater than the one before.
    pub fn from_json(text: &str) -> Result<Self, FormatError> {
        let file: File = document::json_up_to(MAX_BYTES, text, FORMAT, None)?;
        let unsorted = |what: &str| FormatError::new(format_args!("{what}: not in ascending order, none twice"));
        let mut memory = Self::default();
        for entry in file.latest {
            let (series, latest) = entry.0.read()?;
            if memory.latest.last_key_value().is_some_and(|(last, _)| *last >= series) {
                return Err(unsorted("latest"));
            }
            memory.latest.insert(series, latest);
        }
        for entry in file.revoked {
            let statement = text::word_at("statement", &entry.0.statement)?;
            let revoked = (statement, text::address_at("attester", &entry.0.attester)?);
            if memory.revoked.last().is_some_and(|last| *last >= revoked) {
                return Err(unsorted("revoked"));
            }
            memory.revoked.insert(revoked);
        }
        Ok(memory)
    }

    /// Writes a seen file; [`Self::from_json`] reads the same back, unless it has more than [`MAX_BYTES`].
    #[must_use]
    pub fn to_json(&self) -> String {
        let latest = self.latest.iter().map(|(series, latest)| {
            Object(LatestEntry {
                market: series.market.to_string(),
                subject: series.subject.to_string(),
                beneficiary: series.beneficiary.to_string(),
                attester_set: series.attester_set.to_string(),
                sequence: latest.sequence.to_string(),
                statement: latest.statement.to_string(),
                commitment: text::hex(&latest.commitment.to_bytes()),
            })
        });
        let revoked = self.revoked.iter().map(|(statement, attester)| {
            Object(RevokedEntry { statement: statement.to_string(), attester: attester.to_string() })
        });
        document::to_json(&File { format: FORMAT.to_owned(), latest: latest.collect(), revoked: revoked.collect() })
    }
}

impl LatestEntry {
    fn read(self) -> Result<(Series, Latest), FormatError> {
        let series = Series {
            market: text::word_at("market", &self.market)?,
            subject: text::address_at("subject", &self.subject)?,
            beneficiary: self.beneficiary.parse()?,
            attester_set: text::word_at("attester_set", &self.attester_set)?,
        };
        let latest = Latest {
            sequence: text::sequence(&self.sequence)?,
            statement: text::word_at("statement", &self.statement)?,
            commitment: text::commitment(&self.commitment)?,
        };
        Ok((series, latest))
    }
}
