//! What a verification comes to: all that it established, or the one reason why not.

use std::fmt;

use alloy_primitives::{Address, B256};
use assay_circuits::proof::ProofError;
use assay_circuits::{Circuit, PositionCommitment, StatementId};
use assay_protocol::keys::Fingerprint;
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use crate::anchor::{AnchorError, AnchorStatus};
use crate::assertion::{Audience, Bounds, CreditLine, Crossing, WeightError};
use crate::covenants::CompileError;
use crate::formats::text::{self, format_time};
use crate::policy::{Policy, Profile};
use crate::prices::{PriceError, ReportError};
use crate::production::ProductionKeyError;
use crate::requirement::RequirementError;

/// Why the key was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KeyAcceptance {
    /// It is on the list that this crate was built with.
    Production,
    /// The caller allowed it.
    AllowedByCaller,
}

/// A covenant that was proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ProvenCovenant {
    /// Its name in the policy.
    pub name: String,
    /// The section of the agreement that says it.
    pub section: String,
    /// The threshold that it holds at, such as `at most 30.00 %`, where the policy discloses it.
    pub threshold: Option<String>,
}

impl ProvenCovenant {
    /// Those of a policy, in its order, without those that exclude: they say what others count, and ask nothing by themselves.
    pub(crate) fn all(policy: &Policy) -> Vec<Self> {
        let covenants = policy.covenants().iter().filter(|covenant| covenant.kind.threshold().is_some());
        let proven = covenants.map(|covenant| Self {
            name: covenant.name.clone(),
            section: covenant.section.clone(),
            threshold: covenant.disclosed(policy),
        });
        proven.collect()
    }
}

/// What was established: at prices within `bounds`, until `valid_until`, the committed position satisfies the policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Accepted {
    /// The statement that was proven.
    #[serde(serialize_with = "text::as_text")]
    pub statement_id: StatementId,
    /// Id of the policy.
    #[serde(serialize_with = "text::as_text")]
    pub policy: B256,
    /// Id of its market.
    #[serde(serialize_with = "text::as_text")]
    pub market: B256,
    /// The account that it is about, which is the one that the caller expected.
    #[serde(serialize_with = "text::as_text")]
    pub subject: Address,
    /// The audience that it is for, which is the one that the caller expected.
    #[serde(serialize_with = "text::as_text")]
    pub audience: Audience,
    /// The committed position.
    #[serde(serialize_with = "text::as_commitment")]
    pub commitment: PositionCommitment,
    /// What binds the commitment to reality.
    pub anchor: AnchorStatus,
    /// The protocol whose own rule calls the position healthy, if the [assumptions](Self::assumptions) hold.
    #[serde(serialize_with = "text::as_text_if_any")]
    pub profile: Option<Profile>,
    /// The policy's covenants that ask something, each of which holds; none where its own ratio is what was proven.
    pub covenants: Vec<ProvenCovenant>,
    /// The prices within which it holds.
    pub bounds: Bounds,
    /// The most that may be lent against it; nothing where there is none.
    pub credit: Option<CreditLine>,
    /// When the position was as committed, in unix seconds.
    #[serde(serialize_with = "text::as_time")]
    pub as_of: u64,
    /// The last second at which it holds, in unix seconds.
    #[serde(serialize_with = "text::as_time")]
    pub valid_until: u64,
    /// When the prices that it was held against were made, in unix seconds.
    #[serde(serialize_with = "text::as_time")]
    pub prices_at: u64,
    /// Fingerprint of the verifying key.
    #[serde(serialize_with = "text::as_text")]
    pub verifying_key: Fingerprint,
    /// Why that key was accepted.
    pub key_acceptance: KeyAcceptance,
    /// The key is no production key and its file marks it as one for development: whoever made it can forge proofs. The
    /// mark is no part of the fingerprint, so that its absence says nothing.
    pub development_key: bool,
}

impl Accepted {
    /// What the promise of the profile rests on besides the proof, as sentences; none without a profile.
    #[must_use]
    pub fn assumptions(&self) -> &'static [&'static str] {
        self.profile.map_or(&[], Profile::assumptions)
    }
}

