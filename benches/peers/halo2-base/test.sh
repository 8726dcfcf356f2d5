#!/usr/bin/env bash
# Installs, and runs the tests: circuit, proofs and contract.
set -euo pipefail
cd "$(dirname "$0")"
./install.sh
RUSTFLAGS="-C target-cpu=native" cargo test --release --locked --quiet -p assay-peer-halo2-base
