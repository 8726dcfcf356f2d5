//! An assertion: what an attestation says in public, and what a proof is bound to besides its numbers.

mod bounds;
mod context;
mod credit;
mod weights;

use alloy_primitives::{Address, B256};
use assay_circuits::PositionCommitment;
use serde::Serialize;

use crate::formats::text::{self, FormatError};
use crate::policy::Policy;

pub use bounds::{AssetBounds, Bounds, Crossing, Side};
pub use context::{Audience, ContextFields, Name};
pub use credit::CreditLine;
pub(crate) use weights::check_scale;
pub use weights::{AssetWeights, WeightError, Weights};

/// Everything that a proof says in public. With serde it is written as it stands in an attestation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assertion {
    /// Id of the policy.
    #[serde(serialize_with = "text::as_text")]
    pub policy: B256,
    /// Id of the market.
    #[serde(serialize_with = "text::as_text")]
    pub market: B256,
    /// The account that it is about.
    #[serde(serialize_with = "text::as_text")]
    pub subject: Address,
    /// The audience that it is for.
    #[serde(serialize_with = "text::as_text")]
    pub audience: Audience,
    /// The committed position.
    #[serde(serialize_with = "text::as_commitment")]
    pub commitment: PositionCommitment,
    /// When the position was as committed, in unix seconds.
    #[serde(serialize_with = "text::as_time")]
    pub as_of: u64,
    /// The last second at which it holds, in unix seconds.
    #[serde(serialize_with = "text::as_time")]
    pub valid_until: u64,
    /// The prices within which it holds.
    pub bounds: Bounds,
    /// What may be lent against it.
    pub credit: Option<CreditLine>,
    /// EIP-712 struct hash of the holdings statement that anchors the commitment.
    #[serde(serialize_with = "text::as_text_if_any")]
    pub anchor: Option<B256>,
}

impl Assertion {
    /// The weights under `policy`, with the arithmetic.
    ///
    /// # Errors
    /// [`WeightError`].
    pub fn weights(&self, policy: &Policy) -> Result<Weights, WeightError> {
        Weights::derive(policy, &self.bounds, self.elapsed()?, self.credit.as_ref())
    }

    /// Seconds from as-of to valid-until.
    pub(crate) fn elapsed(&self) -> Result<u64, FormatError> {
        let elapsed = self.valid_until.checked_sub(self.as_of);
        elapsed.ok_or_else(|| FormatError::new("valid_until: earlier than as_of"))
    }
}
