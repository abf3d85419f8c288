#!/bin/sh
# Run once by the image of PostgreSQL in compose.yaml, after db/roles.sql: gives the two roles their passwords.
set -eu
psql -v ON_ERROR_STOP=1 -v app="$POSTGRE_PASSWORD" -v ddl="$POSTGRE_DDL_PASSWORD" \
    -U "${POSTGRES_USER:-postgres}" -d "$POSTGRES_DB" <<'SQL'
alter role gatehouse_app password :'app';
alter role gatehouse_ddl password :'ddl';
SQL
