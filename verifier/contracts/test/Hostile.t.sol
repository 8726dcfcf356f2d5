// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Claim, Reason, Status} from "../src/ICollateralAttestations.sol";
import {CollateralAttestations} from "../src/CollateralAttestations.sol";
import {CreditDesk} from "../src/examples/CreditDesk.sol";
import {Holdings, HoldingsStatement, Signed} from "../src/lib/Holdings.sol";
import {Policy} from "../src/lib/Policies.sol";
import {BoundedCall} from "../src/oracle/BoundedCall.sol";
import {PriceBoard} from "../src/oracle/PriceBoard.sol";
import {Answers, CallingToken, Reentrant} from "./mocks/Hostile.sol";
import {GasBurner, MockAggregator, ReturnBomb, ShortAnswer} from "./mocks/Oracles.sol";
import {Registry} from "./support/Registry.sol";

/// @dev Boards, attesters, tokens and callers that mean harm.
contract HostileTest is Registry {
    function test_whatever_a_board_does_the_status_is_unknown_at_a_bounded_price() public {
        attest(claim());
        (bool live, uint256[] memory prices) = (true, new uint256[](2));
        (prices[0], prices[1]) = (100e8 << 152 | 100e8 << 48 | NOW, 100e8 << 152 | 100e8 << 48 | NOW);
        bytes memory good = abi.encode(live, prices);
        become(address(new Answers(good)));
        assertStatus(Status.Healthy, Reason.None);
        // No list, another place of the list, a flag that is neither, a word short.
        becomeUnknown(address(new Answers("")));
        becomeUnknown(address(new Answers(abi.encodePacked(uint256(1), uint256(0x60), uint256(0), prices))));
        becomeUnknown(address(new Answers(abi.encodePacked(uint256(2), uint256(0x40), uint256(2), prices))));
        bytes memory short = good;
        assembly {
            mstore(short, sub(mload(short), 1))
        }
        becomeUnknown(address(new Answers(short)));
        becomeUnknown(address(new ShortAnswer()));
        becomeUnknown(address(new ReturnBomb()));
        becomeUnknown(address(new GasBurner()));
        becomeUnknown(address(0xe0a));
    }

    function become(address other) private {
        // The answers of a mock are in storage, which does not move with code.
        for (uint256 i = 0; i < 16; ++i) {
            vm.store(address(board), bytes32(i), vm.load(other, bytes32(i)));
            bytes32 place = bytes32(uint256(keccak256(abi.encode(0))) + i);
            vm.store(address(board), place, vm.load(other, place));
        }
        vm.etch(address(board), other.code);
    }

    function becomeUnknown(address other) private {
        become(other);
        uint256 before = gasleft();
        (Status found, Reason reason,,) = registry.statusInFull{gas: 5_000_000}(SUBJECT, policyId);
        assertTrue(before - gasleft() < 600_000, "gas");
        assertTrue(found == Status.Unknown && reason == Reason.OracleUnusable, "unknown");
    }

    /// @dev A board that asks a sequencer's feed refuses to do so with little gas; that is no outage.
    function test_a_caller_cannot_make_prices_unusable_by_giving_little_gas() public {
        PriceBoard.Configuration memory c = configuration(makeSources(2), 2);
        MockAggregator uptime = new MockAggregator(0, 0);
        uptime.setTimes(NOW - 61, NOW);
        (c.sequencerFeed, c.sequencerGrace) = (address(uptime), 60);
        vm.etch(address(board), address(new PriceBoard(c)).code);
        attest(claim());
        uint256 answered = 0;
        for (uint256 gas = 20_000; gas <= 420_000; gas += 4000) {
            try registry.status{gas: gas}(SUBJECT, policyId) returns (Status found) {
                assertTrue(found == Status.Healthy, "the truth or nothing");
                ++answered;
            } catch {}
        }
        assertTrue(answered > 0 && answered < 50, "both happen");
        vm.expectRevert(abi.encodeWithSelector(BoundedCall.GasTooLow.selector));
        registry.status{gas: 300_000}(SUBJECT, policyId);
    }

    function test_an_attester_that_burns_gas_is_left_out_and_blocks_nothing() public {
        Policy memory p = thePolicy();
        address burner = address(new GasBurner());
        // Ascending, wherever the contract came to be.
        uint256 place = 0;
        address[] memory attesters = new address[](4);
        for (uint256 i = 0; i < 3; ++i) {
            if (place == i && burner < p.attesters[i]) attesters[place++] = burner;
            attesters[place++] = p.attesters[i];
        }
        if (place == 3) attesters[3] = burner;
        p.attesters = attesters;
        policyId = publish(p);
        HoldingsStatement memory h = holdings(1, NOW);
        bytes32 hash = Holdings.hash(h);
        Signed[] memory signatures = new Signed[](1);
        signatures[0] = Signed(burner, "");
        vm.expectRevert();
        registry.publishAnchor{gas: 3_000_000}(policyId, h, signatures);
        registry.publishAnchor(policyId, h, signedBy(0, 1, hash));
        attest(claim());
        assertStatus(Status.Healthy, Reason.None);
    }

    function test_whoever_withdraws_a_signature_that_counts_for_nothing_changes_nothing() public {
        attest(claim());
        bytes32 hash = registry.anchorOf(SUBJECT, policyId).hash;
        registry.revokeAnchor(hash);
        vm.prank(vm.addr(keys[2]));
        registry.revokeAnchor(hash);
        assertStatus(Status.Healthy, Reason.None);
    }

    // ------------------------------------------------------------------------------------------------ tokens

    function deskOf(Reentrant party) private returns (CreditDesk desk, CallingToken token) {
        token = new CallingToken();
        desk = new CreditDesk(registry, policyId, token, 1, OWNER);
        token.mint(address(desk), 1000);
        token.mint(address(party), 1000);
        HoldingsStatement memory h = holdings(1, NOW);
        h.subject = address(party);
        Claim memory c = claim();
        c.anchor = publishAnchor(h);
        (c.creditAsset, c.creditAmount, c.lender) = (1, 100, address(desk));
        verifier.setTrue(registry.publicInputs(address(party), c));
        party.act(address(registry), abi.encodeCall(CollateralAttestations.attest, (c, PROOF)));
        party.act(address(token), abi.encodeWithSelector(0x095ea7b3, address(desk), type(uint256).max));
    }

    function test_a_token_that_calls_back_gives_no_more_than_the_line() public {
        Reentrant party = new Reentrant();
        (CreditDesk desk, CallingToken token) = deskOf(party);
        bytes memory borrow = abi.encodeCall(CreditDesk.borrow, (40));
        party.prepare(address(desk), borrow);
        party.act(address(desk), borrow);
        assertEq(party.entered(), 2, "called back, and again from within");
        assertEq(party.succeeded(), 1, "two of forty fit a hundred");
        assertEq(desk.debt(address(party)), 80, "debt");
        assertEq(token.balanceOf(address(party)), 1080, "tokens");
    }

    function test_a_token_that_calls_back_neither_repays_nor_liquidates_twice() public {
        Reentrant party = new Reentrant();
        (CreditDesk desk, CallingToken token) = deskOf(party);
        party.act(address(desk), abi.encodeCall(CreditDesk.borrow, (100)));
        assertEq(token.balanceOf(address(party)), 1100, "borrowed");
        bytes memory repay = abi.encodeCall(CreditDesk.repay, (address(party), 60));
        party.prepare(address(desk), repay);
        party.act(address(desk), repay);
        assertEq(desk.debt(address(party)), 0, "sixty and what was left");
        assertEq(token.balanceOf(address(party)), 1000, "paid for");
    }

    function test_a_token_that_calls_back_gives_one_claim_for_one_payment() public {
        Reentrant party = new Reentrant();
        (CreditDesk desk, CallingToken token) = deskOf(party);
        party.act(address(desk), abi.encodeCall(CreditDesk.borrow, (100)));
        party.act(address(registry), abi.encodeCall(CollateralAttestations.revoke, (policyId)));
        pass(GRACE + 1);
        Reentrant liquidator = new Reentrant();
        token.mint(address(liquidator), 500);
        liquidator.act(address(token), abi.encodeWithSelector(0x095ea7b3, address(desk), type(uint256).max));
        bytes memory liquidate = abi.encodeCall(CreditDesk.liquidate, (address(party)));
        liquidator.prepare(address(desk), liquidate);
        liquidator.act(address(desk), liquidate);
        assertEq(liquidator.succeeded(), 0, "nothing is owed within the payment");
        assertEq(desk.claims(address(party), address(liquidator)), 100, "claim");
        assertEq(token.balanceOf(address(liquidator)), 400, "paid once");
    }
}
