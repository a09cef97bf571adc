#!/bin/bash
# Run by the postgres image when its volume is new: a user who is no superuser, and a database for each service.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -v password="$(cat /run/secrets/postgres_password)" -U "${POSTGRES_USER:-postgres}" -d postgres <<'SQL'
CREATE ROLE parley LOGIN PASSWORD :'password';
CREATE DATABASE parley_user OWNER parley;
CREATE DATABASE parley_group OWNER parley;
CREATE DATABASE parley_notification OWNER parley;
SQL
