#!/bin/sh
# Gates against reference on 150,000 mutated and repaired columns of each circuit, of which more than 100,000 make an
# instance; another number as the first argument.
set -eu
ASSAY_TRIALS="${1:-150000}" exec cargo test --release --locked --workspace --test circuit \
    gates_and_reference_agree_on_repaired_mutations -- --nocapture --test-threads=1
