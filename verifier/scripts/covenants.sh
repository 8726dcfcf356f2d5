#!/bin/sh
# Rows of covenants against a direct reading of each kind, in 100,000 random cases of each; another number as the first argument.
set -eu
ASSAY_COVENANTS="${1:-100000}" exec cargo test --release --locked --workspace --test covenants -- agreement rows
