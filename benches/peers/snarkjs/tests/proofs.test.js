// Each system proves what is true, refuses what is not, and its verifiers refuse what a prover without scruples makes.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { curves } from "snarkjs";
import { files } from "../setup.js";
import { SYSTEMS } from "../systems.js";
import { Contender } from "./contender.js";
import { deploy } from "./evm.js";
import { Forger } from "./forge.js";
import { EQUAL, LARGEST, TOO_WIDE, TRUE, UNCOMMITTED } from "./statements.js";

const keys = join(import.meta.dirname, "../build/keys");
const tested = process.env.SYSTEMS?.split(" ") ?? Object.keys(SYSTEMS);

after(async () => (await curves.getCurveFromName("bn128")).terminate());

for (const name of tested) {
    const system = SYSTEMS[name];
    const paths = files(join(keys, name));
    describe(`snarkjs ${system.title}`, () => {
        let contender;
        before(async () => (contender = await Contender.start(name, join(keys, name))));
        after(() => contender.stop());

        test("true statements are proven and accepted, by the contract as well", async (t) => {
            for (const statement of [TRUE, LARGEST]) {
                const { seconds, witness_seconds, proof_bytes } = await contender.ask({ operation: "prove", statement });
                assert.ok(seconds > witness_seconds && witness_seconds > 0);
                assert.equal((await contender.ask({ operation: "verify" })).accepted, true);
                const { code, calldata, altered } = await contender.ask({ operation: "evm" });
                assert.equal(calldata.length, 2 * (1 + 4 + proof_bytes + 19 * 32));
                const call = await deploy(code);
                const { accepted, gas } = await call(calldata);
                assert.ok(accepted);
                t.diagnostic(`${system.title}: ${gas} gas for a whole transaction`);
                assert.equal(altered.length, proof_bytes / 32 + 2 * 19);
                for (const [i, other] of altered.entries()) assert.ok(!(await call(other)).accepted, `alteration ${i} is accepted`);
            }
        });

        test("an equal ratio, an amount of 2^120 and another commitment are refused by the prover", async () => {
            for (const statement of [EQUAL, TOO_WIDE, UNCOMMITTED]) {
                assert.match((await contender.ask({ operation: "prove", statement })).refused, /Assert Failed/);
            }
        });

        test("a proof of a true statement is none of any other, the false ones among them", async () => {
            const { proof, publicSignals } = await proven(TRUE);
            const accepts = (inputs) => system.verify(verifyingKey, inputs, proof, QUIET);
            assert.equal(await accepts(publicSignals), true);
            assert.deepEqual(publicSignals, publicInputs(TRUE));
            for (const statement of [EQUAL, UNCOMMITTED, await forger.committed(TOO_WIDE)]) {
                assert.equal(await accepts(publicInputs(statement)), false);
            }
            for (const [i, value] of publicSignals.entries()) {
                assert.equal(await accepts(publicSignals.with(i, String(BigInt(value) + 1n))), false, `public input ${i} is not bound`);
            }
        });

        test("what is made of a false witness is no proof", async () => {
            for (const statement of [EQUAL, UNCOMMITTED, await forger.committed(TOO_WIDE)]) {
                const witness = await forger.witness(statement);
                const made = await prove(witness).catch((error) => {
                    assert.match(error.message, /Polynomial is not divisible/);
                });
                if (made) assert.equal(await system.verify(verifyingKey, made.publicSignals, made.proof, QUIET), false);
            }
        });

        const verifyingKey = JSON.parse(readFileSync(paths.verifyingKey, "utf8"));
        const provingKey = { type: "mem", data: new Uint8Array(readFileSync(paths.provingKey)) };
        const prove = (witness) => system.prove(provingKey, { type: "mem", data: witness });
        const proven = async (statement) => prove(await forger.witness(statement));
        let forger;
        before(async () => (forger = await Forger.of(system.optimisation)));
    });
}

const QUIET = { info() {}, warn() {}, error() {}, debug() {} };
const publicInputs = (statement) => [
    statement.commitment,
    statement.context,
    statement.margin,
    ...statement.collateral_weights,
    ...statement.debt_weights,
];
