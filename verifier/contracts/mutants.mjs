// Takes each check of Halo2Verifier.sol away in turn and sees that a test of the generator's crate fails.
// Minutes; not part of the default tests. Needs `install.sh` to have run.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile } from "./compile.mjs";

const here = import.meta.dirname;
const source = (name) => readFileSync(join(here, "src/verifier", name), "utf8");
const contract = source("Halo2Verifier.sol");

// What is replaced, and by what. Not the places of the arguments: calldata of the right size has the right lengths nowhere
// else, unless a word of the proof happens to be one; nor the empty batch, whose denominator is zero and refused for that; nor the points at
// infinity (page "Verification on chain").
const weight = (letter, i) => [`mload(${letter}_${i})`, "0"];
const verify = contract.indexOf("function verify(");
const batch = contract.indexOf("function verifyBatch(");
const mutants = [
  ["eq(proof.length, PROOF_LENGTH)", "1"],
  ["eq(publicInputs.length, INPUTS)", "1"],
  ["eq(calldatasize(), 0x764)", "1"],
  ["eq(publicInputs.length, count)", "1"],
  ["eq(calldatasize(), add(0x84, mul(count, 0x760)))", "1"],
  ["eq(calldataload(proof), PROOF_LENGTH)", "1"],
  ["eq(calldataload(inputs), INPUTS)", "1"],
  ["factor := mod(keccak256(BATCH, add(calldatasize(), 0x1c)), ORDER)", "factor := 1"],
  ["lt(mload(COMMITMENT), r)", "1"],
  ["shr(253, mload(CONTEXT))", "0"],
  ["shr(240, mload(MARGIN))", "0"],
  ["shr(120, weights)", "0"],
  ...[1, 2, 3, 4, 5, 6, 7].map((i) => weight("W", i)),
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((i) => weight("V", i)),
  ...[...contract.matchAll(/lt\(mload\((A|B|LIMB|ROUND|TURN|CONSTANT|RANDOM)_\d+\), r\)/g)].map(([text]) => [text, "1"]),
  ["eq(mload(0x00), 1)", "1"],
];

const sources = Object.fromEntries(
  ["IAttestationVerifier.sol", "Halo2VerifierMemory.sol"].map((name) => [name, source(name)]),
);
const folder = mkdtempSync(join(tmpdir(), "mutants-"));
const tests = ["test", "--release", "--quiet", "-p", "assay-contracts", "--test", "forged", "--test", "mutations"];
const run = (artifact) => spawnSync("cargo", tests, { env: { ...process.env, ASSAY_ARTIFACT: artifact } }).status === 0;
let survivors = 0;
try {
  execFileSync("cargo", [...tests, "--no-run"]);
  const only = process.argv[2];
  for (const [from, to] of [["", ""], ...mutants].filter(([from]) => !only || from.includes(only))) {
    const after = from.includes("publicInputs.length, count") ? batch : verify;
    const at = contract.indexOf(from, after);
    if (at < 0) throw new Error(`not in the contract: ${from}`);
    const artifact = join(folder, "artifact.json");
    sources["Halo2Verifier.sol"] = contract.slice(0, at) + to + contract.slice(at + from.length);
    writeFileSync(artifact, JSON.stringify(compile(sources)));
    const passed = run(artifact);
    const expected = from === "";
    if (passed !== expected) survivors += 1;
    console.log(`${passed === expected ? "as it should" : "NOT as it should"}: ${from || "the contract itself"}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exit(survivors === 0 ? 0 : 1);
