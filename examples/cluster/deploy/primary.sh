#!/bin/sh
# Run once, by the image of PostgreSQL, in the empty primary: lets a replica follow.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$POSTGRES_PASSWORD" -U postgres <<'SQL'
CREATE ROLE replica WITH REPLICATION LOGIN PASSWORD :'password';
SQL
echo "host replication replica all scram-sha-256" >> "$PGDATA/pg_hba.conf"
