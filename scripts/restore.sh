#!/usr/bin/env bash
# Fills the stores of a fresh fleet from a backup that backup.sh has written. No service may run meanwhile.
#
#   ./scripts/restore.sh [--force] <folder>              for run.sh
#   ./scripts/restore.sh [--force] --compose <folder>    for docker-compose.yml, in the root of this checkout
#
# Before anything is touched the backup is checked: that it is whole and unaltered, that its schemas are none that this version does
# not know yet, and that the fleet has its secret (PARLEY_SECRET, .parley/run/secret or secrets/parley_secret). A fleet that has data
# is refused without --force. With it, run.sh's data is moved aside to .parley/run/stores.before-<time>; the volumes of Compose are
# DELETED. Redis and RabbitMQ always begin empty. What to do afterwards, and what a restore undoes: docs/operate/backup.md.
#
# Exit codes: 0 done, 1 failed or refused, 2 bad arguments.
set -euo pipefail

help() {
  sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
}

usage() {
  printf 'error: %s\n\n' "$1" >&2
  help >&2
  exit 2
}

compose=false force=false source=
for word in "$@"; do
  case $word in
    --compose) compose=true ;;
    --force) force=true ;;
    -h | --help) help && exit 0 ;;
    -*) usage "unknown option $word" ;;
    *) [ -z "$source" ] || usage "one folder, not two"; source=$word ;;
  esac
done
[ -n "$source" ] || usage "which folder?"
[ -d "$source" ] || usage "there is no folder $source"
source=$(realpath -- "$source")

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib/stores.sh
if $compose; then use_compose; else use_local; fi
manifest=$source/manifest

# ---- is it one, whole and readable here? -------------------------------------------------------------------------

[ -f "$manifest" ] || fail "$source is no complete backup: it has no manifest"
[ "$(head -1 "$manifest")" = "parley-backup 1" ] || fail "$source is a backup of a form that this version does not know"

of() { # the rest of the manifest's line that begins with these words
  sed -n "s/^$1 //p" "$manifest"
}

files=0
while read -r sum size file; do
  [ -f "$source/$file" ] || fail "the backup is incomplete: $file is missing"
  [ "$(stat -c %s "$source/$file")" = "$size" ] && [ "$(sha256sum <"$source/$file" | cut -d' ' -f1)" = "$sum" ] ||
    fail "the backup was altered: $file is not what was written"
  files=$((files + 1))
done < <(of file)
[ $files -ge 5 ] || fail "the backup is incomplete: its manifest names $files files"
for service in "${services[@]}" message-service; do
  known=$(known_version "$service")
  has=$(of "schema $service")
  [ -n "$has" ] || fail "the backup is incomplete: it does not say which schema $service has"
  [ -z "$known" ] || [ "$has" -le "$known" ] ||
    fail "the backup has schema $has of $service, and this version knows $known: restore it with the version that wrote it, or a later one"
done
[ -n "$secret" ] ||
  fail "the fleet has no secret yet: put that of the backup's fleet into PARLEY_SECRET or .parley/run/secret first"
[ "$(fingerprint "$secret")" = "$(of secret)" ] ||
  fail "the fleet's secret is not the one of the backup's: passwords, signing keys and messages could not be read"
[ "$(of keyset)" = derived ] || [ -n "${PARLEY_MESSAGE_KEYSET:-}" ] ||
  fail "messages are sealed with a keyset: set PARLEY_MESSAGE_KEYSET to it, or to one that was made from it"
[ "$(of keyspace)" = "$keyspace" ] || fail "the backup is of the keyspace $(of keyspace), and PARLEY_CASSANDRA_KEYSPACE says $keyspace"
say "the backup of $(of began) is whole: $files files"

# ---- fresh stores ------------------------------------------------------------------------------------------------

stores=
stop_stores() {
  [ -z "$stores" ] || ! kill "$stores" 2>/dev/null || wait "$stores" || true
  stores=
}
trap stop_stores EXIT
trap 'exit 1' INT TERM HUP

