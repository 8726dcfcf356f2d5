// Compiles Solidity from stdin, without the optimizer, and writes the runtime code of its contract to stdout.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const solc = createRequire(new URL("../package.json", import.meta.url))("solc");
const input = {
  language: "Solidity",
  sources: { reference: { content: readFileSync(0, "utf8") } },
  settings: { outputSelection: { "*": { "*": ["evm.deployedBytecode.object"] } } },
};
const output = JSON.parse(solc.compile(JSON.stringify(input)));
const errors = (output.errors ?? []).filter((error) => error.severity === "error");
if (errors.length > 0) throw new Error(errors[0].formattedMessage);
const [contract] = Object.values(output.contracts.reference);
process.stdout.write(contract.evm.deployedBytecode.object);
