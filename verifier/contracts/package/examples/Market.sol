// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.19;

import {ICollateralAttestations, Status} from "assay-contracts/ICollateralAttestations.sol";

interface IERC20 {
    function transfer(address to, uint256 amount) external returns (bool);
    function transferFrom(address from, address to, uint256 amount) external returns (bool);
}

/// @title A market in Morpho's manner: one loan token, and an attestation in place of collateral
/// @notice Suppliers own shares of what is supplied. Borrowers draw the credit lines that name this market. Once a line has
/// lapsed and its grace period is over, anyone pays the debt and takes the claim on the collateral.
/// @dev An example: without interest, and for tokens that return true.
contract Market {
    error OtherAsset(uint8 found);
    error InsufficientLiquidity();
    error HealthyPosition();

    event Liquidated(address indexed borrower, address indexed liquidator, uint256 assets);

    ICollateralAttestations public immutable registry;
    bytes32 public immutable policyId;
    IERC20 public immutable loanToken;
    uint8 public immutable loanAsset;

    uint256 public totalSupplyAssets;
    uint256 public totalSupplyShares;
    uint256 public totalBorrowAssets;
    mapping(address => uint256) public supplyShares;
    mapping(address => uint256) public borrowAssets;
    mapping(address => mapping(address => uint256)) public claims;

    constructor(ICollateralAttestations registry_, bytes32 policyId_, IERC20 loanToken_, uint8 loanAsset_) {
        (registry, policyId, loanToken, loanAsset) = (registry_, policyId_, loanToken_, loanAsset_);
    }

    function supply(uint256 assets) external returns (uint256 shares) {
        shares = assets * (totalSupplyShares + 1e6) / (totalSupplyAssets + 1);
        supplyShares[msg.sender] += shares;
        (totalSupplyShares, totalSupplyAssets) = (totalSupplyShares + shares, totalSupplyAssets + assets);
        require(loanToken.transferFrom(msg.sender, address(this), assets));
    }

    function withdraw(uint256 shares) external returns (uint256 assets) {
        assets = shares * (totalSupplyAssets + 1) / (totalSupplyShares + 1e6);
        supplyShares[msg.sender] -= shares;
        (totalSupplyShares, totalSupplyAssets) = (totalSupplyShares - shares, totalSupplyAssets - assets);
        if (totalBorrowAssets > totalSupplyAssets) revert InsufficientLiquidity();
        require(loanToken.transfer(msg.sender, assets));
    }

    function borrow(uint128 assets) external {
        uint8 found = registry.creditLine(msg.sender, policyId).asset;
        if (found != loanAsset) revert OtherAsset(found);
        borrowAssets[msg.sender] += assets;
        totalBorrowAssets += assets;
        if (totalBorrowAssets > totalSupplyAssets) revert InsufficientLiquidity();
        registry.draw(msg.sender, policyId, assets);
        require(loanToken.transfer(msg.sender, assets));
    }

    function repay(address borrower, uint256 assets) public {
        borrowAssets[borrower] -= assets;
        totalBorrowAssets -= assets;
        require(loanToken.transferFrom(msg.sender, address(this), assets));
    }

    function liquidate(address borrower) external {
        (Status status,,, uint256 graceUntil) = registry.statusInFull(borrower, policyId);
        if (status != Status.Lapsed || graceUntil == 0 || block.timestamp <= graceUntil) revert HealthyPosition();
        uint256 assets = borrowAssets[borrower];
        claims[borrower][msg.sender] += assets;
        emit Liquidated(borrower, msg.sender, assets);
        repay(borrower, assets);
    }
}
