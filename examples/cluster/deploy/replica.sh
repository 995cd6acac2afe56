#!/bin/sh
# Copies the primary once, then follows it for as long as it runs.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  until PGPASSWORD="$POSTGRES_PASSWORD" pg_basebackup -h "$PRIMARY" -U replica -D "$PGDATA" --write-recovery-conf --wal-method=stream; do
    sleep 1
  done
  chmod 700 "$PGDATA"
fi
exec postgres
