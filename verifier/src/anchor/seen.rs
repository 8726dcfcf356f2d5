//! What a verifier must know of anchors that it saw before: the latest statement of each series, and revocations.

use std::fmt;

use alloy_primitives::{Address, B256};
use assay_circuits::PositionCommitment;

use super::holdings::Beneficiary;

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
