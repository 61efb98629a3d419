# PostgreSQL of Debian's packaging. SQL comes as a constant text; names and values as psql variables.

# VERSION PORT [-v NAME=VALUE…], the SQL on stdin. Debian's own psql is a Perl program and costs more than the question.
sql() {
  program=/usr/lib/postgresql/$1/bin/psql port=$2
  shift 2
  as postgres "$program" -XqAt -v ON_ERROR_STOP=1 -h /var/run/postgresql -p "$port" -d postgres "$@"
}

# VERSION NAME: a line of facts, the server's own word, then time and content of settings, of access and of identity.
ask_pg_cluster() {
  cluster "$1" "$2"
  port= made=no
  [ ! -e "$etc/postgresql.conf" ] || made=yes
  [ ! -e "$data" ] || [ "$made" = yes ] || made=half
  [ "$made" != yes ] || port=$(as postgres sed -n "s/^port *= *\([0-9]*\).*/\1/p" "$etc/postgresql.conf" | tail -n 1)
  printf '%s %s\n' "$made" "$port"
  [ -z "$port" ] || sql "$1" "$port" <<'SQL' 2>/dev/null
select extract(epoch from pg_conf_load_time())::numeric(20, 6) || ' ' || (select count(*) from pg_settings where pending_restart);
SQL
  printf '\0'
  for file in "$etc/conf.d/selfhelp.conf" "$etc/pg_hba.conf" "$etc/pg_ident.conf"; do
    # Read as the server: root would read whatever a link in its folder leads to.
    [ ! -f "$file" ] || { stat --printf '%.9Z ' "$file" && as postgres base64 -w 0 "$file"; }
    printf '\n'
  done
}

# Names a cluster's places.
cluster() {
  bin=/usr/lib/postgresql/$1/bin etc=/etc/postgresql/$1/$2 data=/var/lib/postgresql/$1/$2 unit=postgresql@$1-$2.service
}

# VERSION NAME PORT SETTINGS ACCESS [IDENTITY]: made when it is missing, then as wanted, then running with what is written.
act_pg_cluster() {
  cluster "$1" "$2"
  version=$1 port=$3
  stood=
  if [ -e "$etc/postgresql.conf" ]; then stood=yes; else make_cluster "$@" || return; fi
  printf '%s' "$4" | owned 0644 "$etc/conf.d/.selfhelp.new" && printf '%s' "$5" | owned 0640 "$etc/.pg_hba.new" || return
  settings_hold || return 65
  # The folder is the server's: root would write wherever a link in it leads.
  as postgres sh -c 'cd "$1" && mv -fT conf.d/.selfhelp.new conf.d/selfhelp.conf || exit
cp -a --remove-destination pg_hba.conf .pg_hba.old; mv -fT .pg_hba.new pg_hba.conf' placed "$etc" || return
  if [ "$#" -gt 5 ]; then
    printf '%s' "$6" | owned 0640 "$etc/.pg_ident.new" && as postgres mv -fT "$etc/.pg_ident.new" "$etc/pg_ident.conf" || return
  fi
  if answers; then
    access_holds || return 65
    reload_cluster || return
  else
    start_cluster start || return
  fi
  as postgres rm -f "$etc/.pg_hba.old"
}

# The cluster counts as made when its configuration stands, and that comes last.
make_cluster() {
  [ ! -e "$data.new" ] || as postgres rm -rf "$data.new"
  [ ! -e "$data" ] || {
    echo "there is data in $data without a configuration: it was not touched" >&2
    return 1
  }
  for folder in "/var/lib/postgresql/$1" "/etc/postgresql/$1" "$etc" "$etc/conf.d"; do
    # Only where its parent is root's own has root to help.
    [ -d "$folder" ] || as postgres mkdir -p -m 755 "$folder" 2>/dev/null || install -d -o postgres -g postgres -m 755 "$folder" || return
  done
  # Synced once, as a whole: a thousand files one after the other would take seconds.
  as postgres "$bin/initdb" --no-sync -D "$data.new" --data-checksums -E UTF8 --locale=C.UTF-8 -A peer --no-instructions >/dev/null &&
    sync -f "$data.new" || return
  as postgres sh -c "$configured" configured "$etc" "$data" <<CONF
# Kept by selfhelp; settings are in conf.d.
data_directory = '$data'
hba_file = '$etc/pg_hba.conf'
ident_file = '$etc/pg_ident.conf'
external_pid_file = '/var/run/postgresql/$1-$2.pid'
unix_socket_directories = '/var/run/postgresql'
cluster_name = '$1/$2'
port = $3
include_dir = 'conf.d'
CONF
}

# ETC DATA, postgresql.conf on stdin: one process of the server's own for all its small files; the data take their place, and last the configuration.
configured='cd "$1" && umask 022 && rm -f start.conf environment pg_ctl.conf pg_ident.conf pg_hba.conf .postgresql.new &&
echo auto >start.conf && : >environment && : >pg_ctl.conf && cat >.postgresql.new && umask 027 && : >pg_ident.conf && : >pg_hba.conf &&
mv -T "$2.new" "$2" && mv -T .postgresql.new postgresql.conf'

# MODE FILE: what comes on stdin, as a file of the server's, written by itself: its folders are no place for root.
owned() { as postgres sh -c 'umask 077 && rm -f -- "$2" && cat >"$2" && chmod "$1" "$2"' owned "$@"; }

