// The compiled circuit: its bytecode, its witness generator, and the map from a statement to its inputs.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Noir } from "@noir-lang/noir_js";

export const program = JSON.parse(readFileSync(join(import.meta.dirname, "build/solvency.json"), "utf8"));

// As Barretenberg reads it.
export const bytecode = gunzipSync(Buffer.from(program.bytecode, "base64"));

// The witness of a statement, as Barretenberg reads it.
export async function witnessOf(statement) {
    const { witness } = await noir.execute(inputs(statement));
    return gunzipSync(witness);
}
const noir = new Noir(program);

export const inputs = ({ context, ...rest }) => ({ _context: context, ...rest });
