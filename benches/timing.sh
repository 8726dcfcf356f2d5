#!/usr/bin/env bash
# Whether the time of proving depends on the amounts: times of N proofs for each class of positions (300), and, where
# valgrind is installed, the instructions of single proofs.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --locked --quiet --bin timing
timing=${CARGO_TARGET_DIR:-target}/release/timing
"$timing" sample "${1:-300}"
if ! command -v valgrind >/dev/null; then
    echo "instructions: NOT COUNTED, there is no valgrind"
    exit 0
fi
printf '\n| amounts | instructions of three proofs, millions |\n|---|---|\n'
for class in 0 1 2 3 4; do
    counts=()
    for seed in 1 2 3; do
        report=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect='*timing*measured*' \
            "$timing" once "$class" "$seed" 2>&1)
        counts+=("$(sed -n 's/.*Collected : \([0-9]*\)[0-9]\{6\}.*/\1/p' <<<"$report")")
    done
    printf '| %s | %s |\n' "$(sed -n 's/: a proof of .*//p' <<<"$report")" "${counts[*]}"
done
