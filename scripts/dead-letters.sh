#!/usr/bin/env bash
# What could not be done after all tries: shows it, gives it back to the queue it comes from, or drops it.
#
#   export PARLEY_TOKEN=<access token with the scope admin>
#   ./scripts/dead-letters.sh list                     the queues, and how many dead letters each has
#   ./scripts/dead-letters.sh show <queue> [number]    the first of them, 20 or as many as said, as JSON; they are
#                                                      the last of their queue from then on
#   ./scripts/dead-letters.sh resend <queue> all       done anew, with all tries before it
#   ./scripts/dead-letters.sh resend <queue> <id>...   those that show gave these ids
#   ./scripts/dead-letters.sh drop <queue> all         removed for good; or <id>...
#
# PARLEY_GATEWAY is the gateway's URL, http://127.0.0.1:18080 without it (or with the port that PARLEY_PORT says).
set -euo pipefail

gateway=${PARLEY_GATEWAY:-http://127.0.0.1:${PARLEY_PORT:-18080}}
gateway=${gateway%/}/api/v1/admin/dead-letters
services='notification-service user-service'

usage() {
  sed -n '/^set /q;2,$s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

# The token goes in by a file descriptor, not by an argument that every user of the machine can read.
call() {
  local method=$1 path=$2
  shift 2
  curl --silent --show-error --fail-with-body --max-time 120 --request "$method" "$gateway/$path" --get "$@" \
    --header @<(printf 'Authorization: Bearer %s\n' "$PARLEY_TOKEN")
}

# A name in an answer is what follows it: "name":"parley.x","messages":0.
queues_of() {
  call GET "$1" | grep -oE '"name":"[^"]+","messages":[0-9]+' | sed -E 's/"name":"([^"]+)","messages":/\1 /'
}

service_of() {
  local service queue
  for service in $services; do
    while read -r queue _; do
      if [ "$queue" = "$1" ]; then
        echo "$service"
        return
      fi
    done < <(queues_of "$service")
  done
  echo "dead-letters.sh: no queue is called $1; list shows them" >&2
  return 1
}

[ $# -gt 0 ] || usage
command=$1
shift
case $command:$# in
  list:0 | show:1 | show:2) ;;
  resend:[2-9] | drop:[2-9] | resend:[1-9][0-9]* | drop:[1-9][0-9]*) ;;
  *) usage ;;
esac
[ -n "${PARLEY_TOKEN:-}" ] || { echo "dead-letters.sh: set PARLEY_TOKEN to an administrator's access token" >&2; exit 2; }

if [ "$command" = list ]; then
  for service in $services; do
    queues_of "$service" | while read -r queue messages; do
      printf '%8s  %-46s %s\n' "$messages" "$queue" "$service"
    done
  done
  exit
fi

queue=$1
shift
service=$(service_of "$queue")
if [ "$command" = show ]; then
  call GET "$service/$queue" --data-urlencode "limit=${1:-20}"
  echo
  exit
fi
ids=()
if [ "$*" != all ]; then
  for id in "$@"; do
    [[ $id =~ ^[0-9a-f]{12}$ ]] || { echo "dead-letters.sh: $id is no id; show has them" >&2; exit 2; }
    ids+=(--data-urlencode "id=$id")
  done
fi
case $command in
  resend) call POST "$service/$queue/resend" "${ids[@]}" ;;
  drop) call DELETE "$service/$queue" "${ids[@]}" ;;
esac
echo
