//! What attesters sign: an EIP-712 `HoldingsStatement` about a commitment, and its revocation. For whom a statement is,
//! it says itself, in `beneficiary` and `beneficiaryChainId`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::SolStruct;
use assay_circuits::PositionCommitment;
use serde_json::{Value, json};

use crate::formats::eip712::{DOMAIN, typed_data};
use crate::formats::signature::{Signature, SignatureError};
use crate::formats::text::{self, FormatError};

mod sol {
    alloy_sol_types::sol! {
        /// An attester's word that a commitment opens to what the subject holds and owes.
        struct HoldingsStatement {
            bytes32 commitment;
            bytes32 marketId;
            address subject;
            address beneficiary;
            uint256 beneficiaryChainId;
            uint64 asOf;
            uint64 sequence;
            uint64 expiry;
        }

        /// An attester's withdrawal of its signature from a holdings statement, named by its struct hash.
        struct Revocation {
            bytes32 statement;
        }
    }
}

/// The account that collateral is encumbered to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Beneficiary {
    /// It is encumbered to nobody: the statement is for information only.
    #[default]
    Nobody,
    /// A lender or a registry contract.
    Account {
        /// Its chain, not zero.
        chain_id: u64,
        /// Its address, not zero.
        address: Address,
    },
}

impl FromStr for Beneficiary {
    type Err = FormatError;

    /// Reads `none`, or a CAIP-10 account with an EIP-55 checksum: `eip155:1:0x…`.
    fn from_str(text: &str) -> Result<Self, FormatError> {
        if text == "none" {
            return Ok(Self::Nobody);
        }
        text::account(text).map(|(chain_id, address)| Self::Account { chain_id, address }).ok_or_else(|| {
            FormatError::new(
                "beneficiary: none or eip155:CHAIN:ADDRESS is needed, the address with its EIP-55 checksum",
            )
        })
    }
}

impl fmt::Display for Beneficiary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("none"),
            Self::Account { chain_id, address } => write!(f, "{}{chain_id}:{address}", text::EIP155),
        }
    }
}

/// An attester's word that a commitment opens to what the subject holds and owes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldingsStatement {
    /// The committed position.
    pub commitment: PositionCommitment,
    /// Id of the market that the position is a vector over.
    pub market: B256,
    /// Whose position it is.
    pub subject: Address,
    /// The account that the collateral is encumbered to.
    pub beneficiary: Beneficiary,
    /// When the position was as committed, in unix seconds.
    pub as_of: u64,
    /// Grows with each statement for the same market, subject and beneficiary; only the greatest counts.
    pub sequence: u64,
    /// The last second at which it counts, in unix seconds.
    pub expiry: u64,
}

impl HoldingsStatement {
    /// The EIP-712 struct hash, which the context of an anchored statement carries.
    #[must_use]
    pub fn struct_hash(&self) -> B256 {
        self.to_sol().eip712_hash_struct()
    }

    /// The digest that attesters sign.
    #[must_use]
    pub fn signing_hash(&self) -> B256 {
        self.to_sol().eip712_signing_hash(&DOMAIN)
    }

    /// The EIP-712 typed data as JSON, for wallets and other signers.
    #[must_use]
    pub fn typed_data(&self) -> Value {
        let sol = self.to_sol();
        let message = json!({
            "commitment": sol.commitment.to_string(),
            "marketId": sol.marketId.to_string(),
            "subject": sol.subject.to_string(),
            "beneficiary": sol.beneficiary.to_string(),
            "beneficiaryChainId": sol.beneficiaryChainId.to_string(),
            "asOf": sol.asOf.to_string(),
            "sequence": sol.sequence.to_string(),
            "expiry": sol.expiry.to_string(),
        });
        typed_data::<sol::HoldingsStatement>(&message)
    }

    fn to_sol(&self) -> sol::HoldingsStatement {
        let (chain_id, beneficiary) = match self.beneficiary {
            Beneficiary::Nobody => (0, Address::ZERO),
            Beneficiary::Account { chain_id, address } => (chain_id, address),
        };
        sol::HoldingsStatement {
            commitment: B256::new(self.commitment.to_bytes()),
            marketId: self.market,
            subject: self.subject,
            beneficiary,
            beneficiaryChainId: U256::from(chain_id),
            asOf: self.as_of,
            sequence: self.sequence,
            expiry: self.expiry,
        }
    }
}

