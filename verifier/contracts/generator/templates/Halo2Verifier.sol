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
{# Whether a word is a signed integer of a width: below 2^bits, or one of those from r − 2^bits + 1 to r − 1. #}
{%- macro within(name, width) -%}
or(lt({{ name }}, {{ width.above }}), lt(sub({{ name }}, {{ width.least }}), {{ width.negative }}))
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

/// @title Verifier of `{{ statement }}` under one verifying key
/// @notice Halo2 with KZG and SHPLONK over BN254. The page "On chain" of the book explains each step.
/// @dev Whatever does not verify is false: there is no revert but for calldata that is no ABI encoding of the arguments,
/// or for want of gas. The code works in memory from address zero on and never returns to Solidity's own.
contract Halo2Verifier is IAttestationVerifier {
    /// @notice Fingerprint of the verifying key: the identity by which policies and attestations name it.
    bytes32 public constant FINGERPRINT = {{ fingerprint }};

    /// @dev Bytes of a proof: {{ sizes.points_in_words }} points and {{ evaluations | length }} evaluations.
    uint256 private constant PROOF_LENGTH = {{ sizes.proof }};
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
            ok := and(ok, and(eq(publicInputs.offset, {{ sizes.inputs_at }}), eq(publicInputs.length, INPUTS)))
            ok := and(ok, eq(calldatasize(), {{ sizes.call }}))
        }
        if (ok) ok = _accumulate(0x64, {{ sizes.inputs_at }});
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
            ok := and(ok, eq(publicInputs.offset, add(0x84, mul(count, {{ sizes.proof_item }}))))
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
                proof := add(mul(count, 0x20), mul(i, {{ sizes.proof_words }}))
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
            mcopy(FIXED_CONSTANT, TOTALS, {{ sizes.totals }})
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
{% if matrix %}
            calldatacopy(COMMITMENT_0, inputs, {{ sizes.inputs }})
            ok := iszero(shr(253, mload(CONTEXT)))
{% for k in range(matrix.commitments) %}
            ok := and(lt(mload(COMMITMENT_{{ k }}), r), ok)
{% endfor %}

            calldatacopy(POINT_A, proof, 0x80)
            mstore(STATE_SUM, keccak256(KEY_DIGEST, {{ sizes.hashed }}))
            mstore(RHO, mod(mload(STATE_SUM), r))
            calldatacopy(POINT_S, add(proof, 0x80), 0x40)
            mstore(STATE_RANDOM, keccak256(STATE_SUM, 0x60))
{% else %}
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
{% endif %}
            // Two challenges more for arguments that the circuit does not use.
            mstore8(POINT_RANDOM, 1)
            mstore(STATE_RANDOM, keccak256(STATE_RANDOM, 0x21))
            mstore(STATE_RANDOM, keccak256(STATE_RANDOM, 0x21))
            calldatacopy(POINT_RANDOM, add(proof, {{ sizes.at_random }}), 0x40)
            mstore(STATE_QUOTIENT, keccak256(STATE_RANDOM, 0x60))
            calldatacopy(POINT_H0, add(proof, {{ sizes.at_pieces }}), 0x100)
            mstore(STATE_EVALUATIONS, keccak256(STATE_QUOTIENT, 0x120))
            mstore(X, mod(mload(STATE_EVALUATIONS), r))
            calldatacopy({{ evaluations[0] }}, add(proof, {{ sizes.at_evaluations }}), {{ sizes.evaluations }})
            mstore(STATE_OPENING, keccak256(STATE_EVALUATIONS, {{ sizes.evaluations_hashed }}))
            mstore(COMBINE, mload(STATE_OPENING))
            mstore8(POINT_OPENING, 1)
            mstore(STATE_OPENING, keccak256(STATE_OPENING, 0x21))
            calldatacopy(POINT_OPENING, add(proof, {{ sizes.at_opening }}), 0x40)
            mstore(U, mod(keccak256(STATE_OPENING, 0x60), r))
            calldatacopy(LEFT, add(proof, {{ sizes.at_left }}), 0x40)
{% for row in evaluations | batch(6) %}
            ok := and({% for _ in row[1:] %}and({% endfor %}lt(mload({{ row[0] }}), r){% for name in row[1:] %}, lt(mload({{ name }}), r)){% endfor %}, ok)
{% endfor %}
            // A point with y = 0 is the one at infinity or none of the curve.
{% for row in ["POINT_A", "POINT_B", "POINT_RANDOM", "POINT_H0", "POINT_H1", "POINT_H2", "POINT_H3", "POINT_OPENING", "LEFT"] | batch(3) %}
            ok := and(iszero(or(or(iszero(mload(add({{ row[0] }}, 0x20))), iszero(mload(add({{ row[1] }}, 0x20)))), iszero(mload(add({{ row[2] }}, 0x20))))), ok)
{% endfor %}
{% if matrix %}
            ok := and(iszero(iszero(mload(add(POINT_S, 0x20)))), ok)
{% endif %}

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

{% if weights or matrix %}
        }
{% if matrix %}
        if (ok) ok = _combine();
{% else %}
        {{ weights.call }}
{% endif %}
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
{%- if matrix and point.rotation == 2 %}
                mstore(Z_2, z)
{% endif %}
{%- endfor %}
                mstore({{ "Z_3" if matrix else "Z_2" }}, z)
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
{% if matrix %}
                // The weights of A are of degree −6 in x, these of degree −2.
                let x2 := mulmod(x, x, r)
                let x4 := mulmod(x2, x2, r)
                mstore(NUMERATOR, add(mload(NUMERATOR), mulmod(mulmod(num, x4, r), scalar, r)))

                // S, opened at two points: degree −1.
                z := 1
                num := 0
{% for point in sum %}
{{ add_evaluation(point, "d" ~ point.rotation) }}
{%- endfor %}
                scalar := mulmod(mulmod(mload(STATE_OPENING), mload(STATE_OPENING), r), mload(Z_2), r)
                mstore(SCALAR_S, scalar)
                num := add(mload(NUMERATOR), mulmod(mulmod(num, mulmod(x4, x, r), r), scalar, r))
{% else %}
                // The weights of A are of degree −7 in x, these of degree −2.
                let x2 := mulmod(x, x, r)
                let x5 := mulmod(mulmod(x2, x2, r), x, r)
                num := add(mload(NUMERATOR), mulmod(mulmod(num, x5, r), scalar, r))
{% endif %}

                // What is opened at x alone; the quotient's value is (g + (x^n − 1)·p/q)/(x^n − 1).
                let x_n := x2
{% for _ in range(1, k) %}
                x_n := mulmod(x_n, x_n, r)
{% endfor %}
                mstore(X_N, x_n)
                x_n := add(x_n, sub(r, 1))
{% if matrix %}
                scalar := mulmod(mulmod(mload(STATE_OPENING), mload(STATE_OPENING), r), mulmod(mload(STATE_OPENING), mload(Z_3), r), r)
{% else %}
                scalar := mulmod(mulmod(mload(STATE_OPENING), mload(STATE_OPENING), r), mload(Z_2), r)
{% endif %}
                mstore(FIXED_{{ rest[0] }}, scalar)
                let value := mulmod(add(mulmod(mload(RANDOM_0), combine, r), 0), combine, r)
{% for name in rest[1:] | reverse %}
                value := mulmod(add(value, mload({{ name }}_0)), combine, r)
{% endfor %}
                value := mulmod(add(value, mload({{ rest[0] }}_0)), scalar, r)
{% for name in rest[1:] %}
                scalar := mulmod(scalar, combine, r)
                mstore(FIXED_{{ name }}, scalar)
{% endfor %}
                scalar := mulmod(scalar, combine, r)
                mstore(SCALAR_H, scalar)
                mstore(SCALAR_RANDOM, mulmod(scalar, combine, r))
                let q := mload(Q)
                let numerator := add(mulmod(mload(G), q, r), mulmod(x_n, mload(P), r))
                q := mulmod(x_n, q, r)
                value := add(mulmod(value, q, r), mulmod(scalar, numerator, r))
                let {{ x_power }} := mulmod({{ "x4, x2" if matrix else "x5, x2" }}, r)
                mstore(NUMERATOR, add(mulmod(num, q, r), mulmod(value, {{ x_power }}, r)))
                mstore(DENOMINATOR, mulmod(q, {{ x_power }}, r))
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
{%- if matrix %}
{{ add_product("POINT_S", "mload(SCALAR_S)") }}
{%- endif %}
{{- add_product("POINT_OPENING", "mload(SCALAR_Z)") }}
{{- add_product("LEFT", "mload(U)") -}}
        }
    }
{% if weights %}

