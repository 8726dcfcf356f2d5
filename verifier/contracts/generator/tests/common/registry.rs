//! The interface of the contracts, written down from their documentation.
#![allow(missing_docs, unreachable_pub, reason = "generated")]

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
    function status(address subject, bytes32 policyId) external view returns (Status);
    function statusInFull(address subject, bytes32 policyId)
        external view returns (Status found, Reason reason, uint256 lapsedSince, uint256 graceUntil);
    function creditLine(address subject, bytes32 policyId) external view returns (CreditLine);
    function recordLapse(address subject, bytes32 policyId) external;
    function draw(address subject, bytes32 policyId, uint128 amount) external;
    function drawWithin(address subject, bytes32 policyId, uint128 amount, uint256 maxAge) external;

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
    error StatementBeforeLapse(uint256 lapsedAt, uint256 asOf);
    error PricesUnusable();
    error PriceBeyondBound(uint256 index);
    error LenderMismatch();
    error NotHealthy(Status status, Reason reason);
    error NotLender(address lender);
    error CreditExceeded(uint256 left, uint256 asked);
}
