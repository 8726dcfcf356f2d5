// Writes `artifacts/NAME.json` (ABI, creation code, runtime code) for every contract below `src/` that can be deployed,
// from what `forge build` left in `out/`. `check-artifacts.sh` calls it.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const here = import.meta.dirname;
mkdirSync(join(here, "artifacts"), { recursive: true });
const sources = readdirSync(join(here, "src"), { recursive: true }).filter((path) => path.endsWith(".sol"));
for (const source of sources) {
  const folder = join(here, "out", basename(source));
  if (!existsSync(folder)) continue; // constants and free functions alone
  for (const file of readdirSync(folder)) {
    const { abi, bytecode, deployedBytecode } = JSON.parse(readFileSync(join(folder, file), "utf8"));
    // Interfaces have no code, libraries of internal functions a stub of 31 bytes.
    if (deployedBytecode.object.length <= 2 + 2 * 31) continue;
    const artifact = { abi, bytecode: bytecode.object, deployedBytecode: deployedBytecode.object };
    // A contract that only a compiler profile of its own compiles is `NAME.PROFILE.json`.
    writeFileSync(join(here, "artifacts", `${file.split(".")[0]}.json`), `${JSON.stringify(artifact)}\n`);
  }
}
