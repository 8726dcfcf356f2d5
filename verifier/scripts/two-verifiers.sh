#!/bin/sh
# This project's verifier against halo2's on a thousand proofs, a thousand simulated ones and over 15,000 changed ones.
set -eu
cd "$(dirname "$0")/../.."
ASSAY_TWO_VERIFIERS=1 exec cargo test --release --locked --workspace --test two_verifiers -- --nocapture
