#!/usr/bin/env bash
# Has message-service compare all groups with group-service, and shows how far that is until it is
# done. What differs is repaired right after, in the background.
#
#   PARLEY_TOKEN=<access token with the scope admin> ./scripts/reconcile.sh [--full] [gateway URL]
#
# --full compares the members of every group, also where nothing seems to be missing, and reads all
# blocks from user-service again: after a keyspace was restored or a queue was lost.
set -euo pipefail

full=false
gateway=http://127.0.0.1:${PARLEY_PORT:-18080}
for argument in "$@"; do
  case $argument in
    --full) full=true ;;
    http://* | https://*) gateway=${argument%/} ;;
    *) echo "reconcile.sh: what is $argument?" >&2; exit 2 ;;
  esac
done
[ -n "${PARLEY_TOKEN:-}" ] || { echo "reconcile.sh: set PARLEY_TOKEN to an administrator's access token" >&2; exit 2; }

# The token goes in by a file descriptor, not by an argument that every user of the machine can read.
call() {
  curl --silent --show-error --fail-with-body --max-time 30 --request "$1" "$gateway$2" \
    --header @<(printf 'Authorization: Bearer %s\n' "$PARLEY_TOKEN")
}

status=$(call POST "/api/v1/admin/reconciliation?full=$full")
while [[ $status == *'"state":"running"'* ]]; do
  sleep 1
  status=$(call GET /api/v1/admin/reconciliation)
done
echo "$status"
[[ $status == *'"state":"done"'* ]]
