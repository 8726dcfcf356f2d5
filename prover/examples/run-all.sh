#!/usr/bin/env bash
# Plays every example; each asserts every verdict and every exit code that it shows. What a failed one said is shown.
set -euo pipefail
cd "$(dirname "$0")"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for example in custody-fund maker-vault aave-account fund-30-assets fund-mandate tiered-haircuts; do
    "$example/run.sh" >"$log" 2>&1 || {
        cat "$log" >&2
        exit 1
    }
    tail -n 1 "$log"
done
