// Takes each check of Halo2Verifier.sol away in turn, sees that a test of the generator's crate fails, and writes the table
// of who noticed to the page "Verification on chain". With a text as argument, only the checks that contain it, and no table.
// Minutes; not part of the default tests. Needs `install.sh` to have run.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile } from "./compile.mjs";

const here = import.meta.dirname;
const source = (name) => readFileSync(join(here, "src/verifier", name), "utf8");
const contract = source("Halo2Verifier.sol");

// Evaluations whose comparison no proof shows: the contract subtracts them from r, so that larger words make
// the sum of the gates wrong. `sizes.rs` sees in the source that they are compared.
const implied = ["A_3", "A_5", "B_0", "CONSTANT_0", "ROUND_0"].map((name) => `lt(mload(${name}), r)`);
const evaluations = [...contract.matchAll(/lt\(mload\((A|B|LIMB|ROUND|TURN|CONSTANT|RANDOM)_\d+\), r\)/g)]
  .map(([text]) => text)
  .filter((text) => !implied.includes(text));
// A name for people, the test that is to notice, what is replaced and by what. Not the places of the arguments: calldata of
// the right size has the right lengths nowhere else, unless a word of the proof happens to be one; nor the empty batch, whose
// denominator is zero and refused for that; nor the points at infinity (page "Verification on chain").
const verify = contract.indexOf("function verify(");
const batch = contract.indexOf("function verifyBatch(");
const checks = [
  ["length of the proof", "calldata_that_is_not_the_one_encoding_is_not_accepted", [["eq(proof.length, PROOF_LENGTH)", "1"]]],
  ["number of public inputs", "calldata_that_is_not_the_one_encoding_is_not_accepted", [["eq(publicInputs.length, INPUTS)", "1"]]],
  ["length of the calldata", "calldata_that_is_not_the_one_encoding_is_not_accepted", [["eq(calldatasize(), 0x764)", "1"]]],
  ["batch: as many statements as proofs", "batches_of_other_shapes_are_not_accepted", [["eq(publicInputs.length, count)", "1"]]],
  ["batch: length of the calldata", "batches_of_other_shapes_are_not_accepted", [["eq(calldatasize(), add(0x84, mul(count, 0x760)))", "1"]]],
  ["batch: length of each proof", "batches_of_other_shapes_are_not_accepted", [["eq(calldataload(proof), PROOF_LENGTH)", "1"]]],
  ["batch: number of public inputs of each", "batches_of_other_shapes_are_not_accepted", [["eq(calldataload(inputs), INPUTS)", "1"]]],
  ["batch: a factor that follows everything", "errors_that_cancel_under_equal_weights_do_not_pass_as_a_batch", [
    ["factor := mod(keccak256(BATCH, add(calldatasize(), 0x1c)), ORDER)", "factor := 1"],
  ]],
  ["`C < r`", "values_that_only_their_encoding_or_width_condemns_are_refused", [["lt(mload(COMMITMENT), r)", "1"]]],
  ["`context < 2^253`", "true_statements_beyond_the_widths_are_refused", [["shr(253, mload(CONTEXT))", "0"]]],
  ["`m < 2^240`", "true_statements_beyond_the_widths_are_refused", [["shr(240, mload(MARGIN))", "0"]]],
  ["weights below `2^120`, all", "true_statements_beyond_the_widths_are_refused", [["shr(120, weights)", "0"]]],
  ["weights below `2^120`, one each time", "true_statements_beyond_the_widths_are_refused", [
    ...[1, 2, 3, 4, 5, 6, 7].map((i) => [`mload(W_${i})`, "0"]),
    ...[0, 1, 2, 3, 4, 5, 6, 7].map((i) => [`mload(V_${i})`, "0"]),
  ]],
  ["evaluations below `r`, one each time", "values_that_only_their_encoding_or_width_condemns_are_refused", evaluations.map((text) => [text, "1"])],
  ["the pairing's answer", "every_changed_word_of_a_proof_is_refused", [["eq(mload(0x00), 1)", "1"]]],
];

/// The test programs, built once.
function build() {
  const args = ["test", "--release", "--quiet", "-p", "assay-contracts", "--test", "forged", "--test", "mutations"];
  const output = execFileSync("cargo", [...args, "--no-run", "--message-format=json"], { cwd: here, maxBuffer: 1 << 28 });
  const messages = output.toString().trim().split("\n").map((line) => JSON.parse(line));
  return messages.filter((message) => message.executable && message.profile.test).map((message) => message.executable);
}

/// Names of the tests that fail for an artifact, of all or of the one with this name.
function failures(programs, artifact, test) {
  const options = { env: { ...process.env, ASSAY_ARTIFACT: artifact }, cwd: join(here, "generator") };
  return programs.flatMap((program) => {
    const { status, stdout } = spawnSync(program, test ? [test, "--exact"] : [], options);
    const names = [...stdout.toString().matchAll(/^test (\S+) .*FAILED$/gm)].map(([, name]) => name);
    if ((status === 0) !== (names.length === 0)) throw new Error(`${program} ended with ${status}`);
    return names;
  });
}

/// The runtime code with one place changed.
function changed(from, to) {
  const at = contract.indexOf(from, from.includes("publicInputs.length, count") ? batch : verify);
  if (at < 0) throw new Error(`not in the contract: ${from}`);
  const sources = Object.fromEntries(
    ["IAttestationVerifier.sol", "Halo2VerifierMemory.sol"].map((name) => [name, source(name)]),
  );
  return compile({ ...sources, "Halo2Verifier.sol": contract.slice(0, at) + to + contract.slice(at + from.length) });
}

const folder = mkdtempSync(join(tmpdir(), "mutants-"));
const artifact = join(folder, "artifact.json");
const only = process.argv[2];
const rows = [];
let survivors = 0;
try {
  const programs = build();
  writeFileSync(artifact, JSON.stringify(changed("", "")));
  if (failures(programs, artifact).length > 0) throw new Error("the contract itself fails");
  for (const [name, test, replacements] of checks) {
    const chosen = replacements.filter(([from]) => !only || from.includes(only));
    let noticed = 0;
    const by = new Set();
    for (const [from, to] of chosen) {
      writeFileSync(artifact, JSON.stringify(changed(from, to)));
      let names = failures(programs, artifact, test);
      if (names.length === 0) names = failures(programs, artifact);
      names.forEach((name) => by.add(name));
      if (names.length > 0) noticed += 1;
      console.log(`${names.length > 0 ? `noticed by ${names.join(", ")}` : "NOT NOTICED"}: ${from}`);
    }
    survivors += chosen.length - noticed;
    const tests = [...by].sort().map((test) => `\`${test}\``);
    rows.push(`| ${name} | ${chosen.length} | ${noticed} | ${tests.join(", ")} |`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
if (!only) {
  const page = join(here, "../../docs/src/on-chain.md");
  const head = "| check taken away | mutants | noticed | by |\n|---|---:|---:|---|";
  const table = `<!-- mutants: written by mutants.mjs -->\n\n${head}\n${rows.join("\n")}\n\n<!-- end of mutants -->`;
  const text = readFileSync(page, "utf8");
  writeFileSync(page, text.replace(/<!-- mutants:[^]*<!-- end of mutants -->/, () => table));
}
process.exit(survivors === 0 ? 0 : 1);
