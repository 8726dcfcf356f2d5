// Powers of tau, keys and the verifying contract: everything that is made once.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { curves, powersOfTau, zKey } from "snarkjs";
import { constraints } from "./circuit.js";
import { compile } from "./contract.js";
import { entropy } from "./systems.js";

const templates = join(import.meta.dirname, "node_modules", "snarkjs", "templates");
const build = join(import.meta.dirname, "build");

// Files that `setUp` leaves in a folder.
export const files = (folder) => ({
    provingKey: join(folder, "key.zkey"),
    verifyingKey: join(folder, "key.json"),
    contract: join(folder, "contract.json"),
    size: join(folder, "size.json"),
});

// Keys of `system` and its contract, in `folder`.
export async function setUp(system, folder) {
    mkdirSync(folder, { recursive: true });
    const out = files(folder);
    const powers = await powersFile(system);
    progress(`${system.title}: keys`);
    const size = await system.makeKey(constraints(system.optimisation), powers, out.provingKey);
    const verifyingKey = await zKey.exportVerificationKey(out.provingKey);
    const source = await zKey.exportSolidityVerifier(out.provingKey, templatesByName());
    progress(`${system.title}: contract`);
    write(out.verifyingKey, verifyingKey);
    write(out.contract, compile(source));
    write(out.size, size);
}

// Powers of tau made here with one contribution, which is for measurement and tests only: whoever made them could have
// kept tau. The file is shared by the systems that read the same.
async function powersFile({ power, lagrange }) {
    const path = join(build, `powers-${power}${lagrange ? "-lagrange" : ""}.ptau`);
    if (existsSync(path)) return path;
    const [initial, contributed, prepared] = [{ type: "mem" }, { type: "mem" }, { type: "mem" }];
    progress(`powers of tau for 2^${power}, a minute or more`);
    await powersOfTau.newAccumulator(await curves.getCurveFromName("bn128"), power, initial);
    await powersOfTau.contribute(initial, contributed, "development", entropy());
    if (lagrange) await powersOfTau.preparePhase2(contributed, prepared);
    writeFileSync(`${path}.part`, lagrange ? prepared.data : withEmptySection(contributed.data, 12));
    renameSync(`${path}.part`, path);
    return path;
}

// FFLONK's set-up insists on the section of Lagrange points and reads nothing of it. Computing it for 2^16 would take longest of all.
function withEmptySection(file, id) {
    const longer = Buffer.alloc(file.length + 12);
    longer.set(file);
    const sections = longer.readUInt32LE(8);
    longer.writeUInt32LE(sections + 1, 8);
    longer.writeUInt32LE(id, file.length);
    return longer;
}

const templatesByName = () =>
    Object.fromEntries(
        ["groth16", "plonk", "fflonk"].map((name) => [name, readFileSync(join(templates, `verifier_${name}.sol.ejs`), "utf8")]),
    );
const write = (path, value) => writeFileSync(path, JSON.stringify(value));
const progress = (line) => console.error(`snarkjs ${line}`);
