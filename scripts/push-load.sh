#!/usr/bin/env bash
# Sends to a large group whose members are away, on the fleet that runs on this machine (./scripts/run.sh), and
# prints how fast its pushes go out, what each costs, and whether other conversations had to wait for them.
#
#   ./scripts/push-load.sh
#
#   --members 10000  --absent 9000     of the group; those who are absent have a device and no socket, the others
#                                      a socket and no device
#   --messages 5  --every 5            to the group, and seconds between them
#   --pairs 50  --rate 10              direct conversations beside it whose receivers are absent, too, and messages
#                                      a second over all of them, at moments fixed beforehand
#   --calm 20                          seconds in which only these talk, before and after
#   --fcm URL                          of the fake FCM, if it is not six ports above the gateway
#
# Thousands of users are registered, so the fleet has to be started for it, with passwords that cost little and
# without mails, and what is to be measured needs its full compilers:
#
#   PARLEY_UNVERIFIED_SCOPES=all PARLEY_LIMIT_SCALE=100000 PARLEY_FULL_JIT=true PARLEY_SMTP_HOST= \
#     PARLEY_PASSWORDS_MEMORY=1MB PARLEY_PASSWORDS_PASSES=1 ./scripts/run.sh --fresh
#
# They are made once for a fleet and kept in .parley/load. PARLEY_PORT says where the fleet is, as for run.sh.
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:-} in
  -h | --help)
    sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"
    exit 0
    ;;
esac

. scripts/lib/jdk.sh
jdk=$(find_jdk) || { echo "push-load.sh: no JDK 25 found; set JAVA_HOME" >&2; exit 1; }

jar=$(ls system-tests/target/system-tests-*.jar 2>/dev/null | grep -v sources | head -1 || true)
[ -n "$jar" ] || { echo "push-load.sh: build first: mvn -q -DskipTests package" >&2; exit 1; }
libraries=system-tests/target/lib
[ -d "$libraries" ] || { echo "push-load.sh: $libraries is missing; build first: mvn -q -DskipTests package" >&2; exit 1; }

gateway=http://127.0.0.1:${PARLEY_PORT:-18080}
exec "$jdk/bin/java" -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$jar:$libraries/*" \
  io.parley.systemtests.load.PushLoad "$gateway" "$@"
