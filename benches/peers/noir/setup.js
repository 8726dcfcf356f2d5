// Parameters of a secret that nobody keeps, the keys over them, and the contract.

import { mkdirSync, writeFileSync } from "node:fs";
import { getCurveFromName } from "ffjavascript";
import { copyProgram, files, SETTINGS, start, withPoint } from "./barretenberg.js";
import { bytecode } from "./circuit.js";
import { compile } from "./contract.js";

const BYTES = 32;

export async function setUp(folder) {
    mkdirSync(folder, { recursive: true });
    const paths = files(folder);
    const curve = await getCurveFromName("bn128", true);
    const secret = curve.Fr.random();
    const point = pointOfSecret(curve, secret);
    copyProgram(folder, point);
    writeFileSync(paths.secret, Buffer.from(point.join(""), "hex"));
    writeFileSync(paths.powers, await powers(curve, secret, POINTS));

    const api = await start(folder, 1);
    const circuit = { name: "solvency", bytecode };
    const { bytes } = await api.circuitComputeVk({ circuit, settings: SETTINGS });
    writeFileSync(paths.verifyingKey, bytes);
    const { numGates } = await api.circuitStats({ circuit: { ...circuit, verificationKey: bytes }, includeGatesPerOpcode: false, settings: SETTINGS });
    const { solidityCode } = await api.circuitWriteSolidityVerifier({ verificationKey: bytes, settings: SETTINGS });
    await api.destroy();
    writeFileSync(paths.solidity, withPoint(solidityCode, point));
    writeFileSync(paths.contract, JSON.stringify(compile(withPoint(solidityCode, point))));
    writeFileSync(paths.size, JSON.stringify(`${numGates.toLocaleString("en")} gates`));
}

// As many as the circuit of 2^12 rows needs.
const POINTS = 2 ** 12 + 1;

// The generator times the powers of the secret from 0, each as two coordinates of 32 big-endian bytes.
async function powers({ G1, Fr }, secret, count) {
    const size = 2 * BYTES;
    const generators = new Uint8Array(count * size);
    const generator = G1.toAffine(G1.g);
    for (let i = 0; i < count; i++) generators.set(generator, i * size);
    const points = await G1.batchApplyKey(generators, Fr.one, secret);
    const out = new Uint8Array(count * size);
    for (let i = 0; i < count; i++) G1.toRprUncompressed(out, i * size, points.slice(i * size, (i + 1) * size));
    return out;
}

// The coordinates in hexadecimal, real parts first; ffjavascript writes them last.
function pointOfSecret({ G2 }, secret) {
    const bytes = new Uint8Array(4 * BYTES);
    G2.toRprUncompressed(bytes, 0, G2.toAffine(G2.timesFr(G2.g, secret)));
    const word = (i) => Buffer.from(bytes.subarray(BYTES * i, BYTES * (i + 1))).toString("hex");
    return [word(1), word(0), word(3), word(2)];
}
