// Witnesses that the generator would not make: it stops at the first constraint that fails.

import { gunzipSync } from "node:zlib";
import { compressWitnessStack, executeProgram } from "@noir-lang/acvm_js";
import { abiEncode } from "@noir-lang/noirc_abi";
import { unpack } from "msgpackr";
import { bytecode, inputs, program } from "../circuit.js";

const MODULUS = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
const ASSETS = 8;
const AMOUNT_BYTES = 15;

// Wires of the public inputs and of the amounts, in the order of `main`'s parameters.
export const WIRES = { commitment: 0, context: 1, margin: 2, collateral: (i) => 19 + i, debt: (i) => 27 + i };

// The wires of 8 bits, in the order in which the circuit bounds them: those of each asset's collateral and debt in turn, then
// those of D; the lowest byte comes first.
const bytes = unpack(bytecode.subarray(1))[0][0][1]
    .map(({ BlackBoxFuncCall: call }) => call?.RANGE)
    .filter((range) => range)
    .map(([{ Witness: wire }]) => wire);
const slot = (i) => bytes.slice(AMOUNT_BYTES * i, AMOUNT_BYTES * (i + 1));
export const BYTES = {
    collateral: (i) => slot(2 * i),
    debt: (i) => slot(2 * i + 1),
    difference: bytes.slice(2 * ASSETS * AMOUNT_BYTES),
};

// A true statement's witness: values by wire.
export async function solve(statement) {
    const [{ witness }] = await executeProgram(Buffer.from(program.bytecode, "base64"), abiEncode(program.abi, inputs(statement)), () => []);
    return witness;
}

export const value = (witness, wire) => BigInt(witness.get(wire));
export const number = (witness, wires) => wires.reduceRight((sum, wire) => 256n * sum + value(witness, wire), 0n);

// The witness with other values for some wires: pairs of wire and value.
export function replaced(witness, pairs) {
    const changed = new Map(witness);
    for (const [wire, other] of pairs) changed.set(wire, "0x" + ((other + MODULUS) % MODULUS).toString(16).padStart(64, "0"));
    return changed;
}

// Bytes that make up a number, the highest as large as is left over.
export function spread(wires, whole) {
    return wires.map((wire, i) => [wire, i + 1 < wires.length ? (whole >> BigInt(8 * i)) % 256n : whole >> BigInt(8 * i)]);
}

// As Barretenberg reads it.
export const packed = (witness) => gunzipSync(compressWitnessStack([{ index: 0, witness }]));
