// A compiled circuit: its bytecode, its witness generator, and the map from a statement to its inputs.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { compressWitnessStack, executeProgram } from "@noir-lang/acvm_js";
import { abiDecodeError, abiEncode } from "@noir-lang/noirc_abi";

// The circuits, and the place of the commitment among their public inputs. Only the first makes Assay's commitments; the
// other returns its own, so it comes last.
export const CIRCUITS = {
    poseidon: { title: "Noir, Barretenberg UltraHonk", sameCommitment: true, commitment: 0 },
    poseidon2: { title: "Noir, Barretenberg UltraHonk, Poseidon2", sameCommitment: false, commitment: 18 },
};

export class Circuit {
    constructor(name) {
        const path = join(import.meta.dirname, "build", `${name}.json`);
        const { abi, bytecode } = JSON.parse(readFileSync(path, "utf8"));
        Object.assign(this, CIRCUITS[name], { name, abi, compressed: Buffer.from(bytecode, "base64") });
        // As Barretenberg reads it.
        this.bytecode = gunzipSync(this.compressed);
    }

    // The values of all wires under a statement, by number. Throws where one breaks a constraint, and says which.
    async wires(statement) {
        try {
            const [{ witness }] = await executeProgram(this.compressed, abiEncode(this.abi, this.inputs(statement)), noOracle);
            return witness;
        } catch (error) {
            const payload = error.rawAssertionPayload;
            throw payload ? new Error(abiDecodeError(this.abi, payload)) : error;
        }
    }

    inputs({ commitment, context, ...rest }) {
        return { ...(this.sameCommitment && { commitment }), _context: context, ...rest };
    }
}

// A witness as Barretenberg reads it.
export const packed = (witness) => gunzipSync(compressWitnessStack([{ index: 0, witness }]));

async function noOracle(name) {
    throw new Error(`the circuit calls no oracle "${name}"`);
}
