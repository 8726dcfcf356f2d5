// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Asset, Market, Policies, Policy, Risk} from "../src/lib/Policies.sol";
import {Profiles} from "../src/lib/Profiles.sol";
import {Terms, TermsLib} from "../src/lib/Terms.sol";
import {PolicyBook} from "../src/registry/PolicyBook.sol";
import {PolicyCompiler} from "../src/registry/PolicyCompiler.sol";
import {Routes} from "../src/registry/Routes.sol";
import {TruthVerifier} from "./mocks/Parties.sol";
import {Registry} from "./support/Registry.sol";

/// @dev Which policies and verifiers the owner can add, and that nothing is replaced.
contract PolicyBookTest is Registry {
    function refusedPolicy(Policy memory p, bytes memory reason) private {
        Market memory m = theMarket();
        vm.expectRevert(reason);
        vm.prank(OWNER);
        registry.publish(p, m);
    }

    function refusedField(Policy memory p, string memory field) private {
        refusedPolicy(p, abi.encodeWithSelector(Policies.PolicyField.selector, field));
    }

    function test_the_id_is_that_of_the_encoding_and_the_terms_are_the_policys() public {
        Policy memory p = thePolicy();
        assertEq(policyId, Policies.id(p), "id");
        Terms memory terms = registry.termsOf(policyId);
        assertEq(terms.market, p.market, "market");
        assertEq(terms.verifyingKey, p.verifyingKey, "key");
        assertEq(terms.verifier, p.verifier, "verifier");
        assertEq(terms.priceBoard, p.priceBoard, "board");
        assertEq(terms.maxPriceAge, p.maxPriceAge, "price age");
        assertEq(terms.maxValidity, p.maxValidity, "validity");
        assertEq(terms.maxStatementAge, p.maxStatementAge, "statement age");
        assertEq(terms.gracePeriod, p.gracePeriod, "grace");
        assertEq(terms.minimumRatio, p.minimumRatio, "ratio");
        assertEq(terms.minimumAttesters, 2, "minimum");
        assertEq(terms.attesters.length, 3, "attesters");
        assertEq(registry.gracePeriod(policyId), GRACE, "grace");
        vm.expectEmit();
        p.name = "Another";
        emit PolicyBook.PolicyPublished(Policies.id(p), p.market, abi.encode(p, theMarket()));
        publish(p);
    }

    function test_a_policy_is_published_once_and_retired_once() public {
        refusedPolicy(thePolicy(), abi.encodeWithSelector(PolicyBook.PolicyExists.selector, policyId));
        vm.startPrank(OWNER);
        registry.retire(policyId);
        vm.expectRevert(abi.encodeWithSelector(PolicyBook.PolicyIsRetired.selector, policyId));
        registry.retire(policyId);
        vm.expectRevert(abi.encodeWithSelector(PolicyBook.PolicyUnknown.selector, bytes32(uint256(1))));
        registry.retire(bytes32(uint256(1)));
        vm.stopPrank();
        refusedPolicy(thePolicy(), abi.encodeWithSelector(PolicyBook.PolicyExists.selector, policyId));
    }

    function test_only_the_owner_publishes_retires_and_routes() public {
        bytes memory reason = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, SUBJECT);
        Policy memory p = thePolicy();
        Market memory m = theMarket();
        vm.startPrank(SUBJECT);
        vm.expectRevert(reason);
        registry.publish(p, m);
        vm.expectRevert(reason);
        registry.retire(policyId);
        vm.expectRevert(reason);
        registry.addRoute(address(this), KEY);
        vm.expectRevert(reason);
        registry.freezeRoute(address(verifier));
        vm.stopPrank();
    }

    function test_ownership_moves_in_two_steps() public {
        vm.prank(OWNER);
        registry.transferOwnership(LENDER);
        assertEq(registry.owner(), OWNER, "not yet");
        vm.prank(LENDER);
        registry.acceptOwnership();
        assertEq(registry.owner(), LENDER, "now");
    }

    function test_routes_are_added_to_code_once_and_frozen_once() public {
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(Routes.NoCode.selector, address(0x123)));
        registry.addRoute(address(0x123), KEY);
        vm.expectRevert(abi.encodeWithSelector(Routes.RouteExists.selector, address(verifier)));
        registry.addRoute(address(verifier), bytes32(uint256(1)));
        vm.expectRevert(abi.encodeWithSelector(Routes.RouteUnknown.selector, address(this), 0));
        registry.addRoute(address(this), 0);
        vm.expectRevert(abi.encodeWithSelector(Routes.RouteUnknown.selector, address(this), 0));
        registry.freezeRoute(address(this));
        address other = address(new TruthVerifier());
        vm.expectRevert(abi.encodeWithSelector(Routes.OtherKey.selector, bytes32(uint256(1)), KEY));
        registry.addRoute(other, bytes32(uint256(1)));
        registry.freezeRoute(address(verifier));
        vm.expectRevert(abi.encodeWithSelector(Routes.RouteIsFrozen.selector, address(verifier)));
        registry.freezeRoute(address(verifier));
        vm.expectRevert(abi.encodeWithSelector(Routes.RouteExists.selector, address(verifier)));
        registry.addRoute(address(verifier), KEY);
        vm.stopPrank();
        Policy memory p = thePolicy();
        p.name = "Another";
        refusedPolicy(p, abi.encodeWithSelector(Routes.RouteIsFrozen.selector, address(verifier)));
    }

    function test_the_verifier_must_be_a_route_for_the_key() public {
        Policy memory p = thePolicy();
        p.verifier = address(new TruthVerifier());
        refusedPolicy(p, abi.encodeWithSelector(Routes.RouteUnknown.selector, p.verifier, KEY));
        p = thePolicy();
        p.verifyingKey = bytes32(uint256(1));
        refusedPolicy(p, abi.encodeWithSelector(Routes.RouteUnknown.selector, p.verifier, p.verifyingKey));
    }

    function test_board_and_recorder_must_be_what_the_policy_says() public {
        Policy memory p = thePolicy();
        bytes32 found = board.configuration();
        p.maxDeviation += 1;
        refusedPolicy(p, abi.encodeWithSelector(PolicyCompiler.OtherBoard.selector, Policies.configuration(p), found));
        p = thePolicy();
        p.sources[1].feeds[1].maxAge += 1;
        refusedPolicy(p, abi.encodeWithSelector(PolicyCompiler.OtherBoard.selector, Policies.configuration(p), found));
        p = thePolicy();
        p.priceBoard = address(0x123);
        refusedPolicy(p, abi.encodeWithSelector(PolicyCompiler.NoCode.selector, address(0x123)));
        p = thePolicy();
        (p.attesters, p.minimumAttesters, p.recorder) = (new address[](0), 0, address(0x123));
        refusedPolicy(p, abi.encodeWithSelector(PolicyCompiler.NoCode.selector, address(0x123)));
    }

    function test_another_market_is_refused() public {
        Policy memory p = thePolicy();
        Market memory m = theMarket();
        m.assets[0].decimals = 17;
        vm.expectRevert(abi.encodeWithSelector(Policies.OtherMarket.selector, p.market, Policies.marketId(m)));
        vm.prank(OWNER);
        registry.publish(p, m);
    }

    function test_every_number_outside_its_range_is_refused() public {
        Policy memory p = thePolicy();
        p.minimumRatio = 9_999;
        refusedField(p, "minimumRatio");
        p.minimumRatio = 1_000_001;
        refusedField(p, "minimumRatio");
        p = thePolicy();
        p.scale = 0;
        refusedField(p, "scale");
        p = thePolicy();
        p.maxPriceAge = 0;
        refusedField(p, "maxPriceAge");
        p = thePolicy();
        p.maxValidity = 0;
        refusedField(p, "maxValidity");
        p = thePolicy();
        p.maxStatementAge = 0;
        refusedField(p, "maxStatementAge");
        p = thePolicy();
        p.verifyingKey = 0;
        refusedField(p, "verifyingKey");
        p = thePolicy();
        p.verifier = address(0);
        refusedField(p, "verifier");
        p = thePolicy();
        p.priceBoard = address(0);
        refusedField(p, "priceBoard");
    }

    function test_a_scale_at_which_debt_that_is_never_owed_could_weigh_too_little_is_refused() public {
        // The asset has the most decimals of all: it weighs 10^(9 + 36) · ratio / scale at a price of a billion.
        Policy memory p = thePolicy();
        (p.assets[0].borrowFactor, p.assets[1].priceDecimals) = (0, 36);
        uint256 least = Math.ceilDiv(10 ** (9 + 36) * uint256(p.minimumRatio), (1 << 120) - 1);
        p.scale = uint128(least - 1);
        encodeRefused(p);
        p.scale = uint128(least);
        this.encode(p);
        p.assets[0].borrowFactor = 10_000;
        p.scale = 1;
        this.encode(p);
        // Under a profile that lends one asset the others are never owed.
        p.profile = "morpho-blue";
        encodeRefused(p);
    }

    function encode(Policy memory p) external pure {
        TermsLib.encode(p, theMarket());
    }

    function encodeRefused(Policy memory p) private {
        vm.expectRevert(abi.encodeWithSelector(Policies.PolicyField.selector, "scale"));
        this.encode(p);
    }

    function test_every_risk_parameter_outside_its_range_is_refused() public {
        Policy memory p = thePolicy();
        p.assets[0].liquidationThreshold = 10_001;
        refusedField(p, "liquidationThreshold");
        p.assets[0].liquidationThreshold = 0;
        refusedField(p, "liquidationThreshold");
        p = thePolicy();
        p.assets[0].haircut = 10_001;
        refusedField(p, "haircut");
        p = thePolicy();
        p.assets[0].volatilityBuffer = 10_001;
        refusedField(p, "volatilityBuffer");
        p = thePolicy();
        p.assets[0].yieldDecay = 1_000_001;
        refusedField(p, "yieldDecay");
        p = thePolicy();
        p.assets[1].borrowFactor = 9_999;
        refusedField(p, "borrowFactor");
        p.assets[1].borrowFactor = 1_000_001;
        refusedField(p, "borrowFactor");
        p = thePolicy();
        p.assets[1].debtInterest = 1_000_001;
        refusedField(p, "debtInterest");
        p = thePolicy();
        p.assets[1].priceDecimals = 37;
        refusedField(p, "priceDecimals");
        p = thePolicy();
        p.assets = new Risk[](1);
        refusedField(p, "assets");
    }

    function test_a_market_of_no_assets_of_65_or_of_too_many_decimals_is_refused() public {
        Policy memory p = thePolicy();
        Market memory m = theMarket();
        m.assets = new Asset[](0);
        p.assets = new Risk[](0);
        refusedMarket(p, m, "assets");
        m.assets = new Asset[](65);
        p.assets = new Risk[](65);
        for (uint256 i = 0; i < 65; ++i) {
            p.assets[i] = thePolicy().assets[0];
        }
        refusedMarket(p, m, "assets");
        p = thePolicy();
        m = theMarket();
        m.assets[1].decimals = 37;
        refusedMarket(p, m, "decimals");
    }

    function refusedMarket(Policy memory p, Market memory m, string memory field) private {
        p.market = Policies.marketId(m);
        vm.expectRevert(abi.encodeWithSelector(Policies.PolicyField.selector, field));
        vm.prank(OWNER);
        registry.publish(p, m);
    }

    function test_attesters_ascend_and_suffice() public {
        Policy memory p = thePolicy();
        p.minimumAttesters = 4;
        refusedField(p, "minimumAttesters");
        p.minimumAttesters = 0;
        refusedField(p, "minimumAttesters");
        p = thePolicy();
        p.attesters[1] = p.attesters[0];
        refusedField(p, "attesters");
        p.attesters[0] = address(0);
        refusedField(p, "attesters");
        p = thePolicy();
        p.attesters = new address[](33);
        for (uint256 i = 0; i < 33; ++i) {
            p.attesters[i] = address(uint160(i + 1));
        }
        refusedField(p, "attesters");
        p = thePolicy();
        p.recorder = address(this);
        refusedField(p, "recorder");
        p = thePolicy();
        p.attesters = new address[](0);
        refusedField(p, "minimumAttesters");
        p.minimumAttesters = 0;
        refusedPolicy(p, abi.encodeWithSelector(Policies.Unanchored.selector));
    }

    function test_a_profile_that_is_unknown_or_not_of_its_form_is_refused() public {
        Policy memory p = thePolicy();
        p.profile = "aave-v3.4";
        refusedPolicy(p, abi.encodeWithSelector(Profiles.ProfileUnknown.selector, "aave-v3.4"));
        p.profile = "aave-v3.5";
        p.quote = "EUR";
        refusedPolicy(p, abi.encodeWithSelector(Profiles.ProfileForm.selector, "profile_quote"));
        p.quote = "USD";
        publish(p);
    }

    /// @dev The code of a proxy (EIP-1167) and of an account that delegates (EIP-7702): the hash stays, what it does changes.
    function test_a_verifier_whose_code_can_change_behind_its_hash_is_refused() public {
        address proxy = address(0x9999);
        bytes[4] memory codes = [
            bytes(hex"363d3d373d3d3d363d73bebebebebebebebebebebebebebebebebebebebe5af43d82803e903d91602b57fd5bf3"),
            abi.encodePacked(hex"ef0100", address(verifier)),
            hex"5fff",
            hex"5f5f5f5f5f5f5ff2"
        ];
        for (uint256 i = 0; i < codes.length; ++i) {
            vm.etch(proxy, codes[i]);
            vm.expectRevert(abi.encodeWithSelector(Routes.CodeCanChange.selector, proxy));
            vm.prank(OWNER);
            registry.addRoute(proxy, KEY);
        }
        // The same bytes as data of a push are no operation.
        vm.etch(proxy, hex"61f4ff505f5ffd");
        vm.expectRevert();
        vm.prank(OWNER);
        registry.addRoute(proxy, KEY);
    }
}
