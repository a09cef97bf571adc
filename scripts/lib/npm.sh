#!/usr/bin/env bash
# npm.sh FOLDER: installs what the folder's lock file names, where that has not been done. Who comes second waits.
set -euo pipefail
cd "$1"

exec 9<package-lock.json
flock 9
cmp -s package-lock.json node_modules/.installed && exit 0
npm ci --no-audit --no-fund --ignore-scripts --fetch-retries=5 --silent
cp package-lock.json node_modules/.installed
