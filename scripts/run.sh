#!/usr/bin/env bash
# Runs all of Parley on this machine: stores, services and sample data. No Docker, no root.
#
#   ./scripts/run.sh            builds what is missing or old, starts everything, stays until Ctrl-C
#   ./scripts/run.sh --fresh    the same, without the data of earlier runs
#   ./scripts/run.sh stop       ends a run from another terminal
#   ./scripts/run.sh status     says whether one is up, and where
#
# PARLEY_PORT (18080) moves all ports: it is the first of a block of 18. A store that runs already is used
# instead of a new one when its address is given: PARLEY_POSTGRES_URL, PARLEY_REDIS_URL, PARLEY_RABBITMQ_URL,
# PARLEY_CASSANDRA_URL. Everything else is in .parley/run: data, logs, the secret.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

services=(user-service group-service message-service notification-service api-gateway)
modules=(local-stack/cassandra-node local-stack "${services[@]}")
build_log=.parley/build.log
built=.parley/built

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

. scripts/lib/jdk.sh

# Answers whether a module's jar is missing or older than what it is made of. Maven leaves a jar alone that
# would come out the same, so a successful build counts as well.
is_old() {
  local module=$1 jar since
  jar=$module/target/$(basename "$module").jar
  [ -f "$jar" ] && [ -d local-stack/target/lib ] && [ -f local-stack/target/mail-catcher.jar ] &&
    [ -d local-stack/cassandra-node/target/lib ] || return 0
  local parts=("$module/src/main" "$module/pom.xml" pom.xml)
  [[ $module == local-stack* ]] || parts+=(common/src/main common/pom.xml)
  since=$jar
  [ "$built" -nt "$jar" ] && since=$built
  [ -n "$(find "${parts[@]}" -newer "$since" -type f -print -quit)" ]
}

build() {
  local maven guard=() free
  maven=$(command -v mvn || true)
  [ -n "$maven" ] || { [ -x ./mvnw ] && maven=./mvnw; } || fail "Maven is missing: install the package maven"
  free=$(df -Pk . | awk 'NR == 2 { print int($4 / 1024) }')
  [ "$free" -ge 1024 ] || fail "the disk of $root has $free MB free, and building and running need 1024 MB"
  # Maven must not outlive this script.
  command -v setpriv >/dev/null && guard=(setpriv --pdeathsig TERM)
  echo "building what is missing or older than its sources (log: $build_log)"
  mkdir -p .parley
  touch "$built.new"
  if ! JAVA25_HOME=$jdk "${guard[@]}" "$maven" -B -ntp -DskipTests -Dspotless.check.skip package -am \
    -pl "$(IFS=, && echo "${modules[*]}")" 2>&1 | tee "$build_log" |
    sed -unE 's/^\[INFO\] Building ([^ ].*) 0\..*\[([0-9]+)\/([0-9]+)\]$/  [\2\/\3] \1/p'; then
    grep -m 1 -E '^\[ERROR\] (/|Failed to execute)' "$build_log" >&2 || true
    fail "the build failed; its log: $root/$build_log"
  fi
  # From before the build: what changed during it is built again.
  mv "$built.new" "$built"
}

command=run
arguments=()
for word in "$@"; do
  case $word in
    stop | status) command=$word ;;
    --fresh) arguments+=(--fresh) ;;
    -h | --help)
      sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
      exit 0
      ;;
    *) fail "unknown argument $word (see $0 --help)" ;;
  esac
done

jdk=$(find_jdk) || fail "no JDK 25 found in JAVA_HOME, on PATH, in /usr/lib/jvm, ~/.sdkman or ~/.jdks: install one or set JAVA_HOME"

if [ "$command" = run ]; then
  for module in "${modules[@]}"; do
    if is_old "$module"; then
      build
      break
    fi
  done
elif [ ! -f local-stack/target/local-stack.jar ]; then
  echo "Parley does not run (it was never built here)."
  [ "$command" = stop ] && exit 0 || exit 3
fi

exec "$jdk/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx96m -Xmn8m --enable-native-access=ALL-UNNAMED \
  -Dparley.root="$root" -cp "local-stack/target/local-stack.jar:local-stack/target/lib/*" \
  io.parley.localstack.fleet.LocalRun "$command" "${arguments[@]}"
