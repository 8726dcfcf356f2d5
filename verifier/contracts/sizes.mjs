// Writes `artifacts/development/Halo2VerifierN.json` for 16, 32 and 64 assets: code of the contracts that the generator
// writes for the development keys in `generator/tests/fixtures/`, and SHA-256 of each source. `check-artifacts.sh` calls it.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile } from "./compile.mjs";

const here = import.meta.dirname;
const folder = mkdtempSync(join(tmpdir(), "sizes-"));
const cargo = ["run", "--release", "--quiet", "--locked", "-p", "assay-contracts", "--"];
mkdirSync(join(here, "artifacts/development"), { recursive: true });
try {
  for (const assets of ["16", "32", "64"]) {
    const key = join(here, `generator/tests/fixtures/assets-${assets}.vk`);
    execFileSync("cargo", [...cargo, key, folder], { cwd: here, stdio: ["ignore", "ignore", "inherit"] });
    const names = ["Halo2Verifier.sol", "Halo2VerifierMemory.sol"];
    const sources = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
    const sha256 = names.map((name) => createHash("sha256").update(sources[name]).digest("hex"));
    const name = "IAttestationVerifier.sol";
    sources[name] = readFileSync(join(here, "src/verifier", name), "utf8");
    const artifact = { sources: sha256, ...compile(sources) };
    const path = join(here, `artifacts/development/Halo2Verifier${assets}.json`);
    writeFileSync(path, `${JSON.stringify(artifact)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
