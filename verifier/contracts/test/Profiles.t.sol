// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Asset, Market, Policy} from "../src/lib/Policies.sol";
import {Profiles} from "../src/lib/Profiles.sol";
import {Terms, TermsLib} from "../src/lib/Terms.sol";
import {WeightVector, Weights} from "../src/lib/Weights.sol";
import {Vectors} from "./support/Vectors.sol";

/// @dev Weights and margins of every profile, and what is not of its form, equal `margins.json`.
contract ProfilesTest is Vectors {
    constructor() {
        vectors = vm.readFile("../tests/vectors/margins.json");
    }

    /// @dev Weights and margin of a case; reverts where it is refused.
    function derive(string calldata key) external view returns (Terms memory terms, WeightVector memory w, uint256 m) {
        Policy memory policy;
        Market memory market;
        policy.profile = vm.parseJsonString(vectors, string.concat(key, ".profile"));
        policy.quote = vm.parseJsonString(vectors, string.concat(key, ".quote"));
        policy.minimumRatio = uint32(number(key, ".minimumRatio"));
        policy.scale = uint128(number(key, ".scale"));
        string memory list = string.concat(key, ".assets");
        policy.assets = risksOf(list);
        uint256 count = policy.assets.length;
        market.assets = new Asset[](count);
        (uint128[] memory floors, uint128[] memory ceilings) = (new uint128[](count), new uint128[](count));
        for (uint256 i = 0; i < count; ++i) {
            string memory item = element(list, i);
            market.assets[i].decimals = uint8(number(item, ".decimals"));
            floors[i] = uint128(number(item, ".floor"));
            ceilings[i] = uint128(number(item, ".ceiling"));
        }
        terms = abi.decode(TermsLib.encode(policy, market), (Terms));
        w = Weights.derive(terms, number(key, ".elapsed"), floors, ceilings);
        m = Weights.marginOf(terms, w, uint8(number(key, ".creditAsset")), uint128(number(key, ".creditAmount")));
    }

    function test_weights_and_margins_of_every_profile_equal_the_vectors() public view {
        uint256 count = countOf(".cases", ".name");
        assertTrue(count >= 11, "cases");
        for (uint256 i = 0; i < count; ++i) {
            string memory key = element(".cases", i);
            (Terms memory terms, WeightVector memory weights, uint256 margin) = this.derive(key);
            uint128[] memory w = list128(key, ".output.collateralWeights");
            uint128[] memory v = list128(key, ".output.debtWeights");
            for (uint256 j = 0; j < w.length; ++j) {
                assertEq(weights.collateral[j], w[j], "collateral weight");
                assertEq(weights.debt[j], v[j], "debt weight");
            }
            uint256 rounding = Profiles.rounding(terms.profile, weights.debt);
            assertEq(rounding, number(key, ".output.profileMargin"), "profile margin");
            assertEq(margin, number(key, ".output.margin"), "margin");
        }
    }

    function test_what_is_not_of_its_profiles_form_is_refused_as_in_the_vectors() public {
        uint256 count = countOf(".refusals", ".name");
        assertTrue(count >= 22, "refusals");
        for (uint256 i = 0; i < count; ++i) {
            string memory key = element(".refusals", i);
            string memory code = vm.parseJsonString(vectors, string.concat(key, ".refused"));
            vm.expectRevert(abi.encodeWithSelector(Profiles.ProfileForm.selector, code));
            this.derive(key);
        }
    }
}
