#!/usr/bin/env bash
# Builds the contender. arkworks' assembly is used only where the compiler may assume this machine's processor.
set -euo pipefail
cd "$(dirname "$0")/.."
RUSTFLAGS="-C target-cpu=native" cargo build --release --locked -p assay-peer-arkworks --bins
