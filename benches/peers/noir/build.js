// Compiles the circuit into build/solvency.json: bytecode, and the types of its inputs.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile_program, createFileManager } from "@noir-lang/noir_wasm";
import { noirConstants } from "./constants.js";

const folder = join(import.meta.dirname, "circuit");
writeFileSync(join(folder, "src/constants.nr"), noirConstants());
const { program } = await compile_program(createFileManager(folder), undefined, () => {}, () => {});
mkdirSync(join(import.meta.dirname, "build"), { recursive: true });
// Debugging information names this machine's folders, and nothing reads it.
const { debug_symbols, file_map, ...rest } = program;
writeFileSync(join(import.meta.dirname, "build/solvency.json"), JSON.stringify(rest));
