// Writes `docs/src/checks.md` between its marks from `rust.json` and `contracts.json`. With `--check`: fails where a row of
// the tables is no longer of the code that it is about.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { plain, read } from "./mutants.mjs";

const here = import.meta.dirname;
const root = join(here, "../..");
const LANGUAGES = [
  ["rust", ""],
  ["contracts", "verifier/contracts/"],
];
if (process.argv.includes("--check")) {
  for (const [name, folder] of LANGUAGES) {
    for (const mutant of read(join(here, `${name}.txt`))) plain(readFileSync(join(root, folder, mutant.path), "utf8"), mutant);
  }
  process.exit(0);
}
// Tests named in a row; how many more there are, the row says.
const SHOWN = 2;
const lines = [];
let [run, all] = [0, 0];
for (const [name, folder] of LANGUAGES) {
  all += read(join(here, `${name}.txt`)).length;
  let section = "";
  const file = join(here, `${name}.json`);
  for (const { path, what, tests } of existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : []) {
    run += 1;
    if (section !== path) lines.push("", `### \`${folder}${path}\``, "", "| check | noticed by |", "|---|---|");
    section = path;
    const names = tests.slice(0, SHOWN).map((test) => `\`${test.replace(/^.*: /, "")}\``);
    const more = tests.length > SHOWN ? ` and ${tests.length - SHOWN} more` : "";
    lines.push(`| ${what} | ${names.join(", ")}${more} |`);
  }
}
lines.unshift(`These ${run} of the tables' ${all} rows were tried on the code as it is now.`);
const page = join(root, "docs/src/checks.md");
const text = `<!-- checks -->\n${lines.join("\n")}\n<!-- /checks -->`;
writeFileSync(page, readFileSync(page, "utf8").replace(/<!-- checks -->[^]*<!-- \/checks -->/, () => text));
