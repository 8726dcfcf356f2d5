// The contender proves what is true, refuses what is not, and its verifiers refuse what a prover without scruples makes.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { files, SETTINGS, start } from "../barretenberg.js";
import { bytecode, witnessOf } from "../circuit.js";
import { Contender } from "./contender.js";
import { deploy } from "./evm.js";
import { BYTES, number, packed, replaced, solve, spread, value, WIRES } from "./forge.js";
import { ABOVE, EQUAL, LARGEST, OWED, SLOT, TOO_WIDE, TRUE, UNCOMMITTED } from "./statements.js";

const keys = join(import.meta.dirname, "../build/keys");

describe("the contender", () => {
    let contender;
    before(async () => (contender = await Contender.start(keys)));
    after(() => contender.stop());

    test("proves and accepts true statements, and so does the contract", async (t) => {
        for (const statement of [TRUE, LARGEST, ABOVE, OWED]) {
            const { seconds, witness_seconds, proof_bytes } = await contender.ask({ operation: "prove", statement });
            assert.ok(seconds > witness_seconds && witness_seconds > 0);
            assert.equal((await contender.ask({ operation: "verify" })).accepted, true);
            const { code, calldata } = await contender.ask({ operation: "evm" });
            assert.equal(calldata.length, 2 * (1 + 4 + 4 * 32 + proof_bytes + 19 * 32));
            const { accepted, gas } = await (await deploy(code))(calldata);
            assert.ok(accepted);
            t.diagnostic(`${proof_bytes} bytes, ${gas} gas for a whole transaction`);
        }
    });

    test("refuses an equal ratio, an amount of 2^120 and another commitment", async () => {
        for (const statement of [EQUAL, TOO_WIDE, UNCOMMITTED]) {
            assert.match((await contender.ask({ operation: "prove", statement })).refused, /Circuit execution failed/);
        }
    });

    test("has a contract that refuses every alteration", async () => {
        const { proof_bytes } = await contender.ask({ operation: "prove", statement: TRUE });
        const { code, altered } = await contender.ask({ operation: "evm" });
        assert.equal(altered.length, proof_bytes / 32 + 2 * 19 + 1);
        const call = await deploy(code);
        for (const [i, other] of altered.entries()) assert.ok(!(await call(other)).accepted, `alteration ${i} is accepted`);
    });
});

describe("a proof", () => {
    const verificationKey = new Uint8Array(readFileSync(files(keys).verifyingKey));
    let api;
    before(async () => (api = await start(keys, 2)));
    after(() => api.destroy());
    const prove = (witness) => api.circuitProve({ witness, circuit: { name: "solvency", bytecode, verificationKey }, settings: SETTINGS });
    const accepts = async ({ proof, publicInputs }) => {
        const { verified } = await api.circuitVerify({ verificationKey, publicInputs, proof, settings: SETTINGS });
        return verified;
    };
    // Whether a proof can be made of a witness that nothing has checked.
    const provable = async (witness) => {
        const made = await prove(packed(witness)).catch(() => undefined);
        return made !== undefined && (await accepts(made));
    };

    test("of a true statement is none of any other", async () => {
        const { proof, publicInputs } = await prove(await witnessOf(TRUE));
        assert.equal(publicInputs.length, 19);
        assert.equal(await accepts({ proof, publicInputs }), true);
        for (const index of publicInputs.keys()) {
            const other = publicInputs.map((word) => word.slice());
            other[index][31] ^= 1;
            assert.equal(await accepts({ proof, publicInputs: other }), false, `public input ${index} is not bound`);
        }
    });

    test("binds the context, which no gate reads", async () => {
        assert.equal(await provable(replaced(await solve(TRUE), [[WIRES.context, 1n]])), true);
    });

    test("needs a difference of zero or more", async () => {
        const zero = await solve({ ...ABOVE, margin: String(2n ** 120n - 2n) });
        assert.equal(number(zero, BYTES.difference), 0n);
        const [low] = BYTES.difference;
        const margin = value(zero, WIRES.margin);
        assert.equal(await provable(replaced(zero, [[WIRES.margin, margin - 1n], [low, 1n]])), true);
        assert.equal(await provable(replaced(zero, [[WIRES.margin, margin + 1n], [low, -1n]])), false);
    });

    test("needs amounts below 2^120, also under the commitment that opens to them", async () => {
        const owed = await solve(OWED);
        const debt = BigInt(TOO_WIDE.debt[SLOT]);
        const gained = BigInt(OWED.collateral_weights[SLOT]) * 2n ** 120n + BigInt(OWED.debt_weights[SLOT]);
        const difference = number(owed, BYTES.difference) + gained;
        assert.ok(difference < 2n ** 248n);
        const forged = replaced(owed, [
            [WIRES.collateral(SLOT), 2n ** 120n],
            [WIRES.debt(SLOT), debt],
            ...spread(BYTES.collateral(SLOT), 2n ** 120n),
            ...spread(BYTES.debt(SLOT), debt),
            ...spread(BYTES.difference, difference),
        ]);
        assert.equal(await provable(owed), true);
        assert.equal(await provable(forged), false);
    });

    test("needs every byte to be one: none carries into the next", async () => {
        const witness = await solve(LARGEST);
        const all = [...Array(8).keys()].flatMap((i) => [BYTES.collateral(i), BYTES.debt(i)]);
        for (const [low, high] of [...all, BYTES.difference]) {
            const carried = [[low, value(witness, low) + 256n], [high, value(witness, high) - 1n]];
            assert.equal(await provable(replaced(witness, carried)), false);
        }
    });

    test("needs the commitment that the position has", async () => {
        const forged = replaced(await solve(TRUE), [[WIRES.commitment, BigInt(UNCOMMITTED.commitment)]]);
        assert.equal(await provable(forged), false);
    });
});
