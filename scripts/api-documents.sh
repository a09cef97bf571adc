#!/usr/bin/env bash
# Lints what describes the API as users get it: the OpenAPI documents of all services, and the socket's AsyncAPI, of a
# fleet that runs: ./scripts/run.sh in another terminal. A warning counts as an error.
#
# Needs Node 18 and curl (Debian: apt-get install nodejs npm curl). PARLEY_ADDRESS or PARLEY_PORT say where the fleet
# is (http://localhost:18080).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

address=${PARLEY_ADDRESS:-http://localhost:${PARLEY_PORT:-18080}}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for name in user group message notification; do
  curl -fsS "$address/api/v1/openapi/$name.json" -o "$folder/$name.json"
done
curl -fsS "$address/docs/asyncapi.yaml" -o "$folder/socket.yaml"

./scripts/lib/npm.sh system-tests/apidocs
cd system-tests/apidocs
npm run --silent spectral -- "$folder"/*
npm run --silent redocly -- "$folder"/*
