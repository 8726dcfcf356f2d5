// The Solidity verifier that snarkjs exports: compiled, and called.

import solc from "solc";

// EVM and metadata as for Assay's own contracts (`verifier/contracts/foundry.toml`), and the optimiser's settings under which
// the contract costs least to call: through the IR, for as many runs as the limit of 24,576 bytes lets it have.
const settings = (runs) => ({
    evmVersion: "cancun",
    viaIR: true,
    optimizer: { enabled: true, runs },
    metadata: { bytecodeHash: "none", appendCBOR: false },
    outputSelection: { "*": { "*": ["evm.bytecode.object", "evm.deployedBytecode.object", "evm.methodIdentifiers"] } },
});
const RUNS = [1_000_000, 50_000, 200];
const LIMIT = 24_576;

// The creation code of the one contract in `source`, and the selector of its one function `verifyProof`.
export function compile(source) {
    for (const runs of RUNS) {
        const input = { language: "Solidity", sources: { "verifier.sol": { content: source } }, settings: settings(runs) };
        const { errors = [], contracts } = JSON.parse(solc.compile(JSON.stringify(input)));
        const fatal = errors.filter((error) => error.severity === "error");
        if (fatal.length > 0) throw new Error(fatal.map((error) => error.formattedMessage).join("\n"));
        const [{ evm }] = Object.values(contracts["verifier.sol"]);
        if (evm.deployedBytecode.object.length / 2 > LIMIT) continue;
        const selector = Object.entries(evm.methodIdentifiers).find(([signature]) => signature.startsWith("verifyProof("))[1];
        return { code: `0x${evm.bytecode.object}`, selector: `0x${selector}` };
    }
    throw new Error(`the contract exceeds ${LIMIT} bytes under every setting`);
}

// Calldata from what snarkjs' `exportSolidityCallData` prints. All arguments are arrays of fixed length, so their encoding
// is their words in a row: those of the proof, then the public inputs.
export const encode = (selector, printed) => selector + words(printed).map(hex).join("");

// The same call with one word changed, for each word; and with each public input r more, which is the same number modulo r.
export function altered(selector, printed, inputs) {
    const all = words(printed);
    const call = (index, by) => selector + all.with(index, (all[index] + by) % (1n << 256n)).map(hex).join("");
    const first = all.length - inputs;
    return [...all.map((_, index) => call(index, 1n)), ...all.slice(first).map((_, index) => call(first + index, MODULUS))];
}

const MODULUS = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

const words = (printed) => printed.match(/0x[0-9a-f]{64}/g).map(BigInt);
const hex = (word) => word.toString(16).padStart(64, "0");
