// A chain of one contract: creation code in, outcome and gas of whole transactions out.

import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM } from "@ethereumjs/evm";
import { createAddressFromString, hexToBytes } from "@ethereumjs/util";

const BASE = 21_000;
const LIMIT = 30_000_000n;
// A transaction starts with these warm, a bare call does not: exponentiation, addition, multiplication and pairing.
const PRECOMPILES = ["05", "06", "07", "08"].map((last) => `0x${last.padStart(40, "0")}`);
const caller = createAddressFromString(`0x${"11".repeat(20)}`);

// A function from calldata to what the contract answers: whether it accepts, and the gas of a transaction that calls it.
export async function deploy(code) {
    const evm = await createEVM({ common: new Common({ chain: Mainnet, hardfork: Hardfork.Cancun }) });
    const created = await evm.runCall({ caller, data: hexToBytes(code), gasLimit: LIMIT });
    if (created.execResult.exceptionError) throw new Error(`deployment failed: ${created.execResult.exceptionError.error}`);
    return async (calldata) => {
        const data = hexToBytes(calldata);
        for (const precompile of PRECOMPILES) evm.journal.addAlwaysWarmAddress(precompile);
        const { execResult } = await evm.runCall({ caller, to: created.createdAddress, data, gasLimit: LIMIT });
        const accepted = !execResult.exceptionError && BigInt(`0x${Buffer.from(execResult.returnValue).toString("hex")}`) !== 0n;
        const sent = data.reduce((sum, byte) => sum + (byte === 0 ? 4 : 16), 0);
        return { accepted, gas: BASE + sent + Number(execResult.executionGasUsed) };
    };
}
