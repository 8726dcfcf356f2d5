//! The audience of an assertion, and the context digest that binds a proof to everything but its numbers.

use std::fmt;
use std::str::FromStr;

use alloy_primitives::{Address, B256, U256, keccak256};
use assay_circuits::{Context, StatementId};

use crate::formats::abi;
use crate::formats::text::{self, FormatError};

/// The audience of an assertion: those whom it is for. A verifier names the audience that it is; it never takes it from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Somebody off chain, by a name agreed on, such as `lender.example`.
    Named(Name),
    /// A registry contract.
    Registry {
        /// Its chain.
        chain_id: u64,
        /// Its address.
        address: Address,
    },
}

/// Name of an off-chain audience: 1 to 128 ASCII letters, digits, or `.-_/@:`, not beginning with `eip155:` in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl FromStr for Audience {
    type Err = FormatError;

    /// Reads a name, or a registry as its CAIP-10 id with an EIP-55 checksum: `eip155:1:0x…`.
    fn from_str(text: &str) -> Result<Self, FormatError> {
        if text.starts_with(text::EIP155) {
            return text::account(text).map(|(chain_id, address)| Self::Registry { chain_id, address }).ok_or_else(
                || {
                    FormatError::new(
                        "audience: a contract is eip155:CHAIN:ADDRESS, the address with its EIP-55 checksum",
                    )
                },
            );
        }
        let plain = (1..=128).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_/@:".contains(&b));
        let like_registry =
            text.get(..text::EIP155.len()).is_some_and(|start| start.eq_ignore_ascii_case(text::EIP155));
        if like_registry {
            return Err(FormatError::new("audience: a contract begins with eip155: in lower case"));
        }
        if !plain {
            return Err(FormatError::new("audience: 1 to 128 ASCII letters, digits, or .-_/@: are needed"));
        }
        Ok(Self::Named(Name(text.to_owned())))
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(Name(name)) => f.write_str(name),
            Self::Registry { chain_id, address } => write!(f, "{}{chain_id}:{address}", text::EIP155),
        }
    }
}

/// All that a proof is bound to besides its public numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextFields<'a> {
    /// The audience that it is for.
    pub audience: &'a Audience,
    /// The statement that it proves.
    pub statement: StatementId,
    /// Fingerprint of the verifying key.
    pub verifying_key: [u8; 32],
    /// The policy id.
    pub policy: B256,
    /// The market id.
    pub market: B256,
    /// The account that it is about.
    pub subject: Address,
    /// EIP-712 struct hash of the anchor's statement; zero where there is none.
    pub anchor: B256,
    /// [`crate::Bounds::hash`].
    pub bounds: B256,
    /// The credit line: index of its asset and base units; zeros where there is none.
    pub credit: (u8, u128),
    /// As-of in unix seconds.
    pub as_of: u64,
    /// Valid-until in unix seconds.
    pub valid_until: u64,
}

impl ContextFields<'_> {
    /// The digest: `keccak256(abi.encode(keccak256("assay/context/v1"), fields))` with its three top bits cleared.
    #[must_use]
    pub fn digest(&self) -> Context {
        let (mode, chain_id, audience) = match self.audience {
            Audience::Named(Name(name)) => (0, 0, keccak256(name)),
            Audience::Registry { chain_id, address } => (1, *chain_id, address.into_word()),
        };
        let (credit_asset, credit_amount) = self.credit;
        let fields = abi::Context {
            mode,
            chainId: U256::from(chain_id),
            audience,
            statement: keccak256(self.statement.name()),
            verifyingKey: B256::new(self.verifying_key),
            policy: self.policy,
            market: self.market,
            subject: self.subject,
            anchor: self.anchor,
            bounds: self.bounds,
            creditAsset: credit_asset,
            creditAmount: credit_amount,
            asOf: self.as_of,
            validUntil: self.valid_until,
        };
        Context::from_digest(abi::tagged_hash("assay/context/v1", fields).0)
    }
}
