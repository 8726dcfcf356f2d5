// Barretenberg's own program, as its npm package brings it, with parameters of ours.

import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BackendType, Barretenberg, findBbBinary } from "@aztec/bb.js";

// UltraHonk with zero knowledge, challenges from Keccak, and the verifier that is written for gas.
export const SETTINGS = {
    ipaAccumulation: false,
    oracleHashType: "keccak",
    disableZk: false,
    optimizedSolidityVerifier: true,
};

// In the folder of `setup`.
export const files = (folder) => ({
    program: join(folder, "bb"),
    powers: join(folder, "bn254_g1.dat"),
    secret: join(folder, "bn254_g2.dat"),
    verifyingKey: join(folder, "vk"),
    solidity: join(folder, "verifier.sol"),
    contract: join(folder, "contract.json"),
    size: join(folder, "size.json"),
});

// The point [x]_2 of Aztec's ceremony: its coordinates as the program has them, and as the Solidity verifier has them.
const CEREMONY = [
    "0118c4d5b837bcc2bc89b5b398b5974e9f5944073b32078b7e231fec938883b0",
    "260e01b251f6f1c7e7ff4e580791dee8ea51d87a358e038b4efe30fac09383c1",
    "22febda3c0c0632a56475b4214e5615e11e6dd3f96e6cea2854a87d4dacc5e55",
    "04fc6369f7110fe3d25156c1bb9a72859cf2a04641f99ba4ee413c80da6a5fe4",
];

// Copies the program into `folder`, with `coordinates` for that point.
export function copyProgram(folder, coordinates) {
    const code = readFileSync(findBbBinary() ?? fail("@aztec/bb.js has no program for this platform"));
    const [from, to] = [CEREMONY, coordinates].map((words) => Buffer.from(words.join(""), "hex"));
    const at = code.indexOf(from);
    if (at < 0 || code.indexOf(from, at + 1) >= 0) fail("the program does not hold the ceremony's [x]_2 exactly once");
    to.copy(code, at);
    const path = files(folder).program;
    writeFileSync(path, code);
    chmodSync(path, 0o755);
}

// The Solidity verifier with `coordinates` for that point.
export function withPoint(source, coordinates) {
    return CEREMONY.reduce((text, word, i) => {
        const parts = text.split(`0x${word}`);
        if (parts.length !== 2) fail("the Solidity verifier does not hold each coordinate of the ceremony's [x]_2 exactly once");
        return parts.join(`0x${coordinates[i]}`);
    }, source);
}

// Starts the program over the parameters in `folder`.
export function start(folder, threads) {
    // Where it looks for parameters; it fetches those of the ceremony where it finds none.
    process.env.CRS_PATH = folder;
    // Its newer multi-scalar multiplication is not its default yet.
    return Barretenberg.new({ backend: BackendType.NativeUnixSocket, bbPath: files(folder).program, legacyMsm: false, threads });
}

function fail(message) {
    throw new Error(message);
}
