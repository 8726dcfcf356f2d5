// Compiles the circuits into build/: constraints (.r1cs) and witness generators (.wasm).

import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";

mkdirSync("build", { recursive: true });
for (const circuit of ["solvency", "solvency_wide"]) {
    execFileSync("npx", ["circom2", `${circuit}.circom`, "--r1cs", "--wasm", "--O2", "-o", "build"], { stdio: "inherit" });
}
