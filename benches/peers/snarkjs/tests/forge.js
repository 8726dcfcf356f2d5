// A witness for any statement, true or false: what a prover can make who asserts nothing.

import { readFileSync } from "node:fs";
import { inputs, symbols, witnessGenerator } from "../circuit.js";
import { TRUE } from "./statements.js";

const HEADER = 76;
const BYTES = 32;

export class Forger {
    // For the wires of a variant of the circuit.
    static async of(variant) {
        const forger = new Forger();
        forger.generate = await witnessGenerator("unchecked");
        forger.template = await (await witnessGenerator(variant))(inputs(TRUE));
        forger.from = wires("unchecked");
        forger.to = wires(variant);
        return forger;
    }

    // The witness in which every assignment holds, so that only constraints that assign nothing can fail: bits that should
    // make up a value, and a commitment that should be the one computed.
    async witness(statement) {
        const source = await this.generate(inputs(statement));
        const witness = this.template.slice();
        for (const [signal, index] of this.to) place(witness, index, at(source, this.from.get(signal)));
        return witness;
    }

    // The statement with the commitment that its position and blinding do have.
    async committed(statement) {
        const computed = at(await this.generate(inputs(statement)), this.from.get("main.opened.commitment"));
        return { ...statement, commitment: String(BigInt("0x" + Buffer.from(computed).reverse().toString("hex"))) };
    }

    // A witness with one signal replaced and no other.
    with(witness, signal, value) {
        const changed = witness.slice();
        place(changed, this.to.get(signal), Buffer.from(value.toString(16).padStart(2 * BYTES, "0"), "hex").reverse());
        return changed;
    }
}

// Wires lie after the header of snarkjs' format, little-endian.
const at = (witness, index) => witness.subarray(HEADER + BYTES * index, HEADER + BYTES * (index + 1));
const place = (witness, index, value) => witness.set(value, HEADER + BYTES * index);

// The wire of each signal that the compiler has not eliminated.
function wires(variant) {
    const lines = readFileSync(symbols(variant), "utf8").trim().split("\n");
    const signals = lines.map((line) => line.split(",")).map(([, wire, , name]) => [name, Number(wire)]);
    return new Map(signals.filter(([, wire]) => wire !== -1));
}
