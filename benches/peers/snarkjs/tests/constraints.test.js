// What the compiled constraints refuse, however a witness was made. Soundness rests on them alone: the assertions of a
// witness generator are a convenience of the prover.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { curves, wtns } from "snarkjs";
import { constraints, inputs, witnessGenerator } from "../circuit.js";
import { Forger } from "./forge.js";
import { ABOVE, EQUAL, LARGEST, TOO_WIDE, TRUE, UNCOMMITTED } from "./statements.js";

after(async () => (await curves.getCurveFromName("bn128")).terminate());

const QUIET = { info() {}, warn() {}, error() {}, debug() {} };

for (const variant of ["O1", "O2"]) {
    describe(`constraints of --${variant}`, () => {
        let forger;
        before(async () => (forger = await Forger.of(variant)));
        const circuit = { type: "mem", data: new Uint8Array(readFileSync(constraints(variant))) };
        const holds = (witness) => wtns.check(circuit, { type: "mem", data: witness }, QUIET);

        test("true statements satisfy them, and forged as checked their witnesses are the same", async () => {
            const generate = await witnessGenerator(variant);
            for (const statement of [TRUE, LARGEST]) {
                const witness = await generate(inputs(statement));
                assert.equal(await holds(witness), true);
                assert.deepEqual(await forger.witness(statement), witness);
            }
        });

        test("an equal ratio does not, and at one weight more it does", async () => {
            assert.equal(await holds(await forger.witness(EQUAL)), false);
            assert.equal(await holds(await forger.witness(ABOVE)), true);
        });

        test("an amount of 2^120 does not, also under the commitment that opens to it", async () => {
            const statement = await forger.committed(TOO_WIDE);
            assert.notEqual(statement.commitment, TOO_WIDE.commitment);
            assert.equal(await holds(await forger.witness(statement)), false);
        });

        test("the commitment of another position does not", async () => {
            assert.equal(await holds(await forger.witness(UNCOMMITTED)), false);
            assert.equal(await holds(await forger.witness(await forger.committed(UNCOMMITTED))), true);
        });

        test("a bit that is three in place of two bits does not, though they make up the same amount", async () => {
            const witness = await forger.witness(LARGEST);
            const bit = (i) => `main.covenant.bits[0].out[${i}]`;
            assert.equal(await holds(forger.with(witness, bit(4), 1n)), true);
            const carried = forger.with(forger.with(witness, bit(4), 3n), bit(5), 0n);
            assert.equal(await holds(carried), false);
        });

        test("any context does: only the proof binds it", async () => {
            assert.equal(await holds(forger.with(await forger.witness(TRUE), "main.context", 1n)), true);
        });
    });
}
