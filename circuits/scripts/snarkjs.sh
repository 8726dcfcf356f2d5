#!/usr/bin/env bash
# Makes ceremony files anew with snarkjs and runs the tests of the import on them. Needs Node.js and npm.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$here/tests/ceremony/make.mjs" "$folder"
(cd "$folder" && npm install --silent --no-audit --no-fund snarkjs@0.7.6 && node make.mjs >/dev/null)
cd "$here/.."
ASSAY_CEREMONY=$folder cargo test --release --locked --workspace --test import
