# NAME FOLDER SECONDS: replays a laid-out restore up to its goal and stops there, before it would open. Nobody can reach it.
set -u
name=$1 folder=$2 seconds=$3 bin=/usr/lib/postgresql/15/bin unit=selfhelp-scratch-$1 run=/run/selfhelp-scratch-$1
[ ! -e "$folder/.selfhelp-reached" ] || exit 0
install -d -o postgres -g postgres -m 0700 "$run" || exit 1
: >"$run/log"
# What a primary allows a standby must allow too; nobody connects.
{
  printf "listen_addresses = ''\nunix_socket_directories = '%s'\nhba_file = '%s'\nident_file = '%s'\n" "$run" "$run/hba" "$run/ident"
  printf "hot_standby = off\nmax_connections = 40\nshared_buffers = 64MB\ntrack_commit_timestamp = on\nssl = off\nlogging_collector = off\n"
} >"$run/conf"
echo 'local all postgres peer' >"$run/hba"
: >"$run/ident"
chown -R postgres:postgres "$run"
systemctl stop "$unit" 2>/dev/null
systemctl reset-failed "$unit" 2>/dev/null
timeout "$seconds" systemd-run --quiet --wait --collect --unit="$unit" --uid=postgres --gid=postgres --nice=5 --property=KillSignal=SIGINT \
  --property=RuntimeMaxSec="$seconds" --property=StandardError="append:$run/log" -- \
  "$bin/postgres" -D "$folder" -c "config_file=$run/conf" -c recovery_target_action=shutdown -c archive_mode=off
if grep -q 'shutdown at recovery target' "$run/log"; then
  : >"$folder/.selfhelp-reached"
  grep -E 'recovery stopping|last completed transaction' "$run/log" | tail -n 3
  rm -rf "$run"
  exit 0
fi
systemctl stop "$unit" 2>/dev/null
grep -E 'FATAL|PANIC|ERROR|last completed' "$run/log" | tail -n 8 >&2
exit 1
