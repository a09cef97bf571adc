#!/bin/bash
# Cassandra for docker-compose.yml: what Parley needs (docs/operate/cassandra.md), and logins with passwords.
set -euo pipefail
yaml=/etc/cassandra/cassandra.yaml
sed -i -E \
  -e 's/^commitlog_sync: .*/commitlog_sync: batch/' \
  -e 's/^(commitlog_sync_period: .*)/# \1/' \
  -e '/^[^#]/s/AllowAllAuthenticator/PasswordAuthenticator/' \
  -e '/^[^#]/s/AllowAllAuthorizer/CassandraAuthorizer/' "$yaml"
for wanted in '^commitlog_sync: batch$' '^[^#].*PasswordAuthenticator' '^[^#].*CassandraAuthorizer'; do
  grep -qE "$wanted" "$yaml" || { echo "error: $yaml is not as this script knows it: no $wanted" >&2; exit 1; }
done
export JVM_EXTRA_OPTS="${JVM_EXTRA_OPTS:-} -Dcassandra.approximate_time_precision_ms=25"
{ echo 500000 >/proc/self/timerslack_ns; } 2>/dev/null || true
exec docker-entrypoint.sh cassandra -f
