// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Vault} from "../Vault.sol";
import {LenderTest} from "./Registry.sol";

contract VaultTest is LenderTest {
    Vault private vault;

    function setUp() public {
        vault = new Vault(registry, bytes32(0), IERC20(address(token)), 1, 500);
        prepare();
        token.mint(address(this), 1000);
        vault.deposit(1000, address(this));
    }

    function lender() internal view override returns (address) {
        return address(vault);
    }

    function borrow(uint128 assets) internal override {
        vault.borrow(assets);
    }

    function liquidate() internal override {
        vault.buy(BORROWER);
    }

    function test_the_fee_belongs_to_the_shares_and_only_what_is_idle_is_withdrawn() public {
        vm.prank(BORROWER);
        vault.borrow(60);
        require(vault.totalAssets() == 1003 && vault.debt(BORROWER) == 63, "the fee");
        uint256 most = vault.maxWithdraw(address(this));
        require(most <= 940 && most >= 939, "what is idle");
        (bool ok,) = address(vault).call(abi.encodeCall(vault.redeem, (1000, address(this), address(this))));
        require(!ok, "lent out");
        token.mint(BORROWER, 3);
        vm.prank(BORROWER);
        vault.repay(BORROWER, 63);
        vault.redeem(1000, address(this), address(this));
        require(token.balanceOf(address(this)) >= 1002, "with the fee");
    }
}
