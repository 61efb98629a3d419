# in|out CLUSTER PORT OLD NEW SECONDS: the folder NEW takes the place of a cluster's data, which is kept as OLD; or the way back.
# Asked again after a crash it goes on where it was: what has moved is seen by what is there.
set -u
way=$1 cluster=$2 port=$3 old=$4 new=$5 seconds=$6 live=/var/lib/postgresql/15/$2 unit=postgresql@15-$2.service
psql="setpriv --reuid=postgres --regid=postgres --init-groups -- /usr/lib/postgresql/15/bin/psql -XqAt -h /var/run/postgresql -p $port -d postgres"
case "$old $new" in "/var/lib/postgresql/selfhelp-"*" /var/lib/postgresql/selfhelp-"*) ;; *) exit 64 ;; esac
if [ "$way" = in ]; then
  if [ -e "$new" ]; then
    systemctl stop "$unit" || exit 1
    [ -e "$old" ] || mv -T "$live" "$old" || exit 1
    [ ! -e "$live" ] || { echo "there is data in $live and in $old" >&2; exit 1; }
    rm -f "$new/.selfhelp-reached"
    mv -T "$new" "$live" || exit 1
  fi
else
  if [ -e "$old" ]; then
    systemctl stop "$unit"
    [ ! -e "$live" ] || { [ ! -e "$new" ] && mv -T "$live" "$new"; } || exit 1
    mv -T "$old" "$live" || exit 1
  fi
fi
[ -e "$live/PG_VERSION" ] || { echo "there is no data in $live" >&2; exit 1; }
# The engine asks for WAL from where it was laid out. Were that not there, asking which timelines exist would fail unheard, and one
# would be used twice.
[ ! -e "$live/postgresql.auto.conf" ] || sed -i "s#--pg1-path=$new#--pg1-path=$live#" "$live/postgresql.auto.conf"
systemctl reset-failed "$unit" 2>/dev/null
systemctl start --no-block "$unit"
tries=$((seconds * 5))
until [ "$($psql -c 'select pg_is_in_recovery()' 2>/dev/null)" = f ]; do
  tries=$((tries - 1))
  if [ "$tries" -lt 0 ] || systemctl is-failed -q "$unit"; then
    grep -E 'FATAL|PANIC' "/var/log/postgresql/postgresql-15-$cluster.log" | tail -n 4 >&2
    exit 1
  fi
  sleep 0.2
done
# A backup right after a promotion fails until there was a checkpoint.
$psql -c 'checkpoint' >/dev/null || exit 1
$psql -c 'select timeline_id from pg_control_checkpoint()'
