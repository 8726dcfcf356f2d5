// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Holdings, HoldingsStatement} from "../src/lib/Holdings.sol";
import {Market, Policies, Policy} from "../src/lib/Policies.sol";
import {ContextFields, Statements} from "../src/lib/Statements.sol";
import {Terms, TermsLib} from "../src/lib/Terms.sol";
import {WeightVector, Weights} from "../src/lib/Weights.sol";
import {Vectors} from "./support/Vectors.sol";

/// @dev Ids, digests and weights equal the vectors that Rust is tested against.
contract EncodingsTest is Vectors {
    using TermsLib for Terms;

    struct Case {
        string key;
        Market market;
        Policy policy;
        Terms terms;
        uint128[] floors;
        uint128[] ceilings;
        uint256 asOf;
        uint256 validUntil;
    }

    function load(uint256 index) private view returns (Case memory c) {
        c.key = element(".cases", index);
        c.market = marketOf(string.concat(c.key, ".market"));
        c.policy = policyOf(string.concat(c.key, ".policy"), Policies.marketId(c.market));
        c.terms = abi.decode(TermsLib.encode(c.policy, c.market), (Terms));
        c.floors = list128(c.key, ".output.floors");
        c.ceilings = list128(c.key, ".output.ceilings");
        c.asOf = number(c.key, ".context.asOf");
        c.validUntil = number(c.key, ".context.validUntil");
    }

    function test_there_are_vectors_with_and_without_an_anchor_and_a_credit_line() public view {
        assertTrue(countOf(".cases", ".name") >= 2, "cases");
        assertTrue(vm.keyExistsJson(vectors, ".cases[1].holdings"), "an anchor");
        assertTrue(number(".cases[0]", ".context.creditAmount") > 0, "a credit line");
    }

    function test_ids_equal_the_vectors() public view {
        for (uint256 i = 0; i < countOf(".cases", ".name"); ++i) {
            Case memory c = load(i);
            assertEq(Policies.marketId(c.market), word(c.key, ".output.marketId"), "market id");
            assertEq(Policies.id(c.policy), word(c.key, ".output.policyId"), "policy id");
            assertEq(Statements.boundsHash(c.floors, c.ceilings), word(c.key, ".output.boundsHash"), "bounds hash");
        }
    }

    function test_weights_and_margins_equal_the_vectors() public view {
        for (uint256 i = 0; i < countOf(".cases", ".name"); ++i) {
            Case memory c = load(i);
            uint256 elapsed = c.validUntil - c.asOf;
            WeightVector memory weights = Weights.derive(c.terms, elapsed, c.floors, c.ceilings);
            uint128[] memory w = list128(c.key, ".output.collateralWeights");
            uint128[] memory v = list128(c.key, ".output.debtWeights");
            uint128[] memory f = list128(c.key, ".output.collateralFactors");
            uint128[] memory g = list128(c.key, ".output.debtFactors");
            for (uint256 j = 0; j < 8; ++j) {
                if (j < w.length) {
                    assertEq(Weights.collateralFactor(c.terms.asset(j), elapsed), f[j], "collateral factor");
                    assertEq(Weights.debtFactor(c.terms.asset(j), c.policy.minimumRatio, elapsed), g[j], "debt factor");
                }
                assertEq(weights.collateral[j], j < w.length ? w[j] : 0, "collateral weight");
                assertEq(weights.debt[j], j < w.length ? v[j] : (1 << 120) - 1, "debt weight");
            }
            uint256 margin = Weights.marginOf(
                c.terms,
                weights,
                uint8(number(c.key, ".context.creditAsset")),
                uint128(number(c.key, ".context.creditAmount"))
            );
            assertEq(margin, number(c.key, ".output.margin"), "margin");
        }
    }

    function test_holdings_statements_equal_the_vectors() public view {
        assertEq(Holdings.DOMAIN_SEPARATOR, word(".eip712", ".domainSeparator"), "domain");
        assertEq(Holdings.STATEMENT_TYPE, word(".eip712", ".typeHash"), "type");
        for (uint256 i = 0; i < countOf(".cases", ".name"); ++i) {
            string memory key = element(".cases", i);
            if (!vm.keyExistsJson(vectors, string.concat(key, ".holdings"))) continue;
            bytes32 hash = Holdings.hash(holdings(key));
            assertEq(hash, word(key, ".output.holdingsHash"), "struct hash");
            assertEq(Holdings.digest(hash), word(key, ".output.signingHash"), "digest");
        }
    }

    function test_contexts_equal_the_vectors() public view {
        uint256 compared = 0;
        for (uint256 i = 0; i < countOf(".cases", ".name"); ++i) {
            Case memory c = load(i);
            // The others are for an audience off chain.
            if (!vm.keyExistsJson(vectors, string.concat(c.key, ".context.registry"))) continue;
            ContextFields memory fields = ContextFields({
                verifyingKey: word(c.key, ".context.verifyingKey"),
                policy: Policies.id(c.policy),
                market: c.policy.market,
                subject: account(c.key, ".context.subject"),
                anchor: Holdings.hash(holdings(c.key)),
                bounds: Statements.boundsHash(c.floors, c.ceilings),
                creditAsset: uint8(number(c.key, ".context.creditAsset")),
                creditAmount: uint128(number(c.key, ".context.creditAmount")),
                asOf: uint64(c.asOf),
                validUntil: uint64(c.validUntil)
            });
            uint256 chainId = number(c.key, ".context.registry.chainId");
            uint256 found = Statements.context(fields, chainId, account(c.key, ".context.registry.address"));
            assertEq(found, uint256(word(c.key, ".output.context")), "context");
            assertTrue(found < 1 << 253, "253 bits");
            ++compared;
        }
        assertTrue(compared > 0, "a context on chain");
    }

    function holdings(string memory key) private view returns (HoldingsStatement memory) {
        string memory item = string.concat(key, ".holdings");
        return HoldingsStatement({
            commitment: word(item, ".commitment"),
            marketId: Policies.marketId(marketOf(string.concat(key, ".market"))),
            subject: account(item, ".subject"),
            beneficiary: account(item, ".beneficiary"),
            beneficiaryChainId: number(item, ".beneficiaryChainId"),
            asOf: uint64(number(item, ".asOf")),
            sequence: uint64(number(item, ".sequence")),
            expiry: uint64(number(item, ".expiry"))
        });
    }
}
