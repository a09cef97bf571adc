#!/bin/sh
# Makes a service's AOT cache (JEP 483, 514) while its image is built: starts it where no store is, and writes down
# which classes that loaded.
#
#   train.sh <service.jar> <cache>
#
# Some of a service's beans ask their store while they are made, so its start ends there, or at the end. What was
# loaded until then counts: a cache is never wrong, only smaller. None at all is an error.
set -eu
jar=$1
cache=$2
log=$cache.log

# Stores at a port where nothing listens, and nothing that waits for them.
export PARLEY_STORES_WAIT=0s PARLEY_POSTGRES_URL=jdbc:postgresql://127.0.0.1:1 PARLEY_REDIS_URL=redis://127.0.0.1:1 \
  PARLEY_RABBITMQ_URL=amqp://127.0.0.1:1 PARLEY_CASSANDRA_URL=127.0.0.1:1
# Hibernate needs no connection to start when it is told of the database, and must not look at the schema.
export SPRING_FLYWAY_ENABLED=false SPRING_JPA_HIBERNATE_DDL_AUTO=none SPRING_JPA_DATABASE=POSTGRESQL \
  SPRING_JPA_PROPERTIES_HIBERNATE_BOOT_ALLOW_JDBC_METADATA_ACCESS=false \
  SPRING_DATASOURCE_HIKARI_INITIALIZATION_FAIL_TIMEOUT=-1
case $jar in
  # Nearly every bean of it prepares statements, so its start would end at the first. With beans made when they are
  # needed it gets through most of the frameworks, which is where the time goes.
  */message-service.jar) export SPRING_MAIN_LAZY_INITIALIZATION=true ;;
esac
# Of no fleet: nothing is sealed with it, and nobody is told.
PARLEY_SECRET=$(head -c 32 /dev/urandom | base64)
PARLEY_CALL_KEYS="api-gateway>user-service=$PARLEY_SECRET"
export PARLEY_SECRET PARLEY_CALL_KEYS

# With C1 alone it is done in half the time, and the cache has no profiles: starts with them took more CPU.
java -XX:AOTCacheOutput="$cache" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dspring.context.exit=onRefresh \
  --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -jar "$jar" >"$log" 2>&1 || true
if ! [ -s "$cache" ]; then
  cat "$log" >&2
  echo "error: $jar made no AOT cache" >&2
  exit 1
fi
grep -E 'ERROR|AOTCache creation' "$log" | cut -c 1-300
ls -l "$cache"
