// Compiles the circuits into build/: bytecode, and the types of inputs.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile_program, createFileManager } from "@noir-lang/noir_wasm";
import { CIRCUITS } from "./circuit.js";
import { noirConstants } from "./constants.js";

const [source, build] = ["circuit", "build"].map((folder) => join(import.meta.dirname, folder));
writeFileSync(join(source, "poseidon/src/constants.nr"), noirConstants());
mkdirSync(build, { recursive: true });
for (const name of Object.keys(CIRCUITS)) {
    const quiet = () => {};
    const { program } = await compile_program(createFileManager(source), join(source, name), quiet, quiet);
    const { abi, bytecode, noir_version } = program;
    writeFileSync(join(build, `${name}.json`), JSON.stringify({ noir_version, abi, bytecode }));
}
