#!/usr/bin/env bash
# Installs the compiler of the contract and builds the contender, for this machine's processor as arkworks. Needs Rust,
# Node.js and npm.
set -euo pipefail
cd "$(dirname "$0")"
npm install --no-save --silent --ignore-scripts
RUSTFLAGS="-C target-cpu=native" cargo build --release --locked --quiet -p assay-peer-halo2-base --bins
