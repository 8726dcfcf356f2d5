#!/bin/sh
# A thousand proofs of one statement share no word; another number as the first argument.
set -eu
ASSAY_PROOFS="${1:-1000}" exec cargo test --release --locked --workspace --test circuit \
    proofs_of_one_statement_share_no_word_and_have_one_length -- --nocapture
