#!/usr/bin/env bash
# Installs snarkjs and the compilers at the versions of package-lock.json, and compiles the circuit of ../circom into
# build/. Needs Node.js 20.11 or later and npm.
set -euo pipefail
cd "$(dirname "$0")"
npm ci --silent --no-audit --no-fund

# circom FOLDER SOURCE OPTION...: the circuit below benches/peers, called from there, since it cannot reach outside.
circom() {
    mkdir -p "build/$1"
    (cd .. && node snarkjs/node_modules/circom2/cli.js "$2" --r1cs --sym --wasm -l snarkjs -o "snarkjs/build/$1" "${@:3}") >/dev/null
}
circom O1 circom/solvency.circom --O1
circom O2 circom/solvency.circom --O2

# For the tests: the same signals with no constraint that is not an assignment, so that its witness generator computes a
# witness for any statement. circom has no option for that.
mkdir -p build/unchecked/node_modules/circomlib/circuits
for source in node_modules/circomlib/circuits/*.circom; do sed '/===/d' "$source" >"build/unchecked/$source"; done
for source in commitment covenant solvency; do sed '/===/d' "../circom/$source.circom" >"build/unchecked/$source.circom"; done
circom unchecked snarkjs/build/unchecked/solvency.circom --O0
