// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ICollateralAttestations, Status} from "assay-contracts/ICollateralAttestations.sol";

/// @title An ERC-4626 vault that lends its asset against attestations
/// @notice A borrower pays a fee, which belongs to the shares. What is lent counts in full until it is repaid or bought.
/// @dev An example: one policy, and a fee in place of interest.
contract Vault is ERC4626 {
    using SafeERC20 for IERC20;

    error OtherAsset(uint8 found);
    error NotLiquidatable(Status status);

    event Lent(address indexed borrower, uint256 assets, uint256 owed);
    event Bought(address indexed borrower, address indexed buyer, uint256 assets);

    ICollateralAttestations public immutable registry;
    bytes32 public immutable policyId;
    uint8 public immutable loanAsset;
    /// @notice Of a loan, in basis points.
    uint256 public immutable fee;

    uint256 public lent;
    mapping(address borrower => uint256) public debt;

    constructor(ICollateralAttestations registry_, bytes32 policyId_, IERC20 asset_, uint8 loanAsset_, uint256 fee_)
        ERC20("Attested loans", "ATL")
        ERC4626(asset_)
    {
        (registry, policyId, loanAsset, fee) = (registry_, policyId_, loanAsset_, fee_);
    }

    function totalAssets() public view override returns (uint256) {
        return super.totalAssets() + lent;
    }

    /// @dev At most what is idle, of which {maxWithdraw} is made.
    function maxRedeem(address owner) public view override returns (uint256) {
        uint256 idle = _convertToShares(super.totalAssets(), Math.Rounding.Floor);
        uint256 own = super.maxRedeem(owner);
        return own < idle ? own : idle;
    }

    /// @notice Lends `assets`. The line must have room for the fee too: what is owed is what is drawn.
    function borrow(uint128 assets) external {
        uint8 found = registry.creditLine(msg.sender, policyId).asset;
        if (found != loanAsset) revert OtherAsset(found);
        uint128 owed = uint128(assets + assets * fee / 10_000);
        (debt[msg.sender], lent) = (debt[msg.sender] + owed, lent + owed);
        registry.draw(msg.sender, policyId, owed);
        emit Lent(msg.sender, assets, owed);
        IERC20(asset()).safeTransfer(msg.sender, assets);
    }

    function repay(address borrower, uint256 assets) public {
        (debt[borrower], lent) = (debt[borrower] - assets, lent - assets);
        IERC20(asset()).safeTransferFrom(msg.sender, address(this), assets);
    }

    /// @notice Buys the claim on the collateral of a line that has lapsed, once its grace period is over.
    function buy(address borrower) external {
        (Status status,,, uint256 graceUntil) = registry.statusInFull(borrower, policyId);
        if (status != Status.Lapsed || graceUntil == 0 || block.timestamp <= graceUntil) {
            revert NotLiquidatable(status);
        }
        emit Bought(borrower, msg.sender, debt[borrower]);
        repay(borrower, debt[borrower]);
    }
}
