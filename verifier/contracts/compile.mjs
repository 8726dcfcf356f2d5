// Compiles `Halo2Verifier.sol` from sources by name, with the settings of `foundry.toml`. Returns creation and runtime code.
import { createRequire } from "node:module";

const solc = createRequire(import.meta.url)("solc");

export function compile(sources) {
  const settings = {
    evmVersion: "cancun",
    optimizer: { enabled: true, runs: 1_000_000 },
    metadata: { bytecodeHash: "none", appendCBOR: false },
    outputSelection: { "*": { "*": ["evm.bytecode.object", "evm.deployedBytecode.object"] } },
  };
  const files = Object.fromEntries(Object.entries(sources).map(([name, content]) => [name, { content }]));
  const output = JSON.parse(solc.compile(JSON.stringify({ language: "Solidity", sources: files, settings })));
  const errors = (output.errors ?? []).filter((error) => error.severity === "error");
  if (errors.length > 0) throw new Error(errors[0].formattedMessage);
  const { bytecode, deployedBytecode } = output.contracts["Halo2Verifier.sol"].Halo2Verifier.evm;
  return { bytecode: `0x${bytecode.object}`, deployedBytecode: `0x${deployedBytecode.object}` };
}
