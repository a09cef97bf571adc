#!/usr/bin/env bash
# Tries backup.sh and restore.sh on a fleet of its own: chats, backs up meanwhile, chats on, stops, restores into a fresh fleet,
# starts it and compares (io.parley.systemtests.restore.RestoreTrial says what with what). By hand: it starts the fleet twice.
#
#   ./scripts/lib/try-restore.sh      in a checkout that is built and in which nothing runs; PARLEY_PORT as for run.sh
#
# The data of earlier runs is moved to .parley/run.before-trial-<time>. Ends with 0 when all is as promised.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

. scripts/lib/jdk.sh
jdk=$(find_jdk) || { echo "no JDK 25 found; set JAVA_HOME" >&2; exit 1; }
jar=$(ls system-tests/target/system-tests-*.jar 2>/dev/null | grep -v sources | head -1 || true)
[ -n "$jar" ] && [ -d system-tests/target/lib ] || { echo "build first: mvn -q -DskipTests package" >&2; exit 1; }
gateway=http://127.0.0.1:${PARLEY_PORT:-18080}
work=$(mktemp -d)
fleet=

stop_fleet() {
  [ -z "$fleet" ] || ./scripts/run.sh stop
  fleet=
}
trap 'stop_fleet; rm -rf "$work"' EXIT

start_fleet() {
  ./scripts/run.sh >"$work/run.log" 2>&1 </dev/null &
  fleet=$!
  until grep -q 'Parley is up after' "$work/run.log"; do
    kill -0 $fleet 2>/dev/null || { tail -3 "$work/run.log" >&2; exit 1; }
    sleep 1
  done
  grep 'Parley is up after' "$work/run.log"
}

trial() {
  "$jdk/bin/java" -XX:TieredStopAtLevel=1 -Xmx128m -cp "$jar:system-tests/target/lib/*" io.parley.systemtests.restore.RestoreTrial "$@"
}

! ./scripts/run.sh status >/dev/null || { echo "Parley runs here: ./scripts/run.sh stop" >&2; exit 1; }
[ ! -d .parley/run ] || mv .parley/run ".parley/run.before-trial-$(date +%s)"

start_fleet
trial before "$gateway" "$work/state.json" "$work/enough" >"$work/chat.log" 2>&1 &
chat=$!
until grep -q ready "$work/chat.log"; do
  kill -0 $chat 2>/dev/null || { cat "$work/chat.log" >&2; exit 1; }
  sleep 1
done
./scripts/backup.sh "$work/backup"
sed -n '/^began/p;/^ended/p;/^file/p' "$work/backup/manifest"
sleep 5
touch "$work/enough"
wait $chat || { cat "$work/chat.log" >&2; exit 1; }
stop_fleet

mkdir .parley/run.trial && cp .parley/run/secret .parley/run.trial/
rm -rf .parley/run && mv .parley/run.trial .parley/run
./scripts/restore.sh "$work/backup"
start_fleet
trial after "$gateway" "$work/state.json" "$(sed -n 's/^began //p' "$work/backup/manifest")"
