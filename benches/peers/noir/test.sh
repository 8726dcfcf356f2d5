#!/usr/bin/env bash
# Tests both contenders. Makes their keys in build/keys where they are not yet.
set -euo pipefail
cd "$(dirname "$0")"
[ -f build/poseidon2.json ] || ./install.sh
for name in poseidon poseidon2; do
    [ -f "build/keys/$name/size.json" ] || node contender.js "$name" setup "build/keys/$name"
done
node --test tests/
