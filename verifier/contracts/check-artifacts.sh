#!/usr/bin/env bash
# Compiles the contracts with npm's solc and writes `artifacts/`; with `--check`, fails where that changes a file.
set -euo pipefail
cd "$(dirname "$0")"
[ -x node_modules/.tools/forge ] && [ -d node_modules/@openzeppelin ] || ./install.sh
rm -rf artifacts.tmp
node_modules/.tools/forge build --force --quiet --skip test --skip script
[ ! -d artifacts ] || mv artifacts artifacts.tmp
node artifacts.mjs
node sizes.mjs
status=0
if [ "${1:-}" = --check ] && ! diff -rq artifacts.tmp artifacts; then
    echo "the artifacts in the tree are not what the sources compile to: run check-artifacts.sh and commit" >&2
    status=1
fi
rm -rf artifacts.tmp
exit $status
