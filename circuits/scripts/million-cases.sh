#!/bin/sh
# Reference against circuit on a million boundary-biased cases of eight assets; another number as the first argument.
set -eu
ASSAY_CASES="${1:-1000000}" exec cargo test --release --workspace --test circuit \
    solvency_of_8::circuit_and_reference_agree_on_boundary_cases -- --nocapture
