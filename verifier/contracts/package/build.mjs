// Writes the npm package to the folder that is named: interfaces, the verifying contract, ABIs, examples. `package.sh` tests it.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const here = import.meta.dirname;
const out = process.argv[2];
if (!out) throw new Error("build.mjs: name the folder to write to");
const copy = (from, to) => {
  mkdirSync(dirname(join(out, to)), { recursive: true });
  cpSync(join(here, from), join(out, to));
};
const sources = [
  "ICollateralAttestations.sol",
  "ICommitmentRecorder.sol",
  "oracle/IPriceBoard.sol",
  "verifier/IAttestationVerifier.sol",
  "verifier/Halo2Verifier.sol",
  "verifier/Halo2VerifierMemory.sol",
];
for (const name of sources) copy(`../src/${name}`, name);
for (const name of ["package.json", "README.md", "examples/Market.sol", "examples/Vault.sol"]) copy(name, name);
for (const name of ["LICENSE-APACHE", "LICENSE-MIT"]) copy(`../../../${name}`, name);
mkdirSync(join(out, "abi"));
for (const name of ["CollateralAttestations", "PolicyCompiler", "PriceBoard", "Halo2Verifier"]) {
  const { abi } = JSON.parse(readFileSync(join(here, `../artifacts/${name}.json`), "utf8"));
  const text = JSON.stringify(abi, null, 1);
  const variable = `${name[0].toLowerCase()}${name.slice(1)}Abi`;
  writeFileSync(join(out, `abi/${name}.json`), `${text}\n`);
  writeFileSync(join(out, `abi/${name}.ts`), `export const ${variable} = ${text} as const;\n`);
}
