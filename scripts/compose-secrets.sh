#!/usr/bin/env bash
# Makes the secrets that docker-compose.yml wants: those that are not there yet, and a self-signed certificate.
#
#   ./scripts/compose-secrets.sh [folder] [host name]      ./secrets and localhost by default
#
# Nothing that exists is changed. Keep a copy: without parley_secret what is sealed in the stores cannot be read.
set -euo pipefail
folder=${1:-secrets}
host=${2:-localhost}

# Others of this host cannot enter the folder. The files themselves are mounted, for users that are only in containers.
mkdir -p "$folder"
chmod 700 "$folder"
mkdir -p "$folder/tls"
chmod 755 "$folder/tls"

make() {
  local file=$folder/$1
  shift
  if [ -e "$file" ]; then
    return
  fi
  "$@" >"$file.new"
  chmod 444 "$file.new"
  mv "$file.new" "$file"
  echo "made $file"
}

make parley_secret openssl rand -base64 32
call_keys() {
  echo "api-gateway>user-service=$(openssl rand -base64 32)"
}
make call_keys call_keys
for name in postgres_admin_password postgres_password redis_password rabbitmq_password cassandra_password grafana_password; do
  make "$name" openssl rand -hex 24
done
if [ ! -e "$folder/tls/cert.pem" ] && [ ! -e "$folder/tls/key.pem" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -subj "/CN=$host" \
    -addext "subjectAltName=DNS:$host,DNS:localhost,IP:127.0.0.1" \
    -keyout "$folder/tls/key.pem" -out "$folder/tls/cert.pem" 2>/dev/null
  chmod 444 "$folder/tls/key.pem" "$folder/tls/cert.pem"
  echo "made $folder/tls/cert.pem and key.pem, self-signed for $host"
fi