# The server itself reads the settings before it gets them.
settings_hold() {
  as postgres sh -c 'cd "$1" && rm -f .check && printf "include \047%s\047\n" "$1/postgresql.conf" "$1/conf.d/.selfhelp.new" >.check
"$2/postgres" -C port --config-file="$1/.check" >/dev/null
code=$?
rm -f .check
[ "$code" = 0 ] || rm -f conf.d/.selfhelp.new
exit "$code"' check "$etc" "$bin"
}

access_holds() {
  wrong=$(echo "select 'line ' || line_number || ': ' || error from pg_hba_file_rules where error is not null" | sql "$version" "$port")
  [ -n "$wrong" ] || return 0
  as postgres mv -fT "$etc/.pg_hba.old" "$etc/pg_hba.conf"
  printf '%s\n' "$wrong" >&2
  return 1
}

answers() { "$bin/pg_isready" -q -h /var/run/postgresql -p "$port"; }

# A reload is only asked for; it has happened when the server says so. Then the server knows whether it needs more.
reload_cluster() {
  before=$(loaded) || return
  echo 'select pg_reload_conf()' | sql "$version" "$port" >/dev/null || return
  tries=0
  until [ "$(loaded)" != "$before" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || return 1
    sleep 0.05
  done
  pending=$(echo 'select count(*) from pg_settings where pending_restart' | sql "$version" "$port")
  [ "$pending" = 0 ] || start_cluster restart
}

loaded() { echo 'select pg_conf_load_time()' | sql "$version" "$port"; }

# The unit says that it is up two seconds after the server does.
start_cluster() {
  if [ "$1" = restart ]; then systemctl stop "$unit" || return; fi
  # One that was made just now has not failed yet.
  [ -z "$stood" ] || systemctl reset-failed "$unit" 2>/dev/null
  systemctl start --no-block "$unit" || return
  tries=0
  until answers; do
    tries=$((tries + 1))
    if [ "$tries" -ge 3000 ] || { [ "$((tries % 5))" = 0 ] && systemctl is-failed --quiet "$unit"; }; then
      tail -n 20 "/var/log/postgresql/postgresql-${unit#*@}" 2>/dev/null >&2
      journalctl --no-pager -q -n 20 -o cat -u "$unit" >&2
      return 69
    fi
    sleep 0.02
  done
}

# VERSION NAME
act_pg_cluster_gone() {
  cluster "$1" "$2"
  systemctl stop "$unit"
  systemctl reset-failed "$unit" 2>/dev/null
  set -- "$etc" "$data" "$data.new" "/var/log/postgresql/postgresql-$1-$2.log"
  as postgres rm -rf "$@" 2>/dev/null || rm -rf "$@"
  systemctl daemon-reload
}

# VERSION PORT NAME
ask_pg_role() {
  sql "$1" "$2" -v "name=$3" <<'SQL'
select 'role ' || coalesce(rolpassword, '') from pg_authid where rolname = :'name';
select 'reads' from pg_authid where rolname = :'name' and rolbypassrls and pg_has_role(oid, 'pg_read_all_data', 'usage');
SQL
}

# VERSION PORT NAME [reads]; the verifier of the password, if it has one, is the input. It must not reach the server's log.
act_pg_role() {
  {
    printf "\\\\set verifier '%s'\n" "$(input)"
    cat <<'SQL'
set log_statement = none;
set log_min_error_statement = panic;
set log_min_duration_statement = -1;
select format('create role %I', :'name') where not exists (select from pg_roles where rolname = :'name') \gexec
select format('alter role %I login password %L', :'name', nullif(:'verifier', '')) \gexec
select format('alter role %I %s', :'name', case :'rights' when 'reads' then 'bypassrls' else 'nobypassrls' end) \gexec
select format('grant pg_read_all_data to %I', :'name') where :'rights' = 'reads' \gexec
select format('revoke pg_read_all_data from %I', :'name') where :'rights' <> 'reads' and pg_has_role(:'name', 'pg_read_all_data', 'usage') \gexec
SQL
  } | sql "$1" "$2" -v "name=$3" -v "rights=${4:-}"
}

act_pg_role_gone() {
  sql "$1" "$2" -v "name=$3" <<'SQL'
drop role if exists :"name";
SQL
}

# VERSION PORT NAME
ask_pg_database() {
  sql "$1" "$2" -v "name=$3" <<'SQL'
select 'owner ' || pg_get_userbyid(datdba) from pg_database where datname = :'name';
select 'guest ' || rolname from pg_roles, pg_database where datname = :'name' and rolcanlogin and not rolsuper
  and pg_roles.oid <> datdba and has_database_privilege(pg_roles.oid, pg_database.oid, 'connect');
SQL
}

# VERSION PORT NAME OWNER GUEST…
act_pg_database() {
  sql "$1" "$2" -v "name=$3" -v "owner=$4" <<'SQL' || return
select format('create database %I owner %I template template0', :'name', :'owner')
  where not exists (select from pg_database where datname = :'name') \gexec
alter database :"name" owner to :"owner";
revoke all on database :"name" from public;
SQL
  version=$1 port=$2 name=$3
  shift 4 || return
  for guest; do
    sql "$version" "$port" -v "name=$name" -v "guest=$guest" <<'SQL' || return
grant connect on database :"name" to :"guest";
SQL
  done
}

act_pg_database_gone() {
  sql "$1" "$2" -v "name=$3" <<'SQL'
drop database if exists :"name" with (force);
SQL
}
