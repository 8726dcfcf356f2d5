//! What a verifier has seen, in memory and as a file: `seen.json`.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B256};
use serde::{Deserialize, Serialize};

use super::check::AnchorStatus;
use super::error::AnchorError;
use super::holdings::{Anchor, Revocation};
use super::seen::{Latest, Seen, Series, Unavailable};
use crate::formats::document::{self, LARGEST, Object};
use crate::formats::text::{self, FormatError};
use crate::policy::Policy;

/// Value of `format` in a seen file.
pub const FORMAT: &str = "assay/seen/v1";

/// What a verifier has seen of anchors, kept in memory; as a file, `assay/seen/v1`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenAnchors {
    latest: BTreeMap<Series, Latest>,
    revoked: BTreeSet<(B256, Address)>,
}

impl Seen for SeenAnchors {
    fn latest(&self, series: &Series) -> Result<Option<Latest>, Unavailable> {
        Ok(self.latest.get(series).copied())
    }

    fn is_revoked(&self, statement: B256, attester: Address) -> Result<bool, Unavailable> {
        Ok(self.revoked.contains(&(statement, attester)))
    }
}

impl SeenAnchors {
    /// Remembers what [`Accepted::anchor`](crate::Accepted::anchor) says, if it is an anchor.
    ///
    /// # Errors
    /// [`AnchorError::Superseded`] or [`AnchorError::Equivocation`] where something else was recorded since it was
    /// verified; nothing is recorded then.
    pub fn record(&mut self, status: &AnchorStatus) -> Result<(), AnchorError> {
        let AnchorStatus::Attested(attested) = status else { return Ok(()) };
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
    /// first, or strangers fill the seen.
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

impl SeenAnchors {
    /// Reads a seen file.
    ///
    /// # Errors
    /// [`FormatError`] where the text is larger than [`LARGEST`], no JSON, of another format, has an unknown, missing or
    /// duplicate key, a value is not in its one spelling, or an entry is not greater than the one before.
    pub fn from_json(text: &str) -> Result<Self, FormatError> {
        let file: File = document::json_up_to(LARGEST, text, FORMAT)?;
        let unsorted = |what: &str| FormatError::new(format_args!("{what}: not in ascending order, none twice"));
        let mut seen = Self::default();
        for entry in file.latest {
            let (series, latest) = entry.0.read()?;
            if seen.latest.last_key_value().is_some_and(|(last, _)| *last >= series) {
                return Err(unsorted("latest"));
            }
            seen.latest.insert(series, latest);
        }
        for entry in file.revoked {
            let statement = text::word_at("statement", &entry.0.statement)?;
            let revoked = (statement, text::address_at("attester", &entry.0.attester)?);
            if seen.revoked.last().is_some_and(|last| *last >= revoked) {
                return Err(unsorted("revoked"));
            }
            seen.revoked.insert(revoked);
        }
        Ok(seen)
    }

    /// Writes a seen file; [`Self::from_json`] reads the same back, unless it has more than [`LARGEST`].
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
