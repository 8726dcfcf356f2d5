// The three proof systems of snarkjs, behind one interface.

import { fflonk, groth16, plonk, r1cs, zKey } from "snarkjs";

// `optimisation` is circom's: --O2 eliminates linear constraints, which leaves the fewest for Groth16. PLONK and FFLONK
// pay a gate for every two terms of a linear combination, so they do better with the sparser constraints of --O1.
// `power` is the size of the powers of tau that the set-up reads, as a power of two; `lagrange` says whether it reads
// their Lagrange form as well. `makeKey` writes the key and returns the size of the circuit in words.
export const SYSTEMS = {
    groth16: {
        title: "Groth16",
        setup: "per circuit",
        optimisation: "O2",
        power: 13,
        lagrange: true,
        async makeKey(circuit, powers, key) {
            const initial = { type: "mem" };
            await zKey.newZKey(circuit, powers, initial);
            // Until somebody has contributed, delta is the generator, and whoever knows that can forge.
            await zKey.contribute(initial, key, "development", entropy());
            return `${grouped((await r1cs.info(circuit)).nConstraints)} constraints`;
        },
        prove: groth16.prove,
        verify: groth16.verify,
        calldata: (proof, publics) => groth16.exportSolidityCallData(proof, publics),
    },
    plonk: {
        title: "PLONK",
        setup: "universal",
        optimisation: "O1",
        power: 13,
        lagrange: true,
        makeKey: (circuit, powers, key) => countingGates((logger) => plonk.setup(circuit, powers, key, logger)),
        prove: plonk.prove,
        verify: plonk.verify,
        calldata: (proof, publics) => plonk.exportSolidityCallData(proof, publics),
    },
    fflonk: {
        title: "FFLONK",
        setup: "universal",
        optimisation: "O1",
        // It wants nine times its domain of 2^13 and a few more.
        power: 16,
        lagrange: false,
        makeKey: (circuit, powers, key) => countingGates((logger) => fflonk.setup(circuit, powers, key, logger)),
        prove: fflonk.prove,
        verify: fflonk.verify,
        calldata: (proof, publics) => fflonk.exportSolidityCallData(publics, proof),
    },
};

// The universal set-ups tell the number of gates to their logger only, and report errors in the same way.
async function countingGates(setUp) {
    let gates;
    const info = (line) => (gates ??= line.match(/constraints: +(\d+)/i)?.[1]);
    const error = (line) => {
        throw new Error(line);
    };
    await setUp({ info, error, debug() {}, warn() {} });
    return `${grouped(Number(gates))} gates`;
}

const grouped = (count) => count.toLocaleString("en-GB");

export const entropy = () => Buffer.from(crypto.getRandomValues(new Uint8Array(64))).toString("hex");
