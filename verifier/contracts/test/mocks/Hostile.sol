// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @dev Answers every call with what it was made with, as a board that encodes its prices otherwise.
contract Answers {
    bytes private answer;

    constructor(bytes memory answer_) {
        answer = answer_;
    }

    fallback() external {
        bytes memory data = answer;
        assembly {
            return(add(data, 0x20), mload(data))
        }
    }
}

/// @dev What a token of the kind of ERC-777 calls.
interface IHook {
    function tokensMove() external;
}

/// @dev A token that calls both sides of a transfer that have code, before it moves anything.
contract CallingToken is ERC20("Calling", "CALL") {
    function mint(address account, uint256 amount) external {
        _mint(account, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (from.code.length > 0) try IHook(from).tokensMove() {} catch {}
        if (from != address(0) && to.code.length > 0) try IHook(to).tokensMove() {} catch {}
        super._update(from, to, amount);
    }
}

/// @dev A party that makes one call whenever a token calls it, and counts those that succeed.
contract Reentrant is IHook {
    address private target;
    bytes private data;
    uint256 public entered;
    uint256 public succeeded;

    function prepare(address target_, bytes calldata data_) external {
        (target, data) = (target_, data_);
    }

    function act(address to, bytes calldata input) external {
        (bool ok, bytes memory reason) = to.call(input);
        if (!ok) {
            assembly {
                revert(add(reason, 0x20), mload(reason))
            }
        }
    }

    function tokensMove() external {
        if (entered == 3) return;
        ++entered;
        (bool ok,) = target.call(data);
        if (ok) ++succeeded;
    }
}
