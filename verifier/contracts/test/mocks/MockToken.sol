// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @dev A token that anyone may make.
contract MockToken is ERC20("Mock", "MOCK") {
    function mint(address account, uint256 amount) external {
        _mint(account, amount);
    }
}
