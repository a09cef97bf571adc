#!/bin/sh
# Brings the schemas of Parley's stores up to date, says where they are, and takes a version back.
#
#   ./scripts/migrate.sh up [service]...            applies what is pending
#   ./scripts/migrate.sh status [service]...        shows all versions: when applied, what is pending
#   ./scripts/migrate.sh down [--yes] [service]     undoes the newest version, where a file says how; what was
#                                                   written into it since is lost, so it wants --yes
#   ./scripts/migrate.sh create <service> <name>    writes the next numbered file and the one that undoes it
#
# Services with a schema: user-service, group-service, notification-service (PostgreSQL), message-service (Cassandra).
# Without a name all that are here are taken; down takes one at a time. A service is here when its jar is: in a
# checkout <service>/target/<service>.jar (mvn -DskipTests package), in a container /app/<service>.jar, also when
# extracted, with its lib beside it. PARLEY_JARS names another folder. Where a service runs from classes instead,
# PARLEY_SERVICE is its name and PARLEY_CLASSPATH its class path. Java 25 is found as by run.sh; a JRE will do.
#
# Which stores, users and passwords: the environment variables that the service itself reads, with its defaults.
# PARLEY_SECRET is not needed. Exit codes: 0 done, 1 failed or refused, 2 bad arguments.
set -eu
# A container has no more than a plain sh.
root=$(cd "$(dirname "$0")/.." && pwd)

known='user-service group-service message-service notification-service'

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

help() {
  sed -n '/^set /q;2,$s/^# \{0,1\}//p' "$0"
}

usage() {
  [ $# = 0 ] || printf 'error: %s\n\n' "$*" >&2
  help >&2
  exit 2
}

# The whole name of a service, which may be given without its "-service".
full_name() {
  local service
  for service in $known; do
    if [ "$1" = "$service" ] || [ "$1" = "${service%-service}" ]; then
      printf '%s\n' "$service"
      return
    fi
  done
  return 1
}

# A JRE is enough here, and all that a container has.
find_java() {
  local candidate jdk
  for candidate in "${JAVA_HOME:+$JAVA_HOME/bin/java}" "$(command -v java || true)"; do
    if [ -x "$candidate" ] && "$candidate" -version 2>&1 | grep -qE 'version "25(\.|"|-|\+)'; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  [ -f "$root/scripts/lib/jdk.sh" ] || return 1
  . "$root/scripts/lib/jdk.sh"
  jdk=$(find_jdk) && printf '%s\n' "$jdk/bin/java"
}

find_jar() {
  local candidate
  for candidate in "${PARLEY_JARS:+$PARLEY_JARS/$1.jar}" "$root/$1.jar" "/app/$1.jar" "$root/$1/target/$1.jar"; do
    if [ -f "$candidate" ]; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  return 1
}

runs_from_classes() {
  [ -n "${PARLEY_CLASSPATH:-}" ] && [ "${PARLEY_SERVICE:-}" = "$1" ]
}

is_here() {
  runs_from_classes "$1" || find_jar "$1" >/dev/null
}

main_class() {
  case $1 in
    user-service) echo io.parley.user.UserServiceApplication ;;
    group-service) echo io.parley.group.GroupServiceApplication ;;
    message-service) echo io.parley.message.MessageServiceApplication ;;
    notification-service) echo io.parley.notification.NotificationService ;;
  esac
}

# What a container sets for its service: a second JVM cannot listen on the same debug port.
without_agents() {
  printf '%s' "$1" | sed -E 's/-(agentlib|Xrunjdwp)[^ ]*//g'
}

# Runs one command on the schema of one service: up, down or status, and further arguments.
migrate() {
  local service=$1
  shift
  set -- "--parley.migrate=$@"
  if runs_from_classes "$service"; then
    set -- -cp "$PARLEY_CLASSPATH" "$(main_class "$service")" "$@"
  else
    set -- -jar "$(find_jar "$service")" "$@"
  fi
  "$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m --enable-native-access=ALL-UNNAMED \
    --sun-misc-unsafe-memory-access=allow "$@"
}