/// Groups rejections by what to do about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Class {
    /// An input does not say what it should.
    Malformed,
    /// The proof does not verify.
    ProofInvalid,
    /// Expired, too old, or a price beyond a bound.
    Stale,
    /// Another key or SRS than the one at hand.
    Mismatch,
    /// A key that is not accepted.
    Keys,
    /// The anchor is missing or not trusted.
    Anchor,
    /// Another subject, audience, policy or market than expected.
    Unexpected,
}

/// Why an attestation was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The attestation was made for another key than the one it is verified with.
    #[error("the attestation is for the verifying key {found}, the one at hand is {expected}")]
    OtherKey {
        /// Fingerprint of the key at hand.
        expected: Fingerprint,
        /// Fingerprint in the attestation.
        found: Fingerprint,
    },
    /// The key at hand is for another circuit than the policy's.
    #[error("the key is for {}, and the policy needs {policy}: use its key", circuit(*key))]
    OtherCircuit {
        /// The circuit of the key at hand; none where it is on no list.
        key: Option<Circuit>,
        /// The policy's.
        policy: Circuit,
    },
    /// The attestation is of another statement than the policy's.
    #[error("the attestation is of {found}, and the policy needs {expected}")]
    OtherStatement {
        /// The policy's statement.
        expected: StatementId,
        /// The statement that the attestation names.
        found: StatementId,
    },
    /// The attestation names another SRS than the one that the key at hand was made from.
    #[error("the attestation names the SRS {found}, the key at hand was made from {expected}")]
    OtherSrs {
        /// Digest of the key's SRS.
        expected: B256,
        /// Digest in the attestation.
        found: B256,
    },
    /// The policy pins another key.
    #[error("the policy pins the verifying key {expected}, the one at hand is {found}")]
    KeyNotPinned {
        /// Fingerprint in the policy.
        expected: Fingerprint,
        /// Fingerprint of the key at hand.
        found: Fingerprint,
    },
    /// This program has no production key to verify with.
    #[error("there is no key to verify with: {0}")]
    NoKey(ProductionKeyError),
    /// Nobody accepts this key.
    #[error("the verifying key {found} is not among those that are accepted")]
    KeyNotAccepted {
        /// Fingerprint of the key at hand.
        found: Fingerprint,
    },
    /// The attestation is for another policy.
    #[error("the attestation is for the policy {found}, expected {expected}")]
    OtherPolicy {
        /// Id of the verifier's policy.
        expected: B256,
        /// Id in the attestation.
        found: B256,
    },
    /// The attestation is for another market.
    #[error("the attestation is for the market {found}, expected {expected}")]
    OtherMarket {
        /// Id of the verifier's market.
        expected: B256,
        /// Id in the attestation.
        found: B256,
    },
    /// The attestation is about another subject.
    #[error("the attestation is about {found}, expected {expected}")]
    OtherSubject {
        /// The one that the verifier expects.
        expected: Address,
        /// The one that the attestation names.
        found: Address,
    },
    /// The attestation is for another audience.
    #[error("the attestation is for {found}, expected {expected}")]
    OtherAudience {
        /// The audience that the verifier is.
        expected: Audience,
        /// The one that the attestation names.
        found: Audience,
    },
    /// Nothing that the policy trusts binds the commitment to reality.
    #[error(transparent)]
    Anchor(#[from] AnchorError),
    /// Valid-until has passed.
    #[error("expired: valid until {}, now it is {}", format_time(*valid_until), format_time(*now))]
    Expired {
        /// Last second at which it held.
        valid_until: u64,
        /// The verifier's time.
        now: u64,
    },
    /// As-of lies in the future.
    #[error("the statement is as of {}, now it is {}", format_time(*as_of), format_time(*now))]
    NotYet {
        /// As-of.
        as_of: u64,
        /// The verifier's time.
        now: u64,
    },
    /// Valid-until is later than policy and as-of permit.
    #[error("valid until {}, the policy permits {} at most", format_time(*valid_until), format_time(*latest))]
    ValidTooLong {
        /// What the attestation says.
        valid_until: u64,
        /// What the policy permits.
        latest: u64,
    },
    /// A price has left its bounds.
    #[error(transparent)]
    PriceBeyondBound(Crossing),
    /// The prices at hand are not those that the policy asks for.
    #[error("prices: {0}")]
    Prices(Box<PriceError>),
    /// The weights do not fit, or bounds or credit line are not for this market.
    #[error(transparent)]
    Weights(#[from] WeightError),
    /// The policy's covenants make no rows at these bounds and times, or bounds or credit line are not for this market.
    #[error(transparent)]
    Covenants(#[from] CompileError),
    /// The proof is not one of this assertion.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

/// An object with the stable `code`, the `class`, and a `message` for people.
impl Serialize for Rejection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Rejection", 3)?;
        object.serialize_field("code", self.code())?;
        object.serialize_field("class", &self.class())?;
        object.serialize_field("message", &self.to_string())?;
        object.end()
    }
}

impl From<PriceError> for Rejection {
    fn from(error: PriceError) -> Self {
        Self::Prices(Box::new(error))
    }
}

impl From<RequirementError> for Rejection {
    fn from(error: RequirementError) -> Self {
        match error {
            RequirementError::Weights(error) => error.into(),
            RequirementError::Covenants(error) => error.into(),
        }
    }
}

fn circuit(circuit: Option<Circuit>) -> String {
    circuit.map_or_else(|| "a circuit that this program does not know".to_owned(), |circuit| circuit.to_string())
}

impl Rejection {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::OtherKey { .. } => "other_key",
            Self::OtherCircuit { .. } => "other_circuit",
            Self::OtherStatement { .. } => "other_statement",
            Self::OtherSrs { .. } => "other_srs",
            Self::KeyNotPinned { .. } => "key_not_pinned",
            Self::NoKey(_) => "no_key",
            Self::KeyNotAccepted { .. } => "key_not_accepted",
            Self::OtherPolicy { .. } => "other_policy",
            Self::OtherMarket { .. } => "other_market",
            Self::OtherSubject { .. } => "other_subject",
            Self::OtherAudience { .. } => "other_audience",
            Self::Anchor(error) => error.code(),
            Self::Expired { .. } => "expired",
            Self::NotYet { .. } => "not_yet",
            Self::ValidTooLong { .. } => "valid_too_long",
            Self::PriceBeyondBound(_) => "price_beyond_bound",
            Self::Prices(error) => error.code(),
            Self::Weights(WeightError::Profile(error)) => error.code(),
            Self::Weights(_) => "weights",
            Self::Covenants(_) => "covenants",
            Self::Proof(_) => "proof_invalid",
        }
    }

    /// What kind of reason it is; decides the exit code of the command line.
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            Self::OtherKey { .. }
            | Self::OtherCircuit { .. }
            | Self::OtherStatement { .. }
            | Self::OtherSrs { .. }
            | Self::KeyNotPinned { .. } => Class::Mismatch,
            Self::NoKey(_) | Self::KeyNotAccepted { .. } => Class::Keys,
            Self::OtherPolicy { .. }
            | Self::OtherMarket { .. }
            | Self::OtherSubject { .. }
            | Self::OtherAudience { .. } => Class::Unexpected,
            Self::Anchor(error) => error.class(),
            Self::Expired { .. } | Self::NotYet { .. } | Self::ValidTooLong { .. } | Self::PriceBeyondBound(_) => {
                Class::Stale
            }
            Self::Prices(error) => error.class(),
            Self::Weights(_) | Self::Covenants(_) => Class::Malformed,
            Self::Proof(_) => Class::ProofInvalid,
        }
    }
}

impl AnchorError {
    /// What kind of reason it is: the anchor, but for its times.
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::FromFuture { .. } | Self::Expired { .. } => Class::Stale,
            _ => Class::Anchor,
        }
    }
}

impl PriceError {
    /// What kind of reason it is: prices that are too old or to come, sources that are stale, disagree or are unsure are
    /// [`Class::Stale`], everything else is malformed.
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            Self::Stale { .. } | Self::FromFuture { .. } | Self::TooFewFresh { .. } | Self::Deviation { .. } => {
                Class::Stale
            }
            Self::Report { why, .. } => match **why {
                ReportError::TooWide { .. } | ReportError::FromFuture { .. } => Class::Stale,
                _ => Class::Malformed,
            },
            _ => Class::Malformed,
        }
    }
}

impl fmt::Display for KeyAcceptance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Production => "production key",
            Self::AllowedByCaller => "allowed by the caller",
        })
    }
}
