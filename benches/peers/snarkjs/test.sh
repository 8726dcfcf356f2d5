#!/usr/bin/env bash
# Tests the contenders named (all of groth16, plonk and fflonk where none is). Makes their keys in build/keys where they are
# not yet, which takes minutes.
set -euo pipefail
cd "$(dirname "$0")"
[ "$#" -gt 0 ] || set -- groth16 plonk fflonk
[ -d build/unchecked ] || ./install.sh
for system in "$@"; do
    [ -f "build/keys/$system/size.json" ] || node contender.js "$system" setup "build/keys/$system"
done
SYSTEMS=$* node --test tests/*.test.js
