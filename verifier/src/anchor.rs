//! What an attester signs: an EIP-712 `HoldingsStatement` about a commitment.
//!
//! The domain has a name and a version and nothing else. One signature serves a lender off chain and registries on any
//! chain; for whom it is, the message itself says, in `beneficiary` and `beneficiaryChainId`.

use std::borrow::Cow;

use alloy_primitives::{B256, keccak256};
use alloy_sol_types::{Eip712Domain, SolStruct};

mod sol {
    alloy_sol_types::sol! {
        /// An attester's word that a commitment opens to what the subject holds and owes.
        #[derive(Debug, PartialEq, Eq)]
        struct HoldingsStatement {
            /// The position commitment, 32 big-endian bytes.
            bytes32 commitment;
            /// The market that the position is a vector over.
            bytes32 marketId;
            /// Whose position it is.
            address subject;
            /// Whom the collateral is encumbered to: a lender or a registry; zero means informational only.
            address beneficiary;
            /// The beneficiary's chain; zero where there is no beneficiary.
            uint256 beneficiaryChainId;
            /// When the position was as committed, in unix seconds.
            uint64 asOf;
            /// Grows with each statement for the same market, subject and beneficiary; only the greatest counts.
            uint64 sequence;
            /// The last second at which it counts, in unix seconds.
            uint64 expiry;
        }
    }
}

pub use sol::HoldingsStatement;

/// The EIP-712 domain of holdings statements: name `Assay`, version `1`.
pub const DOMAIN: Eip712Domain = alloy_sol_types::eip712_domain! { name: "Assay", version: "1", };

/// The EIP-712 domain separator.
#[must_use]
pub fn domain_separator() -> B256 {
    DOMAIN.hash_struct()
}

/// The EIP-712 type hash of [`HoldingsStatement`].
#[must_use]
pub fn type_hash() -> B256 {
    keccak256(encode_type().as_bytes())
}

/// The EIP-712 encoding of the type, whose hash is [`type_hash`].
#[must_use]
pub fn encode_type() -> Cow<'static, str> {
    HoldingsStatement::eip712_encode_type()
}

/// The EIP-712 struct hash, which the context of an anchored statement carries.
#[must_use]
pub fn struct_hash(statement: &HoldingsStatement) -> B256 {
    statement.eip712_hash_struct()
}

/// The digest that attesters sign.
#[must_use]
pub fn signing_hash(statement: &HoldingsStatement) -> B256 {
    statement.eip712_signing_hash(&DOMAIN)
}
