#!/usr/bin/env bash
# Proves the gates deterministic with cvc5 and compares the results with the tables in docs/src/determinism.md.
#   run.sh            exports, proves, compares
#   run.sh --write    writes the tables into the page instead
#   run.sh install    installs cvc5 under target/determinism and nothing else
# Needs Rust, and Python 3.10 to 3.13 with venv.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
work=${CARGO_TARGET_DIR:-target}/determinism
mkdir -p "$work"
if ! cmp -s "$here/requirements.txt" "$work/installed.txt"; then
    python3 -m venv --clear "$work/venv"
    "$work/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$work/installed.txt"
fi
[ "${1:-}" = install ] && exit
cargo run --quiet --release --locked --example gates >"$work/gates.json"
PYTHONDONTWRITEBYTECODE=1 "$work/venv/bin/python" "$here/prove.py" "$work/gates.json" docs/src/determinism.md "$@"
