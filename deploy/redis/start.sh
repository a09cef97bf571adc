#!/bin/sh
# Redis for docker-compose.yml:  start.sh <its name> [the name of its master at the first start]
set -eu
name=$1
master=${2:-}
password=$(cat /run/secrets/redis_password)

# Where Sentinels are, they know the master better: a server that comes back after its replacement must not be one.
for sentinel in redis-sentinel-1 redis-sentinel-2 redis-sentinel-3; do
  now=$(timeout 3 redis-cli -h "$sentinel" -p 26379 sentinel get-master-addr-by-name parley 2>/dev/null | head -n 1) || now=
  case $now in
    redis | redis-replica)
      if [ "$now" = "$name" ]; then master=; else master=$now; fi
      break
      ;;
  esac
done

if [ "${PARLEY_REDIS_SENTINELS:-}" ]; then
  . /parley/names.sh
  keep_names &
fi

# By standard input, so that the password is in no list of processes.
exec docker-entrypoint.sh redis-server - <<CONF
requirepass "$password"
masterauth "$password"
dir /data
appendonly yes
maxmemory ${PARLEY_REDIS_MAXMEMORY:-384mb}
# All that Parley keeps here but the list of nodes expires, and all of it can be lost.
maxmemory-policy volatile-lru
replica-announce-ip $name
${master:+replicaof $master 6379}
CONF
