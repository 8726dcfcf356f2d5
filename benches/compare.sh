#!/usr/bin/env bash
# Compares Assay with its peers on this machine and writes results/paired.md.
#
#   benches/compare.sh [ROUNDS]        by default 40
#
# Needs Rust, Node.js with npm, and Linux for the peak of resident memory. See docs/src/benchmarks.md.
set -euo pipefail
cd "$(dirname "$0")"
rounds=${1:-40}
target=${CARGO_TARGET_DIR:-$PWD/peers/target}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

(cd peers/circom && npm ci --silent && npm run --silent build >&2)

build() { # build TARGET_DIR [RUSTFLAGS]
    for manifest in Cargo.toml peers/Cargo.toml; do
        RUSTFLAGS="${2:-}" CARGO_TARGET_DIR="$1" cargo build --release --quiet --manifest-path "$manifest" --bins
    done
}
build "$target"
build "$target-native" "-C target-cpu=native"

mkdir -p results
{
    echo "## Results of one run"
    echo
    echo "Written by \`benches/compare.sh $rounds\` on $(date -u +%F)."
    echo
    echo "Machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) cores;" \
        "$(rustc --version | cut -d' ' -f1,2), node $(node --version)."
    echo
    echo "### Compiled as by default"
    echo
    "$target/release/assay-peers-compare" "$rounds" 2
    echo
    "$target/release/assay-peers-compare" "$rounds" 1 | sed 1,2d
    echo
    echo "### Compiled with \`target-cpu=native\`"
    echo
    "$target-native/release/assay-peers-compare" "$rounds" 2 | sed 1,2d
    echo
    echo "### Memory"
    echo
    echo "A fresh process for each prover, which loads its keys and makes one proof."
    echo
    echo "| | heap in use | peak of the heap since the row above | peak of resident memory since the start |"
    echo "|---|---|---|---|"
    for prover in memory arkworks-memory circom-memory; do
        "$target/release/$prover" prepare "$work"
        "$target/release/$prover" prove "$work"
    done
} >results/paired.md.tmp
mv results/paired.md.tmp results/paired.md
cat results/paired.md
