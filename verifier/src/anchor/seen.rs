//! What a verifier must know of anchors that it saw before: the latest statement of each series, and revocations.

use std::fmt;

use alloy_primitives::{Address, B256};
use assay_circuits::PositionCommitment;
use serde::Serialize;

use super::holdings::Beneficiary;
use crate::formats::text;

/// The holdings statements that supersede one another, the greater sequence the lesser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Series {
    /// Id of the market.
    #[serde(serialize_with = "text::as_text")]
    pub market: B256,
    /// Whose positions they are.
    #[serde(serialize_with = "text::as_text")]
    pub subject: Address,
    /// The account that the collateral is encumbered to.
    #[serde(serialize_with = "text::as_text")]
    pub beneficiary: Beneficiary,
    /// A name for those who may sign them, see [`AnchorRule::attester_set`]: what others sign supersedes none of them.
    ///
    /// [`AnchorRule::attester_set`]: crate::AnchorRule::attester_set
    #[serde(serialize_with = "text::as_text")]
    pub attester_set: B256,
}

/// A statement of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Latest {
    /// Its place in the series.
    #[serde(serialize_with = "text::as_text")]
    pub sequence: u64,
    /// Its struct hash.
    #[serde(serialize_with = "text::as_text")]
    pub statement: B256,
    /// What it is about.
    #[serde(serialize_with = "text::as_commitment")]
    pub commitment: PositionCommitment,
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
