// Parameters of a secret that nobody keeps, the keys over them, and the contract.

import { mkdirSync, writeFileSync } from "node:fs";
import { getCurveFromName } from "ffjavascript";
import { copyProgram, files, SETTINGS, start, withPoint } from "./barretenberg.js";
import { compile } from "./contract.js";

const BYTES = 32;

export async function setUp({ name, bytecode }, folder) {
    mkdirSync(folder, { recursive: true });
    const paths = files(folder);
    const curve = await getCurveFromName("bn128", true);
    const secret = curve.Fr.random();
    const point = pointOfSecret(curve, secret);
    copyProgram(folder, point);

    const api = await start(folder, 1);
    const circuit = { name, bytecode, verificationKey: new Uint8Array() };
    const size = await api.circuitStats({ circuit, includeGatesPerOpcode: false, settings: SETTINGS });
    // It reads these files when it needs them first: for the key.
    writeFileSync(paths.secret, Buffer.from(point.join(""), "hex"));
    writeFileSync(paths.powers, await powers(curve, secret, size.numGatesDyadic + 1));
    const { bytes } = await api.circuitComputeVk({ circuit, settings: SETTINGS });
    const { solidityCode } = await api.circuitWriteSolidityVerifier({ verificationKey: bytes, settings: SETTINGS });
    await api.destroy();

    const source = withPoint(solidityCode, point);
    writeFileSync(paths.verifyingKey, bytes);
    writeFileSync(paths.solidity, source);
    writeFileSync(paths.contract, JSON.stringify(compile(source)));
    writeFileSync(paths.size, JSON.stringify(`${size.numGates.toLocaleString("en")} gates`));
}

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
