#!/usr/bin/env bash
# Runs the fuzz targets with cargo-fuzz.
#   run.sh                      20,000 executions of each target: the bounded form
#   run.sh 1000000              as many of each; of verifier and verdict a tenth, because nearly each is a verification
#   run.sh 1000000 market srs   of these targets alone
# Needs a C++ compiler. Corpora grow under target/fuzz/corpus; what makes a target fail is left in target/fuzz/artifacts.
set -euo pipefail
cd "$(dirname "$0")/../.."
executions=${1:-20000}
shift $(($# > 0 ? 1 : 0))

export PATH=$PWD/target/tools/bin:$PATH
if [ ! -x target/tools/bin/cargo-fuzz ]; then
    cargo install cargo-fuzz --version 0.13.2 --locked --quiet --root target/tools --target-dir target/tools/build
fi
# Without a sanitizer, so that the stable compiler will do: the project has no unsafe code.
options=(--fuzz-dir verifier/fuzz --sanitizer none --codegen-units 16 --target-dir target/fuzz/build)
if [ $# -eq 0 ]; then
    mapfile -t targets < <(cargo fuzz list --fuzz-dir verifier/fuzz)
else
    targets=("$@")
fi
cargo fuzz build "${options[@]}" ${1:+"$1"}

for target in "${targets[@]}"; do
    case $target in
    verifier | verdict) runs=$((executions / 10)) ;;
    *) runs=$executions ;;
    esac
    seeds=target/fuzz/seeds/$target corpus=target/fuzz/corpus/$target artifacts=target/fuzz/artifacts/$target
    rm -rf "$seeds"
    mkdir -p "$seeds" "$corpus" "$artifacts"
    log=target/fuzz/$target.log
    # New inputs go to the first folder; the target writes its seeds before the folders are read.
    folders=("$corpus" "$seeds")
    if [ -d verifier/fuzz/corpus/"$target" ]; then
        folders+=(verifier/fuzz/corpus/"$target")
    fi
    if ! ASSAY_FUZZ_SEEDS=$seeds target/fuzz/build/x86_64-unknown-linux-gnu/release/"$target" "${folders[@]}" \
        -runs="$runs" -max_len=8192 -timeout=60 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$artifacts/" >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        exit 1
    fi
    done_runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    seconds=$(sed -n 's/^Done [0-9]* runs in \([0-9]*\) second(s)$/\1/p' "$log")
    printf '%-12s %9d executions in %5d s\n' "$target" "$done_runs" "$seconds"
done
