// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ICollateralAttestations, Reason, Status} from "../ICollateralAttestations.sol";

/// @title A lender that relies on attestations: an example of an integration
/// @notice Lends one token against credit lines that name this desk, while they are Healthy and never beyond them. Once
/// an attestation has lapsed and its grace period is over, anyone may pay the debt and take the desk's claim on the
/// collateral, which the attesters hold for the registry's lenders. In an oracle outage neither happens.
/// @dev Left out, so that the use of the registry stays visible: interest, shares of depositors, tokens that take fees.
contract CreditDesk {
    using SafeERC20 for IERC20;

    /// @notice A subject borrowed.
    event Borrowed(address indexed subject, uint128 amount);
    /// @notice Somebody repaid a part of a subject's debt.
    event Repaid(address indexed subject, address indexed payer, uint256 amount);
    /// @notice The claim on a subject's collateral passed to whoever paid the debt. The attesters act on this.
    event Liquidated(address indexed subject, address indexed liquidator, uint256 amount);

    /// @notice The subject's credit line is in another asset.
    error OtherAsset(uint8 expected, uint8 found);
    /// @notice Nothing is owed.
    error NoDebt(address subject);
    /// @notice The attestation has not lapsed, or nobody knows.
    error NotLapsed(Status status, Reason reason);
    /// @notice The attestation has lapsed, and nobody has recorded it; see {ICollateralAttestations-recordLapse}.
    error LapseNotRecorded(Reason reason);
    /// @notice The grace period is not over.
    error InGrace(uint256 until);
    /// @notice Only the treasury may do this.
    error NotTreasury();

    /// @notice The registry that is asked.
    ICollateralAttestations public immutable registry;
    /// @notice The policy under which the desk began to lend.
    bytes32 public immutable policyId;
    /// @notice The token that is lent, and its index in the policy's market.
    IERC20 public immutable token;
    uint8 public immutable asset;
    /// @notice Whose money it is.
    address public immutable treasury;

    /// @notice What each subject owes.
    mapping(address subject => uint256) public debt;
    /// @notice Claims on a subject's collateral, by who paid for them.
    mapping(address subject => mapping(address liquidator => uint256)) public claims;

    constructor(ICollateralAttestations registry_, bytes32 policyId_, IERC20 token_, uint8 asset_, address treasury_) {
        registry = registry_;
        policyId = policyId_;
        token = token_;
        asset = asset_;
        treasury = treasury_;
    }

    /// @notice The policy under which the desk knows a subject: the latest under which it attested, of the desk's policy and
    /// those that follow it.
    function policyOf(address subject) public view returns (bytes32 latest) {
        latest = policyId;
        for (bytes32 id = registry.successorOf(policyId); id != 0; id = registry.successorOf(id)) {
            (, Reason reason,,) = registry.statusInFull(subject, id);
            if (reason != Reason.NoAttestation) latest = id;
        }
    }

    /// @notice Lends `amount` to the sender. The registry refuses what is not Healthy, not this desk's or beyond the
    /// line, whatever was repaid meanwhile.
    /// @dev At the sources' prices of now, so that nobody borrows at one that the board has yet to learn has gone. Where
    /// the sources give none, nothing is lent, however young the board's last price is.
    function borrow(uint128 amount) external {
        bytes32 id = policyOf(msg.sender);
        uint8 found = registry.creditLine(msg.sender, id).asset;
        if (found != asset) revert OtherAsset(asset, found);
        debt[msg.sender] += amount;
        registry.draw(msg.sender, id, amount);
        emit Borrowed(msg.sender, amount);
        token.safeTransfer(msg.sender, amount);
    }

    /// @notice Repays what `subject` owes, at most `amount`, from the sender's tokens. Possible in every state.
    function repay(address subject, uint256 amount) external {
        uint256 owed = debt[subject];
        if (owed == 0) revert NoDebt(subject);
        if (amount > owed) amount = owed;
        debt[subject] = owed - amount;
        emit Repaid(subject, msg.sender, amount);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @notice Pays all that `subject` owes and takes the desk's claim on its collateral.
    function liquidate(address subject) external {
        uint256 owed = debt[subject];
        if (owed == 0) revert NoDebt(subject);
        (Status status, Reason reason,, uint256 until) = registry.statusInFull(subject, policyOf(subject));
        if (status != Status.Lapsed) revert NotLapsed(status, reason);
        if (until == 0) revert LapseNotRecorded(reason);
        if (block.timestamp <= until) revert InGrace(until);
        debt[subject] = 0;
        claims[subject][msg.sender] += owed;
        emit Liquidated(subject, msg.sender, owed);
        token.safeTransferFrom(msg.sender, address(this), owed);
    }

    /// @notice Takes idle tokens out.
    function withdraw(uint256 amount) external {
        if (msg.sender != treasury) revert NotTreasury();
        token.safeTransfer(treasury, amount);
    }
}
