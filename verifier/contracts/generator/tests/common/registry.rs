//! The interface of the contracts, written down from their documentation, and policies in its words.
#![allow(missing_docs, unreachable_pub, reason = "generated")]

use alloy_primitives::{Address, B256};
use assay_verifier::policy::{AnchorRule, Provider};
use assay_verifier::{AssetId, PythContract};

alloy_sol_types::sol! {
    #![sol(all_derives)]

    enum Status { Unknown, Healthy, Lapsed }

    enum Reason {
        None,
        NoAttestation,
        OracleUnusable,
        RecorderUnusable,
        PriceBeyondBound,
        Expired,
        AnchorSuperseded,
        AnchorRevoked,
        CreditNotCovered,
        PolicyRetired,
        RouteFrozen,
        RevokedBySubject
    }

    struct Claim {
        bytes32 policyId;
        bytes32 anchor;
        uint64 validUntil;
        uint128[] floors;
        uint128[] ceilings;
        uint8 creditAsset;
        uint128 creditAmount;
        address lender;
    }

    struct CreditLine {
        address lender;
        uint8 asset;
        uint128 amount;
        uint128 drawn;
    }

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

    struct Signed {
        address signer;
        bytes signature;
    }

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

    library PriceBoard {
        struct Configuration {
            Source[] sources;
            uint8[] priceDecimals;
            uint8 minimumSources;
            uint16 maxDeviation;
            address sequencerFeed;
            uint32 sequencerGrace;
        }
    }

    function refreshAll() external;
    function configuration() external view returns (bytes32);
    function sequencerFeed() external view returns (address);
    function sequencerGrace() external view returns (uint256);

    function addRoute(address verifier, bytes32 verifyingKey) external;
    function publish(Policy policy, Market market) external returns (bytes32);
    function publishAnchor(bytes32 policyId, HoldingsStatement statement, Signed[] signatures) external;
    function revokeAnchor(bytes32 hash) external;
    function attest(Claim claim, bytes proof) external returns (bytes32);
    function preview(address subject, Claim claim, bytes proof) external view returns (bytes32);
    function publicInputs(address subject, Claim claim) external view returns (uint256[]);
    function used(bytes32 statement) external view returns (bool);
    function status(address subject, bytes32 policyId) external view returns (Status);
    function statusInFull(address subject, bytes32 policyId)
        external view returns (Status found, Reason reason, uint256 lapsedSince);
    function creditLine(address subject, bytes32 policyId) external view returns (CreditLine);
    function recordLapse(address subject, bytes32 policyId) external;
    function draw(address subject, bytes32 policyId, uint128 amount) external;

    function borrow(uint128 amount) external;
    function debt(address subject) external view returns (uint256);

    error NoCode(address account);
    error RouteUnknown(address verifier, bytes32 verifyingKey);
    error VerifierChanged(address verifier);
    error ProofInvalid();
    error PolicyUnknown(bytes32 policyId);
    error OtherStatement(string field);
    error AnchorNotLatest(bytes32 latest, bytes32 found);
    error AnchorIsRevoked(bytes32 hash);
    error NotYet(uint256 asOf);
    error Expired(uint256 validUntil);
    error StatementUsed(bytes32 statement);
    error StatementBeforeLapse(uint256 lapsedAt, uint256 asOf);
    error PricesUnusable();
    error PriceBeyondBound(uint256 index);
    error LenderMismatch();
    error NotHealthy(Status status, Reason reason);
    error NotLender(address lender);
    error CreditExceeded(uint256 left, uint256 asked);
}

pub(crate) fn encode_market(market: &assay_verifier::Market) -> Market {
    let assets = market.assets().iter().map(|asset| {
        let (token, id) = match &asset.id {
            AssetId::Token(token) => (*token, String::new()),
            AssetId::Other(id) => (Address::ZERO, id.clone()),
        };
        Asset { symbol: asset.symbol.clone(), chain: asset.chain.clone(), token, id, decimals: asset.decimals }
    });
    Market { name: market.name().to_owned(), assets: assets.collect() }
}

fn encode_source(source: &assay_verifier::Source) -> Source {
    let (kind, (chain, provider)) = match source.provider {
        Provider::Chainlink { chain_id } => (1, (chain_id, Address::ZERO)),
        Provider::Pyth { contract } => {
            (2, contract.map_or((0, Address::ZERO), |at: PythContract| (at.chain_id, at.address)))
        }
        Provider::Signed { signer } => (3, (0, signer)),
    };
    let feeds = source.feeds.iter().map(|feed| match feed {
        Some(feed) => Feed { id: feed.id, decimals: feed.decimals, maxAge: feed.max_age },
        None => Feed { id: B256::ZERO, decimals: 0, maxAge: 0 },
    });
    Source {
        name: source.name.clone(),
        kind,
        chainId: chain,
        provider,
        maxConfidence: source.max_confidence,
        feeds: feeds.collect(),
    }
}

/// A policy with attesters and contracts on a chain.
pub(crate) fn encode_policy(policy: &assay_verifier::Policy) -> Policy {
    let rules = policy.rules();
    let AnchorRule::Attesters { minimum, attesters } = &rules.anchor else { panic!("with attesters") };
    let on_chain = rules.on_chain.expect("on a chain");
    let risks = rules.assets.iter().map(|risk| Risk {
        liquidationThreshold: risk.liquidation_threshold,
        haircut: risk.haircut,
        volatilityBuffer: risk.volatility_buffer,
        yieldDecay: risk.yield_decay,
        borrowFactor: risk.borrow_factor,
        debtInterest: risk.debt_interest,
        priceDecimals: risk.price_decimals,
    });
    Policy {
        name: rules.name.clone(),
        market: policy.market().id(),
        quote: rules.quote.clone(),
        profile: rules.profile.map_or_else(String::new, |profile| profile.to_string()),
        minimumRatio: rules.minimum_ratio,
        scale: rules.scale,
        assets: risks.collect(),
        maxPriceAge: rules.max_price_age,
        maxValidity: rules.max_validity,
        maxStatementAge: rules.max_statement_age,
        buffers: rules.buffers.iter().map(|buffer| buffer.percent()).collect(),
        sources: rules.sources.iter().map(encode_source).collect(),
        minimumSources: rules.minimum_sources,
        maxDeviation: rules.max_deviation,
        attesters: attesters.clone(),
        minimumAttesters: *minimum,
        recorder: Address::ZERO,
        verifyingKey: B256::new(rules.verifying_key.expect("a key").0),
        verifier: on_chain.verifier,
        priceBoard: on_chain.price_board,
        gracePeriod: on_chain.grace_period,
    }
}
