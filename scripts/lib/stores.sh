# How backup.sh and restore.sh reach the stores: of the fleet of run.sh (fleet=local), or of docker-compose.yml
# (fleet=compose). Sourced by both, in the root of the checkout; everything that differs between the two is here.

keyspace=${PARLEY_CASSANDRA_KEYSPACE:-parley}
# In the order in which they are dumped: whoever is referred to comes after who refers to him.
databases=("${PARLEY_NOTIFICATION_DATABASE:-parley_notification}" "${PARLEY_GROUP_DATABASE:-parley_group}" "${PARLEY_USER_DATABASE:-parley_user}")
services=(notification-service group-service user-service)
user_database=${databases[2]}

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

say() {
  printf '[%4d s] %s\n' "$SECONDS" "$*"
}

now() {
  date -u +%Y-%m-%dT%H:%M:%SZ
}

# Of a secret: enough to tell two apart, nothing to find one by.
fingerprint() {
  printf 'parley backup\n%s' "$1" | sha256sum | cut -c1-16
}

# ---- which fleet -------------------------------------------------------------------------------------------------

use_local() {
  fleet=local
  run=.parley/run
  secret=${PARLEY_SECRET:-$(cat "$run/secret" 2>/dev/null || true)}
  . scripts/lib/jdk.sh
  jdk=$(find_jdk) || fail "no JDK 25 found in JAVA_HOME, on PATH or in /usr/lib/jvm: install one or set JAVA_HOME"
  [ -f local-stack/target/local-stack.jar ] || fail "Parley was never built here: ./scripts/run.sh builds it"
}

use_compose() {
  fleet=compose
  docker compose version >/dev/null 2>&1 || fail "Docker Compose is missing"
  secrets=${PARLEY_SECRETS:-./secrets}
  secret=$(tr -d '\n' <"$secrets/parley_secret") || fail "there is no $secrets/parley_secret"
  cassandra_password=$(tr -d '\n' <"$secrets/cassandra_password") || fail "there is no $secrets/cassandra_password"
}

# Where the stores of the local fleet listen, as run.sh has noted it.
address() {
  sed -n "s/^$1=//p" "$run/addresses.properties" | sed 's/\\//g'
}

# ---- PostgreSQL --------------------------------------------------------------------------------------------------

