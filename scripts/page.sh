#!/usr/bin/env bash
# Drives the chat page in Chromium with two users, against a fleet that runs: ./scripts/run.sh in another terminal,
# with PARLEY_UNVERIFIED_SCOPES=all, so that the accounts that this makes may write at once.
#
# Needs Node 20 and Chromium (Debian: apt-get install nodejs npm chromium). PARLEY_ADDRESS or PARLEY_PORT say where
# the fleet is (http://localhost:18080), CHROMIUM names the browser (/usr/bin/chromium), PARLEY_SCREENSHOTS the folder
# for pictures (a new temporary one).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../system-tests/browser"

[ -d node_modules/playwright-core ] || npm ci --no-audit --no-fund
exec npm test --silent
