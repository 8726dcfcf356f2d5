// Writes `artifacts/development/Halo2VerifierN.json` for 16, 32 and 64 assets and `covenants-….json` for shapes of covenants:
// code of the contracts that the generator writes for the development keys in `generator/tests/fixtures/`, and SHA-256 of
// each source. `check-artifacts.sh` calls it.
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
  const sizes = ["16", "32", "64"].map((assets) => [`assets-${assets}.vk`, `Halo2Verifier${assets}.json`]);
  // Commitments, assets, pairs of helper amounts and tests.
  const shapes = ["1-8-4-8", "1-16-8-16", "2-8-8-8"].map((shape) => [`covenants-${shape}.vk`, `covenants-${shape}.json`]);
  for (const [key, file] of [...sizes, ...shapes]) {
    const path = join(here, "generator/tests/fixtures", key);
    execFileSync("cargo", [...cargo, path, folder], { cwd: here, stdio: ["ignore", "ignore", "inherit"] });
    const names = ["Halo2Verifier.sol", "Halo2VerifierMemory.sol"];
    const sources = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
    const sha256 = names.map((name) => createHash("sha256").update(sources[name]).digest("hex"));
    const name = "IAttestationVerifier.sol";
    sources[name] = readFileSync(join(here, "src/verifier", name), "utf8");
    const artifact = { sources: sha256, ...compile(sources) };
    writeFileSync(join(here, "artifacts/development", file), `${JSON.stringify(artifact)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
