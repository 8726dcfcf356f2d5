//! The Solidity structs whose ABI encoding is hashed into ids and digests, and the one way of hashing them.

use alloy_primitives::{B256, keccak256};
use alloy_sol_types::abi::TokenSeq;
use alloy_sol_types::{SolType, SolValue};

alloy_sol_types::sol! {
    struct Asset {
        string symbol;
        string chain;
        address token;
        string id;
        uint8 decimals;
    }

    struct Market {
        string name;
        Asset[] assets;
    }

    struct Risk {
        uint16 liquidationThreshold;
        uint16 haircut;
        uint16 volatilityBuffer;
        uint32 yieldDecay;
        uint32 borrowFactor;
        uint32 debtInterest;
        uint8 priceDecimals;
    }

    struct Feed {
        bytes32 id;
        uint8 decimals;
        uint32 maxAge;
    }

    struct Source {
        string name;
        uint8 kind;
        uint64 chainId;
        address provider;
        uint16 maxConfidence;
        Feed[] feeds;
    }

    struct Policy {
        string name;
        bytes32 market;
        string quote;
        string profile;
        uint32 minimumRatio;
        uint128 scale;
        Risk[] assets;
        uint32 maxPriceAge;
        uint32 maxValidity;
        uint32 maxStatementAge;
        uint8[] buffers;
        Source[] sources;
        uint8 minimumSources;
        uint16 maxDeviation;
        address[] attesters;
        uint8 minimumAttesters;
        address recorder;
        bytes32 verifyingKey;
        address verifier;
        address priceBoard;
        uint32 gracePeriod;
    }

    struct Covenant {
        string name;
        string section;
        uint8 discloses;
        string kind;
        bytes fields;
    }

    struct Covenants {
        bytes32 policy;
        Covenant[] covenants;
    }

    /// The arguments of which a price board's `configuration` is the hash.
    struct BoardRules {
        Source[] sources;
        uint8[] priceDecimals;
        uint8 minimumSources;
        uint16 maxDeviation;
    }

    struct BoardConfiguration {
        Source[] sources;
        uint8[] priceDecimals;
        uint8 minimumSources;
        uint16 maxDeviation;
        address sequencerFeed;
        uint32 sequencerGrace;
    }

    struct Bounds {
        uint128[] floors;
        uint128[] ceilings;
    }

    struct Context {
        uint8 mode;
        uint256 chainId;
        bytes32 audience;
        bytes32 statement;
        bytes32 verifyingKey;
        bytes32 policy;
        bytes32 market;
        address subject;
        bytes32 anchor;
        bytes32 bounds;
        uint8 creditAsset;
        uint128 creditAmount;
        uint64 asOf;
        uint64 validUntil;
    }
}

/// `keccak256(abi.encode(keccak256(tag), value))`.
pub(crate) fn tagged_hash<T: SolValue>(tag: &str, value: T) -> B256
where
    (B256, T): SolValue,
    for<'a> <<(B256, T) as SolValue>::SolType as SolType>::Token<'a>: TokenSeq<'a>,
{
    keccak256((keccak256(tag), value).abi_encode_params())
}
