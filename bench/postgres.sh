#!/usr/bin/env bash
# The PostgreSQL 15 baseline of bench/run: a cluster of its own with default settings, reached by a
# Unix socket alone, run by an unprivileged user, gone after `stop`.
#
#   bench/postgres.sh start DIR            make and start the cluster in DIR, on the disk under test
#   bench/postgres.sh load DIR TABLES      create the schema, load TABLES/*.tsv, vacuum, checkpoint
#   bench/postgres.sh round DIR            a fresh copy of the loaded database, checkpointed
#   bench/postgres.sh delete DIR CLIENTS COUNT OFFSET
#                                          delete COUNT distinct random customers of that copy,
#                                          print one JSON object; OFFSET: how many went before
#   bench/postgres.sh rest DIR             drop the copy, write everything back, and be idle
#   bench/postgres.sh version DIR          print which PostgreSQL it is
#   bench/postgres.sh stop DIR             stop the cluster and remove DIR
set -euo pipefail

die() { echo "bench/postgres.sh: $*" >&2; exit 1; }

find_programs() {
  local version
  for version in 15 16 17; do
    BIN=/usr/lib/postgresql/$version/bin
    [[ -x $BIN/initdb && -x $BIN/pgbench ]] && return
  done
  BIN=$(dirname "$(command -v initdb)") && [[ -x $BIN/pgbench ]] && return
  die "PostgreSQL is missing; on Debian: apt-get install postgresql-15"
}

# Runs a command as the cluster's user: PostgreSQL refuses to be root.
as_owner() {
  if [[ $(id -u) != 0 ]]; then
    "$@"
  else
    # From a folder that this user may not enter, the programs would complain.
    env -C / setpriv --reuid="$OWNER" --regid="$(id -g "$OWNER")" --clear-groups --no-new-privs \
      env HOME=/tmp PATH="$PATH" "$@"
  fi
}

choose_owner() {
  OWNER=$(id -un)
  [[ $(id -u) == 0 ]] || return 0
  OWNER=nobody
  if id postgres >/dev/null 2>&1; then OWNER=postgres; fi
}

sql() { as_owner "$BIN/psql" -X -q -v ON_ERROR_STOP=1 -h "$SOCKET" -U bench "$@"; }

start() {
  mkdir -p "$DIR"
  if as_owner test -x "$DIR"; then
    chown "$OWNER" "$DIR"
    HOME_DIR=$DIR
  else
    # A checkout under /root, say, which the cluster's user may not enter.
    HOME_DIR=$(mktemp -d /var/tmp/oubli-bench-pg.XXXXXX)
    chown "$OWNER" "$HOME_DIR"
    [[ $(stat -c %d "$HOME_DIR") == $(stat -c %d "$DIR") ]] ||
      echo "bench/postgres.sh: $HOME_DIR is on another file system than $DIR" >&2
  fi
  ln -sfn "$HOME_DIR" "$DIR/home"
  DATA=$HOME_DIR/data
  # Socket paths are limited to 107 bytes, so the socket lies in a short folder of its own.
  local socket
  socket=$(mktemp -d /tmp/oubli-bench-pg.XXXXXX)
  chown "$OWNER" "$socket"
  ln -sfn "$socket" "$DIR/socket"
  as_owner "$BIN/initdb" -D "$DATA" -U bench -A trust -E UTF8 --locale=C.UTF-8 \
    >"$DIR/initdb.log" || die "initdb failed, see $DIR/initdb.log"
  as_owner "$BIN/pg_ctl" -D "$DATA" -l "$DATA/server.log" -w -t 60 \
    -o "-c listen_addresses='' -c unix_socket_directories='$socket'" start >/dev/null ||
    { tail -5 "$DATA/server.log" >&2; die "the cluster does not start"; }
}

