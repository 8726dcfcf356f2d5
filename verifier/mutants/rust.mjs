// Takes each check of the Rust crates away in turn, as `rust.txt` lists them, and says which tests of the crate notice.
// Minutes, after a build; run by hand. An argument: a pattern of those to try. `CARGO_TARGET_DIR` may name a warm one.
// Writes `rust.json`. Fails where a mutant is noticed by no test.
import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { read, switched } from "./mutants.mjs";

const here = import.meta.dirname;
const root = join(here, "../..");
const only = new RegExp(process.argv[2] ?? "");
const mutants = read(join(here, "rust.txt"));
const folder = mkdtempSync(join(tmpdir(), "mutants-"));
const language = (path) => {
  const on = path.startsWith("circuits/protocol/") ? "crate::mutant" : "assay_protocol::mutant";
  return {
    ends: ",;{}",
    expression: (id, to) => [`(if ${on}(${id}) { ${to} } else { `, " })"],
    statement: (id) => [`if !${on}(${id}) {`, "}"],
  };
};
const SWITCH = `
/// Whether the mutant is switched on.
pub fn mutant(id: u32) -> bool {
    static ON: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    *ON.get_or_init(|| std::env::var("MUTANT").map_or(0, |id| id.parse().unwrap())) == id
}
`;
const PACKAGES = ["-p", "assay-protocol", "-p", "assay-circuits", "-p", "assay-verifier", "--lib", "--test", "*"];
// Of the circuits' tests those of files: the circuit has its own mutants, page "Soundness tests".
const SLOW = new Set(["circuit"]);

const output = process.env.OUT ?? join(here, "rust.json");
// What is in the output is not tried again: remove it to begin anew.
let results = existsSync(output) ? JSON.parse(readFileSync(output, "utf8")) : [];
const same = (a, b) => a.path === b.path && a.what === b.what && a.from === b.from && a.to === b.to;
results = mutants.flatMap((m) => results.filter((r) => same(m, r)).map((r) => ({ ...r, id: m.id })));
const wanted = (m) => only.test(`${m.path}: ${m.what}`) && !results.some((r) => same(m, r));
const save = () => writeFileSync(output, `${JSON.stringify(results.sort((a, b) => a.id - b.id), null, 1)}\n`);
try {
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
  const tar = execFileSync("tar", ["-c", "--null", "-T", "-", "--ignore-failed-read"], { cwd: root, input: files, maxBuffer: 1 << 30 });
  execFileSync("tar", ["-x"], { cwd: folder, input: tar });
  const left = [];
  for (const path of new Set(mutants.map((m) => m.path))) {
    const text = readFileSync(join(root, path), "utf8");
    const mutated = switched(text, mutants.filter((m) => m.path === path), language(path));
    writeFileSync(join(folder, path), mutated.text);
    left.push(...mutated.left);
  }
  if (left.length > 0) throw new Error(`no switch can carry: ${left.map((m) => m.what).join("; ")}`);
  appendFileSync(join(folder, "circuits/protocol/src/lib.rs"), SWITCH);
  const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
  const env = { ...process.env, CARGO_TARGET_DIR: target, CARGO_INCREMENTAL: "1" };
  const args = ["test", "--release", "--locked", "--no-run", "--message-format=json", ...PACKAGES];
  const build = spawnSync("cargo", args, { cwd: folder, env, maxBuffer: 1 << 30 });
  const messages = String(build.stdout).split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const errors = messages.filter((m) => m.message?.level === "error").map((m) => m.message.rendered);
  if (build.status !== 0) throw new Error(errors.join("\n") || String(build.stderr));
  const binaries = messages
    .filter((m) => m.profile?.test && m.executable && !SLOW.has(m.target.name))
    .map((m) => ({ name: m.target.name, crate: m.manifest_path.includes("/circuits/") ? "circuits" : "verifier", path: m.executable, folder: m.manifest_path.replace(/Cargo.toml$/, "") }));
  // Binaries that are named like the file come first, and the first that notices is enough.
  const likely = (m, { name }) => Number(m.path.split(/[/.]/).some((part) => part.length > 2 && part !== "verifier" && name.includes(part.slice(0, 5))));
  const failing = (m) => {
    const mine = binaries.filter(({ crate, name }) => m.id === 0 || m.path.startsWith(crate) || name === "production");
    const noticed = [];
    for (const { name, path, folder: cwd } of mine.sort((a, b) => likely(m, b) - likely(m, a))) {
      const run = spawnSync(path, ["--quiet"], { cwd, env: { ...process.env, MUTANT: String(m.id) }, timeout: 120_000, maxBuffer: 1 << 28 });
      if (run.status === 0) continue;
      const names = [...String(run.stdout).matchAll(/^ {4}(\S+)$/gm)].map(([, test]) => `${name}: ${test.replace(/.*::/, "")}`);
      noticed.push(...(names.length > 0 ? new Set(names) : [`${name}: does not end well`]));
      if (m.id !== 0) break;
    }
    return noticed;
  };
  const base = failing({ id: 0, path: "" });
  console.log(`without a mutant: ${base.length} failures ${base.join("; ")}`);
  for (const m of mutants) {
    if (!wanted(m)) continue;
    const tests = failing(m).filter((test) => !base.includes(test));
    results.push({ ...m, tests });
    save();
    console.log(`${tests.length > 0 ? String(tests.length).padStart(3) : "NOT NOTICED"} ${m.path}: ${m.what}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exit(results.every((r) => r.tests.length > 0) ? 0 : 1);
