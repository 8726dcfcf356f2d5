#!/usr/bin/env bash
# Runs Halo2Verifier.sol beside the contract that snark-verifier writes for the same key. Needs Node.js and npm.
set -euo pipefail
cd "$(dirname "$0")"
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$(cd ../../.. && pwd)/target}
[ -d ../node_modules/solc ] || ../install.sh
code=$CARGO_TARGET_DIR/reference-contract.hex
cargo run --release --locked --quiet -- solidity | node compile.mjs >"$code"
cargo run --release --locked --quiet -- compare "$code"
