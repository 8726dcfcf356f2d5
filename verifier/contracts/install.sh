#!/usr/bin/env bash
# Installs the compiler and Foundry's tools at the versions of package-lock.json into node_modules, and links forge,
# anvil and cast in node_modules/.tools. Needs Node.js and npm.
set -euo pipefail
cd "$(dirname "$0")"
# Not `npm ci`: it wants the binaries of every platform in the lock file, and npm writes those of this one.
npm install --no-save --silent --ignore-scripts
case "$(uname -s)-$(uname -m)" in
Linux-x86_64) platform=linux-amd64 ;;
Linux-aarch64) platform=linux-arm64 ;;
Darwin-x86_64) platform=darwin-amd64 ;;
Darwin-arm64) platform=darwin-arm64 ;;
*) echo "Foundry's npm packages have no binaries for $(uname -s) on $(uname -m): install Foundry 1.7.1 yourself" >&2; exit 1 ;;
esac
mkdir -p node_modules/.tools
for tool in forge anvil cast; do
    ln -sf "../@foundry-rs/$tool-$platform/bin/$tool" "node_modules/.tools/$tool"
done
