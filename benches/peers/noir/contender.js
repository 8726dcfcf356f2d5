// node contender.js poseidon|poseidon2 setup|serve DIR: the protocol of ../README.md.

import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { files, SETTINGS, start } from "./barretenberg.js";
import { CIRCUITS, Circuit, packed } from "./circuit.js";
import { altered, encode } from "./contract.js";
import { setUp } from "./setup.js";

const BYTES = 32;
const [name, command, folder] = process.argv.slice(2);
if (!Object.hasOwn(CIRCUITS, name) || !["setup", "serve"].includes(command) || !folder) {
    console.error("usage: node contender.js poseidon|poseidon2 setup|serve DIR");
    process.exit(2);
}
// Libraries report here; standard output is for answers.
console.log = console.error;

const circuit = new Circuit(name);
if (command === "setup") await setUp(circuit, folder);
else await serve();
process.exit(0);

async function serve() {
    const read = (path) => JSON.parse(readFileSync(path, "utf8"));
    const paths = files(folder);
    const verificationKey = new Uint8Array(readFileSync(paths.verifyingKey));
    const contract = read(paths.contract);
    const known = { name, bytecode: circuit.bytecode, verificationKey };
    const api = await start(folder, Number(process.env.ASSAY_THREADS) || availableParallelism());
    let last;
    const latest = () => last ?? fail("no proof yet: ask for \"prove\" first");
    const verify = async ({ proof, publicInputs }) => {
        const start = performance.now();
        const { verified } = await api.circuitVerify({ verificationKey, publicInputs, proof, settings: SETTINGS });
        return { seconds: (performance.now() - start) / 1e3, accepted: verified };
    };

    const operations = {
        async prove({ statement }) {
            const start = performance.now();
            let witness;
            try {
                witness = packed(await circuit.wires(statement));
            } catch (error) {
                return { refused: error.message.trim() };
            }
            const witnessed = performance.now();
            const { proof, publicInputs } = await api.circuitProve({ witness, circuit: known, settings: SETTINGS });
            const end = performance.now();
            last = { proof, publicInputs };
            return {
                seconds: (end - start) / 1e3,
                witness_seconds: (witnessed - start) / 1e3,
                proof_bytes: BYTES * proof.length,
            };
        },
        verify: () => verify(latest()),
        ...(!circuit.sameCommitment && {
            verify_other() {
                const { proof, publicInputs } = latest();
                const other = publicInputs.map((word) => word.slice());
                other[circuit.commitment][BYTES - 1] ^= 1;
                return verify({ proof, publicInputs: other });
            },
        }),
        async evm() {
            const [proof, inputs] = [latest().proof, latest().publicInputs].map((words) => words.map(number));
            return {
                deploy: [],
                code: contract.code,
                calldata: encode(contract.selector, proof, inputs),
                altered: altered(contract.selector, proof, inputs),
            };
        },
    };

    answer({
        name: circuit.title,
        version: read(join(import.meta.dirname, "node_modules/@aztec/bb.js/package.json")).version,
        language: "C++",
        setup: "universal",
        size: read(paths.size),
        same_commitment: circuit.sameCommitment,
        proving_key_bytes: readFileSync(paths.powers).length + circuit.bytecode.length + verificationKey.length,
        verifying_key_bytes: verificationKey.length,
        operations: Object.keys(operations),
    });
    for await (const line of createInterface({ input: process.stdin })) {
        const request = JSON.parse(line);
        const operation = operations[request.operation] ?? fail(`no operation "${request.operation}"`);
        answer(await operation(request));
    }
    await api.destroy();
}

function number(bytes) {
    return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

function answer(object) {
    process.stdout.write(JSON.stringify(object) + "\n");
}

function fail(message) {
    throw new Error(message);
}
