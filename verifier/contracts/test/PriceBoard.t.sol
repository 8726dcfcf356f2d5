// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Source} from "../src/lib/Policies.sol";
import {BoundedCall} from "../src/oracle/BoundedCall.sol";
import {PackedPrice} from "../src/oracle/IPriceBoard.sol";
import {PriceBoard} from "../src/oracle/PriceBoard.sol";
import {Outcome, Report} from "../src/oracle/Reports.sol";
import {Answers} from "./mocks/Hostile.sol";
import {GasBurner, MockAggregator, MockPyth, ReturnBomb, ShortAnswer} from "./mocks/Oracles.sol";
import {Boards} from "./support/Boards.sol";

/// @dev What each source can do wrong, and what the board makes of the rest.
contract PriceBoardTest is Boards {
    PriceBoard private board;

    function setUp() public {
        board = new PriceBoard(configuration(makeSources(2), 2));
    }

    function refresh(uint256 asset) private {
        uint256[] memory list = new uint256[](1);
        list[0] = asset;
        board.refresh(list);
    }

    function price(uint256 asset) private view returns (PackedPrice) {
        (, PackedPrice[] memory list) = board.prices();
        return list[asset];
    }

    function outcome(uint256 index) private view returns (Outcome) {
        return board.reports(0)[index].outcome;
    }

    /// @dev The first source does not count for this reason, and the other two make the price.
    function assertDropped(Outcome expected) private {
        assertEq(uint256(outcome(0)), uint256(expected), "outcome");
        refresh(0);
        assertEq(price(0).low(), uint256(HUNDRED), "low");
        assertEq(price(0).high(), uint256(HUNDRED), "high");
        // With one more source gone there are too few.
        second[0].set(0);
        vm.expectRevert(abi.encodeWithSelector(PriceBoard.TooFewSources.selector, 0, 1, 2));
        refresh(0);
    }

    function test_prices_are_zero_before_the_first_refresh() public view {
        (bool live, PackedPrice[] memory list) = board.prices();
        assertTrue(live && list.length == 2, "live");
        assertTrue(list[0].high() == 0 && list[0].refreshedAt() == 0, "empty");
    }

    function test_of_three_reports_the_median_is_low_and_high() public {
        first[0].set(101e8);
        second[0].set(103e8);
        pyth.set(pythId(0), 102e8, 0.3e8, -8);
        refresh(0);
        // Lows 101, 101.7, 103; highs 101, 102.3, 103.
        assertEq(price(0).low(), 101.7e8, "low");
        assertEq(price(0).high(), 102.3e8, "high");
        assertEq(price(0).refreshedAt(), NOW, "time");
        assertEq(price(1).refreshedAt(), 0, "the other asset");
    }

    function test_of_two_reports_the_lower_is_low_and_the_higher_is_high() public {
        first[0].set(103e8);
        second[0].set(101e8);
        pyth.setTime(pythId(0), NOW - MAX_AGE - 1);
        refresh(0);
        assertEq(price(0).low(), 101e8, "low");
        assertEq(price(0).high(), 103e8, "high");
    }

    function test_a_report_at_its_greatest_age_counts_and_a_second_older_does_not() public {
        first[0].setTimes(NOW - MAX_AGE, NOW - MAX_AGE);
        assertEq(uint256(outcome(0)), uint256(Outcome.Counts), "at the limit");
        vm.warp(NOW + 1);
        second[0].set(HUNDRED);
        pyth.set(pythId(0), int64(HUNDRED), 0, -8);
        assertDropped(Outcome.Stale);
    }

    function test_a_price_of_zero_does_not_count() public {
        first[0].set(0);
        assertDropped(Outcome.NotPositive);
    }

    function test_a_negative_price_does_not_count() public {
        first[0].set(-100e8);
        assertDropped(Outcome.NotPositive);
    }

    function test_an_incomplete_round_does_not_count() public {
        first[0].setTimes(0, 0);
        assertDropped(Outcome.Incomplete);
    }

    function test_an_answer_carried_over_from_an_earlier_round_does_not_count() public {
        first[0].setRound(7, 6);
        assertDropped(Outcome.Incomplete);
    }

    function test_a_round_of_zero_does_not_count() public {
        first[0].setRound(0, 0);
        assertDropped(Outcome.Incomplete);
    }

    function test_a_report_from_the_future_does_not_count() public {
        first[0].setTimes(NOW + 15, NOW + 15);
        assertEq(uint256(outcome(0)), uint256(Outcome.Counts), "a clock that is ahead");
        first[0].setTimes(NOW + 16, NOW + 16);
        assertDropped(Outcome.FromFuture);
    }

    function test_other_decimals_do_not_count() public {
        first[0].setDecimals(18);
        assertDropped(Outcome.OtherDecimals);
    }

    function test_a_price_beyond_the_width_does_not_count() public {
        first[0].set(int256(1 << 104));
        assertDropped(Outcome.TooLarge);
        first[0].set(type(int256).max);
        assertEq(uint256(outcome(0)), uint256(Outcome.TooLarge), "the largest");
    }

    function test_a_source_that_reverts_does_not_count() public {
        vm.etch(address(first[0]), hex"fe");
        assertDropped(Outcome.NoAnswer);
    }

    function test_a_source_without_code_does_not_count() public {
        vm.etch(address(first[0]), "");
        assertDropped(Outcome.NoAnswer);
    }

    function test_a_source_that_answers_with_a_megabyte_does_not_count() public {
        vm.etch(address(first[0]), address(new ReturnBomb()).code);
        assertTrue(outcome(0) != Outcome.Counts, "outcome");
        refresh(0);
        assertEq(price(0).low(), uint256(HUNDRED), "low");
    }

    function test_a_source_that_burns_its_gas_does_not_count() public {
        vm.etch(address(first[0]), address(new GasBurner()).code);
        uint256 before = gasleft();
        assertDropped(Outcome.NoAnswer);
        assertTrue(before - gasleft() < 12 * BoundedCall.GAS, "no more than its share");
    }

    function test_a_source_that_answers_too_little_does_not_count() public {
        vm.etch(address(first[0]), address(new ShortAnswer()).code);
        assertDropped(Outcome.NoAnswer);
    }

    function test_a_sender_cannot_drop_a_source_by_giving_little_gas() public {
        uint256[] memory list = new uint256[](1);
        uint256 refused = 0;
        for (uint256 gas_ = 220_000; gas_ < 420_000; gas_ += 5_000) {
            (bool ok, bytes memory reason) = address(board).call{gas: gas_}(abi.encodeCall(PriceBoard.refresh, (list)));
            if (ok) {
                assertEq(price(0).refreshedAt(), NOW, "a refresh counts all");
            } else {
                ++refused;
                bool low = reason.length == 0 || bytes4(reason) == BoundedCall.GasTooLow.selector;
                assertTrue(low, "never for a lack of sources");
            }
        }
        assertTrue(refused > 0 && refused < 40, "both happen");
    }

    function test_publish_times_of_a_source_never_go_back() public {
        vm.warp(NOW + 100);
        setPrice(0, HUNDRED);
        refresh(0);
        first[0].setTimes(NOW + 50, NOW + 50);
        assertDropped(Outcome.WentBack);
    }

    function test_a_dropped_report_does_not_move_its_publish_time() public {
        pyth.set(pythId(0), 100e8, 10e8, -8);
        refresh(0);
        pyth.set(pythId(0), 100e8, 0, -8);
        pyth.setTime(pythId(0), NOW - 5);
        assertEq(uint256(outcome(2)), uint256(Outcome.Counts), "the wide report left no time behind");
    }

    function test_a_wide_confidence_does_not_count() public {
        first[0].set(99e8);
        pyth.set(pythId(0), 100e8, 0.5e8, -8);
        assertEq(uint256(outcome(2)), uint256(Outcome.Counts), "at the limit of 50 bps");
        pyth.set(pythId(0), 100e8, 0.5e8 + 1, -8);
        assertEq(uint256(outcome(2)), uint256(Outcome.Unconfident), "beyond");
        pyth.set(pythId(0), 1, 1, -8);
        assertEq(uint256(outcome(2)), uint256(Outcome.Unconfident), "as wide as the price");
    }

    function test_another_exponent_of_pyth_does_not_count() public {
        pyth.set(pythId(0), 100e8, 0, -7);
        assertEq(uint256(outcome(2)), uint256(Outcome.OtherDecimals), "-7");
        pyth.set(pythId(0), 100e8, 0, 8);
        assertEq(uint256(outcome(2)), uint256(Outcome.OtherDecimals), "8");
    }

    function test_a_negative_price_of_pyth_does_not_count() public {
        pyth.set(pythId(0), -100e8, 0, -8);
        assertEq(uint256(outcome(2)), uint256(Outcome.NotPositive), "negative");
        pyth.set(pythId(0), 100e8, 0, -8);
        pyth.setTime(pythId(0), NOW + 16);
        assertEq(uint256(outcome(2)), uint256(Outcome.FromFuture), "future");
    }

    function test_a_price_that_pyth_does_not_have_does_not_count() public {
        vm.etch(address(pyth), "");
        assertEq(uint256(outcome(2)), uint256(Outcome.NoAnswer), "no code");
        vm.etch(address(pyth), address(new MockPyth()).code);
        pyth.setTime(pythId(0), 0);
        assertEq(uint256(outcome(2)), uint256(Outcome.NoAnswer), "no such price");
    }

    /// @dev A contract in Pyth's place that answers with words no Pyth would.
    function test_words_beyond_their_types_do_not_count() public {
        uint256 expo = uint256(-int256(8));
        assertEq(uint256(answered(100e8, type(uint256).max, expo, NOW)), uint256(Outcome.Unconfident), "confidence");
        assertEq(uint256(answered(1 << 63, 0, expo, NOW)), uint256(Outcome.NotPositive), "price");
        assertEq(uint256(answered(100e8, 0, expo, 0)), uint256(Outcome.Incomplete), "no time");
        assertEq(uint256(answered(100e8, 0, expo, 1 << 64)), uint256(Outcome.FromFuture), "time");
        assertEq(uint256(answered(100e8, 0, expo, NOW)), uint256(Outcome.Counts), "these count");
    }

    function answered(uint256 price_, uint256 confidence, uint256 expo, uint256 time) private returns (Outcome) {
        Source[] memory sources = makeSources(1);
        sources[2].provider = address(new Answers(abi.encode(price_, confidence, expo, time)));
        board = new PriceBoard(configuration(sources, 1));
        return outcome(2);
    }

    function test_a_price_that_rescaling_brings_to_nothing_or_beyond_the_width_does_not_count() public {
        Source[] memory sources = makeSources(1);
        sources[2].feeds[0].decimals = 10;
        board = new PriceBoard(configuration(sources, 1));
        pyth.set(pythId(0), 99, 0, -10);
        assertEq(uint256(outcome(2)), uint256(Outcome.NotPositive), "nothing");
        pyth.set(pythId(0), 100, 0, -10);
        assertEq(uint256(outcome(2)), uint256(Outcome.Counts), "one");
        PriceBoard.Configuration memory c = configuration(sources, 1);
        c.priceDecimals[0] = 12;
        board = new PriceBoard(c);
        first[0].set(int256(uint256(1 << 104) / 10_000));
        assertEq(uint256(outcome(0)), uint256(Outcome.Counts), "the greatest of twelve decimals");
        first[0].set(int256(uint256(1 << 104) / 10_000) + 1);
        assertEq(uint256(outcome(0)), uint256(Outcome.TooLarge), "one more");
        first[0].set(type(int256).max);
        assertEq(uint256(outcome(0)), uint256(Outcome.TooLarge), "what would not fit a word");
    }

    function test_a_spread_at_the_limit_counts_and_beyond_it_the_price_is_disputed() public {
        first[0].set(105e8);
        refresh(0);
        assertTrue(!priceOf(0).disputed(), "at the limit");
        pyth.set(pythId(0), 99e8, 1e7, -8);
        refresh(0);
        assertTrue(priceOf(0).disputed(), "beyond it");
        assertEq(priceOf(0).low(), 989e7, "the least that any source says");
        assertEq(priceOf(0).high(), 105e8, "the greatest");
        assertEq(priceOf(0).refreshedAt(), NOW, "when");
    }

    function priceOf(uint256 asset) private view returns (PackedPrice) {
        (, PackedPrice[] memory list) = board.prices();
        return list[asset];
    }

    /// @dev An outage is one of the sources: a price that nobody refreshed for as long as reports may be old is none.
    function test_the_board_knows_when_prices_came_back() public {
        assertEq(board.resumedAt(), 0, "the first prices");
        vm.warp(NOW + 2 * MAX_AGE);
        setPrice(0, HUNDRED);
        setPrice(1, HUNDRED);
        board.refreshAll();
        assertEq(board.resumedAt(), 0, "no outage");
        vm.warp(NOW + 4 * MAX_AGE + 1);
        setPrice(0, HUNDRED);
        refresh(0);
        assertEq(board.resumedAt(), block.timestamp, "after an outage");
        vm.warp(block.timestamp + 1);
        first[0].set(2 * HUNDRED);
        refresh(0);
        assertEq(board.resumedAt(), block.timestamp - 1, "while the sources disagree");
        first[0].set(HUNDRED);
        refresh(0);
        assertEq(board.resumedAt(), block.timestamp, "after they disagreed");
    }

    function test_one_asset_without_a_price_refuses_the_refresh_of_both() public {
        first[1].set(0);
        second[1].set(0);
        vm.expectRevert(abi.encodeWithSelector(PriceBoard.TooFewSources.selector, 1, 1, 2));
        board.refreshAll();
        refresh(0);
    }

    function test_an_unknown_asset_is_refused() public {
        vm.expectRevert(abi.encodeWithSelector(PriceBoard.UnknownAsset.selector, 2));
        refresh(2);
        vm.expectRevert(abi.encodeWithSelector(PriceBoard.UnknownAsset.selector, 2));
        board.reports(2);
    }

    function test_feeds_of_other_decimals_are_rescaled_low_down_and_high_up() public {
        Source[] memory sources = makeSources(1);
        sources[2].feeds[0].decimals = 10;
        pyth.set(pythId(0), 1_000_000_000_055, 7, -10);
        PriceBoard.Configuration memory c = configuration(sources, 1);
        board = new PriceBoard(c);
        Report memory report = board.reports(0)[2];
        // 100.0000000048 and 100.0000000062 to eight digits.
        assertEq(report.low, 10_000_000_000, "low");
        assertEq(report.high, 10_000_000_001, "high");
        c.priceDecimals[0] = 12;
        board = new PriceBoard(c);
        report = board.reports(0)[2];
        assertEq(report.low, 100_000_000_004_800, "low, more digits");
        assertEq(report.high, 100_000_000_006_200, "high, more digits");
    }

    function test_a_sequencer_that_is_down_or_just_up_stops_everything() public {
        PriceBoard.Configuration memory c = configuration(makeSources(1), 1);
        MockAggregator uptime = new MockAggregator(0, 0);
        c.sequencerFeed = address(uptime);
        c.sequencerGrace = 1800;
        board = new PriceBoard(c);
        // Up, at the grace period and a second beyond it.
        uptime.setTimes(NOW - 1800, NOW);
        assertStopped();
        uptime.setTimes(NOW - 1801, NOW);
        refresh(0);
        (bool live,) = board.prices();
        assertTrue(live, "live");
        // Down, whatever since.
        uptime.set(1);
        uptime.setTimes(NOW - 1801, NOW);
        assertStopped();
        // No time, a time in the future, no answer.
        uptime.set(0);
        uptime.setTimes(0, NOW);
        assertStopped();
        uptime.setTimes(NOW + 1, NOW);
        assertStopped();
        vm.etch(address(uptime), "");
        assertStopped();
        // Four words of five, which alone would do.
        c.sequencerFeed = address(new Answers(abi.encode(1, 0, NOW - 1801, NOW)));
        board = new PriceBoard(c);
        assertStopped();
    }

    function assertStopped() private {
        (bool live,) = board.prices();
        assertTrue(!live, "not live");
        vm.expectRevert(abi.encodeWithSelector(PriceBoard.SequencerDown.selector));
        refresh(0);
        vm.expectRevert(abi.encodeWithSelector(PriceBoard.SequencerDown.selector));
        board.refreshAll();
    }

    /// @dev Of any reports the range is that of a plain sort, and lies within the extremes.
    function testFuzz_low_and_high_are_the_medians(uint256[3] memory values, uint256 confidence) public {
        for (uint256 i = 0; i < 3; ++i) {
            values[i] = bound(values[i], 98e8, 102e8);
        }
        confidence = bound(confidence, 0, values[2] / 200);
        first[0].set(int256(values[0]));
        second[0].set(int256(values[1]));
        pyth.set(pythId(0), int64(int256(values[2])), uint64(confidence), -8);
        refresh(0);
        assertEq(price(0).low(), middle(values[0], values[1], values[2] - confidence), "low");
        assertEq(price(0).high(), middle(values[0], values[1], values[2] + confidence), "high");
    }

    function middle(uint256 a, uint256 b, uint256 c) private pure returns (uint256) {
        (uint256 least, uint256 most) = a < b ? (a, b) : (b, a);
        return c < least ? least : c > most ? most : c;
    }
}
