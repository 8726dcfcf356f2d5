#!/usr/bin/env bash
# Installs Noir, Barretenberg and solc at the versions of package-lock.json, and compiles the circuits into build/. Needs
# Node.js 20.11 or later and npm.
set -euo pipefail
cd "$(dirname "$0")"
npm ci --loglevel error --no-audit --no-fund --ignore-scripts
node build.js
