#!/usr/bin/env bash
# Counts the instructions of proving, verifying, committing, weights and parsing under callgrind, and fails where one
# has grown by more than 3 % over results/instructions.json. ASSAY_BLESS=1 stores the counts instead.
#
# Counts, unlike times, do not depend on what else the machine does. They do depend on the compiler and its target: with
# others than the stored counts are of, nothing is checked.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --locked --quiet --bin instructions
program=${CARGO_TARGET_DIR:-target}/release/instructions
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
valgrind --tool=callgrind --callgrind-out-file="$work/out" --quiet "$program" run
callgrind_annotate --inclusive=yes --threshold=100 "$work/out" >"$work/annotated"
"$program" compare "$work/annotated" benches/results/instructions.json \
    "$(rustc -vV | sed -n 's/^release: /rustc /p; s/^host: //p' | sort -r | paste -sd' ')"