create() {
  [ $# = 2 ] || usage "create wants a service and a name"
  local service name resources folder suffix how newest=0 file number
  service=$(full_name "$1") || usage "no service with a schema is called $1"
  name=$(printf '%s' "$2" | tr 'A-Z -' 'a-z__')
  printf '%s\n' "$name" | grep -qxE '[a-z][a-z0-9_]{0,59}' ||
    usage "not a name for a version: $2 (letters, digits and _, a letter first)"
  resources=$root/$service/src/main/resources
  [ -d "$resources" ] || fail "files are created in a checkout, and there is no $resources"
  folder=$resources/db/migration
  suffix=sql
  how="-- Runs in one transaction."
  if [ "$service" = message-service ]; then
    folder=$resources/db/cql
    suffix=cql
    how="-- Each statement must be repeatable (IF NOT EXISTS): a file that broke off is run again from its beginning."
  fi
  mkdir -p "$folder"
  for file in "$folder"/V*__*."$suffix"; do
    number=$(printf '%s\n' "${file##*/}" | sed -nE 's/^V0*([1-9][0-9]*)__.*/\1/p')
    [ -z "$number" ] || [ "$number" -le "$newest" ] || newest=$number
  done
  number=$((newest + 1))
  printf '%s\n' "-- What for:" \
    '-- Nodes of the release before go on with it: docs/operate/upgrade.md, "Changing a schema".' \
    "$how" >"$folder/V${number}__$name.$suffix"
  printf '%s\n' \
    "-- Takes V$number back, for scripts/migrate.sh down. What was written into it is lost: say here what." \
    "-- Delete this file where there is no way back." >"$folder/U${number}__$name.$suffix"
  printf '%s\n' "$folder/V${number}__$name.$suffix" "$folder/U${number}__$name.$suffix"
}

[ $# -gt 0 ] || usage
command=$1
shift
case $command in
  up | down | status) ;;
  create)
    create "$@"
    exit
    ;;
  -h | --help | help)
    help
    exit
    ;;
  *) usage "unknown command $command" ;;
esac

services='' count=0 confirmed=false
for word in "$@"; do
  if [ "$word" = --yes ] && [ "$command" = down ]; then
    confirmed=true
  else
    service=$(full_name "$word") || usage "unknown argument $word"
    services="$services $service" count=$((count + 1))
  fi
done
if [ $count = 0 ]; then
  for service in $known; do
    if is_here "$service"; then
      services="$services $service" count=$((count + 1))
    elif [ "$command" != down ] && [ -f "$root/$service/pom.xml" ] && [ -z "${PARLEY_SERVICE:-}${PARLEY_JARS:-}" ]; then
      fail "$service is not built: mvn -DskipTests package"
    fi
  done
fi
if [ "$command" = down ] && [ $count != 1 ]; then
  usage "down takes back one version of one service: name it"
fi
[ $count -gt 0 ] || fail "there is no service with a schema here"
for service in $services; do
  is_here "$service" || fail "there is no $service here"
done

if [ -n "${JAVA_TOOL_OPTIONS:-}" ]; then
  JAVA_TOOL_OPTIONS=$(without_agents "$JAVA_TOOL_OPTIONS")
  export JAVA_TOOL_OPTIONS
fi
if [ -n "${JDK_JAVA_OPTIONS:-}" ]; then
  JDK_JAVA_OPTIONS=$(without_agents "$JDK_JAVA_OPTIONS")
  export JDK_JAVA_OPTIONS
fi

java=$(find_java) || fail "no Java 25 found in JAVA_HOME, on PATH or in /usr/lib/jvm: install one or set JAVA_HOME"

failed=0
for service in $services; do
  migrate "$service" "$command" "--parley.migrate-confirmed=$confirmed" || failed=1
done
exit $failed
