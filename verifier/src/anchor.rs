//! Anchors: what attesters sign about a commitment, whether it binds an assertion to reality, and what was seen before.

mod check;
mod error;
mod file;
mod holdings;
mod seen;
mod seen_anchors;

pub use check::{AnchorStatus, Attested, check};
pub use error::AnchorError;
pub use file::{FORMAT, REVOCATION_FORMAT};
pub use holdings::{
    Anchor, AttesterSignature, Beneficiary, HoldingsStatement, Revocation, encode_type, revocation_encode_type,
    type_hash,
};
pub use seen::{Latest, NothingSeen, Seen, Series, Unavailable};
pub use seen_anchors::{FORMAT as SEEN_FORMAT, SeenAnchors};
