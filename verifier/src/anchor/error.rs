//! Why an anchor does not bind an assertion to reality.

use alloy_primitives::{Address, B256};
use assay_circuits::PositionCommitment;

use super::holdings::Beneficiary;
use super::seen::Unavailable;
use crate::assertion::Audience;
use crate::formats::signature::SignatureError;
use crate::formats::text::{format_time, hex};

/// Why an anchor does not bind an assertion.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnchorError {
    /// The policy asks for attesters, and the attestation names no anchor.
    #[error("the policy asks for an anchor of {minimum} attesters, and the attestation has none")]
    Missing {
        /// Signatures that the policy asks for.
        minimum: u8,
    },
    /// The attestation names an anchor, and the verifier has not got it.
    #[error("the attestation is anchored in the holdings statement {expected}, which is not at hand")]
    NotGiven {
        /// Struct hash of the statement.
        expected: B256,
    },
    /// There is an anchor, and the policy knows none.
    #[error("there is an anchor, and the policy trusts no attester")]
    NotTrusted,
    /// The policy's anchor is a contract.
    #[error("the policy's anchor is the contract {recorder}, which is read on its chain alone")]
    OnChain {
        /// The contract.
        recorder: Address,
    },
    /// The anchor is for another market.
    #[error("the anchor is for the market {found}, expected {expected}")]
    OtherMarket {
        /// Id of the verifier's market.
        expected: B256,
        /// Id in the anchor.
        found: B256,
    },
    /// The anchor is about another subject.
    #[error("the anchor is about {found}, expected {expected}")]
    OtherSubject {
        /// The one that the verifier expects.
        expected: Address,
        /// The one that the anchor names.
        found: Address,
    },
    /// The audience is a registry, and the verifier expects another beneficiary than it.
    #[error("the audience is the registry {registry}, and the beneficiary expected is {expected}")]
    BeneficiaryNotRegistry {
        /// The audience.
        registry: Audience,
        /// The one that the verifier expects.
        expected: Beneficiary,
    },
    /// Encumbered to the same address on another chain.
    #[error("the collateral is encumbered to {found}, on another chain than {expected}")]
    OtherChain {
        /// The one that the verifier expects.
        expected: Beneficiary,
        /// The one that the anchor names.
        found: Beneficiary,
    },
    /// Encumbered to somebody else, or to nobody.
    #[error("the anchor's beneficiary is {found}, expected {expected}")]
    OtherBeneficiary {
        /// The one that the verifier expects.
        expected: Beneficiary,
        /// The one that the anchor names.
        found: Beneficiary,
    },
    /// The anchor is about another commitment.
    #[error("the anchor is about the commitment {}, the attestation about {}", hex(&found.to_bytes()), hex(&expected.to_bytes()))]
    OtherCommitment {
        /// The attestation's.
        expected: PositionCommitment,
        /// The anchor's.
        found: PositionCommitment,
    },
    /// As of another time.
    #[error("the anchor is as of {}, the attestation as of {}", format_time(*found), format_time(*expected))]
    OtherAsOf {
        /// The attestation's.
        expected: u64,
        /// The anchor's.
        found: u64,
    },
    /// Another holdings statement than the one that the attestation names.
    #[error("the anchor is the holdings statement {found}, the attestation names {expected}")]
    OtherStatement {
        /// The struct hash in the attestation.
        expected: B256,
        /// The anchor's.
        found: B256,
    },
    /// As of a time to come.
    #[error("the anchor is as of {}, now it is {}", format_time(*as_of), format_time(*now))]
    FromFuture {
        /// The anchor's as-of.
        as_of: u64,
        /// The verifier's time.
        now: u64,
    },
    /// Its expiry has passed.
    #[error("the anchor expired at {}, now it is {}", format_time(*expiry), format_time(*now))]
    Expired {
        /// Last second at which it counted.
        expiry: u64,
        /// The verifier's time.
        now: u64,
    },
    /// It expires before the attestation does.
    #[error("the anchor expires at {}, the attestation says valid until {}", format_time(*expiry), format_time(*valid_until))]
    ExpiresEarly {
        /// Last second at which the anchor counts.
        expiry: u64,
        /// What the attestation says.
        valid_until: u64,
    },
    /// Signed by somebody whom the policy does not list.
    #[error("the anchor is signed by {attester}, whom the policy does not list")]
    NotListed {
        /// The signer.
        attester: Address,
    },
    /// A signature that is not in its one spelling, or nobody's.
    #[error("the signature of {attester}: {error}")]
    Signature {
        /// The attester that is said to have signed.
        attester: Address,
        /// What is wrong.
        error: SignatureError,
    },
    /// A signature of somebody else, or of something else.
    #[error("the signature said to be of {attester} is none of this statement by it")]
    OtherSigner {
        /// The attester that is said to have signed.
        attester: Address,
    },
    /// Fewer signatures than the policy asks for.
    #[error("the anchor has {found} of the {minimum} signatures that the policy asks for")]
    TooFew {
        /// Signatures that the policy asks for.
        minimum: u8,
        /// Signatures that there are.
        found: usize,
    },
    /// So many signatures were withdrawn that too few are left.
    #[error("the anchor is revoked: {left} signatures are left of the {minimum} that the policy asks for")]
    Revoked {
        /// Signatures that the policy asks for.
        minimum: u8,
        /// Signatures that were not withdrawn.
        left: usize,
    },
    /// A later statement has been seen.
    #[error("superseded: the anchor has the sequence {found}, and {latest} has been seen")]
    Superseded {
        /// The greatest sequence seen.
        latest: u64,
        /// The anchor's.
        found: u64,
    },
    /// Another statement with the same sequence has been seen: the attesters contradict themselves.
    #[error("two statements with the sequence {sequence}: this one is {found}, and {seen} has been seen")]
    Equivocation {
        /// The sequence of both.
        sequence: u64,
        /// Struct hash of the one seen before.
        seen: B256,
        /// The anchor's.
        found: B256,
    },
    /// What has been seen before cannot be found out.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl AnchorError {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "anchor_missing",
            Self::NotGiven { .. } => "anchor_not_given",
            Self::NotTrusted => "anchor_not_trusted",
            Self::OnChain { .. } => "anchor_on_chain",
            Self::OtherMarket { .. } => "anchor_other_market",
            Self::OtherSubject { .. } => "anchor_other_subject",
            Self::BeneficiaryNotRegistry { .. } => "beneficiary_not_registry",
            Self::OtherChain { .. } => "anchor_other_chain",
            Self::OtherBeneficiary { .. } => "anchor_other_beneficiary",
            Self::OtherCommitment { .. } => "anchor_other_commitment",
            Self::OtherAsOf { .. } => "anchor_other_as_of",
            Self::OtherStatement { .. } => "anchor_other_statement",
            Self::FromFuture { .. } => "anchor_from_future",
            Self::Expired { .. } => "anchor_expired",
            Self::ExpiresEarly { .. } => "anchor_expires_early",
            Self::NotListed { .. } => "attester_not_listed",
            Self::Signature { error, .. } => error.code(),
            Self::OtherSigner { .. } => "signature_other_signer",
            Self::TooFew { .. } => "anchor_too_few_attesters",
            Self::Revoked { .. } => "anchor_revoked",
            Self::Superseded { .. } => "anchor_superseded",
            Self::Equivocation { .. } => "anchor_equivocation",
            Self::Unavailable(_) => "seen_unavailable",
        }
    }
}
