#!/usr/bin/env bash
# Drives the chat page in Chromium with two users, against a fleet that runs: ./scripts/run.sh in another terminal.
#
# Needs Node 18 and Chromium (Debian: apt-get install nodejs npm chromium). PARLEY_ADDRESS or PARLEY_PORT say where
# the fleet is (http://localhost:18080), PARLEY_MAILS where the mails are that it sends (http://localhost:18089; empty:
# accounts may write at once, by PARLEY_UNVERIFIED_SCOPES=all), CHROMIUM names the browser (/usr/bin/chromium),
# PARLEY_SCREENSHOTS the folder for pictures (a new temporary one), PARLEY_PUSHES the fake FCM (http://localhost:18086).
# With the fleet's PARLEY_BOUNCE_SECRET a mail bounces as well.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

./scripts/lib/npm.sh system-tests/browser
cd system-tests/browser
exec npm test --silent
