// Writes the table of gas in `docs/src/registry.md` from `snapshots/`; with `--check`, fails where that changes it.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const page = join(here, "../../docs/src/registry.md");
const names = {
  "board.json": "price board",
  "registry.json": "registry",
  "terms.json": "terms of a policy",
  "transactions.json": "whole transaction",
};
const rows = [];
for (const file of readdirSync(join(here, "snapshots")).sort()) {
  if (!(file in names)) continue;
  for (const [what, gas] of Object.entries(JSON.parse(readFileSync(join(here, "snapshots", file), "utf8")))) {
    rows.push(`| ${names[file]} | ${what} | ${Number(gas).toLocaleString("en-GB")} |`);
  }
}
const table = `<!-- gas -->\n| | | gas |\n|---|---|---:|\n${rows.join("\n")}\n<!-- /gas -->`;
const before = readFileSync(page, "utf8");
const after = before.replace(/<!-- gas -->[^]*<!-- \/gas -->/, () => table);
if (!process.argv.includes("--check")) {
  writeFileSync(page, after);
} else if (before !== after) {
  console.error("the table in docs/src/registry.md is not that of snapshots/: run gas.mjs and commit");
  process.exit(1);
}
