// The statements that every contender is shown, from commitments of circuits/tests/vectors.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const path = join(import.meta.dirname, "../../../../circuits/tests/vectors/commitments.json");
const { vectors } = JSON.parse(readFileSync(path, "utf8"));
const ONE = Array(8).fill("1");
const LARGE = Array(8).fill(String(2n ** 91n - 1n));

function statement(name, change = {}) {
    const { collateral, debt, blinding, commitment } = vectors.find((vector) => vector.name === name);
    return {
        commitment: String(BigInt(commitment)),
        context: String(2n ** 253n - 1n),
        margin: "0",
        collateral_weights: LARGE,
        debt_weights: ONE,
        collateral,
        debt,
        blinding: String(BigInt(blinding)),
        ...change,
    };
}

// Sixteen amounts of up to 120 bits, and the largest position that there is.
export const TRUE = statement("spread over all slots (a)");
export const LARGEST = statement("everything at its maximum");

// Collateral is worth exactly as much as debt.
export const EQUAL = statement("everything at its maximum", { collateral_weights: ONE });
export const ABOVE = { ...EQUAL, collateral_weights: ONE.with(0, "2") };

// The first amount is 2^120, and the commitment is that of another position; `Forger.committed` puts the one in that opens to it.
export const TOO_WIDE = { ...TRUE, collateral: TRUE.collateral.with(0, String(2n ** 120n)) };

// The commitment of another position.
export const UNCOMMITTED = { ...TRUE, commitment: LARGEST.commitment };
