// Statements from the commitments of circuits/tests/vectors.

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

// Collateral is worth exactly as much as debt, and one unit more.
export const EQUAL = statement("everything at its maximum", { collateral_weights: ONE });
export const ABOVE = { ...EQUAL, collateral_weights: ONE.with(0, "2"), margin: String(2n ** 120n - 2n) };

// Nothing held of the asset that is owed, and 2^120 of it beside a debt of one less: the same word, so the same commitment.
export const OWED = statement("one asset held, one owed");
export const SLOT = OWED.debt.findIndex((amount) => amount !== "0");
const [amount, less] = [2n ** 120n, BigInt(OWED.debt[SLOT]) - 1n].map(String);
export const TOO_WIDE = { ...OWED, collateral: OWED.collateral.with(SLOT, amount), debt: OWED.debt.with(SLOT, less) };

// The commitment of another position.
export const UNCOMMITTED = { ...TRUE, commitment: LARGEST.commitment };
