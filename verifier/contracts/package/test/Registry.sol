// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity >=0.8.13;

import {CreditLine, ICollateralAttestations, Reason, Status} from "assay-contracts/ICollateralAttestations.sol";
import {IPriceBoard} from "assay-contracts/oracle/IPriceBoard.sol";

interface Vm {
    function prank(address sender) external;
    function warp(uint256 time) external;
}

/// @dev Says what it is told, and refuses to draw as the registry does.
contract Registry is ICollateralAttestations {
    Status public state;
    uint256 public until;
    CreditLine private line;

    function set(Status state_, uint256 until_) external {
        (state, until) = (state_, until_);
    }

    function setLine(CreditLine calldata line_) external {
        line = line_;
    }

    function status(address, bytes32) external view returns (Status) {
        return state;
    }

    function statusInFull(address, bytes32) external view returns (Status, Reason, uint256, uint256) {
        return (state, Reason.None, until, until);
    }

    function creditLine(address, bytes32) external view returns (CreditLine memory) {
        return line;
    }

    function draw(address subject, bytes32 policyId, uint128 amount) external {
        drawWithin(subject, policyId, amount, 0);
    }

    function drawWithin(address, bytes32, uint128 amount, uint256) public {
        require(state == Status.Healthy && msg.sender == line.lender && line.drawn + amount <= line.amount, "refused");
        line.drawn += amount;
    }

    function gracePeriod(bytes32) external pure returns (uint256) {
        return 1 hours;
    }

    function successorOf(bytes32) external pure returns (bytes32) {
        return 0;
    }

    function priceBoard(bytes32) external pure returns (IPriceBoard) {
        return IPriceBoard(address(0));
    }

    function recordLapse(address, bytes32) external {}
}

/// @dev A token that anyone may make and take.
contract Token {
    mapping(address => uint256) public balanceOf;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        return transferFrom(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public returns (bool) {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        return true;
    }
}

/// @dev A lender is the subject of the tests that both examples have in common.
abstract contract LenderTest {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    address internal constant BORROWER = address(0xb0);
    address internal constant BUYER = address(0xb1);
    Registry internal registry = new Registry();
    Token internal token = new Token();

    function lender() internal view virtual returns (address);
    function borrow(uint128 assets) internal virtual;
    function liquidate() internal virtual;

    function prepare() internal {
        vm.warp(1_700_000_000);
        registry.setLine(CreditLine(lender(), 1, 100, 0));
        registry.set(Status.Healthy, 0);
        token.mint(BUYER, 1000);
    }

    function tryBorrow(uint128 assets) external {
        vm.prank(BORROWER);
        borrow(assets);
    }

    function tryLiquidate() external {
        vm.prank(BUYER);
        liquidate();
    }

    function expectRefusal(bytes memory data) private {
        (bool ok,) = address(this).call(data);
        require(!ok, "not refused");
    }

    function test_borrows_up_to_the_line_and_is_liquidated_after_the_grace_period_alone() public {
        vm.prank(BORROWER);
        borrow(60);
        require(token.balanceOf(BORROWER) == 60, "lent");
        expectRefusal(abi.encodeWithSignature("tryBorrow(uint128)", 60));
        expectRefusal(abi.encodeWithSignature("tryLiquidate()"));
        registry.set(Status.Lapsed, 0);
        expectRefusal(abi.encodeWithSignature("tryBorrow(uint128)", 1));
        expectRefusal(abi.encodeWithSignature("tryLiquidate()"));
        registry.set(Status.Lapsed, block.timestamp);
        expectRefusal(abi.encodeWithSignature("tryLiquidate()"));
        vm.warp(block.timestamp + 1);
        registry.set(Status.Unknown, block.timestamp - 1);
        expectRefusal(abi.encodeWithSignature("tryLiquidate()"));
        registry.set(Status.Lapsed, block.timestamp - 1);
        vm.prank(BUYER);
        liquidate();
        require(token.balanceOf(BUYER) < 1000, "paid");
    }
}
