// Writes commitment test vectors. Each commitment is computed three times with circomlib's code: by the circuit
// `commitment8.circom`, by circomlibjs's optimised Poseidon and by its plain one. They must agree.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { buildPoseidonOpt, buildPoseidonReference } from "circomlibjs";
import { wtns } from "snarkjs";

const MODULUS = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
const MAX = (1n << 120n) - 1n;
const TAG = BigInt("0x" + Buffer.from("assay/position", "ascii").toString("hex"));
const SHAPE = (1n << 32n) + (120n << 16n) + 8n;
const OUTPUT = process.argv[2] ?? "../../../circuits/tests/vectors/commitments.json";

const hex = (value) => "0x" + value.toString(16).padStart(64, "0");
const zeros = () => Array(8).fill(0n);

// A fixed, public stream of test values; nothing secret is made with it.
function* stream(seed) {
    let state = seed;
    for (;;) {
        state = (state * 6364136223846793005n + 1442695040888963407n) & ((1n << 256n) - 1n);
        yield state;
    }
}
const spread = (seed, bits) => {
    const values = stream(seed);
    return () => (values.next().value * 0x9e3779b97f4a7c15f39cc0605cedc835n >> 7n) & ((1n << bits) - 1n);
};
const [amount, blinding] = [spread(7n, 120n), spread(11n, 253n)];

const positions = [
    { name: "everything zero", collateral: zeros(), debt: zeros(), blinding: 0n },
    { name: "everything at its maximum", collateral: zeros().map(() => MAX), debt: zeros().map(() => MAX), blinding: MODULUS - 1n },
    { name: "one asset held, one owed", collateral: zeros().with(0, 10n ** 18n), debt: zeros().with(3, 1_500_000_000n), blinding: blinding() },
    { name: "amounts one to sixteen", collateral: zeros().map((_, i) => BigInt(i + 1)), debt: zeros().map((_, i) => BigInt(i + 9)), blinding: 1n },
    { name: "last slots only", collateral: zeros().with(7, MAX), debt: zeros().with(7, 1n), blinding: blinding() },
    { name: "same position, another blinding", collateral: zeros().with(7, MAX), debt: zeros().with(7, 1n), blinding: blinding() },
    { name: "spread over all slots (a)", collateral: zeros().map(amount), debt: zeros().map(amount), blinding: blinding() },
    { name: "spread over all slots (b)", collateral: zeros().map(amount), debt: zeros().map(amount), blinding: blinding() },
];

mkdirSync("build", { recursive: true });
execFileSync("npx", ["circom2", "commitment8.circom", "--wasm", "-o", "build"], { stdio: "ignore" });

async function withCircuit({ collateral, debt, blinding }) {
    const witness = { type: "mem" };
    await wtns.calculate({ collateral, debt, blinding }, "build/commitment8_js/commitment8.wasm", witness);
    return BigInt((await wtns.exportJson(witness))[1]);
}

function withLibrary(poseidon, { collateral, debt, blinding }) {
    const F = poseidon.F;
    const compress = (chaining, left, right) => F.toObject(poseidon([left, right], F.e(chaining)));
    const words = collateral.map((x, i) => x + (debt[i] << 120n));
    let chaining = compress(blinding, TAG, SHAPE);
    for (let p = 0; p < 4; p++) chaining = compress(chaining, words[2 * p], words[2 * p + 1]);
    return chaining;
}

const [optimised, reference] = [await buildPoseidonOpt(), await buildPoseidonReference()];
const vectors = [];
for (const position of positions) {
    const commitment = await withCircuit(position);
    for (const library of [optimised, reference]) {
        const other = withLibrary(library, position);
        if (other !== commitment) throw new Error(`${position.name}: ${hex(other)} from circomlibjs, ${hex(commitment)} from the circuit`);
    }
    vectors.push({
        name: position.name,
        collateral: position.collateral.map(String),
        debt: position.debt.map(String),
        blinding: hex(position.blinding),
        commitment: hex(commitment),
    });
}

const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version;
const made = {
    description:
        "Position commitments of eight assets. Amounts are decimal base units; blinding and commitment are 32 big-endian bytes. " +
        "Computed by circomlib's own code: the PoseidonEx(2, 1) circuit, and circomlibjs's optimised and plain Poseidon with " +
        "an initial state; the three agreed on every case. Regenerate with `npm ci && npm run vectors` in benches/peers/circom.",
    made_with: Object.fromEntries(["circom2", "circomlib", "circomlibjs", "snarkjs"].map((name) => [name, version(name)])),
    tag: hex(TAG),
    shape: hex(SHAPE),
    vectors,
};
mkdirSync(dirname(OUTPUT), { recursive: true });
writeFileSync(OUTPUT, JSON.stringify(made, null, 2) + "\n");
console.log(`${vectors.length} commitments written to ${OUTPUT}`);
process.exit(0);
