#!/usr/bin/env node
// The compiler of npm's package `solc`, as Foundry calls one: standard JSON from stdin to stdout.
"use strict";
const { readFileSync } = require("node:fs");
const { resolve } = require("node:path");
const solc = require("solc");

if (process.argv.includes("--version")) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}`);
} else if (process.argv.includes("--standard-json")) {
  const base = process.argv[process.argv.indexOf("--base-path") + 1];
  const source = (path) => {
    try {
      return { contents: readFileSync(resolve(process.argv.includes("--base-path") ? base : ".", path), "utf8") };
    } catch {
      return { error: `${path}: cannot be read` };
    }
  };
  process.stdout.write(solc.compile(readFileSync(0, "utf8"), { import: source }));
} else {
  console.error("solc.cjs: only --standard-json and --version");
  process.exit(2);
}
