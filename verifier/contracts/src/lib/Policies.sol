// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// @notice One asset of a market. `token` is zero where the asset has an `id`; `id` is empty where it has a token.
struct Asset {
    string symbol;
    string chain;
    address token;
    string id;
    uint8 decimals;
}

/// @notice The ordered assets that positions are vectors over.
struct Market {
    string name;
    Asset[] assets;
}

/// @notice How one asset counts. Factors in basis points, rates in basis points a year. A liquidation threshold of zero:
/// the asset is no collateral. A borrow factor of zero: it is never owed.
struct Risk {
    uint16 liquidationThreshold;
    uint16 haircut;
    uint16 volatilityBuffer;
    uint32 yieldDecay;
    uint32 borrowFactor;
    uint32 debtInterest;
    uint8 priceDecimals;
}

/// @notice One source's feed for one asset. All zero: the source does not price the asset.
struct Feed {
    bytes32 id;
    uint8 decimals;
    uint32 maxAge;
}

/// @notice A source of prices, with one feed for each asset of the market, in its order.
struct Source {
    string name;
    uint8 kind;
    uint64 chainId;
    address provider;
    uint16 maxConfidence;
    Feed[] feeds;
}

/// @notice Everything a lender decides in advance.
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

/// @title Policies and markets: their ids and what makes one usable on this chain
/// @dev Encodings: `docs/`, page "Formats".
library Policies {
    /// @notice A field of a policy or its market is outside its range; `field` names it.
    error PolicyField(string field);
    /// @notice The policy is over another market than the one given.
    error OtherMarket(bytes32 expected, bytes32 found);
    /// @notice The policy asks for no anchor, so that amounts would be the prover's word.
    error Unanchored();

    bytes32 private constant MARKET_TAG = keccak256("assay/market/v1");
    bytes32 private constant POLICY_TAG = keccak256("assay/policy/v1");

    /// @dev Most assets of a market: as many as the largest circuit has slots.
    uint256 internal constant MAX_ASSETS = 64;
    /// @dev Least seconds between a lapse and its consequences.
    uint256 internal constant LEAST_GRACE = 1 hours;
    /// @dev One hundred percent in basis points.
    uint256 internal constant BPS = 10_000;
    /// @dev Largest factor in basis points, and largest rate in basis points a year.
    uint256 internal constant MAX_FACTOR = 1_000_000;
    /// @dev Most digits after the point of an asset or a price.
    uint256 internal constant MAX_DECIMALS = 36;
    /// @dev Attesters that fit the set of signers of an anchor.
    uint256 internal constant MAX_ATTESTERS = 32;

    /// @notice Slots of the smallest circuit with room for `count` assets: 8, 16, 32 or 64.
    function sizeOf(uint256 count) internal pure returns (uint256 size) {
        size = 8;
        while (size < count) {
            size *= 2;
        }
    }

    /// @notice The market id: the tagged hash of its encoding.
    function marketId(Market memory market) internal pure returns (bytes32) {
        return keccak256(abi.encode(MARKET_TAG, market));
    }

    /// @notice The policy id: the tagged hash of its encoding.
    function id(Policy memory policy) internal pure returns (bytes32) {
        return keccak256(abi.encode(POLICY_TAG, policy));
    }

    /// @notice What a price board for the policy must be configured with; see {configurationOf}.
    function configuration(Policy memory policy) internal pure returns (bytes32) {
        uint8[] memory decimals = new uint8[](policy.assets.length);
        for (uint256 i = 0; i < decimals.length; ++i) {
            decimals[i] = policy.assets[i].priceDecimals;
        }
        return configurationOf(policy.sources, decimals, policy.minimumSources, policy.maxDeviation);
    }

    /// @notice Hash of what decides the prices: sources, decimals of the prices, least number of sources, largest
    /// deviation.
    function configurationOf(Source[] memory sources, uint8[] memory decimals, uint8 minimumSources, uint16 deviation)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(sources, decimals, minimumSources, deviation));
    }

    /// @notice Reverts unless every number of the policy is in its range and the policy is one for a chain: anchored,
    /// with a key, a verifier and a board. Sources are for the board to check.
    function check(Policy memory policy, Market memory market) internal pure {
        bytes32 found = marketId(market);
        if (policy.market != found) revert OtherMarket(policy.market, found);
        uint256 count = market.assets.length;
        if (count == 0 || count > MAX_ASSETS || policy.assets.length != count) revert PolicyField("assets");
        (bool collateral, bool debt) = (false, false);
        for (uint256 i = 0; i < count; ++i) {
            checkRisk(policy.assets[i], market.assets[i].decimals);
            collateral = collateral || policy.assets[i].liquidationThreshold > 0;
            debt = debt || policy.assets[i].borrowFactor > 0;
        }
        if (!collateral) revert PolicyField("liquidationThreshold");
        if (!debt) revert PolicyField("borrowFactor");
        if (policy.minimumRatio < BPS || policy.minimumRatio > MAX_FACTOR) revert PolicyField("minimumRatio");
        if (policy.scale == 0) revert PolicyField("scale");
        if (policy.maxPriceAge == 0) revert PolicyField("maxPriceAge");
        if (policy.maxValidity == 0) revert PolicyField("maxValidity");
        if (policy.maxStatementAge == 0) revert PolicyField("maxStatementAge");
        if (policy.gracePeriod < LEAST_GRACE) revert PolicyField("gracePeriod");
        if (policy.verifyingKey == 0) revert PolicyField("verifyingKey");
        if (policy.verifier == address(0)) revert PolicyField("verifier");
        if (policy.priceBoard == address(0)) revert PolicyField("priceBoard");
        checkAnchor(policy);
    }

    function checkRisk(Risk memory risk, uint8 decimals) private pure {
        if (risk.liquidationThreshold > BPS) revert PolicyField("liquidationThreshold");
        if (risk.haircut > BPS) revert PolicyField("haircut");
        if (risk.volatilityBuffer > BPS) revert PolicyField("volatilityBuffer");
        if (risk.yieldDecay > MAX_FACTOR) revert PolicyField("yieldDecay");
        bool owed = risk.borrowFactor != 0;
        if (owed && (risk.borrowFactor < BPS || risk.borrowFactor > MAX_FACTOR)) revert PolicyField("borrowFactor");
        if (risk.debtInterest > MAX_FACTOR) revert PolicyField("debtInterest");
        if (risk.priceDecimals > MAX_DECIMALS) revert PolicyField("priceDecimals");
        if (decimals > MAX_DECIMALS) revert PolicyField("decimals");
    }

    function checkAnchor(Policy memory policy) private pure {
        uint256 attesters = policy.attesters.length;
        if (attesters == 0) {
            if (policy.minimumAttesters != 0) revert PolicyField("minimumAttesters");
            if (policy.recorder == address(0)) revert Unanchored();
            return;
        }
        if (policy.recorder != address(0)) revert PolicyField("recorder");
        if (attesters > MAX_ATTESTERS) revert PolicyField("attesters");
        address before = address(0);
        for (uint256 i = 0; i < attesters; ++i) {
            if (policy.attesters[i] <= before) revert PolicyField("attesters");
            before = policy.attesters[i];
        }
        if (policy.minimumAttesters == 0 || policy.minimumAttesters > attesters) {
            revert PolicyField("minimumAttesters");
        }
    }
}
