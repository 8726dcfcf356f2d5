#!/usr/bin/env bash
# Slither over the contracts; fails on a finding of high impact. Needs Python 3 with venv, Node.js and npm; installs
# Slither at a pinned version below the repository's target/tools.
set -euo pipefail
cd "$(dirname "$0")"
[ -x node_modules/.tools/forge ] && [ -d node_modules/@openzeppelin ] || ./install.sh
version=0.11.6
venv=$(cd ../.. && pwd)/target/tools/slither-$version
if [ ! -x "$venv/bin/slither" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet "slither-analyzer==$version"
fi
export PATH="$PWD/node_modules/.tools:$venv/bin:$PATH"
out=slither.tmp
trap 'rm -rf "$out"' EXIT
forge build --force --quiet --skip test --skip script --build-info --out "$out" --cache-path "$out/cache" \
    --build-info-path "$out/build-info"
slither . --ignore-compile --foundry-out-directory "$out" --filter-paths 'node_modules|test/' \
    --exclude-informational --exclude-optimization --exclude-low --fail-high
