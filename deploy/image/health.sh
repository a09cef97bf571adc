#!/bin/sh
# The image's health check: whether the service is ready.
for jar in /app/*.jar; do
  case $jar in
    # The gateway's health is not on its public port.
    */api-gateway.jar) port=${MANAGEMENT_PORT:-18087} ;;
    */user-service.jar) port=${SERVER_PORT:-18081} ;;
    */group-service.jar) port=${SERVER_PORT:-18082} ;;
    */message-service.jar) port=${SERVER_PORT:-18083} ;;
    */notification-service.jar) port=${SERVER_PORT:-18085} ;;
  esac
done
exec wget -q -O /dev/null "http://127.0.0.1:$port/actuator/health/readiness"
