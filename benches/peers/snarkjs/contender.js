// node contender.js groth16|plonk|fflonk setup|serve DIR: the protocol of ../README.md.

import { readFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buildBn128 } from "ffjavascript";
import { inputs, witnessGenerator } from "./circuit.js";
import { altered, encode } from "./contract.js";
import { files, setUp } from "./setup.js";
import { SYSTEMS } from "./systems.js";

const [name, command, folder] = process.argv.slice(2);
const system = SYSTEMS[name];
if (!system || !["setup", "serve"].includes(command) || !folder) {
    console.error("usage: node contender.js groth16|plonk|fflonk setup|serve DIR");
    process.exit(2);
}
// Libraries report failed assertions here; standard output is for answers.
console.log = console.error;

if (command === "setup") await setUp(system, folder);
else await serve();
process.exit(0);

async function serve() {
    const read = (path) => JSON.parse(readFileSync(path, "utf8"));
    const paths = files(folder);
    const provingKey = { type: "mem", data: new Uint8Array(readFileSync(paths.provingKey)) };
    const [verifyingKey, contract, size] = [read(paths.verifyingKey), read(paths.contract), read(paths.size)];
    const witnessOf = await witnessGenerator(system.optimisation);
    await startThreads(Number(process.env.ASSAY_THREADS) || os.availableParallelism());
    let last;

    const operations = {
        async prove({ statement }) {
            const signals = inputs(statement);
            const start = performance.now();
            let witness;
            try {
                witness = await witnessOf(signals);
            } catch (error) {
                return { refused: error.message.trim() };
            }
            const witnessed = performance.now();
            const { proof, publicSignals } = await system.prove(provingKey, { type: "mem", data: witness });
            const end = performance.now();
            last = { proof, publicSignals };
            const printed = await system.calldata(proof, publicSignals);
            const words = printed.match(/0x/g).length - publicSignals.length;
            return { seconds: (end - start) / 1e3, witness_seconds: (witnessed - start) / 1e3, proof_bytes: 32 * words };
        },
        async verify() {
            const { proof, publicSignals } = latest();
            const start = performance.now();
            const accepted = await system.verify(verifyingKey, publicSignals, proof);
            return { seconds: (performance.now() - start) / 1e3, accepted };
        },
        async evm() {
            const { proof, publicSignals } = latest();
            const printed = await system.calldata(proof, publicSignals);
            return {
                deploy: [],
                code: contract.code,
                calldata: encode(contract.selector, printed),
                altered: altered(contract.selector, printed, publicSignals.length),
            };
        },
    };
    const latest = () => last ?? fail("no proof yet: ask for \"prove\" first");

    const version = read(join(import.meta.dirname, "node_modules/snarkjs/package.json")).version;
    answer({
        name: `snarkjs ${system.title}`,
        version,
        language: "JavaScript, WebAssembly",
        setup: system.setup,
        size,
        same_commitment: true,
        proving_key_bytes: provingKey.data.length,
        verifying_key_bytes: coordinates(verifyingKey) * 32,
        operations: Object.keys(operations),
    });
    for await (const line of createInterface({ input: process.stdin })) {
        const request = JSON.parse(line);
        const operation = operations[request.operation] ?? fail(`no operation "${request.operation}"`);
        answer(await operation(request));
    }
}

// snarkjs keeps the curve and its worker threads in a global variable, and makes them on the first use: as many as the machine
// has cores, whatever the process may use. Here they are made beforehand, and as many as it may use.
async function startThreads(threads) {
    const cores = os.cpus();
    os.cpus = () => Array.from({ length: threads }, (_, i) => cores[i % cores.length]);
    globalThis.curve_bn128 = await buildBn128();
}

// How many field elements a verifying key holds, pairings that can be computed from the rest left out. Points are written
// with three coordinates, the last of which is one.
function coordinates({ vk_alphabeta_12, ...key }) {
    const count = (value) => (Array.isArray(value) ? value.reduce((sum, item) => sum + count(item), 0) : 1);
    const affine = (value) => {
        if (!Array.isArray(value)) return /^\d{9,}$/.test(value) ? 1 : 0;
        if (value.length === 3) return count(value.slice(0, 2));
        return value.reduce((sum, item) => sum + affine(item), 0);
    };
    return Object.values(key).reduce((sum, value) => sum + affine(value), 0);
}

function answer(object) {
    process.stdout.write(JSON.stringify(object) + "\n");
}

function fail(message) {
    throw new Error(message);
}