{{ weights.text | trim | indent(4, true) }}
{% endif %}
{% if matrix %}

    /// @dev What the gates read of the rows of coefficients, but for a factor: P/Q = Σ_r ρ^(R − 1 − r)·(Σ_i A_ri·weight_i −
    /// c_r·weight_c). The commitments likewise: COMMITTED/Q. False where a coefficient or a constant is not in its width.
    function _combine() private pure returns (bool ok) {
        assembly {
            let r := ORDER

            // For each row j that is read l_j(x)·n·Q/(x^n − 1), where Q is the product of all distances x − ω^j: ω^j times the
            // distances before j, which are put aside first, times those after it. Coefficients are read in rows j and j + 1.
            function aside(place, product, root) -> next {
                mstore(add(BEFORE, place), product)
                next := mulmod(product, add(mload(X), sub(ORDER, root)), ORDER)
            }
            function aside_two(place, product, root) -> next {
                next := aside(place, product, root)
                next := mulmod(next, add(mload(X), sub(ORDER, mulmod(root, {{ matrix.omega }}, ORDER))), ORDER)
            }
            function lagrange(place, product, root, scale) -> value, next {
                value := mulmod(mulmod(mload(add(BEFORE, place)), product, ORDER), scale, ORDER)
                next := mulmod(product, add(mload(X), sub(ORDER, root)), ORDER)
            }
            function weigh(place, product, root, of_a, of_b) -> next {
                let root_below := mulmod(root, {{ matrix.omega }}, ORDER)
                let above := add(mload(X), sub(ORDER, root))
                let below := add(mload(X), sub(ORDER, root_below))
                next := mulmod(mulmod(product, above, ORDER), below, ORDER)
                let others := mulmod(mload(add(BEFORE, place)), product, ORDER)
                let value := mulmod(mulmod(others, below, ORDER), root, ORDER)
                mstore(add(WEIGHTS, of_a), mulmod(value, mload(A_1), ORDER))
                mstore(add(WEIGHTS, of_b), mulmod(value, mload(B_1), ORDER))
                value := mulmod(mulmod(others, above, ORDER), root_below, ORDER)
                mstore(add(add(WEIGHTS, of_a), 0x20), mulmod(value, mload(A_1), ORDER))
                mstore(add(add(WEIGHTS, of_b), 0x20), mulmod(value, mload(B_1), ORDER))
            }
            {
                let product := 1
                let value, committed
{% for row in matrix.rows %}
                product := {{ "aside" if row.weights is none else "aside_two" }}({{ row.place }}, product, {{ row.root }}) // row {{ row.number }}
{% endfor %}
                mstore(Q, product)
                product := 1
{% for row in matrix.rows | reverse %}
{% if row.weights is not none %}
                product := weigh({{ row.place }}, product, {{ row.root }}, {{ row.weights[0] }}, {{ row.weights[1] }})
{% else %}
                value, product := lagrange({{ row.place }}, product, {{ row.root }}, {{ row.scale }})
{% if row.commitment is not none %}
                committed := addmod(committed, mulmod(value, mload(COMMITMENT_{{ row.commitment }}), r), r)
{% else %}
                mstore(WEIGHT_CONSTANT, value)
{% endif %}
{% endif %}
{% endfor %}
                mstore(COMMITTED, committed)
            }

            // The rows of public inputs, four coefficients at a time. Zeros add nothing.
            ok := 1
            let entry := COEFFICIENTS
            let sum := 0
            for { let constant := CONSTANTS } lt(constant, COEFFICIENTS) { constant := add(constant, 0x20) } {
                let value := mload(constant)
                ok := and(ok, {{ within("value", matrix.constant) }})
                value := mulmod(value, mload(WEIGHT_CONSTANT), r)
                for { let weight := WEIGHTS } lt(weight, WEIGHT_CONSTANT) { weight := add(weight, 0x80) } {
                    let a := mload(entry)
                    let b := mload(add(entry, 0x20))
                    let c := mload(add(entry, 0x40))
                    let d := mload(add(entry, 0x60))
                    if or(or(a, b), or(c, d)) {
                        ok := and(ok, and({{ within("a", matrix.coefficient) }}, {{ within("b", matrix.coefficient) }}))
                        ok := and(ok, and({{ within("c", matrix.coefficient) }}, {{ within("d", matrix.coefficient) }}))
                        a := add(mulmod(a, mload(weight), r), mulmod(b, mload(add(weight, 0x20)), r))
                        c := add(mulmod(c, mload(add(weight, 0x40)), r), mulmod(d, mload(add(weight, 0x60)), r))
                        value := addmod(value, add(a, c), r)
                    }
                    entry := add(entry, 0x80)
                }
                sum := addmod(mulmod(sum, mload(RHO), r), value, r)
            }
            mstore(P, sum)
        }
    }
{% endif %}

    /// @dev Adds an equation to the totals, which are multiplied by `factor` before.
    function _total(uint256 factor, bool first) private view returns (bool ok) {
        assembly {
            let r := ORDER
            switch first
            case 1 {
                mcopy(TOTAL_LEFT, LEFT, 0x40)
                mcopy(TOTAL_RIGHT, RIGHT, 0x40)
                mcopy(TOTALS, FIXED_CONSTANT, {{ sizes.totals }})
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
{% for word in range(fixed | length) %}
                mstore(add(TOTALS, {{ word * 32 }}), add(mulmod(mload(add(TOTALS, {{ word * 32 }})), factor, r), mload(add(FIXED_CONSTANT, {{ word * 32 }}))))
{% endfor %}
                let numerator := mulmod(mulmod(mload(add(TOTALS, {{ fixed | length * 32 }})), factor, r), mload(DENOMINATOR), r)
                let denominator := mload(add(TOTALS, {{ fixed | length * 32 + 32 }}))
                mstore(add(TOTALS, {{ fixed | length * 32 }}), add(numerator, mulmod(mload(NUMERATOR), denominator, r)))
                mstore(add(TOTALS, {{ fixed | length * 32 + 32 }}), mulmod(denominator, mload(DENOMINATOR), r))
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
