// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {CollateralAttestations} from "../../src/CollateralAttestations.sol";
import {Claim, Reason, Status} from "../../src/ICollateralAttestations.sol";
import {Holdings, HoldingsStatement, Signed} from "../../src/lib/Holdings.sol";
import {Asset, Market, Policies, Policy, Risk} from "../../src/lib/Policies.sol";
import {PriceBoard} from "../../src/oracle/PriceBoard.sol";
import {TruthVerifier} from "../mocks/Parties.sol";
import {Boards} from "./Boards.sol";

/// @dev A registry with one policy over two assets at a hundred each, two of three attesters, and a verifier whose truth
/// is known. Time is `NOW`, the board refreshed, the subject's first holdings statement published.
abstract contract Registry is Boards {
    bytes32 internal constant KEY = keccak256("verifying key");
    bytes32 internal constant COMMITMENT = bytes32(uint256(0xc0ffee));
    bytes internal constant PROOF = "the one proof";
    uint32 internal constant GRACE = 2 days;
    uint32 internal constant VALIDITY = 7 days;
    uint32 internal constant STATEMENT_AGE = 14 days;
    address internal constant OWNER = address(0xda0);
    address internal constant SUBJECT = address(0x5ab1ec7);
    address internal constant LENDER = address(0x1e4de5);

    /// @dev In ascending order of their addresses.
    uint256[3] internal keys;
    CollateralAttestations internal registry;
    TruthVerifier internal verifier;
    PriceBoard internal board;
    bytes private boardConfiguration;
    bytes32 internal policyId;

    function setUp() public virtual {
        PriceBoard.Configuration memory c = configuration(makeSources(2), 2);
        board = new PriceBoard(c);
        board.refreshAll();
        verifier = new TruthVerifier();
        registry = new CollateralAttestations(OWNER);
        sortKeys();
        boardConfiguration = abi.encode(c);
        vm.prank(OWNER);
        registry.addRoute(address(verifier), KEY);
        policyId = publish(thePolicy());
        publishAnchor(holdings(1, NOW));
    }

    function sortKeys() private {
        keys = [uint256(0xa1), 0xa2, 0xa3];
        for (uint256 i = 0; i < 2; ++i) {
            for (uint256 j = 0; j < 2; ++j) {
                if (vm.addr(keys[j]) > vm.addr(keys[j + 1])) (keys[j], keys[j + 1]) = (keys[j + 1], keys[j]);
            }
        }
    }

    function theMarket() internal pure returns (Market memory market) {
        market.name = "Two assets";
        market.assets = new Asset[](2);
        market.assets[0] = Asset("WETH", "eip155:1", address(0xee), "", 18);
        market.assets[1] = Asset("USDC", "eip155:1", address(0xcc), "", 6);
    }

    /// @dev The policy under test; change a field for another one.
    function thePolicy() internal view returns (Policy memory p) {
        p.name = "Test";
        p.market = Policies.marketId(theMarket());
        p.quote = "USD";
        p.minimumRatio = 10_500;
        p.scale = 1;
        p.assets = new Risk[](2);
        p.assets[0] = Risk(8000, 0, 0, 0, 10_000, 2000, 8);
        p.assets[1] = Risk(0, 0, 0, 0, 10_000, 2000, 8);
        p.maxPriceAge = MAX_AGE;
        p.maxValidity = VALIDITY;
        p.maxStatementAge = STATEMENT_AGE;
        p.buffers = new uint8[](1);
        p.buffers[0] = 10;
        PriceBoard.Configuration memory c = abi.decode(boardConfiguration, (PriceBoard.Configuration));
        p.sources = c.sources;
        p.minimumSources = c.minimumSources;
        p.maxDeviation = c.maxDeviation;
        p.attesters = new address[](3);
        for (uint256 i = 0; i < 3; ++i) {
            p.attesters[i] = vm.addr(keys[i]);
        }
        p.minimumAttesters = 2;
        p.verifyingKey = KEY;
        p.verifier = address(verifier);
        p.priceBoard = address(board);
        p.gracePeriod = GRACE;
    }

    function publish(Policy memory p) internal returns (bytes32) {
        vm.prank(OWNER);
        return registry.publish(p, theMarket());
    }

    // ------------------------------------------------------------------------------------------------ anchors

    function holdings(uint64 sequence, uint256 asOf) internal view returns (HoldingsStatement memory) {
        return HoldingsStatement({
            commitment: COMMITMENT,
            marketId: Policies.marketId(theMarket()),
            subject: SUBJECT,
            beneficiary: address(registry),
            beneficiaryChainId: block.chainid,
            asOf: uint64(asOf),
            sequence: sequence,
            expiry: uint64(asOf + 30 days)
        });
    }

    function sign(uint256 key, bytes32 structHash) internal pure returns (Signed memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, Holdings.digest(structHash));
        return Signed(vm.addr(key), abi.encodePacked(r, s, v));
    }

    /// @dev Signed by the attesters at two indexes.
    function signedBy(uint256 i, uint256 j, bytes32 hash) internal view returns (Signed[] memory signatures) {
        signatures = new Signed[](2);
        (signatures[0], signatures[1]) = (sign(keys[i], hash), sign(keys[j], hash));
    }

    function publishAnchor(HoldingsStatement memory statement) internal returns (bytes32 hash) {
        hash = Holdings.hash(statement);
        registry.publishAnchor(policyId, statement, signedBy(0, 1, hash));
    }

    // ------------------------------------------------------------------------------------------------ attesting

    /// @dev Ten percent around a hundred, valid for a day, under the newest anchor, no credit line.
    function claim() internal view returns (Claim memory c) {
        c.policyId = policyId;
        c.anchor = registry.anchorOf(SUBJECT, policyId).hash;
        c.validUntil = uint64(block.timestamp + 1 days);
        (c.floors, c.ceilings) = (new uint128[](2), new uint128[](2));
        for (uint256 i = 0; i < 2; ++i) {
            (c.floors[i], c.ceilings[i]) = (90e8, 110e8);
        }
    }

    function claimWithCredit(uint128 amount) internal view returns (Claim memory c) {
        c = claim();
        (c.creditAsset, c.creditAmount, c.lender) = (1, amount, LENDER);
    }

    function setTrue(Claim memory c) internal {
        verifier.setTrue(registry.publicInputs(SUBJECT, c));
    }

    function attest(Claim memory c) internal returns (bytes32) {
        setTrue(c);
        vm.prank(SUBJECT);
        return registry.attest(c, PROOF);
    }

    function refused(Claim memory c, bytes memory reason) internal {
        vm.expectRevert(reason);
        registry.preview(SUBJECT, c, PROOF);
        vm.expectRevert(reason);
        vm.prank(SUBJECT);
        registry.attest(c, PROOF);
    }

    // ------------------------------------------------------------------------------------------------ asking

    function assertStatus(Status expected, Reason reason) internal view {
        (Status found, Reason why,,) = registry.statusInFull(SUBJECT, policyId);
        assertEq(uint256(why), uint256(reason), "reason");
        assertEq(uint256(found), uint256(expected), "status");
        assertTrue(registry.status(SUBJECT, policyId) == found, "the short form");
    }

    function lapsedSince() internal view returns (uint256 since) {
        (,, since,) = registry.statusInFull(SUBJECT, policyId);
    }

    /// @dev Some seconds pass, and the board has the same prices anew, every hour at least.
    function pass(uint256 time) internal {
        for (; time > 1 hours; time -= 1 hours) {
            vm.warp(block.timestamp + 1 hours);
            refreshAt(HUNDRED);
        }
        vm.warp(block.timestamp + time);
        refreshAt(HUNDRED);
    }

    function refreshAt(int256 price) internal {
        setPrice(0, price);
        setPrice(1, HUNDRED);
        board.refreshAll();
    }
}
