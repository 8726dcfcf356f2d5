#!/usr/bin/env bash
# Compiles circom's circuits and builds the contender, for this machine's processor as arkworks.
set -euo pipefail
cd "$(dirname "$0")"
npm ci --silent
npm run --silent build
cd ..
RUSTFLAGS="-C target-cpu=native" cargo build --release --locked -p assay-peer-circom --bins
