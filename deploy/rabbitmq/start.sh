#!/bin/bash
# RabbitMQ for docker-compose.yml: its user from a secret, and limits that fit the container's.
set -euo pipefail
cat >/etc/rabbitmq/conf.d/20-parley.conf <<CONF
# Made at the first start only; later a password is changed with rabbitmqctl.
default_user = parley
default_pass = $(cat /run/secrets/rabbitmq_password)
vm_memory_high_watermark.absolute = ${PARLEY_RABBITMQ_WATERMARK:-600MB}
disk_free_limit.absolute = 1GB
CONF
chown rabbitmq /etc/rabbitmq/conf.d/20-parley.conf
chmod 600 /etc/rabbitmq/conf.d/20-parley.conf
exec docker-entrypoint.sh rabbitmq-server
