#!/usr/bin/env bash
# Tests the contender. Makes its keys in build/keys where they are not yet.
set -euo pipefail
cd "$(dirname "$0")"
[ -f build/solvency.json ] || ./install.sh
[ -f build/keys/size.json ] || node contender.js setup build/keys
node --test tests/
