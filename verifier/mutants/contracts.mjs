// Takes each check of the contracts away in turn, as `contracts.txt` lists them, and says which of Foundry's tests notice.
// Halo2Verifier.sol has its own: `contracts/mutants.mjs`. Minutes; run by hand. An argument: a pattern of those to try.
// Writes `contracts.json`. Fails where a mutant is noticed by no test.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { plain, read, switched } from "./mutants.mjs";

const here = import.meta.dirname;
const only = new RegExp(process.argv[2] ?? "");
const mutants = read(join(here, "contracts.txt"));
const folder = mkdtempSync(join(tmpdir(), "mutants-"));
const project = join(folder, "contracts");
const language = {
  ends: ",;?{}",
  expression: (id, to) => [`(M.on(${id}) ? (${to}) : (`, "))"],
  statement: (id) => [`if (!M.on(${id})) {`, "}"],
};
const SWITCH = `// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

interface Environment {
    function envOr(string calldata name, uint256 otherwise) external view returns (uint256);
}

library M {
    function on(uint256 id) internal pure returns (bool) {
        function(uint256) view returns (bool) from = read;
        function(uint256) pure returns (bool) to;
        assembly {
            to := from
        }
        return to(id);
    }

    function read(uint256 id) private view returns (bool) {
        return Environment(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D).envOr("MUTANT", 0) == id;
    }
}
`;

/** Names of the tests that fail with a mutant; null where it does not compile. */
function failing(id) {
  const args = ["test", "--json", "--no-match-contract", "GasTest|RegistryInvariants"];
  const env = { ...process.env, MUTANT: String(id), FOUNDRY_FUZZ_RUNS: "16", FOUNDRY_CODE_SIZE_LIMIT: "200000" };
  const { stdout, stderr } = spawnSync(join(project, "node_modules/.tools/forge"), args, { cwd: project, env, maxBuffer: 1 << 28 });
  const start = stdout.indexOf("{");
  if (start < 0) {
    if (process.env.SHOW) console.error(String(stderr) + String(stdout));
    return null;
  }
  const suites = JSON.parse(stdout.subarray(start));
  return Object.entries(suites).flatMap(([suite, { test_results }]) =>
    Object.entries(test_results)
      .filter(([, result]) => result.status === "Failure")
      .map(([name]) => `${suite.match(/([^/]+)\.(t\.)?sol/)[1]}: ${name.replace(/\(.*/, "")}`),
  );
}

const skip = new Set(["node_modules", "out", "cache"]);
const contracts = join(here, "../contracts");
cpSync(contracts, project, { recursive: true, filter: (path) => !skip.has(relative(contracts, path)) });
cpSync(join(contracts, "node_modules"), join(project, "node_modules"), { recursive: true, verbatimSymlinks: true });
cpSync(join(here, "../tests"), join(folder, "tests"), { recursive: true });
const output = process.env.OUT ?? join(here, "contracts.json");
// What is in the output is not tried again: remove it to begin anew.
let results = existsSync(output) ? JSON.parse(readFileSync(output, "utf8")) : [];
const same = (a, b) => a.path === b.path && a.what === b.what && a.from === b.from && a.to === b.to;
results = mutants.flatMap((m) => results.filter((r) => same(m, r)).map((r) => ({ ...r, id: m.id })));
const wanted = (m) => only.test(`${m.path}: ${m.what}`) && !results.some((r) => same(m, r));
const save = () => writeFileSync(output, `${JSON.stringify(results.sort((a, b) => a.id - b.id), null, 1)}\n`);
try {
  const originals = new Map([...new Set(mutants.map((m) => m.path))].map((path) => [path, readFileSync(join(contracts, path), "utf8")]));
  writeFileSync(join(project, "src/M.sol"), SWITCH);
  const single = [];
  for (const [path, text] of originals) {
    const { text: mutated, left } = switched(text, mutants.filter((m) => m.path === path), language);
    const up = relative(dirname(path), "src/M.sol");
    const line = `import {M} from "${up.startsWith(".") ? up : `./${up}`}";`;
    writeFileSync(join(project, path), mutated.replace(/(pragma solidity [^\n]*\n)/, `$1\n${line}\n`));
    single.push(...left);
  }
  const base = failing(0);
  if (base === null) throw new Error("the mutants do not compile");
  console.log(`without a mutant: ${base.length} failures ${base.join("; ")}`);
  const switchable = mutants.filter((m) => !single.includes(m));
  const judge = (m, tests) => {
    const n = tests?.filter((name) => !base.includes(name)) ?? null;
    results.push({ ...m, tests: n });
    save();
    console.log(n === null ? `DOES NOT COMPILE ${m.path}: ${m.what}` : `${n.length > 0 ? String(n.length).padStart(3) : "NOT NOTICED"} ${m.path}: ${m.what}`);
  };
  for (const m of switchable) if (wanted(m)) judge(m, failing(m.id));
  for (const [path, text] of originals) writeFileSync(join(project, path), text);
  for (const m of single) {
    if (!wanted(m)) continue;
    writeFileSync(join(project, m.path), plain(originals.get(m.path), m));
    judge(m, failing(0));
    writeFileSync(join(project, m.path), originals.get(m.path));
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exit(results.every((r) => r.tests?.length > 0) ? 0 : 1);