load() {
  local tables
  tables=$(realpath "$1")
  sql -d postgres -c "CREATE DATABASE loaded"
  # Indexes and keys exist before the rows do: the rows came in over time, and so did their entries.
  sql -d loaded <<'SQL'
CREATE TABLE customer (
  id bigint PRIMARY KEY, email text NOT NULL UNIQUE, first_name text NOT NULL,
  last_name text NOT NULL, company text, phone text, notes text, card_number text,
  customer_group text, created_at timestamptz NOT NULL);
CREATE TABLE address (
  id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customer(id) ON DELETE CASCADE,
  first_name text, last_name text, company text, address1 text, address2 text, city text,
  state text, postal_code text, country_code text, phone text, type text);
CREATE INDEX address_customer ON address(customer_id);
CREATE TABLE loyalty_transaction (
  id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customer(id) ON DELETE CASCADE,
  campaign text NOT NULL, date timestamptz NOT NULL, amount numeric, points numeric,
  description text, "authorization" text);
CREATE INDEX loyalty_transaction_customer ON loyalty_transaction(customer_id);
SQL
  local table
  for table in customer address loyalty_transaction; do
    sql -d loaded -c "COPY $table FROM STDIN" <"$tables/$table.tsv"
  done
  sql -d loaded -c "VACUUM ANALYZE"
  sql -d loaded -c "CHECKPOINT"
}

round() {
  sql -d postgres -c "DROP DATABASE IF EXISTS round"
  sql -d postgres -c "CREATE DATABASE round TEMPLATE loaded"
  sql -d round -c "CHECKPOINT"
}

version() { "$BIN/postgres" --version; }

rest() {
  sql -d postgres -c "DROP DATABASE IF EXISTS round"
  sql -d postgres -c "CHECKPOINT"
}

# Each transaction deletes one customer that exists, and none twice: permute() is a random bijection
# of 0 .. size-1 that pgbench works out itself, so the server does nothing but the deletion.
delete() {
  local clients=$1 count=$2 offset=$3 each size before after
  each=$((count / clients))
  size=$(sql -d round -Atc "SELECT max(id) FROM customer")
  before=$(sql -d round -Atc "SELECT count(*) FROM customer")
  as_owner tee "$DATA/delete.sql" >/dev/null <<'SQL'
\set n :n + 1
\set id 1 + permute(:offset + :n * :clients + :client_id, :size, 42)
DELETE FROM customer WHERE id = :id;
SQL
  as_owner "$BIN/pgbench" -n -M prepared -h "$SOCKET" -U bench -f "$DATA/delete.sql" \
    -c "$clients" -j "$((clients < 2 ? clients : 2))" -t "$each" \
    -D n=-1 -D clients="$clients" -D offset="$offset" -D size="$size" round \
    >"$DIR/pgbench.log" 2>&1 || { cat "$DIR/pgbench.log" >&2; die "pgbench failed"; }
  after=$(sql -d round -Atc "SELECT count(*) FROM customer")
  [[ $((before - after)) == $((each * clients)) ]] ||
    die "pgbench deleted $((before - after)) customers, not $((each * clients))"
  [[ $(sql -d round -Atc "SELECT count(*) FROM loyalty_transaction t
       WHERE NOT EXISTS (SELECT FROM customer WHERE id = t.customer_id)") == 0 ]] ||
    die "the cascade left transactions behind"
  awk -v customers="$((each * clients))" '
    /^latency average/ { latency = $4 }
    /^tps = / { tps = $3 }
    END { printf "{\"customers\":%d,\"customers_per_second\":%.1f,\"mean_ms\":%.3f}\n",
          customers, tps, latency }' "$DIR/pgbench.log"
}

stop() {
  if [[ -n $HOME_DIR ]]; then
    as_owner "$BIN/pg_ctl" -D "$DATA" -m immediate -w stop >/dev/null 2>&1 || true
  fi
  rm -rf ${SOCKET:+"$SOCKET"} ${HOME_DIR:+"$HOME_DIR"} "$DIR"
}

[[ $# -ge 2 ]] || die "usage: bench/postgres.sh start|load|round|delete|rest|version|stop DIR ..."
COMMAND=$1 DIR=$(realpath -m "$2")
shift 2
case $COMMAND in
  start | load | round | delete | rest | version | stop) ;;
  *) die "unknown command $COMMAND" ;;
esac
find_programs
choose_owner
SOCKET=$(readlink "$DIR/socket" 2>/dev/null || true)
HOME_DIR=$(readlink "$DIR/home" 2>/dev/null || true)
DATA=$HOME_DIR/data
export PGOPTIONS='-c client_min_messages=warning'
"$COMMAND" "$@"
