#!/usr/bin/env bash
# Writes a backup of Parley's stores into a new folder, while the fleet goes on.
#
#   ./scripts/backup.sh <folder>              of the fleet of run.sh
#   ./scripts/backup.sh --compose <folder>    of docker-compose.yml, in the root of this checkout
#
# It holds Cassandra's keyspace and the three databases of PostgreSQL; what Redis and RabbitMQ have is made anew, or lost, as
# docs/operate/backup.md says. It holds no secrets: keep PARLEY_SECRET and PARLEY_MESSAGE_KEYSET elsewhere, nothing can be read
# without. A backup is whole or not there: it is written to <folder>.part and renamed last.
#
# Exit codes: 0 done, 1 failed, 2 bad arguments.
set -euo pipefail

help() {
  sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
}

usage() {
  printf 'error: %s\n\n' "$1" >&2
  help >&2
  exit 2
}

compose=false
target=
for word in "$@"; do
  case $word in
    --compose) compose=true ;;
    -h | --help) help && exit 0 ;;
    -*) usage "unknown option $word" ;;
    *) [ -z "$target" ] || usage "one folder, not two"; target=$word ;;
  esac
done
[ -n "$target" ] || usage "which folder?"
target=$(realpath -m -- "$target")
[ ! -e "$target" ] || usage "$target is there already"

cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib/stores.sh
if $compose; then use_compose; else use_local; fi
if [ $fleet = local ]; then
  [ -f "$run/addresses.properties" ] || fail "Parley does not run here: ./scripts/run.sh"
  find_postgres_programs
fi

umask 077
part=$target.part
tag=parley-backup-$$
mkdir -p "$(dirname "$target")"
mkdir "$part" 2>/dev/null || fail "$part is there: another backup is being written, or one broke off; remove it then"
snapshots=()
clean() {
  local code=$? each
  for each in "${snapshots[@]}"; do
    clear_snapshot "$each" || true
  done
  [ $code = 0 ] || rm -rf "$part"
  exit $code
}
trap clean EXIT
trap 'exit 1' INT TERM HUP

began=$(now)
mkdir "$part/cassandra" "$part/postgres"
mapfile -t tables < <(tables_of_keyspace | sort)
log_rows=events_by_conversation
others=()
for table in "${tables[@]}"; do
  [ "$table" = $log_rows ] || others+=("$table")
done
[ $((${#tables[@]} - ${#others[@]})) = 1 ] && [ ${#others[@]} -gt 0 ] ||
  fail "Cassandra has no keyspace $keyspace with Parley's tables"
describe_keyspace >"$part/cassandra/keyspace.cql"
grep -q '^CREATE KEYSPACE' "$part/cassandra/keyspace.cql" || fail "Cassandra does not describe its keyspace"

# What points into the log first, the log's rows after it on all nodes: nothing may know of more than the log has.
snapshots+=("$tag-1")
snapshot "$tag-1" "${others[@]}"
snapshots+=("$tag-2")
snapshot "$tag-2" $log_rows
cassandra_at=$(now)
say "Cassandra is snapshotted"

# After Cassandra: no group may be older than what message-service knows of it, and users are there before all else.
for i in "${!databases[@]}"; do
  postgres pg_dump "${databases[$i]}" --format=custom --no-owner --no-privileges </dev/null >"$part/postgres/${services[$i]}.dump"
done
say "PostgreSQL is dumped"

for node in $(cassandra_nodes); do
  on_node "$node" 'cd "$1" && tar -c --transform="s,-[0-9a-f]*/snapshots/[^/]*/,/," ./*-*/snapshots/"$2"-[12]/*' "$tag" \
    </dev/null >"$part/cassandra/$node.tar"
done
say "Cassandra is copied"

{
  echo "parley-backup 1"
  echo "began $began"
  echo "cassandra-at $cassandra_at"
  echo "ended $(now)"
  echo "revision $(git rev-parse HEAD 2>/dev/null || echo -)"
  echo "keyspace $keyspace"
  echo "secret $(fingerprint "$secret")"
  echo "keyset $([ -n "${PARLEY_MESSAGE_KEYSET:-}" ] && echo given || echo derived)"
  echo "postgres $(sql "$user_database" 'SHOW server_version')"
  echo "cassandra $(echo 'SELECT release_version FROM system.local;' | cql)"
  for i in "${!databases[@]}"; do
    echo "schema ${services[$i]} $(database_version "${databases[$i]}")"
  done
  echo "schema message-service $(keyspace_version "${tables[@]}")"
  (cd "$part" && find cassandra postgres -type f | sort | while read -r file; do
    echo "file $(sha256sum <"$file" | cut -d' ' -f1) $(stat -c %s "$file") $file"
  done)
} >"$part/manifest.new"
mv "$part/manifest.new" "$part/manifest"
sync -f "$part"
mv -T "$part" "$target"
say "$target: $(du -sh "$target" | cut -f1)"
