#!/usr/bin/env bash
# Runs docker-compose.yml for real in a project of its own, with secrets of its own: from nothing until two people
# have chatted through TLS, scaled up and down, and away again. Where no Docker engine answers it says so and ends.
#
#   ./scripts/compose-smoke.sh           builds images that are missing
#   ./scripts/compose-smoke.sh --keep    leaves it running, and says how to end it
#
# PARLEY_SMOKE_PORTS (20443-20449) are the gateways' ports, PARLEY_SMOKE_WAIT (900) the seconds that a start may take.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

keep=
case ${1:-} in
  '') ;;
  --keep) keep=yes ;;
  -h | --help)
    sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
    exit 0
    ;;
  *)
    echo "unknown argument $1 (see $0 --help)" >&2
    exit 2
    ;;
esac

if ! docker compose version >/dev/null 2>&1 || ! docker info >/dev/null 2>&1; then
  echo "compose smoke test skipped: no Docker engine with compose answers"
  exit 0
fi

folder=$(mktemp -d)
export PARLEY_SECRETS=$folder/secrets
export PARLEY_PORTS=${PARLEY_SMOKE_PORTS:-20443-20449}
first_port=${PARLEY_PORTS%%-*}
export PARLEY_PUBLIC_URL=https://localhost:$first_port
export PARLEY_EDGE_SUBNET=${PARLEY_EDGE_SUBNET:-172.30.81.0/24}
# There is no mail server here, so nobody could verify an address.
export PARLEY_UNVERIFIED_SCOPES=all
wait=${PARLEY_SMOKE_WAIT:-900}
project=parley-smoke

compose() {
  # No .env: what somebody runs in this checkout is not what is tested.
  docker compose -p "$project" --env-file /dev/null "$@"
}

finish() {
  local status=$?
  trap - EXIT
  if [ "$status" != 0 ]; then
    compose ps -a >&2 || true
    compose logs --no-color --tail 30 >&2 || true
  fi
  if [ -n "$keep" ]; then
    echo "still there: PARLEY_SECRETS=$PARLEY_SECRETS PARLEY_PUBLIC_URL=$PARLEY_PUBLIC_URL docker compose -p $project --env-file /dev/null down -v"
  else
    compose down -v --remove-orphans -t 20 >/dev/null 2>&1 || true
    rm -rf "$folder"
  fi
  exit "$status"
}
trap finish EXIT

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

say() {
  printf '%4d s  %s\n' "$SECONDS" "$*"
}

# A start without one of the secrets must fail, and name it. Nothing was started then.
./scripts/compose-secrets.sh "$PARLEY_SECRETS" localhost >/dev/null
mv "$PARLEY_SECRETS/rabbitmq_password" "$folder"
if refusal=$(compose up -d --no-build rabbitmq 2>&1); then
  fail "it starts without the secret rabbitmq_password"
fi
[[ $refusal == *rabbitmq_password* ]] || fail "it does not say which secret is missing: $refusal"
mv "$folder/rabbitmq_password" "$PARLEY_SECRETS"
if refusal=$(env -u PARLEY_PUBLIC_URL docker compose --env-file /dev/null config -q 2>&1); then
  fail "it starts without PARLEY_PUBLIC_URL"
fi
[[ $refusal == *PARLEY_PUBLIC_URL* ]] || fail "it does not say which setting is missing: $refusal"
say "a start without a secret or a setting is refused, with its name"

compose up -d --quiet-pull --wait --wait-timeout "$wait"
say "all services are ready"

port() {
  compose port --index "$1" api-gateway 18080 | sed 's/.*://'
}

call() {
  local path=$1
  shift
  curl -sS --fail-with-body --max-time 30 --cacert "$PARLEY_SECRETS/tls/cert.pem" "https://localhost:$port/api/v1$path" \
    -H 'Content-Type: application/json' "$@"
}

field() {
  sed -E "s/.*\"$1\":\"([^\"]+)\".*/\1/"
}

port=$(port 1)
register() {
  call /auth/register -d "{\"username\":\"$1\",\"email\":\"$1@example.org\",\"password\":\"plum-harbour-eleven-kites\",\"displayName\":\"$1\"}"
}
dora=$(register dora)
eli=$(register eli)
as_dora="Authorization: Bearer $(field accessToken <<<"$dora")"
as_eli="Authorization: Bearer $(field accessToken <<<"$eli")"
chat=$(call /conversations/direct -H "$as_dora" -d "{\"userId\":\"$(field id <<<"$eli")\"}" | field id)
send() {
  call "/conversations/$chat/messages" -H "$as_dora" -d "{\"clientMessageId\":\"$1\",\"text\":\"$2\"}" >/dev/null
}
read_back() {
  call "/conversations/$chat/events?after=0" -H "$as_eli"
}
send dora-1 'Hello by TLS'
grep -q 'Hello by TLS' <<<"$(read_back)" || fail "the message did not arrive: $(read_back)"
upgrade=$(curl -sS -o /dev/null -w '%{http_code}' --http1.1 --max-time 3 --cacert "$PARLEY_SECRETS/tls/cert.pem" \
  -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==' \
  -H 'Sec-WebSocket-Protocol: v12.stomp' "https://localhost:$port/ws" 2>/dev/null || true)
[ "$upgrade" = 101 ] || fail "/ws answers $upgrade"
say "two people have chatted, and a socket opens"

compose up -d --no-build --wait --wait-timeout "$wait" --scale message-service=2 --scale api-gateway=2
for gateway in 1 2; do
  port=$(port "$gateway")
  for n in 1 2 3; do
    send "scaled-$gateway-$n" "scaled $gateway $n"
  done
done
for gateway in 1 2; do
  port=$(port "$gateway")
  [ "$(read_back | grep -o 'scaled [12] [123]' | sort -u | wc -l)" = 6 ] || fail "gateway $gateway does not have all: $(read_back)"
done
say "two gateways and two message-services have the same"

for service in api-gateway user-service group-service message-service notification-service; do
  compose exec -T --index 1 "$service" sh -c 'test "$(id -u)" = 10001 && ! touch /app/written 2>/dev/null && ! touch /written 2>/dev/null' ||
    fail "$service runs as root, or may write where it must not"
done
[ -z "$(docker ps --filter "label=com.docker.compose.project=$project" --format '{{.Names}} {{.Ports}}' | grep -- '->' | grep -v api-gateway)" ] ||
  fail "more than the gateways is published"
say "services are not root, their files are read-only, and only the gateways are published"
echo "compose smoke test passed"
