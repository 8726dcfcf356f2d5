// Compiles the Solidity on stdin and writes the creation code of its contract to stdout, in hexadecimal.
//
// Of the optimizer only what works on bytecode is used: with the part for Yul, and through the IR, the stack is too deep.
import { readFileSync } from "node:fs";
import solc from "solc";

const input = {
  language: "Solidity",
  sources: { verifier: { content: readFileSync(0, "utf8") } },
  settings: {
    evmVersion: "cancun",
    optimizer: { enabled: true, runs: 1_000_000, details: { yul: false } },
    metadata: { appendCBOR: false },
    outputSelection: { "*": { "*": ["evm.bytecode.object"] } },
  },
};
const output = JSON.parse(solc.compile(JSON.stringify(input)));
const errors = (output.errors ?? []).filter((error) => error.severity === "error");
if (errors.length > 0) {
  console.error(errors[0].formattedMessage);
  process.exit(1);
}
const [contract] = Object.values(output.contracts.verifier);
process.stdout.write(contract.evm.bytecode.object);
