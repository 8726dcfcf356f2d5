// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Claim, Reason, Status} from "../src/ICollateralAttestations.sol";
import {AttestationLens, StatusInFull} from "../src/periphery/AttestationLens.sol";
import {Registry} from "./support/Registry.sol";

contract AttestationLensTest is Registry {
    AttestationLens private lens = new AttestationLens();

    function test_statuses_are_those_of_the_registry() public {
        attest(claim());
        (address[] memory subjects, bytes32[] memory policies) = (new address[](2), new bytes32[](2));
        (subjects[0], subjects[1]) = (SUBJECT, LENDER);
        (policies[0], policies[1]) = (policyId, policyId);
        pass(1 days + 1);
        StatusInFull[] memory list = lens.statuses(registry, subjects, policies);
        assertTrue(list[0].status == Status.Lapsed && list[0].reason == Reason.Expired, "the subject's");
        assertEq(list[0].lapsedSince, NOW + 1 days, "since");
        assertEq(list[0].graceUntil, NOW + 1 days + GRACE, "until");
        assertTrue(list[1].reason == Reason.NoAttestation, "nobody's");
        vm.expectRevert(abi.encodeWithSelector(AttestationLens.LengthMismatch.selector, 2, 1));
        lens.statuses(registry, subjects, new bytes32[](1));
    }

    /// @dev A move of the whole cushion crosses nothing, and one of two basis points more does.
    function test_the_cushion_is_what_a_price_may_move(uint256 floor, uint256 ceiling) public {
        Claim memory c = claim();
        (c.floors[0], c.ceilings[0]) = (uint128(bound(floor, 50e8, 99e8)), uint128(bound(ceiling, 101e8, 150e8)));
        c.ceilings[1] = 200e8;
        attest(c);
        (uint256 least, uint256 asset) = lens.cushion(registry, SUBJECT, policyId);
        assertEq(asset, 0, "the collateral");
        bool down = uint256(c.ceilings[0]) - 100e8 >= 100e8 - c.floors[0];
        int256 step = down ? -1e6 : int256(1e6);
        refreshAt(HUNDRED + step * int256(least));
        assertStatus(Status.Healthy, Reason.None);
        refreshAt(HUNDRED + step * int256(least + 2));
        assertStatus(Status.Lapsed, Reason.PriceBeyondBound);
        (least,) = lens.cushion(registry, SUBJECT, policyId);
        assertEq(least, 0, "crossed");
    }

    function test_nothing_and_disputed_prices_have_no_cushion() public {
        (uint256 least,) = lens.cushion(registry, SUBJECT, policyId);
        assertEq(least, 0, "nothing attested");
        attest(claim());
        first[1].set(106e8);
        board.refreshAll();
        uint256 asset;
        (least, asset) = lens.cushion(registry, SUBJECT, policyId);
        assertTrue(least == 0 && asset == 1, "disputed");
    }
}
