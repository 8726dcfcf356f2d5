#!/usr/bin/env bash
# Runs Foundry's tests; with `--full`, the invariants over 102,400 calls instead of 12,800. Needs Node.js and npm. Fails
# where the gas is not that of `snapshots/`.
set -euo pipefail
cd "$(dirname "$0")"
[ -x node_modules/.tools/forge ] && [ -d node_modules/@openzeppelin ] || ./install.sh
[ "${1:-}" != --full ] || export FOUNDRY_INVARIANT_RUNS=512
FORGE_SNAPSHOT_CHECK=true node_modules/.tools/forge test --silent || {
    FORGE_SNAPSHOT_CHECK=true node_modules/.tools/forge test --rerun
    exit 1
}
