#!/usr/bin/env bash
# Runs a service in a container of docker-compose.dev.yml: dev-service.sh <service>
# Spring Boot's devtools restart it within its JVM when the compiler has written new classes, so a debugger stays
# connected. When the JVM itself ends, Docker starts the container again.
set -euo pipefail
[ $# = 1 ] || {
  echo "usage: dev-service.sh <service>" >&2
  exit 2
}
service=$1

said=
until [ -f "/classes/$service/.reload" ]; do
  [ -n "$said" ] || echo "waiting until $service compiles: see the log of the compiler"
  said=yes
  sleep 1
done

# The compiler writes .reload last: a restart before that would see half of the classes. Sockets and requests need not
# be let go of gently here. Each restart leaves a little behind in the JVM; after some hundred the limit on class data
# ends it, and it starts anew.
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m -XX:MaxMetaspaceSize=400m -XX:+ExitOnOutOfMemoryError \
  --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,quiet=y,address=*:5005" \
  -Dspring.devtools.restart.trigger-file=.reload \
  -Dspring.devtools.restart.poll-interval=300ms \
  -Dspring.devtools.restart.quiet-period=50ms \
  -Dspring.devtools.restart.log-condition-evaluation-delta=false \
  -Dspring.devtools.livereload.enabled=false \
  -Dspring.devtools.add-properties=false \
  -Dserver.shutdown=immediate \
  -Dspring.reactor.netty.shutdown-quiet-period=0s \
  -Ddatastax-java-driver.advanced.netty.io-group.shutdown.quiet-period=0 \
  -Ddatastax-java-driver.advanced.netty.admin-group.shutdown.quiet-period=0 \
  -Dparley.nodes.leave-delay=0s \
  -Dspring.lifecycle.timeout-per-shutdown-phase=2s \
  -Dparley.socket.drain-time=0s \
  -Dparley.gateway.socket-drain=0s -Dparley.gateway.socket-linger=0s \
  -jar "/classes/jars/$service-dev.jar"