# Finds psql, pg_dump and pg_restore for the local fleet: PostgreSQL's client programs read no newer server.
find_postgres_programs() {
  local folder version best=0
  postgres_url=$(address PARLEY_POSTGRES_URL)
  postgres_url=${postgres_url#jdbc:postgresql://}
  export PGPASSWORD
  PGPASSWORD=$(address PARLEY_POSTGRES_PASSWORD)
  for folder in "${PARLEY_POSTGRES_PROGRAMS:-}" "$(dirname "$(command -v pg_dump || echo /)")" /usr/lib/postgresql/*/bin; do
    [ -n "$folder" ] && [ -x "$folder/pg_dump" ] && [ -x "$folder/psql" ] || continue
    version=$("$folder/pg_dump" --version | sed -nE 's/^[^0-9]*([0-9]+).*/\1/p')
    [ "$version" -gt "$best" ] && best=$version postgres_programs=("$folder")
  done
  # What local-stack runs.
  if [ "$best" -lt 18 ]; then
    docker info >/dev/null 2>&1 ||
      fail "PostgreSQL's client programs of version 18 or later are needed (found: $best): install postgresql-client-18, name their folder in PARLEY_POSTGRES_PROGRAMS, or have Docker running"
    postgres_programs=(docker run --rm -i --network host -e PGPASSWORD -e LC_ALL=C postgres:18)
  fi
}

# postgres PROGRAM DATABASE ARGUMENT...; of the local fleet, after find_postgres_programs
postgres() {
  local program=$1 database=$2
  shift 2
  if [ $fleet = compose ]; then
    docker compose exec -T postgres "$program" -U postgres -d "$database" "$@"
    return
  fi
  if [ ${#postgres_programs[@]} = 1 ]; then
    "${postgres_programs[0]}/$program" -h "${postgres_url%:*}" -p "${postgres_url##*:}" -U "$(address PARLEY_POSTGRES_USER)" -d "$database" "$@"
  else
    "${postgres_programs[@]}" "$program" -h "${postgres_url%:*}" -p "${postgres_url##*:}" -U "$(address PARLEY_POSTGRES_USER)" -d "$database" "$@"
  fi
}

# sql DATABASE STATEMENT
sql() {
  postgres psql "$1" -qAtX -v ON_ERROR_STOP=1 -c "$2" </dev/null
}

# ---- Cassandra ---------------------------------------------------------------------------------------------------

cassandra_nodes() {
  if [ $fleet = compose ]; then
    docker compose ps --services --status running | grep -E '^cassandra(-[0-9]+)?$' | sort
  else
    echo cassandra
  fi
}

local_cassandra() {
  "$jdk/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx64m -cp "local-stack/target/local-stack.jar:local-stack/target/lib/*" \
    io.parley.localstack.store.LocalCassandra "$run/stores/cassandra" "$(address PARLEY_CASSANDRA_URL)" "$@"
}

# Statements from the standard input, each ended by ; and a line end; prints rows, columns apart by a tab.
cql() {
  if [ $fleet = local ]; then
    local_cassandra cql
    return
  fi
  local first
  first=$(cassandra_nodes | sed -n 1p)
  # The password goes in by the standard input, before the statements.
  { printf '%s\n' "$cassandra_password"; cat; } |
    docker compose exec -T "$first" bash -c 'IFS= read -r password
      cat >/tmp/parley.cql
      cqlsh -u parley -p "$password" --request-timeout 120 -f /tmp/parley.cql
      code=$?; rm -f /tmp/parley.cql; exit $code' |
    awk '/^-+(\+-+)*$/ { rows = 1; next } /^\([0-9]+ rows\)$/ || /^$/ { rows = 0; next }
         rows { gsub(/ *\| */, "\t"); sub(/^ +/, ""); sub(/ +$/, ""); print }'
}

# The statement that makes the keyspace. cqlsh prints it as text and not as a table.
describe_keyspace() {
  if [ $fleet = local ]; then
    echo "DESCRIBE ONLY KEYSPACE $keyspace;" | local_cassandra cql | cut -f 4-
    return
  fi
  printf '%s\n' "$cassandra_password" | docker compose exec -T "$(cassandra_nodes | sed -n 1p)" bash -c 'IFS= read -r password
    cqlsh -u parley -p "$password" -e "DESCRIBE KEYSPACE $1"' _ "$keyspace" |
    awk '/^CREATE KEYSPACE/ { on = 1 } on { print } /;/ { on = 0 }'
}

# snapshot TAG TABLE...: on all nodes, links to the files as they are.
snapshot() {
  local tag=$1 node tables
  shift
  tables=("${@/#/$keyspace.}")
  for node in $(cassandra_nodes); do
    if [ $fleet = local ]; then
      local_cassandra snapshot "$tag" "${tables[@]}"
    else
      docker compose exec -T "$node" nodetool snapshot -t "$tag" -kt "$(IFS=, && echo "${tables[*]}")" </dev/null >/dev/null
    fi
  done
}

clear_snapshot() {
  local node
  for node in $(cassandra_nodes); do
    if [ $fleet = local ]; then
      local_cassandra clear "$1"
    else
      docker compose exec -T "$node" nodetool clearsnapshot -t "$1" -- "$keyspace" </dev/null >/dev/null
    fi
  done
}

# refresh NODE TABLE...: has a node take up what was put into the tables' folders.
refresh() {
  local node=$1 table answer
  shift
  if [ $fleet = local ]; then
    local_cassandra refresh "$keyspace" "$@"
  else
    for table in "$@"; do
      # Its only output when all is well is that it is deprecated: import, which followed, copies the files once more.
      answer=$(docker compose exec -T "$node" nodetool refresh "$keyspace" "$table" </dev/null 2>&1) || fail "$table: $answer"
    done
  fi
}

# on_node NODE SCRIPT ARGUMENT...: a bash script where the node's files are; $1 is the folder of the keyspace.
on_node() {
  local node=$1 script=$2
  shift 2
  if [ $fleet = local ]; then
    bash -euc "$script" _ "$PWD/$run/stores/cassandra/data/$keyspace" "$@"
  else
    docker compose exec -T "$node" bash -euc "$script" _ "/var/lib/cassandra/data/$keyspace" "$@"
  fi
}

# ---- versions ----------------------------------------------------------------------------------------------------

numbers() {
  sed -nE 's/^V?0*([0-9]+)(_|-|$).*/\1/p' | sort -n | tail -1
}

# The newest version of a service's schema that this checkout knows; nothing where its sources are not here.
known_version() {
  find "$1/src/main/resources" \( -name '[V0-9]*.sql' -o -name '[V0-9]*.cql' \) -printf '%f\n' 2>/dev/null | numbers
}

# The version of the schema that a database is at; 0 when it is empty.
database_version() {
  [ "$(sql "$1" "SELECT to_regclass('flyway_schema_history') IS NOT NULL")" = t ] || { echo 0; return; }
  sql "$1" "SELECT coalesce(max(version::int), 0) FROM flyway_schema_history WHERE success AND version ~ '^[0-9]+$'"
}

tables_of_keyspace() {
  echo "SELECT table_name FROM system_schema.tables WHERE keyspace_name = '$keyspace';" | cql
}

# keyspace_version TABLE...: of message-service's.
keyspace_version() {
  case " $* " in
    *" schema_versions "*) echo "SELECT CAST(version AS text) FROM $keyspace.schema_versions;" ;;
    *) echo "SELECT file FROM $keyspace.schema_migrations;" ;;
  esac | cql | numbers
}
