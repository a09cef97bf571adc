#!/bin/sh
# A Redis Sentinel for docker-compose.yml's profile cluster. Names, not addresses: containers get new ones.
set -eu
. /parley/names.sh
keep_names &
umask 077
cat >/tmp/sentinel.conf <<CONF
port 26379
protected-mode no
dir /tmp
sentinel resolve-hostnames yes
sentinel announce-hostnames yes
sentinel announce-ip $(hostname)
sentinel monitor parley redis 6379 2
sentinel auth-pass parley $(cat /run/secrets/redis_password)
sentinel down-after-milliseconds parley 5000
sentinel failover-timeout parley 20000
sentinel parallel-syncs parley 1
CONF
# Who comes back asks the others for the master; "redis" is only the first one.
for sentinel in redis-sentinel-1 redis-sentinel-2 redis-sentinel-3; do
  [ "$sentinel" != "$(hostname)" ] || continue
  now=$(timeout 3 redis-cli -h "$sentinel" -p 26379 sentinel get-master-addr-by-name parley 2>/dev/null | head -n 1) || now=
  if [ "$now" = redis-replica ]; then
    sed -i 's/monitor parley redis /monitor parley redis-replica /' /tmp/sentinel.conf
    break
  fi
done
chown redis /tmp/sentinel.conf
exec docker-entrypoint.sh redis-server /tmp/sentinel.conf --sentinel
