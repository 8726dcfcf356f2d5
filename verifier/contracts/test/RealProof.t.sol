// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {CollateralAttestations} from "../src/CollateralAttestations.sol";
import {Claim, Status} from "../src/ICollateralAttestations.sol";
import {Holdings, HoldingsStatement, Signed} from "../src/lib/Holdings.sol";
import {Asset, Feed, Market, Policies, Policy, Risk, Source} from "../src/lib/Policies.sol";
import {PriceBoard} from "../src/oracle/PriceBoard.sol";
import {Routes} from "../src/registry/Routes.sol";
import {Halo2Verifier} from "../src/verifier/Halo2Verifier.sol";
import {MockAggregator, MockPyth} from "./mocks/Oracles.sol";
import {Test} from "./support/Test.sol";

/// @dev A proof under the production key, made in Rust for the statement that Rust derived, is recorded by a registry that
/// derives the statement itself. `generator/examples/attestation.rs` makes the fixture. Every call is a transaction of
/// its own.
/// forge-config: default.isolate = true
contract RealProofTest is Test {
    uint256 private constant AS_OF = 1_700_000_000;
    address private constant SUBJECT = address(0x5ab1e);
    CollateralAttestations private constant registry = CollateralAttestations(address(0xa001));
    Halo2Verifier private constant verifier = Halo2Verifier(address(0xa002));
    PriceBoard private constant board = PriceBoard(address(0xa003));
    MockPyth private constant pyth = MockPyth(address(0xb005));

    string private fixture = vm.readFile("test/fixtures/attestation.json");

    function setUp() public {
        vm.warp(AS_OF);
        bytes memory aggregator = address(new MockAggregator(8, 0)).code;
        vm.etch(address(pyth), address(new MockPyth()).code);
        for (uint160 i = 0xb001; i <= 0xb004; ++i) {
            vm.etch(address(i), aggregator);
            MockAggregator feed = MockAggregator(address(i));
            feed.setDecimals(8);
            feed.setRound(1, 1);
            feed.set(100e8);
        }
        for (uint256 i = 1; i <= 2; ++i) {
            pyth.set(bytes32(i), 100e8, 0, -8);
        }
        string memory artifact = vm.readFile("artifacts/Halo2Verifier.json");
        vm.etch(address(verifier), vm.parseJsonBytes(artifact, ".deployedBytecode"));
        Policy memory policy = thePolicy();
        PriceBoard.Configuration memory c;
        (c.sources, c.minimumSources, c.maxDeviation) = (policy.sources, policy.minimumSources, policy.maxDeviation);
        c.priceDecimals = new uint8[](2);
        (c.priceDecimals[0], c.priceDecimals[1]) = (8, 8);
        vm.etch(address(board), address(new PriceBoard(c)).code);
        vm.etch(address(registry), address(new CollateralAttestations(address(this))).code);
        // The owner is in the first slot.
        vm.store(address(registry), 0, bytes32(uint256(uint160(address(this)))));
        board.refreshAll();
        registry.addRoute(address(verifier), policy.verifyingKey);
        registry.publish(policy, theMarket());
        HoldingsStatement memory statement = holdings();
        bytes32 hash = Holdings.hash(statement);
        Signed[] memory signatures = new Signed[](2);
        for (uint256 i = 0; i < 2; ++i) {
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(i + 2, Holdings.digest(hash));
            signatures[i] = Signed(vm.addr(i + 2), abi.encodePacked(r, s, v));
        }
        registry.publishAnchor(Policies.id(policy), statement, signatures);
    }

    function theMarket() private view returns (Market memory market) {
        market.name = "Two assets";
        market.assets = new Asset[](2);
        market.assets[0] = Asset("WETH", "eip155:31337", address(0xee), "", 18);
        market.assets[1] = Asset("USDC", "eip155:31337", address(0xcc), "", 6);
        assertEq(block.chainid, 31_337, "Foundry's chain");
    }

    function thePolicy() private view returns (Policy memory p) {
        p.name = "A real proof";
        p.market = Policies.marketId(theMarket());
        p.quote = "USD";
        p.minimumRatio = 10_500;
        p.scale = 1;
        p.assets = new Risk[](2);
        p.assets[0] = Risk(8000, 100, 200, 300, 11_000, 2000, 8);
        p.assets[1] = Risk(0, 100, 200, 300, 11_000, 2000, 8);
        (p.maxPriceAge, p.maxValidity, p.maxStatementAge) = (3600, 604_800, 1_209_600);
        p.buffers = new uint8[](1);
        p.buffers[0] = 10;
        p.sources = new Source[](3);
        p.sources[0] = source("chainlink-a", 1, address(0), 0, 0xb001, 0xb003);
        p.sources[1] = source("chainlink-b", 1, address(0), 0, 0xb002, 0xb004);
        p.sources[2] = source("pyth", 2, address(pyth), 50, 1, 2);
        (p.minimumSources, p.maxDeviation) = (2, 500);
        p.attesters = new address[](3);
        (p.attesters[0], p.attesters[1], p.attesters[2]) = (vm.addr(2), vm.addr(3), vm.addr(1));
        p.minimumAttesters = 2;
        p.verifyingKey = verifier.FINGERPRINT();
        (p.verifier, p.priceBoard, p.gracePeriod) = (address(verifier), address(board), 86_400);
    }

    function source(string memory name, uint8 kind, address provider, uint16 confidence, uint256 a, uint256 b)
        private
        view
        returns (Source memory s)
    {
        Feed[] memory feeds = new Feed[](2);
        (feeds[0], feeds[1]) = (Feed(bytes32(a), 8, 3600), Feed(bytes32(b), 8, 3600));
        return Source(name, kind, uint64(block.chainid), provider, confidence, feeds);
    }

    function holdings() private view returns (HoldingsStatement memory) {
        return HoldingsStatement({
            commitment: vm.parseJsonBytes32(fixture, ".commitment"),
            marketId: Policies.marketId(theMarket()),
            subject: SUBJECT,
            beneficiary: address(registry),
            beneficiaryChainId: block.chainid,
            asOf: uint64(AS_OF),
            sequence: 1,
            expiry: uint64(AS_OF + 30 days)
        });
    }

    function claim() private view returns (Claim memory c) {
        c.policyId = Policies.id(thePolicy());
        c.anchor = Holdings.hash(holdings());
        c.validUntil = uint64(AS_OF + 1 days);
        (c.floors, c.ceilings) = (new uint128[](2), new uint128[](2));
        (c.floors[0], c.ceilings[0], c.floors[1], c.ceilings[1]) = (90e8, 110e8, 90e8, 110e8);
        (c.creditAsset, c.creditAmount, c.lender) = (1, 1e6, address(0x1e4de5));
    }

    function test_the_statement_is_the_one_that_rust_derived() public view {
        Claim memory c = claim();
        assertEq(c.policyId, vm.parseJsonBytes32(fixture, ".policyId"), "policy id");
        assertEq(Policies.marketId(theMarket()), vm.parseJsonBytes32(fixture, ".marketId"), "market id");
        assertEq(c.anchor, vm.parseJsonBytes32(fixture, ".anchor"), "anchor");
        uint256[] memory expected = vm.parseJsonUintArray(fixture, ".publicInputs");
        uint256[] memory found = registry.publicInputs(SUBJECT, c);
        assertEq(found.length, expected.length, "nineteen");
        for (uint256 i = 0; i < found.length; ++i) {
            assertEq(found[i], expected[i], "public input");
        }
    }

    function test_a_real_proof_is_recorded_and_a_changed_one_is_not() public {
        Claim memory c = claim();
        bytes memory proof = vm.parseJsonBytes(fixture, ".proof");
        proof[proof.length - 1] ^= 0x01;
        vm.expectRevert(abi.encodeWithSelector(Routes.ProofInvalid.selector));
        vm.prank(SUBJECT);
        registry.attest(c, proof);
        proof[proof.length - 1] ^= 0x01;
        // A real proof of another claim.
        c.creditAmount += 1;
        vm.expectRevert(abi.encodeWithSelector(Routes.ProofInvalid.selector));
        vm.prank(SUBJECT);
        registry.attest(c, proof);
        c.creditAmount -= 1;
        vm.prank(SUBJECT);
        registry.attest(c, proof);
        vm.snapshotGasLastCall("registry", "attest, the first, two assets, with the verifier");
        assertTrue(registry.status(SUBJECT, c.policyId) == Status.Healthy, "healthy");
    }
}
