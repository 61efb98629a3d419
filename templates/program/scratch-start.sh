# NAME FOLDER PORT SECONDS: starts a restored cluster nobody else can reach, and waits until it has replayed what it was to.
set -u
name=$1 folder=$2 port=$3 seconds=$4 bin=/usr/lib/postgresql/15/bin unit=selfhelp-scratch-$1 run=/run/selfhelp-scratch-$1
install -d -o postgres -g postgres -m 0700 "$run" || exit 1
{
  printf "listen_addresses = ''\nunix_socket_directories = '%s'\nport = %s\n" "$run" "$port"
  printf "hba_file = '%s'\nident_file = '%s'\n" "$run/hba" "$run/ident"
  # Durability of a copy that is thrown away costs for nothing; nobody gets in before it is where it was to be.
  printf "fsync = off\nfull_page_writes = off\nhot_standby = off\nmax_connections = 40\nshared_buffers = 64MB\n"
  printf "track_commit_timestamp = on\nssl = off\nautovacuum = off\nlogging_collector = off\nmax_wal_size = 4GB\n"
} >"$run/conf"
printf 'local all postgres peer\nlocal selfhelp selfhelp_reader peer map=ours\nlocal selfhelp selfhelp peer map=ours\n' >"$run/hba"
printf 'ours postgres selfhelp_reader\nours postgres selfhelp\n' >"$run/ident"
chown postgres:postgres "$run/conf" "$run/hba" "$run/ident"
systemctl stop "$unit" 2>/dev/null
systemctl reset-failed "$unit" 2>/dev/null
systemd-run --quiet --unit="$unit" --uid=postgres --gid=postgres --nice=5 --property=RuntimeMaxSec=12h --property=KillSignal=SIGINT \
  --property=StandardError="append:$run/log" -- "$bin/postgres" -D "$folder" -c "config_file=$run/conf" || exit 1
tries=$((seconds * 5))
until [ "$("$bin/pg_isready" -q -h "$run" -p "$port" && setpriv --reuid=postgres --regid=postgres --init-groups -- "$bin/psql" -XqAt -h "$run" -p "$port" -d postgres -c 'select pg_is_in_recovery()' 2>/dev/null)" = f ]; do
  tries=$((tries - 1))
  if [ "$tries" -lt 0 ] || ! systemctl is-active -q "$unit"; then
    grep -E 'FATAL|PANIC|ERROR|LOG:  (last completed|recovery stopping)' "$run/log" | tail -n 8 >&2
    exit 1
  fi
  sleep 0.2
done
grep -E 'recovery stopping|last completed transaction|selected new timeline|restored log file' "$run/log" | tail -n 6
