{# A product and its sum with the point at RIGHT. The scalar's word follows the point and is overwritten. Arguments are
   evaluated from the last to the first: the product comes before the sum. -#}
{% macro add_product(point, scalar) %}
            mstore(add({{ point }}, 0x40), {{ scalar }})
            ok := and(and(staticcall(GAS_ADD, 6, RIGHT, 0x80, RIGHT, 0x40), staticcall(GAS_MUL, 7, {{ point }}, 0x60, MINUS_G2, 0x40)), ok)
{% endmacro -%}
{% macro add_fixed_product(words, scalar) %}
            mstore(SUMMAND, {{ words[0] }})
            mstore(add(SUMMAND, 0x20), {{ words[1] }})
{{ add_product("SUMMAND", scalar) }}
{%- endmacro -%}
{# num/z := num/z + evaluation·weight/(u − x·omega) -#}
{% macro add_evaluation(point, distance) %}
                num := add(mulmod(num, {{ distance }}, r), mulmod(mulmod(mload({{ point.evaluation }}), {{ point.weight }}, r), z, r))
                z := mulmod(z, {{ distance }}, r)
{% endmacro -%}
// SPDX-License-Identifier: MIT OR Apache-2.0
// Written by verifier/contracts/generator from the verifying key. Do not edit: change the template and generate anew.
pragma solidity ^0.8.24;

import "./Halo2VerifierMemory.sol";
import {IAttestationVerifier} from "./IAttestationVerifier.sol";

/// @title Verifier of `solvency/v1` under one verifying key
/// @notice Halo2 with KZG and SHPLONK over BN254. The page "On chain" of the book explains each step.
/// @dev Whatever does not verify is false: there is no revert but for calldata that is no ABI encoding of the arguments,
/// or for want of gas. The code works in memory from address zero on and never returns to Solidity's own.
contract Halo2Verifier is IAttestationVerifier {
    /// @notice Fingerprint of the verifying key: the identity by which policies and attestations name it.
    bytes32 public constant FINGERPRINT = {{ fingerprint }};

    /// @dev Bytes of a proof: nine points and {{ evaluations | length }} evaluations.
    uint256 private constant PROOF_LENGTH = 0x480;
    uint256 private constant INPUTS = {{ sizes.count }};
    /// @dev Order of the group: the modulus of scalars.
    uint256 private constant ORDER = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;

    /// @dev Gas given to the precompiled contracts: several times the price, because an invalid point costs all of it.
    uint256 private constant GAS_ADD = 2000;
    uint256 private constant GAS_MUL = 30000;
    uint256 private constant GAS_PAIRING = 500000;
    uint256 private constant GAS_POWER = 20000;

    /// @inheritdoc IAttestationVerifier
    function verify(bytes calldata proof, uint256[] calldata publicInputs) external view returns (bool) {
        bool ok;
        // The one ABI encoding: both arguments where they belong, and nothing after them.
        assembly {
            ok := and(eq(proof.offset, 0x64), eq(proof.length, PROOF_LENGTH))
            ok := and(ok, and(eq(publicInputs.offset, 0x504), eq(publicInputs.length, INPUTS)))
            ok := and(ok, eq(calldatasize(), {{ sizes.call }}))
        }
        if (ok) ok = _accumulate(0x64, 0x504);
        if (ok) ok = _paired();
        assembly {
            mstore(0x00, ok)
            return(0x00, 0x20)
        }
    }

    /// @inheritdoc IAttestationVerifier
    function verifyBatch(bytes[] calldata proofs, uint256[][] calldata publicInputs) external view returns (bool) {
        bool ok;
        uint256 factor;
        uint256 count = proofs.length;
        assembly {
            ok := and(gt(count, 0), eq(publicInputs.length, count))
            ok := and(ok, eq(proofs.offset, 0x64))
            ok := and(ok, eq(publicInputs.offset, add(0x84, mul(count, 0x4c0))))
            ok := and(ok, eq(calldatasize(), add(0x84, mul(count, {{ sizes.item }}))))
            // One factor from all that is claimed: the key, every proof and every public input.
            if ok {
                mstore(BATCH, {{ key_digest }})
                calldatacopy(add(BATCH, 0x20), 4, sub(calldatasize(), 4))
                factor := mod(keccak256(BATCH, add(calldatasize(), 0x1c)), ORDER)
            }
        }
        for (uint256 i = 0; ok && i < count; ++i) {
            uint256 proof;
            uint256 inputs;
            assembly {
                proof := add(mul(count, 0x20), mul(i, 0x4a0))
                inputs := add(mul(count, 0x20), mul(i, {{ sizes.inputs_item }}))
                ok := eq(calldataload(add(proofs.offset, mul(i, 0x20))), proof)
                ok := and(ok, eq(calldataload(add(publicInputs.offset, mul(i, 0x20))), inputs))
                proof := add(proofs.offset, proof)
                inputs := add(publicInputs.offset, inputs)
                ok := and(ok, eq(calldataload(proof), PROOF_LENGTH))
                ok := and(ok, eq(calldataload(inputs), INPUTS))
                proof := add(proof, 0x20)
                inputs := add(inputs, 0x20)
            }
            if (ok) ok = _accumulate(proof, inputs);
            if (ok) ok = _total(factor, i == 0);
        }
        assembly {
            mcopy(LEFT, TOTAL_LEFT, 0x40)
            mcopy(RIGHT, TOTAL_RIGHT, 0x40)
            mcopy(FIXED_CONSTANT, TOTALS, 0xc0)
        }
        if (ok) ok = _paired();
        assembly {
            mstore(0x00, ok)
            return(0x00, 0x20)
        }
    }

    /// @dev Reduces a proof to an equation `e(left, tau·G2) = e(right, G2)`. Writes `LEFT`, and of `right` the part that
    /// is the proof's own to `RIGHT`; the rest are multiples of the key's points, by the scalars `FIXED_…`, and of the
    /// generator, by `−NUMERATOR/DENOMINATOR`.
    function _accumulate(uint256 proof, uint256 inputs) private view returns (bool ok) {
        assembly {
            let r := ORDER

            // Public inputs, proof and challenges. Every value in its one encoding: scalars below the order, widths of
            // the statement, no point at infinity. The precompiled contracts refuse points that are not on the curve
            // and coordinates that are not reduced, and every point is passed to one.
            mstore(KEY_DIGEST, {{ key_digest }})
            calldatacopy(COMMITMENT, inputs, {{ sizes.inputs }})
            ok := lt(mload(COMMITMENT), r)
            {
                let weights := mload(W_0)
{% for i in range(0, assets, 4) %}
                weights := or(or(or(or(weights, mload(W_{{ i }})), mload(W_{{ i + 1 }})), mload(W_{{ i + 2 }})), mload(W_{{ i + 3 }}))
                weights := or(or(or(or(weights, mload(V_{{ i }})), mload(V_{{ i + 1 }})), mload(V_{{ i + 2 }})), mload(V_{{ i + 3 }}))
{% endfor %}
                ok := and(ok, iszero(or(or(shr(253, mload(CONTEXT)), shr(240, mload(MARGIN))), shr(120, weights))))
            }

            calldatacopy(POINT_A, proof, 0x80)
            mstore(STATE_RANDOM, keccak256(KEY_DIGEST, {{ sizes.hashed }}))
            // Two challenges more for arguments that the circuit does not use.
            mstore8(POINT_RANDOM, 1)
            mstore(STATE_RANDOM, keccak256(STATE_RANDOM, 0x21))
            mstore(STATE_RANDOM, keccak256(STATE_RANDOM, 0x21))
            calldatacopy(POINT_RANDOM, add(proof, 0x80), 0x40)
            mstore(STATE_QUOTIENT, keccak256(STATE_RANDOM, 0x60))
            calldatacopy(POINT_H0, add(proof, 0xc0), 0x100)
            mstore(STATE_EVALUATIONS, keccak256(STATE_QUOTIENT, 0x120))
            mstore(X, mod(mload(STATE_EVALUATIONS), r))
            calldatacopy({{ evaluations[0] }}, add(proof, 0x1c0), 0x240)
            mstore(STATE_OPENING, keccak256(STATE_EVALUATIONS, 0x260))
            mstore(COMBINE, mload(STATE_OPENING))
            mstore8(POINT_OPENING, 1)
            mstore(STATE_OPENING, keccak256(STATE_OPENING, 0x21))
            calldatacopy(POINT_OPENING, add(proof, 0x400), 0x40)
            mstore(U, mod(keccak256(STATE_OPENING, 0x60), r))
            calldatacopy(LEFT, add(proof, 0x440), 0x40)
{% for row in evaluations | batch(6) %}
            ok := and({% for _ in row[1:] %}and({% endfor %}lt(mload({{ row[0] }}), r){% for name in row[1:] %}, lt(mload({{ name }}), r)){% endfor %}, ok)
{% endfor %}
            // A point with y = 0 is the one at infinity or none of the curve.
{% for row in ["POINT_A", "POINT_B", "POINT_RANDOM", "POINT_H0", "POINT_H1", "POINT_H2", "POINT_H3", "POINT_OPENING", "LEFT"] | batch(3) %}
            ok := and(iszero(or(or(iszero(mload(add({{ row[0] }}, 0x20))), iszero(mload(add({{ row[1] }}, 0x20)))), iszero(mload(add({{ row[2] }}, 0x20))))), ok)
{% endfor %}

            // The gates: their sum by powers of y.
            {
                let y := mload(STATE_QUOTIENT)
                let y2 := mulmod(y, y, r)
                let y3 := mulmod(y2, y, r)
                mstore(Y_2, y2)
                mstore(Y_3, y3)
                let e
                let g
{{ gates | trim | indent(16, true) }}
                mstore(G, g)
            }

{% if weights %}
        }
        {{ weights.call }}
        assembly {
            let r := ORDER

{% endif %}
            // What the gates read of the public inputs: x^n − 1 times p/q.
            {
                let y := mload(STATE_QUOTIENT)
                let y2 := mload(Y_2)
                let y3 := mload(Y_3)
{{ inputs | trim | indent(16, true) }}
                mstore(P, p)
                mstore(Q, q)
            }

            // The opening argument. With z the product of the distances u − x·ω^ρ, a polynomial's part of what is to be
            // subtracted is num/z times z: num/z := num/z + evaluation·weight/distance, point by point.
            {
                let u := mload(U)
                let x := mload(X)
                let z := 1
                let num := 0
{% for point in only_a %}
                {
                let d := add(u, sub(r, mulmod(x, {{ point.omega }}, r)))
{{ add_evaluation(point, "d") }}
                }
{% endfor %}
                mstore(Z_1, z)
{% for point in shifted %}
                let d{{ point.rotation }} := add(u, sub(r, mulmod(x, {{ point.omega }}, r)))
{{ add_evaluation(point, "d" ~ point.rotation) }}
{%- endfor %}
                mstore(Z_2, z)
                let d0 := add(u, sub(r, x))
{{ add_evaluation(current, "d0") }}
                mstore(SCALAR_Z, sub(r, z))
                mstore(NUMERATOR, num)

                // B and the constants, opened at fewer points.
                let combine := mload(COMBINE)
                z := 1
                num := 0
{% for point in shared %}
                num := add(mulmod(num, d{{ point.rotation }}, r), mulmod(mulmod(add(mload({{ point.evaluation }}), mulmod(combine, mload(CONSTANT_{{ point.rotation }}), r)), {{ point.weight }}, r), z, r))
                z := mulmod(z, d{{ point.rotation }}, r)
{% endfor %}
                let scalar := mulmod(mload(STATE_OPENING), mload(Z_1), r)
                mstore(SCALAR_B, scalar)
                mstore(FIXED_CONSTANT, mulmod(scalar, combine, r))
                // The weights of A are of degree −7 in x, these of degree −2.
                let x2 := mulmod(x, x, r)
                let x5 := mulmod(mulmod(x2, x2, r), x, r)
                num := add(mload(NUMERATOR), mulmod(mulmod(num, x5, r), scalar, r))

                // What is opened at x alone; the quotient's value is (g + (x^n − 1)·p/q)/(x^n − 1).
                let x_n := x2
{% for _ in range(1, k) %}
                x_n := mulmod(x_n, x_n, r)
{% endfor %}
                mstore(X_N, x_n)
                x_n := add(x_n, sub(r, 1))
                scalar := mulmod(mulmod(mload(STATE_OPENING), mload(STATE_OPENING), r), mload(Z_2), r)
                mstore(FIXED_LIMB, scalar)
                let value := mulmod(add(mulmod(mload(RANDOM_0), combine, r), 0), combine, r)
                value := mulmod(add(value, mload(TURN_0)), combine, r)
                value := mulmod(add(value, mload(ROUND_0)), combine, r)
                value := mulmod(add(value, mload(LIMB_0)), scalar, r)
                scalar := mulmod(scalar, combine, r)
                mstore(FIXED_ROUND, scalar)
                scalar := mulmod(scalar, combine, r)
                mstore(FIXED_TURN, scalar)
                scalar := mulmod(scalar, combine, r)
                mstore(SCALAR_H, scalar)
                mstore(SCALAR_RANDOM, mulmod(scalar, combine, r))
                let q := mload(Q)
                let numerator := add(mulmod(mload(G), q, r), mulmod(x_n, mload(P), r))
                q := mulmod(x_n, q, r)
                value := add(mulmod(value, q, r), mulmod(scalar, numerator, r))
                let x7 := mulmod(x5, x2, r)
                mstore(NUMERATOR, add(mulmod(num, q, r), mulmod(value, x7, r)))
                mstore(DENOMINATOR, mulmod(q, x7, r))
            }

            // The proof's own points. Each scalar overwrites what follows its point, which was used before.
            mcopy(RIGHT, POINT_A, 0x40)
{% for piece in [3, 2, 1, 0] %}
{% if piece == 3 %}
            let power := mulmod(mload(X_N), mload(X_N), r)
{{ add_product("POINT_H3", "mulmod(mulmod(power, mload(X_N), r), mload(SCALAR_H), r)") }}
{%- elif piece == 2 %}
{{ add_product("POINT_H2", "mulmod(power, mload(SCALAR_H), r)") }}
{%- elif piece == 1 %}
{{ add_product("POINT_H1", "mulmod(mload(X_N), mload(SCALAR_H), r)") }}
{%- else %}
{{ add_product("POINT_H0", "mload(SCALAR_H)") }}
{%- endif %}
{% endfor %}
{{ add_product("POINT_RANDOM", "mload(SCALAR_RANDOM)") }}
{{- add_product("POINT_B", "mload(SCALAR_B)") }}
{{- add_product("POINT_OPENING", "mload(SCALAR_Z)") }}
{{- add_product("LEFT", "mload(U)") -}}
        }
    }
{% if weights %}

{{ weights.text | trim | indent(4, true) }}
{% endif %}

    /// @dev Adds an equation to the totals, which are multiplied by `factor` before.
    function _total(uint256 factor, bool first) private view returns (bool ok) {
        assembly {
            let r := ORDER
            switch first
            case 1 {
                mcopy(TOTAL_LEFT, LEFT, 0x40)
                mcopy(TOTAL_RIGHT, RIGHT, 0x40)
                mcopy(TOTALS, FIXED_CONSTANT, 0xc0)
                ok := 1
            }
            default {
                mstore(add(TOTAL_LEFT, 0x40), factor)
                ok := staticcall(GAS_MUL, 7, TOTAL_LEFT, 0x60, TOTAL_LEFT, 0x40)
                mcopy(add(TOTAL_LEFT, 0x40), LEFT, 0x40)
                ok := and(ok, staticcall(GAS_ADD, 6, TOTAL_LEFT, 0x80, TOTAL_LEFT, 0x40))
                mstore(add(TOTAL_RIGHT, 0x40), factor)
                ok := and(ok, staticcall(GAS_MUL, 7, TOTAL_RIGHT, 0x60, TOTAL_RIGHT, 0x40))
                mcopy(add(TOTAL_RIGHT, 0x40), RIGHT, 0x40)
                ok := and(ok, staticcall(GAS_ADD, 6, TOTAL_RIGHT, 0x80, TOTAL_RIGHT, 0x40))
{% for word in range(4) %}
                mstore(add(TOTALS, {{ word * 32 }}), add(mulmod(mload(add(TOTALS, {{ word * 32 }})), factor, r), mload(add(FIXED_CONSTANT, {{ word * 32 }}))))
{% endfor %}
                let numerator := mulmod(mulmod(mload(add(TOTALS, 128)), factor, r), mload(DENOMINATOR), r)
                let denominator := mload(add(TOTALS, 160))
                mstore(add(TOTALS, 128), add(numerator, mulmod(mload(NUMERATOR), denominator, r)))
                mstore(add(TOTALS, 160), mulmod(denominator, mload(DENOMINATOR), r))
            }
        }
    }

    /// @dev Adds the multiples of the key's points and of the generator to the right side and compares by one pairing.
    function _paired() private view returns (bool ok) {
        assembly {
            let r := ORDER
            ok := 1
{% for point in fixed %}
            // {{ point.name }}
{{ add_fixed_product(point.words, "mload(FIXED_" ~ point.name ~ ")") }}
{%- endfor %}
            // The inverse, by Fermat. No denominator is zero but with negligible probability, and then nothing is true.
            mstore(SUMMAND, 0x20)
            mstore(add(SUMMAND, 0x20), 0x20)
            mstore(add(SUMMAND, 0x40), 0x20)
            let denominator := mload(DENOMINATOR)
            ok := and(ok, iszero(iszero(mod(denominator, r))))
            mstore(add(SUMMAND, 0x60), denominator)
            mstore(add(SUMMAND, 0x80), sub(r, 2))
            mstore(add(SUMMAND, 0xa0), r)
            ok := and(ok, staticcall(GAS_POWER, 5, SUMMAND, 0xc0, DENOMINATOR, 0x20))
            let scalar := sub(r, mulmod(mload(NUMERATOR), mload(DENOMINATOR), r))
            // The generator.
{{ add_fixed_product(generator, "scalar") }}
{% for word in tau_g2 %}
            mstore(add(TAU_G2, {{ loop.index0 * 32 }}), {{ word }})
{% endfor %}
{% for word in minus_g2 %}
            mstore(add(MINUS_G2, {{ loop.index0 * 32 }}), {{ word }})
{% endfor %}
            // Every point in it came out of a precompiled contract: only for want of gas can the call fail.
            if iszero(staticcall(GAS_PAIRING, 8, LEFT, 0x180, 0x00, 0x20)) { revert(0x00, 0x00) }
            ok := and(ok, eq(mload(0x00), 1))
        }
    }
}
