// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {DataContract} from "../lib/DataContract.sol";
import {Feed, Policies, Source} from "../lib/Policies.sol";
import {Feeds} from "./Feeds.sol";
import {ChainlinkFeed} from "./ChainlinkFeed.sol";
import {IPriceBoard, PackedPrice, packPrice} from "./IPriceBoard.sol";
import {BoardFeed, Outcome, Report, Reports} from "./Reports.sol";

/// @title Prices of the assets of one market, each from several sources
/// @notice Anyone may refresh a price. It is the range from the lower median of what the sources say less their
/// confidence to the upper median of what they say plus it, over the reports that count. What counts is fixed when the
/// board is made; nobody can change it. Where the reports are too far apart, the price is marked as disputed.
/// @dev One slot an asset, so that whoever uses the prices of a market reads as many slots as it has assets.
contract PriceBoard is IPriceBoard {
    /// @notice What decides the prices. `sources` and the two limits are those of a policy; `priceDecimals` are its
    /// assets', in the market's order. `sequencerFeed` is zero on chains without a sequencer.
    struct Configuration {
        Source[] sources;
        uint8[] priceDecimals;
        uint8 minimumSources;
        uint16 maxDeviation;
        address sequencerFeed;
        uint32 sequencerGrace;
    }

    /// @notice The price of an asset was refreshed from this many sources. Where they disagree by more than the board
    /// permits, it is disputed, and the range is from the least to the greatest that any of them says.
    event PriceRefreshed(uint256 indexed asset, uint128 low, uint128 high, uint256 sources, bool disputed);

    /// @notice A field of the configuration is outside its range; `field` names it.
    error ConfigurationField(string field);
    /// @notice The source cannot be read here: a kind that no adapter reads, or one on another chain.
    error SourceUnsupported(string name);
    /// @notice Two sources have the same feed for the asset.
    error FeedTwice(uint256 asset);
    /// @notice The board has no such asset.
    error UnknownAsset(uint256 asset);
    /// @notice Fewer reports count than the board needs.
    error TooFewSources(uint256 asset, uint256 counted, uint256 needed);
    /// @notice The chain's sequencer is down, or up for less than the grace period.
    error SequencerDown();

    /// @notice Sources an asset can have: as many as publish times fit a word.
    uint256 public constant MAX_SOURCES = 5;
    uint256 private constant TIME_BITS = 48;
    /// @dev Seconds without a price that are an outage at least.
    uint256 private constant LEAST_OUTAGE = 2 hours;
    uint256 private constant BPS = 10_000;

    /// @inheritdoc IPriceBoard
    bytes32 public immutable configuration;
    /// @notice Number of assets.
    uint256 public immutable assets;
    /// @notice Reports that must count at least.
    uint256 public immutable minimumSources;
    /// @notice Largest spread of the reports that count, in basis points of the lowest.
    uint256 public immutable maxDeviation;
    /// @notice Chainlink's uptime feed of the chain's sequencer, or zero.
    address public immutable sequencerFeed;
    /// @notice Seconds for which no price counts after the sequencer is up again.
    uint256 public immutable sequencerGrace;
    /// @dev Data contract with the decimals of the prices and the feeds of each asset; see {Feeds}.
    address private immutable feedsAt;

    /// @inheritdoc IPriceBoard
    uint256 public resumedAt;

    /// @dev As many as a market has assets at most.
    PackedPrice[64] private board;
    /// @dev For each asset the latest publish times that counted, one for each of its feeds.
    uint256[64] private seen;

    /// @notice Makes a board for ever.
    constructor(Configuration memory c) {
        uint256 count = c.priceDecimals.length;
        if (count == 0 || count > Policies.MAX_ASSETS) revert ConfigurationField("priceDecimals");
        if (c.minimumSources == 0) revert ConfigurationField("minimumSources");
        if (c.maxDeviation > BPS) revert ConfigurationField("maxDeviation");
        if (c.sequencerFeed == address(0) && c.sequencerGrace != 0) revert ConfigurationField("sequencerGrace");
        for (uint256 i = 0; i < c.sources.length; ++i) {
            checkSource(c.sources[i], count);
        }
        BoardFeed[][] memory feeds = new BoardFeed[][](count);
        for (uint256 i = 0; i < count; ++i) {
            if (c.priceDecimals[i] > Policies.MAX_DECIMALS) revert ConfigurationField("priceDecimals");
            feeds[i] = feedsOf(c.sources, i);
            if (feeds[i].length < c.minimumSources) revert TooFewSources(i, feeds[i].length, c.minimumSources);
        }
        configuration = Policies.configurationOf(c.sources, c.priceDecimals, c.minimumSources, c.maxDeviation);
        assets = count;
        minimumSources = c.minimumSources;
        maxDeviation = c.maxDeviation;
        sequencerFeed = c.sequencerFeed;
        sequencerGrace = c.sequencerGrace;
        feedsAt = DataContract.store(Feeds.encode(c.priceDecimals, feeds));
    }

    /// @notice Takes new prices for `list` from the sources as they are now. Open to anyone.
    /// @dev All or nothing. A source that fails, lies about its decimals or is stale does not count and blocks nothing
    /// as long as enough others do.
    function refresh(uint256[] calldata list) external {
        requireSequencer();
        uint256[] memory words = DataContract.loadWords(feedsAt);
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i] >= assets) revert UnknownAsset(list[i]);
            (uint8 decimals, BoardFeed[] memory feeds) = Feeds.load(words, list[i]);
            refreshOne(list[i], decimals, feeds);
        }
    }

    /// @inheritdoc IPriceBoard
    function refreshAll() external {
        requireSequencer();
        uint256[] memory words = DataContract.loadWords(feedsAt);
        for (uint256 i = 0; i < assets; ++i) {
            (uint8 decimals, BoardFeed[] memory feeds) = Feeds.load(words, i);
            refreshOne(i, decimals, feeds);
        }
    }

    /// @inheritdoc IPriceBoard
    function prices() external view returns (bool live, PackedPrice[] memory list) {
        live = sequencerFeed == address(0) || ChainlinkFeed.isUp(sequencerFeed, sequencerGrace);
        uint256 count = assets;
        list = new PackedPrice[](count);
        for (uint256 i = 0; i < count; ++i) {
            list[i] = board[i];
        }
    }

    /// @notice What each source of an asset says now and whether it counts, in the order of the configuration.
    function reports(uint256 asset) external view returns (Report[] memory) {
        if (asset >= assets) revert UnknownAsset(asset);
        (uint8 decimals, BoardFeed[] memory feeds) = Feeds.load(DataContract.loadWords(feedsAt), asset);
        return readAll(asset, decimals, feeds);
    }

    function refreshOne(uint256 asset, uint8 decimals, BoardFeed[] memory feeds) private {
        Report[] memory all = readAll(asset, decimals, feeds);
        uint256[] memory lows = new uint256[](all.length);
        uint256[] memory highs = new uint256[](all.length);
        (uint256 counted, uint256 lowest, uint256 highest) = (0, type(uint256).max, 0);
        uint256 times = seen[asset];
        for (uint256 i = 0; i < all.length; ++i) {
            Report memory report = all[i];
            if (report.outcome != Outcome.Counts) continue;
            insert(lows, counted, report.low);
            insert(highs, counted, report.high);
            ++counted;
            if (report.price < lowest) lowest = report.price;
            if (report.price > highest) highest = report.price;
            uint256 place = i * TIME_BITS;
            times = times & ~(((1 << TIME_BITS) - 1) << place) | report.publishedAt << place;
        }
        if (counted < minimumSources) revert TooFewSources(asset, counted, minimumSources);
        bool disputed = (highest - lowest) * BPS > lowest * maxDeviation;
        uint256 low = lows[disputed ? 0 : (counted - 1) / 2];
        uint256 high = highs[disputed ? counted - 1 : counted / 2];
        if (!disputed && wasOut(board[asset], feeds)) resumedAt = block.timestamp;
        seen[asset] = times;
        board[asset] = packPrice(low, high, disputed, block.timestamp);
        emit PriceRefreshed(asset, uint128(low), uint128(high), counted, disputed);
    }

    /// @dev Whether nobody could rely on the price before: its sources disagreed, or none was taken for longer than
    /// their reports may be old, and than two hours.
    function wasOut(PackedPrice price, BoardFeed[] memory feeds) private view returns (bool) {
        uint256 time = price.refreshedAt();
        if (time == 0 || price.disputed()) return time != 0;
        uint256 longest = LEAST_OUTAGE;
        for (uint256 i = 0; i < feeds.length; ++i) {
            if (feeds[i].maxAge > longest) longest = feeds[i].maxAge;
        }
        return block.timestamp - time > longest;
    }

    function readAll(uint256 asset, uint8 decimals, BoardFeed[] memory feeds)
        private
        view
        returns (Report[] memory all)
    {
        uint256 times = seen[asset];
        all = new Report[](feeds.length);
        for (uint256 i = 0; i < feeds.length; ++i) {
            all[i] = Reports.read(feeds[i], decimals, times >> i * TIME_BITS & (1 << TIME_BITS) - 1);
        }
    }

    /// @dev Puts `value` into the first `count` elements, which ascend and stay so.
    function insert(uint256[] memory sorted, uint256 count, uint256 value) private pure {
        while (count > 0 && sorted[count - 1] > value) {
            sorted[count] = sorted[count - 1];
            --count;
        }
        sorted[count] = value;
    }

    function requireSequencer() private view {
        if (sequencerFeed != address(0) && !ChainlinkFeed.isUp(sequencerFeed, sequencerGrace)) revert SequencerDown();
    }

    function checkSource(Source memory source, uint256 count) private view {
        if (source.feeds.length != count) revert ConfigurationField("feeds");
        if (source.maxConfidence >= BPS) revert ConfigurationField("maxConfidence");
        bool chainlink = source.kind == Reports.CHAINLINK && source.provider == address(0);
        bool pyth = source.kind == Reports.PYTH && source.provider != address(0);
        if (source.chainId != block.chainid || !(chainlink || pyth)) revert SourceUnsupported(source.name);
        for (uint256 i = 0; i < count; ++i) {
            Feed memory feed = source.feeds[i];
            if (feed.id == 0) {
                if (feed.decimals != 0 || feed.maxAge != 0) revert ConfigurationField("id");
                continue;
            }
            if (chainlink && uint256(feed.id) >> 160 != 0) revert ConfigurationField("id");
            if (feed.decimals > Policies.MAX_DECIMALS) revert ConfigurationField("decimals");
            if (feed.maxAge == 0) revert ConfigurationField("maxAge");
        }
    }

    /// @dev The feeds that price an asset, none of them twice.
    function feedsOf(Source[] memory sources, uint256 asset) private pure returns (BoardFeed[] memory feeds) {
        feeds = new BoardFeed[](MAX_SOURCES);
        uint256 count = 0;
        for (uint256 i = 0; i < sources.length; ++i) {
            Source memory source = sources[i];
            Feed memory feed = source.feeds[asset];
            if (feed.id == 0) continue;
            for (uint256 j = 0; j < count; ++j) {
                // Also in two contracts: Pyth has one price under an id.
                if (feeds[j].kind == source.kind && feeds[j].id == feed.id) revert FeedTwice(asset);
            }
            if (count == MAX_SOURCES) revert ConfigurationField("sources");
            feeds[count] = BoardFeed({
                kind: source.kind,
                provider: source.provider,
                id: feed.id,
                decimals: feed.decimals,
                maxAge: feed.maxAge,
                maxConfidence: source.maxConfidence
            });
            ++count;
        }
        assembly ("memory-safe") {
            mstore(feeds, count)
        }
    }
}
