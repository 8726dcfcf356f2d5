// The compiled circuit: its files, its witness generator, and the map from a statement to its inputs.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { WitnessCalculatorBuilder } from "circom_runtime";

const build = join(import.meta.dirname, "build");

// `variant` is a folder of `build/`, as `install.sh` makes them: O1, O2, and `unchecked`, whose generator asserts nothing.
export const constraints = (variant) => join(build, variant, "solvency.r1cs");
export const symbols = (variant) => join(build, variant, "solvency.sym");

// A function from `inputs` of a statement to a witness in snarkjs' format. The module is compiled once, here.
export async function witnessGenerator(variant) {
    const module = readFileSync(join(build, variant, "solvency_js", "solvency.wasm"));
    const calculator = await WitnessCalculatorBuilder(module);
    return (signals) => calculator.calculateWTNSBin(signals);
}

// The input signals of the circuit, as numbers.
export function inputs({ commitment, context, margin, collateral_weights, debt_weights, collateral, debt, blinding }) {
    return {
        commitment: BigInt(commitment),
        context: BigInt(context),
        margin: BigInt(margin),
        w: collateral_weights.map(BigInt),
        v: debt_weights.map(BigInt),
        collateral: collateral.map(BigInt),
        debt: debt.map(BigInt),
        blinding: BigInt(blinding),
    };
}
