#!/usr/bin/env bash
# Puts a bounded load on the fleet that runs on this machine (./scripts/run.sh) and prints the CPU
# seconds that each process used. It makes users and groups of its own in that fleet.
#
#   ./scripts/load.sh [--clients 500] [--group 50] [--messages 2000] [--senders 1] [--rounds 3]
#   ./scripts/load.sh --idle 2000          heap of message-service for each idle socket
#   --sockets URL                          connect the sockets there, past the gateway
#
# Its users verify no address and come all at once, so the fleet has to be started for it:
#
#   PARLEY_UNVERIFIED_SCOPES=all PARLEY_LIMIT_SCALE=100000 ./scripts/run.sh
#
# PARLEY_PORT says where the fleet is, as for run.sh.
set -euo pipefail
cd "$(dirname "$0")/.."

. scripts/lib/jdk.sh
jdk=$(find_jdk) || { echo "load.sh: no JDK 25 found; set JAVA_HOME" >&2; exit 1; }

jar=$(ls system-tests/target/system-tests-*.jar 2>/dev/null | grep -v sources | head -1 || true)
[ -n "$jar" ] || { echo "load.sh: build first: mvn -q -DskipTests package" >&2; exit 1; }
libraries=system-tests/target/lib
[ -d "$libraries" ] || { echo "load.sh: $libraries is missing; build first: mvn -q -DskipTests package" >&2; exit 1; }

gateway=http://127.0.0.1:${PARLEY_PORT:-18080}
pid=$(pgrep -f 'message-service\.jar' | head -1 || true)
exec "$jdk/bin/java" -Xmx512m -cp "$jar:$libraries/*" io.parley.systemtests.load.Load "$gateway" --pid "${pid:-0}" "$@"
