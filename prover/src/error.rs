//! Why a position was not decided, or no attestation made.

use assay_circuits::Violation;
use assay_circuits::proof::{ProofError, ProveError};
use assay_circuits::statements::covenants;
use assay_protocol::artifact::ArtifactError;
use assay_verifier::{AnchorError, Buffer, FormatError, PriceError, Rejection, RequirementError, format_time};

/// Why a position was not decided, or no attestation made. No variant holds an amount or a blinding.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The policy does not offer the buffer that was chosen.
    #[error("{chosen} is not on offer: the policy offers {}", list(offered))]
    BufferNotOffered {
        /// The buffer chosen.
        chosen: Buffer,
        /// The policy's buffers.
        offered: Vec<Buffer>,
    },
    /// Valid-until was chosen, and it is not after now.
    #[error("{} has passed", format_time(*valid_until))]
    Passed {
        /// The time chosen, in unix seconds.
        valid_until: u64,
    },
    /// Valid-until was chosen, and it is later than the policy and the anchor permit.
    #[error("{} {} at most", if *anchored { "policy and anchor permit" } else { "the policy permits" }, format_time(*latest))]
    TooLong {
        /// The latest time that is permitted, in unix seconds.
        latest: u64,
        /// The anchor had a say in it.
        anchored: bool,
    },
    /// The anchor counts no longer, so that no statement can be valid now.
    #[error("the anchor counts until {}, now it is {}", format_time(*latest), format_time(*now))]
    AnchorLapsed {
        /// The last second at which a statement under the anchor may hold, in unix seconds.
        latest: u64,
        /// The time, in unix seconds.
        now: u64,
    },
    /// The bounds around the prices do not fit.
    #[error(transparent)]
    Bounds(FormatError),
    /// Every verifier who holds the policy refuses an attestation like this: its prices, weights or anchor are not what
    /// the policy asks for.
    #[error(transparent)]
    Refused(#[from] Rejection),
    /// The position does not satisfy the policy.
    #[error(transparent)]
    StatementFalse(#[from] Violation),
    /// The position does not satisfy the policy's covenants.
    #[error("{}", unmet(names))]
    CovenantsNotMet {
        /// The names of those that do not hold, in the policy's order.
        names: Vec<String>,
    },
    /// The position has debt in assets that are never owed under the policy, whose covenants let none be there.
    #[error("it owes {}, and under this policy that is never owed", assets.join(", "))]
    NeverOwed {
        /// The symbols of these assets, in the market's order.
        assets: Vec<String>,
    },
    /// The greatest helper amounts are not found.
    #[error(
        "the amounts that the policy's exclusions admit were not found: shares of what is admitted lower each other too often; \
         in the policy, of = \"all\" would do"
    )]
    NoHelpers,
    /// The SRS is too small.
    #[error(transparent)]
    Keys(#[from] ArtifactError),
    /// The attestation that was made does not verify: a defect of this library, and no attestation leaves it.
    #[error("a defect: the attestation that was made does not verify: {0}")]
    Unverified(String),
}

impl Error {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BufferNotOffered { .. } => "buffer_not_offered",
            Self::Passed { .. } => "valid_until_passed",
            Self::TooLong { .. } => "valid_until_too_late",
            Self::AnchorLapsed { .. } => "anchor_lapsed",
            Self::Bounds(_) => "bounds",
            Self::Refused(rejection) => rejection.code(),
            Self::StatementFalse(_) | Self::CovenantsNotMet { .. } | Self::NeverOwed { .. } => "statement_false",
            Self::NoHelpers => "no_helper_amounts",
            Self::Keys(_) => "keys",
            Self::Unverified(_) => "defect",
        }
    }
}

/// Amounts and rows were looked at before: what is left is a defect.
impl From<covenants::Violation> for Error {
    fn from(violation: covenants::Violation) -> Self {
        Self::Unverified(violation.to_string())
    }
}

impl From<PriceError> for Error {
    fn from(error: PriceError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<RequirementError> for Error {
    fn from(error: RequirementError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<AnchorError> for Error {
    fn from(error: AnchorError) -> Self {
        Self::Refused(error.into())
    }
}

impl<V> From<ProveError<V>> for Error
where
    Self: From<V>,
{
    fn from(error: ProveError<V>) -> Self {
        match error {
            ProveError::False(violation) => violation.into(),
            ProveError::Srs(error) => Self::Keys(error),
            // The rejection for a market of another size came first.
            ProveError::OtherCircuit { .. } => Self::Refused(ProofError::OtherCircuit.into()),
        }
    }
}

fn unmet(names: &[String]) -> String {
    let (covenants, do_not) = if names.len() == 1 { ("covenant", "does not") } else { ("covenants", "do not") };
    format!("{covenants} {} {do_not} hold", names.join(", "))
}

fn list(buffers: &[Buffer]) -> String {
    buffers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
