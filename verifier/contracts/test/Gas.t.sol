// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {CollateralAttestations} from "../src/CollateralAttestations.sol";
import {Claim, Status} from "../src/ICollateralAttestations.sol";
import {DataContract} from "../src/lib/DataContract.sol";
import {Holdings, HoldingsStatement} from "../src/lib/Holdings.sol";
import {Asset, Market, Policies, Policy, Risk} from "../src/lib/Policies.sol";
import {Terms, TermsLib} from "../src/lib/Terms.sol";
import {PriceBoard} from "../src/oracle/PriceBoard.sol";
import {Registry} from "./support/Registry.sol";

/// @dev What a market of eight assets with three sources each costs. Every call is a transaction of its own, so that
/// nothing is warm. The verifier is a mock: its gas comes on top of `attest`.
/// forge-config: default.isolate = true
contract GasTest is Registry {
    bytes32 private eight;

    function setUp() public override {
        super.setUp();
        PriceBoard.Configuration memory c = configuration(makeSources(8), 8);
        board = new PriceBoard(c);
        board.refreshAll();
        Market memory m;
        m.name = "Eight assets";
        m.assets = new Asset[](8);
        Policy memory p = thePolicy();
        p.assets = new Risk[](8);
        for (uint256 i = 0; i < 8; ++i) {
            m.assets[i] =
                Asset(string(abi.encodePacked("A", uint8(48 + i))), "eip155:1", address(uint160(i + 1)), "", 18);
            p.assets[i] = Risk(8000, 0, 0, 0, 10_000, 2000, 8);
        }
        p.market = Policies.marketId(m);
        p.sources = c.sources;
        vm.prank(OWNER);
        eight = registry.publish(p, m);
        vm.snapshotGasLastCall("registry", "publish a policy");
    }

    function holdingsOf(uint64 sequence) private view returns (HoldingsStatement memory h) {
        h = holdings(sequence, block.timestamp);
        h.marketId = registry.termsOf(eight).market;
    }

    function claimOf(uint64 sequence) private view returns (Claim memory c) {
        c.policyId = eight;
        c.anchor = Holdings.hash(holdingsOf(sequence));
        c.validUntil = uint64(block.timestamp + 1 days);
        (c.floors, c.ceilings) = (new uint128[](8), new uint128[](8));
        for (uint256 i = 0; i < 8; ++i) {
            (c.floors[i], c.ceilings[i]) = (90e8, 110e8);
        }
        (c.creditAsset, c.creditAmount, c.lender) = (1, 1e18, LENDER);
    }

    function publishAnchorOf(uint64 sequence) private {
        HoldingsStatement memory h = holdingsOf(sequence);
        registry.publishAnchor(eight, h, signedBy(0, 1, Holdings.hash(h)));
    }

    function record(Claim memory c) private {
        verifier.setTrue(registry.publicInputs(SUBJECT, c));
        vm.prank(SUBJECT);
        registry.attest(c, PROOF);
    }

    function test_gas_of_the_registry() public {
        publishAnchorOf(1);
        vm.snapshotGasLastCall("registry", "publishAnchor, the first, two signatures");
        record(claimOf(1));
        vm.snapshotGasLastCall("registry", "attest, the first, without the verifier");
        publishAnchorOf(2);
        vm.snapshotGasLastCall("registry", "publishAnchor, a newer one");
        record(claimOf(2));
        vm.snapshotGasLastCall("registry", "attest, a later one, without the verifier");

        Asker asker = new Asker();
        asker.status(registry, SUBJECT, eight);
        vm.snapshotValue("registry", "status, asked by a contract", asker.cost());

        vm.prank(LENDER);
        registry.draw(SUBJECT, eight, 1);
        vm.snapshotGasLastCall("registry", "draw, the first");
        vm.warp(block.timestamp + 60);
        for (uint256 i = 0; i < 8; ++i) {
            setPrice(i, 89e8);
        }
        board.refreshAll();
        vm.snapshotGasLastCall("board", "refreshAll, eight assets, three sources each");
        uint256[] memory list = new uint256[](1);
        board.refresh(list);
        vm.snapshotGasLastCall("board", "refresh, one asset, three sources");
        registry.recordLapse(SUBJECT, eight);
        vm.snapshotGasLastCall("registry", "recordLapse");
        asker.prices(board);
        vm.snapshotValue("board", "prices, eight assets, asked by a contract", asker.cost());
        assertTrue(asker.cost() > 8 * 2100 && asker.cost() <= 25_000, "eight cold slots within 25,000");
    }

    /// @dev Why terms are kept as code: the alternatives read the same terms for more.
    function test_terms_as_code_cost_less_than_in_storage_or_in_calldata() public {
        TermsKeeper keeper = new TermsKeeper();
        Terms memory terms = registry.termsOf(eight);
        keeper.keep(terms);
        keeper.fromCode();
        uint256 code = keeper.cost();
        keeper.fromStorage();
        uint256 stored = keeper.cost();
        Policy memory p = thePolicy();
        p.assets = new Risk[](8);
        p.sources = configuration(makeSources(8), 8).sources;
        // Without what every transaction and the stored result cost.
        keeper.fromCalldata(p);
        uint256 hashed = vm.snapshotGasLastCall("terms", "policy in calldata, whole transaction") - 21_000 - 22_100;
        vm.snapshotValue("terms", "read from code", code);
        vm.snapshotValue("terms", "read from storage", stored);
        assertTrue(code < stored && code < hashed, "code is cheapest");
    }
}

/// @dev Asks in a transaction of its own, which a view would not be, and says what the call alone cost.
contract Asker {
    uint256 public cost;

    function status(CollateralAttestations registry, address subject, bytes32 policyId) external {
        uint256 before = gasleft();
        require(registry.status(subject, policyId) == Status.Healthy, "healthy");
        cost = before - gasleft();
    }

    function prices(PriceBoard board) external {
        uint256 before = gasleft();
        board.prices();
        cost = before - gasleft();
    }
}

/// @dev The same terms kept in three ways.
contract TermsKeeper {
    uint256 public cost;
    bytes32 public id;
    address private code;
    bytes private stored;

    function keep(Terms memory terms) external {
        code = DataContract.store(abi.encode(terms));
        stored = abi.encode(terms);
    }

    function fromCode() external {
        uint256 before = gasleft();
        TermsLib.load(code);
        cost = before - gasleft();
    }

    function fromStorage() external {
        uint256 before = gasleft();
        abi.decode(stored, (Terms));
        cost = before - gasleft();
    }

    function fromCalldata(Policy memory policy) external {
        id = Policies.id(policy);
    }
}