/// A signature of a holdings statement, and whose it claims to be. [`super::check`] decides whether it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttesterSignature {
    /// The attester that is said to have signed.
    pub attester: Address,
    /// What a key signs has 65 bytes. A contract's signature (ERC-1271) has any length and counts on its chain alone.
    pub signature: Vec<u8>,
}

/// A holdings statement with its signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    statement: HoldingsStatement,
    signatures: Vec<AttesterSignature>,
}

impl Anchor {
    /// A statement with its signatures.
    ///
    /// # Errors
    /// [`FormatError`] where there are none, or they are not in ascending order of their attesters, none twice.
    pub fn new(statement: HoldingsStatement, signatures: Vec<AttesterSignature>) -> Result<Self, FormatError> {
        if signatures.is_empty() {
            return Err(FormatError::new("signatures: at least one is needed"));
        }
        for (before, after) in signatures.iter().zip(signatures.iter().skip(1)) {
            if before.attester == after.attester {
                return Err(FormatError::new(format_args!("signatures: {} twice", after.attester)));
            }
            if before.attester > after.attester {
                let what = format_args!("signatures: {} stands before {}", before.attester, after.attester);
                return Err(FormatError::new(format_args!("{what}; ascending order is needed")));
            }
        }
        Ok(Self { statement, signatures })
    }

    /// The same statement with one signature more.
    ///
    /// # Errors
    /// [`FormatError`] where its attester has signed already.
    pub fn and(mut self, signature: AttesterSignature) -> Result<Self, FormatError> {
        self.signatures.push(signature);
        self.signatures.sort_by_key(|signature| signature.attester);
        Self::new(self.statement, self.signatures)
    }

    /// What was signed.
    #[must_use]
    pub fn statement(&self) -> &HoldingsStatement {
        &self.statement
    }

    /// The signatures, in ascending order of their attesters.
    #[must_use]
    pub fn signatures(&self) -> &[AttesterSignature] {
        &self.signatures
    }
}

/// An attester's withdrawal of its own signature from a holdings statement. Whoever has one, it is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    statement: B256,
    attester: Address,
    signature: Signature,
}

impl Revocation {
    /// The revocation of the statement with this struct hash; its attester is whoever signed it.
    ///
    /// # Errors
    /// [`SignatureError::Nobody`] where no key signs it so.
    pub fn new(statement: B256, signature: Signature) -> Result<Self, SignatureError> {
        let attester = signature.recover(Self::signing_hash(statement))?;
        Ok(Self { statement, attester, signature })
    }

    /// The digest that an attester signs to revoke the statement with this struct hash.
    #[must_use]
    pub fn signing_hash(statement: B256) -> B256 {
        sol::Revocation { statement }.eip712_signing_hash(&DOMAIN)
    }

    /// The EIP-712 typed data as JSON, for wallets and other signers.
    #[must_use]
    pub fn typed_data(statement: B256) -> Value {
        typed_data::<sol::Revocation>(&json!({ "statement": statement.to_string() }))
    }

    /// Struct hash of the statement.
    #[must_use]
    pub fn statement(&self) -> B256 {
        self.statement
    }

    /// Whose signature it withdraws.
    #[must_use]
    pub fn attester(&self) -> Address {
        self.attester
    }

    /// The signature of the revocation.
    #[must_use]
    pub fn signature(&self) -> Signature {
        self.signature
    }
}

/// The EIP-712 encoding of the type of holdings statements.
#[must_use]
pub fn encode_type() -> Cow<'static, str> {
    sol::HoldingsStatement::eip712_encode_type()
}

/// The EIP-712 encoding of the type of revocations.
#[must_use]
pub fn revocation_encode_type() -> Cow<'static, str> {
    sol::Revocation::eip712_encode_type()
}

/// The EIP-712 type hash of holdings statements.
#[must_use]
pub fn type_hash() -> B256 {
    keccak256(encode_type().as_bytes())
}
