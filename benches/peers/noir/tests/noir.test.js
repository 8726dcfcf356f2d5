// The contenders prove what is true, refuse what is not, and their verifiers refuse what a prover without scruples makes.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { files, SETTINGS, start } from "../barretenberg.js";
import { Circuit, CIRCUITS, packed } from "../circuit.js";
import { Contender } from "./contender.js";
import { deploy } from "./evm.js";
import { number, replaced, spread, value, wiresIn } from "./forge.js";
import { ABOVE, EQUAL, LARGEST, OWED, SLOT, TOO_WIDE, TRUE, UNCOMMITTED } from "./statements.js";

for (const name of Object.keys(CIRCUITS)) {
    const keys = join(import.meta.dirname, "../build/keys", name);
    const circuit = new Circuit(name);

    describe(circuit.title, () => {
        let contender;
        before(async () => (contender = await Contender.start(name, keys)));
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

        test("refuses what is false", async () => {
            const refusal = async (statement) => (await contender.ask({ operation: "prove", statement })).refused;
            assert.match(await refusal(EQUAL), /decompose into specified 31/);
            assert.match(await refusal(TOO_WIDE), /decompose into specified 15/);
            if (circuit.sameCommitment) assert.match(await refusal(UNCOMMITTED), /another position/);
        });

        test("has a contract that refuses every alteration", async () => {
            const { proof_bytes } = await contender.ask({ operation: "prove", statement: TRUE });
            const { code, altered } = await contender.ask({ operation: "evm" });
            assert.equal(altered.length, proof_bytes / 32 + 2 * 19 + 1);
            const call = await deploy(code);
            for (const [i, other] of altered.entries()) assert.ok(!(await call(other)).accepted, `alteration ${i} is accepted`);
        });

        test("refuses another commitment, where it computes its own", async () => {
            assert.equal(contender.hello.operations.includes("verify_other"), !circuit.sameCommitment);
            if (circuit.sameCommitment) return;
            await contender.ask({ operation: "prove", statement: TRUE });
            assert.equal((await contender.ask({ operation: "verify_other" })).accepted, false);
        });
    });

    describe(`a proof of ${circuit.title}`, () => {
        const verificationKey = new Uint8Array(readFileSync(files(keys).verifyingKey));
        const wires = wiresIn(circuit);
        let api;
        before(async () => (api = await start(keys, 2)));
        after(() => api.destroy());
        const prove = (witness) =>
            api.circuitProve({ witness, circuit: { name, bytecode: circuit.bytecode, verificationKey }, settings: SETTINGS });
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
            const { proof, publicInputs } = await prove(packed(await circuit.wires(TRUE)));
            assert.equal(publicInputs.length, 19);
            assert.equal(await accepts({ proof, publicInputs }), true);
            for (const index of publicInputs.keys()) {
                const other = publicInputs.map((word) => word.slice());
                other[index][31] ^= 1;
                assert.equal(await accepts({ proof, publicInputs: other }), false, `public input ${index} is not bound`);
            }
        });

        test("may be for any context: no gate reads it", async () => {
            assert.equal(await provable(replaced(await circuit.wires(TRUE), [[wires.context, 1n]])), true);
        });

        test("needs a difference of zero or more", async () => {
            const zero = await circuit.wires(ABOVE);
            assert.equal(number(zero, wires.difference), 0n);
            const [low] = wires.difference;
            const margin = value(zero, wires.margin);
            assert.equal(await provable(replaced(zero, [[wires.margin, margin - 1n], [low, 1n]])), true);
            assert.equal(await provable(replaced(zero, [[wires.margin, margin + 1n], [low, -1n]])), false);
        });

        test("needs amounts below 2^120, also under the commitment that opens to them", async () => {
            const owed = await circuit.wires(OWED);
            const debt = BigInt(TOO_WIDE.debt[SLOT]);
            const gained = BigInt(OWED.collateral_weights[SLOT]) * 2n ** 120n + BigInt(OWED.debt_weights[SLOT]);
            const difference = number(owed, wires.difference) + gained;
            assert.ok(difference < 2n ** 248n);
            const forged = replaced(owed, [
                [wires.collateral(SLOT), 2n ** 120n],
                [wires.debt(SLOT), debt],
                ...spread(wires.collateralBytes(SLOT), 2n ** 120n),
                ...spread(wires.debtBytes(SLOT), debt),
                ...spread(wires.difference, difference),
            ]);
            assert.equal(await provable(owed), true);
            assert.equal(await provable(forged), false);
        });

        test("needs every byte to be one: none carries into the next", async () => {
            const witness = await circuit.wires(LARGEST);
            const amounts = [...Array(8).keys()].flatMap((i) => [wires.collateralBytes(i), wires.debtBytes(i)]);
            for (const [low, high] of [...amounts, wires.difference]) {
                const carried = [[low, value(witness, low) + 256n], [high, value(witness, high) - 1n]];
                assert.equal(await provable(replaced(witness, carried)), false);
            }
        });

        test("needs the commitment that the position has", async () => {
            const witness = await circuit.wires(TRUE);
            const commitment = value(witness, wires.commitment);
            assert.equal(commitment === BigInt(TRUE.commitment), circuit.sameCommitment);
            assert.equal(await provable(replaced(witness, [[wires.commitment, commitment + 1n]])), false);
        });
    });
}
