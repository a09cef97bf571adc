#!/usr/bin/env bash
# Kills and freezes a server of each store, one after the other, while people chat on stores of several servers each
# (docs/operate/scale.md, "Stores"). Takes about five minutes and 4 GB of memory.
set -euo pipefail
cd "$(dirname "$0")/.."
exec mvn -B -ntp verify -Pclusters -pl system-tests -am -Dtest=none -Dit.test=ClusteredStoresIT \
  -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false
