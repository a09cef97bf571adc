#!/usr/bin/env bash
# Runs the log's simulation (docs/adr/0003-epochs.md) on many seeds, or one seed again.
#
#   ./scripts/simulate.sh                     a million seeds from 1 on
#   ./scripts/simulate.sh <seeds> [<first>]   so many, from there on
#   ./scripts/simulate.sh 1 <seed>            this one, with its course of events
#   ./scripts/simulate.sh changes …           the same of what changes messages (docs/adr/0018-changing-messages.md)
set -euo pipefail
cd "$(dirname "$0")/.."

test='LogSimulationTest#whatIsPromisedShouldHoldOnEachSeed'
if [ "${1:-}" = changes ]; then
  test='ChangesSimulationTest#viewsShouldBeWhatTheLogSaysOnEachSeed'
  shift
fi

exec mvn -q test -pl message-service -am \
  -Dtest="$test" -Dsurefire.failIfNoSpecifiedTests=false \
  -Dparley.simulation.seeds="${1:-1000000}" -Dparley.simulation.first-seed="${2:-1}"
