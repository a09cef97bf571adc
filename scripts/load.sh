#!/usr/bin/env bash
# Puts load on the fleet that runs on this machine (./scripts/run.sh) and prints one table: latencies,
# what was lost, doubled or out of order, and the CPU and memory of each process.
#
#   ./scripts/load.sh [--rate 100]         messages a second in all, at moments fixed beforehand
#   ./scripts/load.sh --senders 8          instead: so many members of each conversation send, each the
#                                          next message when the last one is acknowledged
#   ./scripts/load.sh --idle 2000          heap of message-service for each idle socket
#   ./scripts/load.sh --storm              1,000 users in 50 conversations each are cut off and come back at once
#   ./scripts/load.sh --inbox-of 5000      connecting and the inbox of one who is in so many conversations
#   ./scripts/load.sh --outage redis       stops a store and says when 1,000 conversations send again;
#                                          redis, cassandra, or redis-loss, which empties it
#
#   --clients 500  --shapes 50,10,2        how many are connected, and the sizes of their conversations
#   --warmup 30  --seconds 15              for each shape, before measuring and measured
#   --sockets URL                          connect there and not to the gateway
#   --conversations 50  --away 0           in a storm or an outage: how many, and seconds of being away
#   --inbox                                in a storm, each reads its inbox when it is back
#
# Its users verify no address and come all at once, so the fleet has to be started for it, and what is to
# be measured needs its full compilers:
#
#   PARLEY_UNVERIFIED_SCOPES=all PARLEY_LIMIT_SCALE=100000 PARLEY_FULL_JIT=true ./scripts/run.sh
#
# They are made once for a fleet and kept in .parley/load. PARLEY_PORT says where the fleet is, as for run.sh.
set -euo pipefail
cd "$(dirname "$0")/.."

. scripts/lib/jdk.sh
jdk=$(find_jdk) || { echo "load.sh: no JDK 25 found; set JAVA_HOME" >&2; exit 1; }

jar=$(ls system-tests/target/system-tests-*.jar 2>/dev/null | grep -v sources | head -1 || true)
[ -n "$jar" ] || { echo "load.sh: build first: mvn -q -DskipTests package" >&2; exit 1; }
libraries=system-tests/target/lib
[ -d "$libraries" ] || { echo "load.sh: $libraries is missing; build first: mvn -q -DskipTests package" >&2; exit 1; }

gateway=http://127.0.0.1:${PARLEY_PORT:-18080}
exec "$jdk/bin/java" -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$jar:$libraries/*" \
  io.parley.systemtests.load.Load "$gateway" "$@"
