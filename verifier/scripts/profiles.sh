#!/bin/sh
# Protocol profiles on a million accepted positions each: all healthy by the protocol's own rule, and what the margins
# cost in base units of debt. Another number as the first argument.
set -eu
cd "$(dirname "$0")/../.."
ASSAY_POSITIONS="${1:-1000000}" exec cargo test --release --locked --workspace --test profiles -- --nocapture
