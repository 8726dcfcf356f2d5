// The Solidity verifier that Barretenberg writes: compiled, and called.

import solc from "solc";

const NAME = "HonkVerifier";
// As Assay's own contracts are compiled (`verifier/contracts/foundry.toml`). Through the IR solc 0.8.37 fails on it.
const SETTINGS = {
    evmVersion: "cancun",
    optimizer: { enabled: true, runs: 1_000_000 },
    metadata: { bytecodeHash: "none", appendCBOR: false },
    outputSelection: { "*": { [NAME]: ["evm.bytecode.object", "evm.methodIdentifiers"] } },
};
const MODULUS = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

// The creation code of the verifier in `source`, and the selector of `verify(bytes proof, bytes32[] publicInputs)`.
export function compile(source) {
    const input = { language: "Solidity", sources: { "verifier.sol": { content: source } }, settings: SETTINGS };
    const { errors = [], contracts } = JSON.parse(solc.compile(JSON.stringify(input)));
    const fatal = errors.filter((error) => error.severity === "error");
    if (fatal.length > 0) throw new Error(fatal.map((error) => error.formattedMessage).join("\n"));
    const { evm } = contracts["verifier.sol"][NAME];
    return { code: `0x${evm.bytecode.object}`, selector: `0x${evm.methodIdentifiers["verify(bytes,bytes32[])"]}` };
}

// Calldata from the words of a proof and its public inputs.
export function encode(selector, proof, inputs) {
    const head = [64, 96 + 32 * proof.length, 32 * proof.length];
    return selector + [...head, ...proof, inputs.length, ...inputs].map(hex).join("");
}

// The same call with one word changed, for each word of the proof and each public input; with each public input r more,
// which is the same number modulo r; and with the last public input missing.
export function altered(selector, proof, inputs) {
    const change = (words, index, by) => words.with(index, (words[index] + by) % (1n << 256n));
    return [
        ...proof.map((_, index) => encode(selector, change(proof, index, 1n), inputs)),
        ...[1n, MODULUS].flatMap((by) => inputs.map((_, index) => encode(selector, proof, change(inputs, index, by)))),
        encode(selector, proof, inputs.slice(0, -1)),
    ];
}

const hex = (word) => word.toString(16).padStart(64, "0");
