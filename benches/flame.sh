#!/usr/bin/env bash
# Where proving spends its time: samples many proofs over eight assets with perf, draws docs/src/images/flame-prove.svg
# with inferno and writes the shares of the prover's parts, on one thread and on two, to benches/results/flame.md.
#
#   benches/flame.sh [PROOFS]        by default 300
#
# Needs Linux's perf; inferno is installed below target/tools.
set -euo pipefail
cd "$(dirname "$0")/.."
proofs=${1:-300}
tools=$PWD/target/tools
[ -x "$tools/bin/inferno-flamegraph" ] ||
    cargo install --quiet --locked --version 0.12.8 --no-default-features --features cli --root "$tools" inferno
cargo build --release --locked --quiet --bin timing
program=${CARGO_TARGET_DIR:-target}/release/timing
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for threads in 1 2; do
    perf record --quiet -e cpu-clock -F 499 --call-graph dwarf,16384 -o "$work/data" "$program" prove "$proofs" "$threads"
    # Only what is part of a proof, without the frames of the pool of threads and of the standard library.
    perf script --no-inline -i "$work/data" 2>/dev/null | "$tools/bin/inferno-collapse-perf" 2>/dev/null |
        grep 'assay_protocol::prover' | grep -v 'ProvingKey' |
        awk '{
            count = $NF; sub(/ [0-9]+$/, ""); frames = split($0, frame, ";"); stack = "prove"
            for (i = 2; i <= frames; i++)
                if (frame[i] !~ /^[<&]*(rayon|core|std|alloc)|^(clone|start_thread|timing::)|proof::prove$/) {
                    gsub(/assay_protocol::prover::|halo2curves_axiom::/, "", frame[i]); stack = stack ";" frame[i]
                }
            print stack, count
        }' >"$work/$threads"
done
# Widths in a picture of both together say nothing of either: the picture is of one thread.
"$tools/bin/inferno-flamegraph" --title "Proving over eight assets, one thread" --minwidth 0.5 --countname ns "$work/1" \
    >docs/src/images/flame-prove.svg

# A sample counts for the first part in this list that its stack goes through.
share() { # share FILE
    awk -v list="$(cat <<'LIST'
points: additions|msm::Adder
points: digits, sorting, doublings|msm::|G1
transforms|domain::
gates|quotient::
values at x, opening without its two commitments|opening::|kate_division|Tables::queries
witness|solvency::|limb::|poseidon::|chip::|commitment::
the rest: hashing, randomness, copying|.
LIST
)" '
        BEGIN {
            parts = split(list, line, "\n")
            for (i = 1; i <= parts; i++) { name[i] = line[i]; sub(/\|.*/, "", name[i]); sub(/^[^|]*\|/, "", line[i]) }
        }
        { for (i = 1; i <= parts; i++) if ($0 ~ line[i]) { sum[i] += $NF; all += $NF; break } }
        END { for (i = 1; i <= parts; i++) printf "%s|%.1f %%\n", name[i], 100 * sum[i] / all }
    ' "$1"
}
{
    echo "| part | one thread | two threads |"
    echo "|---|---|---|"
    paste -d'|' <(share "$work/1") <(share "$work/2") | awk -F'|' '{ print "| " $1 " | " $2 " | " $4 " |" }'
} >benches/results/flame.md
cat benches/results/flame.md
