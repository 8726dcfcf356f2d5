#!/usr/bin/env bash
# Packs the npm package and uses it as a stranger does: installed from its archive into two empty Foundry projects without a
# remapping, a market compiled by solc 0.8.19 and an ERC-4626 vault by the compiler of this project. Needs Node.js and npm.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ -x "$here/node_modules/.tools/forge" ] && [ -d "$here/node_modules/solc-0.8.19" ] || "$here/install.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/package"
node "$here/package/build.mjs" "$work/package"
archive=$work/$(cd "$work" && npm pack --silent ./package)
try() { # try NAME COMPILER EVM
    local project=$work/$1
    mkdir -p "$project/src/test" "$project/node_modules"
    (cd "$project" && npm install --silent --no-save --no-package-lock --offline "$archive")
    ln -s "$here/node_modules/@openzeppelin" "$project/node_modules/@openzeppelin"
    ln -s "$here/node_modules/$2" "$project/node_modules/solc"
    cp "$here/solc.cjs" "$project"
    cp "$project/node_modules/assay-contracts/examples/$1.sol" "$project/src"
    cp "$here/package/test/$1.t.sol" "$here/package/test/Registry.sol" "$project/src/test"
    printf '[profile.default]\nsrc = "src"\ntest = "src/test"\nlibs = ["node_modules"]\nsolc = "./solc.cjs"\nevm_version = "%s"\n' "$3" \
        >"$project/foundry.toml"
    (cd "$project" && "$here/node_modules/.tools/forge" test --silent) || {
        (cd "$project" && "$here/node_modules/.tools/forge" test)
        exit 1
    }
}
try Market solc-0.8.19 paris
try Vault solc cancun
for example in Market Vault; do
    [ "$(wc -l <"$here/package/examples/$example.sol")" -lt 80 ] || { echo "package.sh: $example.sol has 80 lines" >&2; exit 1; }
done
echo "the package works from its archive: a market by solc 0.8.19, an ERC-4626 vault"
