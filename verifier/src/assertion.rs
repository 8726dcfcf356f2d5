//! An assertion: what an attestation says in public, and the public inputs that follow from it. Prover and verifier
//! derive them here, and nowhere else.

mod bounds;
mod context;
mod credit;
mod weights;

use alloy_primitives::{Address, B256};
use assay_circuits::{Instance, PositionCommitment};
use assay_protocol::keys::Fingerprint;
use serde::Serialize;

use crate::formats::text::{self, FormatError};
use crate::policy::Policy;

pub use bounds::{AssetBounds, Bounds, Crossing, Side};
pub use context::{Audience, ContextFields, Name};
pub use credit::CreditLine;
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
        let elapsed = self
            .valid_until
            .checked_sub(self.as_of)
            .ok_or_else(|| FormatError::new("valid_until: earlier than as_of"))?;
        Weights::derive(policy, &self.bounds, elapsed, self.credit.as_ref())
    }

    /// The public inputs of the proof under `policy` and the key with fingerprint `key`.
    ///
    /// # Errors
    /// [`WeightError`].
    pub fn instance(&self, policy: &Policy, key: Fingerprint) -> Result<Instance, WeightError> {
        let weights = self.weights(policy)?;
        self.instance_at(policy, key, &weights)
    }

    pub(crate) fn instance_at(
        &self,
        policy: &Policy,
        key: Fingerprint,
        weights: &Weights,
    ) -> Result<Instance, WeightError> {
        let credit = match &self.credit {
            None => (0, 0),
            Some(line) => (line.check(policy.market())?, line.base_units),
        };
        let context = ContextFields {
            audience: &self.audience,
            verifying_key: key.0,
            policy: policy.id(),
            market: policy.market().id(),
            subject: self.subject,
            anchor: self.anchor.unwrap_or(B256::ZERO),
            bounds: self.bounds.hash(),
            credit,
            as_of: self.as_of,
            valid_until: self.valid_until,
        };
        Ok(Instance { commitment: self.commitment, context: context.digest(), covenant: weights.covenant() })
    }
}
