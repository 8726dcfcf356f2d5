// Witnesses that the generator would not make: it stops at the first constraint that fails.

import { unpack } from "msgpackr";

const MODULUS = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
const ASSETS = 8;
const AMOUNT_BYTES = 15;

// The numbers of wires: those of `main`'s parameters, in their order, and those of 8 bits in the order in which the circuit
// bounds them, the lowest byte first: of each asset's collateral and debt in turn, then of D.
export function wiresIn({ bytecode, sameCommitment }) {
    const bytes = unpack(bytecode.subarray(1))[0][0][1]
        .map(({ BlackBoxFuncCall: call }) => call?.RANGE)
        .filter((range) => range)
        .map(([{ Witness: wire }]) => wire);
    const slot = (i) => bytes.slice(AMOUNT_BYTES * i, AMOUNT_BYTES * (i + 1));
    const context = sameCommitment ? 1 : 0;
    const amounts = context + 2 + 2 * ASSETS;
    return {
        context,
        margin: context + 1,
        collateral: (i) => amounts + i,
        debt: (i) => amounts + ASSETS + i,
        commitment: sameCommitment ? 0 : amounts + 2 * ASSETS + 1,
        collateralBytes: (i) => slot(2 * i),
        debtBytes: (i) => slot(2 * i + 1),
        difference: bytes.slice(2 * ASSETS * AMOUNT_BYTES),
    };
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