local_run() {
  "$jdk/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx128m --enable-native-access=ALL-UNNAMED -Dparley.root="$PWD" \
    -cp "local-stack/target/local-stack.jar:local-stack/target/lib/*" io.parley.localstack.fleet.LocalRun "$@"
}

start_local() {
  ! local_run status >/dev/null || fail "Parley runs here: ./scripts/run.sh stop"
  if [ -d "$run/stores/cassandra" ] || [ -d "$run/stores/postgres" ]; then
    $force || fail "the fleet has data ($run/stores): --force moves it aside"
    aside=$run/stores.before-$(date -u +%Y%m%dT%H%M%SZ)
    mv "$run/stores" "$aside"
    say "moved the data that was here to $aside"
  fi
  mkdir -p "$run"
  local log=$run/restore.log
  rm -f "$run/addresses.properties"
  # Its own class path: the java that runs must be the process that is stopped.
  "$jdk/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx128m --enable-native-access=ALL-UNNAMED -Dparley.root="$PWD" \
    -cp "local-stack/target/local-stack.jar:local-stack/target/lib/*" io.parley.localstack.fleet.LocalRun stores >"$log" 2>&1 </dev/null &
  stores=$!
  until grep -q 'the stores are up' "$log"; do
    kill -0 "$stores" 2>/dev/null || { tail -3 "$log" >&2; fail "the stores do not start: $log"; }
    sleep 1
  done
  find_postgres_programs
}

volume() { # of the project, by its name in docker-compose.yml
  docker volume ls -q --filter "label=com.docker.compose.project=$project" --filter "label=com.docker.compose.volume=$1"
}

start_compose() {
  local running each found=()
  project=$(docker compose config | sed -n 's/^name: //p')
  running=$(docker compose ps --services --status running | grep -E -- '-service$|^api-gateway$' || true)
  [ -z "$running" ] || fail "services run: docker compose stop $(echo $running)"
  for each in postgres-data cassandra-data cassandra-2-data cassandra-3-data redis-data redis-replica-data rabbitmq-data; do
    found+=($(volume $each))
  done
  if [ ${#found[@]} -gt 0 ]; then
    $force || fail "the fleet has data (volumes ${found[*]}): --force deletes it"
    docker compose --profile '*' rm -sfv >/dev/null 2>&1
    docker volume rm "${found[@]}" >/dev/null
    say "deleted ${found[*]}"
  fi
  # Compose returns an error when a container that was to end has ended, so the login is waited for by itself.
  docker compose up -d --wait postgres cassandra >/dev/null 2>&1 || fail "the stores do not start: docker compose logs postgres cassandra"
  docker compose up --no-log-prefix cassandra-login >/dev/null 2>&1 || true
  echo 'SELECT release_version FROM system.local;' | cql >/dev/null || fail "the login parley is not in Cassandra: docker compose logs cassandra-login"
}

if [ $fleet = local ]; then start_local; else start_compose; fi
say "fresh stores are up"

# ---- fill them ---------------------------------------------------------------------------------------------------

for i in "${!databases[@]}"; do
  role=()
  [ $fleet = local ] || role=(--role=parley)
  postgres pg_restore "${databases[$i]}" --exit-on-error --single-transaction --no-owner --no-privileges --no-comments \
    "${role[@]}" <"$source/postgres/${services[$i]}.dump"
done
say "PostgreSQL is filled"

archives=("$source"/cassandra/*.tar)
nodes=($(cassandra_nodes))
{
  cat "$source/cassandra/keyspace.cql"
  tar -xOf "${archives[0]}" --wildcards '*/schema.cql'
} | cql
# Every node gets every archive: with as many replicas as nodes each holds all, and an older cell loses to a newer.
for archive in "${archives[@]}"; do
  for node in "${nodes[@]}"; do
    on_node "$node" 'cd "$1"
      unpacked=$(dirname "$1")/parley-restore
      rm -rf "$unpacked"
      mkdir "$unpacked"
      tar -x --no-same-owner -C "$unpacked"
      for from in "$unpacked"/*/; do
        table=$(basename "$from")
        rm -f "$from/schema.cql" "$from/manifest.json"
        to=$(ls -d "$table"-*/)
        chown --reference="$to" "$from"/* 2>/dev/null || true
        find "$from" -type f -exec mv -n -t "$to" {} +
      done
      rm -rf "$unpacked"' <"$archive" || fail "$(basename "$archive") does not go into $node"
    refresh "$node" $(tables_of_keyspace)
  done
done
# No epoch of before may be opened again: EpochOpening.RESTORED. One that was restored before counts on.
nobody=00000000-0000-0000-0000-000000000000
used=$(echo "SELECT CAST(epoch AS text) FROM $keyspace.log_epochs WHERE conversation_id = $nobody;" | cql)
used=$((${used:-0} + 1000000))
echo "INSERT INTO $keyspace.log_epochs (conversation_id, epoch, first_seq, opening) VALUES ($nobody, $used, 1, $used);" | cql
say "Cassandra is filled"

# An erasure that the databases know as done may be undone in what was backed up before: it is asked for again.
sql "$user_database" "
  WITH since AS (SELECT timestamptz '$(of began)' - interval '5 minutes' AS moment),
       again AS (UPDATE erasures SET done_at = NULL, asked_at = 'epoch'
                 WHERE done_at IS NULL OR done_at >= (SELECT moment FROM since) RETURNING id)
  DELETE FROM erasure_answers WHERE erasure_id IN (SELECT id FROM again)"

if [ $fleet = local ]; then
  stop_stores
  rm -rf "$run/stores/redis" "$run/stores/rabbitmq"
  say "done. Next: ./scripts/run.sh, then PARLEY_TOKEN=<of an admin> ./scripts/reconcile.sh --full"
else
  say "done. Next: docker compose up -d --wait, then PARLEY_TOKEN=<of an admin> ./scripts/reconcile.sh --full <gateway URL>"
fi
