// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {CollateralAttestations} from "../src/CollateralAttestations.sol";
import {Claim, Reason, Status} from "../src/ICollateralAttestations.sol";
import {DataContract} from "../src/lib/DataContract.sol";
import {Holdings, HoldingsStatement} from "../src/lib/Holdings.sol";
import {Asset, Market, Policies, Policy, Risk} from "../src/lib/Policies.sol";
import {Terms} from "../src/lib/Terms.sol";
import {WeightVector, Weights} from "../src/lib/Weights.sol";
import {PriceBoard} from "../src/oracle/PriceBoard.sol";
import {Anchors} from "../src/registry/Anchors.sol";
import {Registry} from "./support/Registry.sol";

/// @dev Policies, statements and data at the ends of their ranges, and events in an order that nobody plans.
contract EdgesTest is Registry {
    uint256 private constant COLLATERAL = 3;
    uint256 private constant DEBT = 11;

    // ------------------------------------------------------------------------------------------------ policies

    /// @dev Nothing that such collateral is worth can carry a debt, and its floor is no part of the claim.
    function test_collateral_under_a_haircut_of_everything_counts_for_nothing() public {
        Policy memory p = thePolicy();
        p.assets[0].haircut = 10_000;
        p.minimumRatio = 10_000;
        policyId = publish(p);
        Claim memory c = claim();
        uint256[] memory inputs = registry.publicInputs(SUBJECT, c);
        assertEq(inputs[COLLATERAL], 0, "collateral weight");
        assertEq(inputs[DEBT + 1], 110e8 * uint256(10_006) * 1e12, "debt weight, with a day's interest rounded up");
        attest(c);
        refreshAt(1);
        assertStatus(Status.Healthy, Reason.None);
        refreshAt(110e8 + 1);
        assertStatus(Status.Lapsed, Reason.PriceBeyondBound);
    }

    function test_decay_reaches_nothing_and_stays_there() public {
        Policy memory p = thePolicy();
        // A hundred times the value in a year: all of it in 315,360 seconds.
        p.assets[0].yieldDecay = 1_000_000;
        policyId = publish(p);
        Claim memory c = claim();
        c.validUntil = uint64(NOW + 315_359);
        assertEq(registry.publicInputs(SUBJECT, c)[COLLATERAL], 0, "less than a basis point is left");
        c.validUntil = uint64(NOW + 315_360 - 40);
        assertEq(registry.publicInputs(SUBJECT, c)[COLLATERAL], 90e8, "one basis point");
        c.validUntil = uint64(NOW + 315_360);
        assertEq(registry.publicInputs(SUBJECT, c)[COLLATERAL], 0, "nothing");
        c.validUntil = uint64(NOW + VALIDITY);
        assertEq(registry.publicInputs(SUBJECT, c)[COLLATERAL], 0, "nor later");
    }

    function test_one_asset_may_be_collateral_and_debt() public {
        (, uint256[] memory inputs) = marketOf(1);
        assertEq(inputs[COLLATERAL], 90e8 * 8000, "collateral");
        assertTrue(inputs[DEBT] > 110e8 * 10_500, "debt");
        for (uint256 i = 1; i < 8; ++i) {
            assertEq(inputs[COLLATERAL + i], 0, "no such collateral");
            assertEq(inputs[DEBT + i], (1 << 120) - 1, "debt beyond all");
        }
    }

    /// @dev A price that moves, moves all of them.
    function test_eight_assets_may_have_one_feed() public {
        (Claim memory c,) = marketOf(8);
        verifier.setTrue(registry.publicInputs(SUBJECT, c));
        vm.prank(SUBJECT);
        registry.attest(c, PROOF);
        assertStatus(Status.Healthy, Reason.None);
        setPrice(0, 89e8);
        board.refreshAll();
        assertStatus(Status.Lapsed, Reason.PriceBeyondBound);
    }

    /// @dev A policy over `count` assets of one feed each, all the same, and a claim under it.
    function marketOf(uint256 count) private returns (Claim memory c, uint256[] memory inputs) {
        Policy memory p = thePolicy();
        Market memory m;
        m.name = "One feed";
        m.assets = new Asset[](count);
        Risk memory risk = p.assets[0];
        p.assets = new Risk[](count);
        p.sources = makeSources(count);
        for (uint256 i = 0; i < p.sources.length; ++i) {
            for (uint256 j = 1; j < count; ++j) {
                p.sources[i].feeds[j].id = p.sources[i].feeds[0].id;
            }
        }
        for (uint256 i = 0; i < count; ++i) {
            m.assets[i] =
                Asset(string(abi.encodePacked("A", uint8(48 + i))), "eip155:1", address(uint160(i + 1)), "", 18);
            p.assets[i] = risk;
        }
        PriceBoard.Configuration memory b = configuration(p.sources, count);
        board = new PriceBoard(b);
        board.refreshAll();
        p.market = Policies.marketId(m);
        p.priceBoard = address(board);
        vm.prank(OWNER);
        policyId = registry.publish(p, m);
        HoldingsStatement memory h = holdings(1, NOW);
        h.marketId = p.market;
        c = claim();
        c.anchor = publishAnchor(h);
        (c.floors, c.ceilings) = (new uint128[](count), new uint128[](count));
        for (uint256 i = 0; i < count; ++i) {
            (c.floors[i], c.ceilings[i]) = (90e8, 110e8);
        }
        inputs = registry.publicInputs(SUBJECT, c);
    }

    function test_the_greatest_price_is_compared_with_the_greatest_bounds() public {
        Policy memory p = thePolicy();
        p.scale = 1e20;
        policyId = publish(p);
        int256 greatest = int256(uint256(1 << 104) - 1);
        first[0].set(greatest);
        second[0].set(greatest);
        pyth.setTime(pythId(0), 1);
        board.refreshAll();
        Claim memory c = claim();
        // The greatest price is no bound that can be kept.
        (c.floors[0], c.ceilings[0]) = (uint128(uint256(greatest)), type(uint128).max);
        vm.expectRevert(abi.encodeWithSelector(CollateralAttestations.PriceBeyondBound.selector, 0));
        registry.publicInputs(SUBJECT, c);
        c.floors[0] = uint128((1 << 104) - (1 << 79));
        attest(c);
        assertStatus(Status.Healthy, Reason.None);
        first[0].set(greatest + 1);
        vm.expectRevert(abi.encodeWithSelector(PriceBoard.TooFewSources.selector, 0, 1, 2));
        board.refreshAll();
    }

    /// @dev What no policy that is published comes near, and every one is protected from.
    function test_weights_and_margins_beyond_their_widths_are_refused() public {
        Terms memory terms = registry.termsOf(policyId);
        (uint128[] memory floors, uint128[] memory ceilings) = (new uint128[](2), new uint128[](2));
        (ceilings[0], ceilings[1]) = (1, type(uint128).max);
        // A price, factors and 72 digits: more than a word.
        terms.assets[1] |= uint256(72) << 144;
        vm.expectRevert(abi.encodeWithSelector(Weights.WeightTooLarge.selector, 1));
        this.derive(terms, floors, ceilings);
        WeightVector memory weights;
        weights.debt = new uint256[](8);
        weights.debt[1] = (1 << 120) - 1;
        terms.profile.rounding = (1 << 121) - 2;
        assertEq(this.marginOf(terms, weights, (1 << 120) - 1), (1 << 240) - 1, "the greatest");
        ++terms.profile.rounding;
        vm.expectRevert(abi.encodeWithSelector(Weights.MarginTooLarge.selector));
        this.marginOf(terms, weights, (1 << 120) - 1);
    }

    function derive(Terms memory terms, uint128[] memory floors, uint128[] memory ceilings)
        external
        pure
        returns (WeightVector memory)
    {
        return Weights.derive(terms, 0, floors, ceilings);
    }

    function marginOf(Terms memory terms, WeightVector memory weights, uint128 amount) external pure returns (uint256) {
        return Weights.marginOf(terms, weights, 1, amount);
    }

    // ------------------------------------------------------------------------------------------------ anchors

    /// @dev Nothing follows the greatest sequence but under another set of attesters, or another minimum.
    function test_the_greatest_sequence_is_the_last_of_its_attesters() public {
        HoldingsStatement memory last = holdings(type(uint64).max, NOW);
        bytes32 hash = publishAnchor(last);
        attest(claim());
        HoldingsStatement memory h = holdings(type(uint64).max, NOW);
        h.commitment = bytes32(uint256(1));
        bytes32 other = Holdings.hash(h);
        vm.expectRevert(abi.encodeWithSelector(Anchors.AnchorEquivocal.selector, hash, other));
        registry.publishAnchor(policyId, h, signedBy(0, 1, other));
        h = holdings(0, NOW);
        other = Holdings.hash(h);
        vm.expectRevert(abi.encodeWithSelector(Anchors.AnchorOutdated.selector, type(uint64).max, 0));
        registry.publishAnchor(policyId, h, signedBy(0, 1, other));
        vm.prank(vm.addr(keys[0]));
        registry.revokeAnchor(hash);
        assertStatus(Status.Lapsed, Reason.AnchorRevoked);
        Policy memory p = thePolicy();
        p.minimumAttesters = 1;
        policyId = publish(p);
        publishAnchor(holdings(0, NOW));
        attest(claim());
        assertStatus(Status.Healthy, Reason.None);
    }

    function test_a_withdrawal_and_a_newer_statement_may_come_in_any_order() public {
        bytes32 one = registry.anchorOf(SUBJECT, policyId).hash;
        attest(claim());
        // Withdrawn, then superseded, and nobody recorded it between: the newer one cures both.
        vm.prank(vm.addr(keys[0]));
        registry.revokeAnchor(one);
        assertStatus(Status.Lapsed, Reason.AnchorRevoked);
        bytes32 two = publishAnchor(holdings(2, NOW));
        assertStatus(Status.Lapsed, Reason.AnchorSuperseded);
        attest(claim());
        assertStatus(Status.Healthy, Reason.None);
        // Superseded, on record, and the newer one withdrawn: neither of them carries anything.
        bytes32 three = publishAnchor(holdings(3, NOW));
        registry.recordLapse(SUBJECT, policyId);
        vm.prank(vm.addr(keys[0]));
        registry.revokeAnchor(three);
        Claim memory c = claim();
        refused(c, abi.encodeWithSelector(CollateralAttestations.AnchorIsRevoked.selector, three));
        c.anchor = two;
        refused(c, abi.encodeWithSelector(CollateralAttestations.AnchorNotLatest.selector, three, two));
        publishAnchor(holdings(4, NOW));
        attest(claim());
        assertStatus(Status.Healthy, Reason.None);
    }

    // ------------------------------------------------------------------------------------------------ data

    function test_data_survives_its_contract_whatever_its_bytes() public {
        bytes[5] memory samples = [bytes(""), hex"00", hex"ef00", hex"0000ff00", new bytes(24_575)];
        samples[4][0] = 0xff;
        samples[4][24_574] = 0x01;
        for (uint256 i = 0; i < samples.length; ++i) {
            address location = DataContract.store(samples[i]);
            assertEq(keccak256(DataContract.load(location)), keccak256(samples[i]), "data");
            (bool ok, bytes memory answer) = location.call("anything");
            assertTrue(ok && answer.length == 0, "a call does nothing");
        }
    }

    function store(bytes memory data) external returns (address) {
        return DataContract.store(data);
    }

    /// @dev Nobody records an attestation without its bounds by giving too little gas for them.
    function test_data_that_there_is_no_gas_to_keep_is_an_error() public {
        vm.expectRevert(abi.encodeWithSelector(DataContract.DataNotStored.selector));
        this.store{gas: 2_000_000}(new bytes(20_000));
    }
}
