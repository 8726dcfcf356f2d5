// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.19;

import {IERC20, Market} from "../Market.sol";
import {LenderTest} from "./Registry.sol";

contract MarketTest is LenderTest {
    Market private market;

    function setUp() public {
        market = new Market(registry, bytes32(0), IERC20(address(token)), 1);
        prepare();
        token.mint(address(this), 1000);
        market.supply(1000);
    }

    function lender() internal view override returns (address) {
        return address(market);
    }

    function borrow(uint128 assets) internal override {
        market.borrow(assets);
    }

    function liquidate() internal override {
        market.liquidate(BORROWER);
    }

    function test_suppliers_have_their_share_back() public {
        uint256 shares = market.supplyShares(address(this));
        vm.prank(BORROWER);
        market.borrow(60);
        (bool ok,) = address(market).call(abi.encodeCall(market.withdraw, (shares)));
        require(!ok, "lent out");
        vm.prank(BORROWER);
        market.repay(BORROWER, 60);
        market.withdraw(shares);
        require(token.balanceOf(address(this)) == 1000, "whole");
    }
}
