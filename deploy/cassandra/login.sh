#!/bin/bash
# Makes the services' login "parley", and gives Cassandra's own first login, cassandra/cassandra, the same password.
# Needed once; later runs find it done.
set -euo pipefail
password=$(cat /run/secrets/cassandra_password)
case $password in *[!A-Za-z0-9_.-]* | '') echo "error: cassandra_password must be of letters, digits and _.- only" >&2; exit 1 ;; esac

cql() { # USER PASSWORD STATEMENT
  cqlsh cassandra 9042 -u "$1" -p "$2" -e "$3" 2>&1
}

for _ in $(seq 60); do
  if answer=$(cql parley "$password" 'SELECT release_version FROM system.local'); then
    echo "the login parley is there"
    exit 0
  fi
  # Of several replicas of the logins too few are up: so there are logins.
  case $answer in *"annot achieve consistency"*) echo "the logins have replicas, which come later"; exit 0 ;; esac
  if cql cassandra cassandra "
      CREATE ROLE IF NOT EXISTS parley WITH PASSWORD = '$password' AND LOGIN = true;
      GRANT CREATE ON ALL KEYSPACES TO parley;
      GRANT ALTER ON ALL KEYSPACES TO parley;
      GRANT SELECT ON ALL KEYSPACES TO parley;
      GRANT MODIFY ON ALL KEYSPACES TO parley;
      ALTER KEYSPACE system_auth WITH replication =
        {'class': 'NetworkTopologyStrategy', 'datacenter1': ${PARLEY_CASSANDRA_NODES:-1}};
      ALTER ROLE cassandra WITH PASSWORD = '$password';" >/tmp/made; then
    echo "made the login parley"
    exit 0
  fi
  sleep 2
done
echo "error: neither parley nor cassandra can log in: $answer; $(cat /tmp/made)" >&2
exit 1
