#!/bin/bash
# restore ID TARGET | incremental ID: the same by hand, as fast as it goes. Prints when each part ended.
set -eu
say() { echo "$(date +%s.%N) $1"; }
engine() { runuser -u postgres -- pgbackrest --config=/etc/pgbackrest/pgbackrest.conf --config-include-path=/etc/pgbackrest/conf.d --stanza="$id" "$@" </dev/null; }
verb=$1 id=$2 data=/var/lib/postgresql/bench socket=/run/bench bin=/usr/lib/postgresql/15/bin
cd /
say begun
case $verb in
restore)
  trap 'runuser -u postgres -- $bin/pg_ctl -s -D $data -m immediate stop || :; rm -rf "$data" "$socket"' EXIT
  install -d -o postgres -m 700 "$data" "$socket"
  engine --pg1-path="$data" --type=time --target="$3" --target-action=promote --archive-mode=off restore
  say restored
  runuser -u postgres -- $bin/pg_ctl -s -w -t 600 -D "$data" -l "$socket/log" start -o "-c config_file=/etc/postgresql/15/$id/postgresql.conf \
    -c data_directory=$data -c unix_socket_directories=$socket -c listen_addresses= -c external_pid_file=$socket/pid" </dev/null
  until [ "$(runuser -u postgres -- $bin/psql -XqAt -h "$socket" -p "$4" -d postgres -c 'select pg_is_in_recovery()' 2>/dev/null </dev/null)" = f ]; do sleep 0.05; done
  say started
  ;;
incremental)
  engine --type=incr backup
  say incremental
  ;;
esac
