#!/bin/bash
# The peer of `tenant create`: one environment on a prepared host, by hand, over one SSH connection, as fast as it goes.
#
#   tenant-create.sh create|remove
#
# From the environment: ADDRESS, IDENTITY and KNOWN_HOSTS of the host; AUTHORITY, a folder with ca.pem and ca.key;
# RELEASE, a folder with archive, sums, signature and key; UNITS, a folder with the unit files; PROGRAMS, a folder
# with ask.pl and ready.pl; VERSION.
set -eu

id=ebench2 hostname=peer.ezvsaas.test edition=peer-edition.ezvsaas.test
database=20999 ports='24999 28999'

on_host() {
  # For the login shell there, which is no bash.
  local program="'${1//\'/\'\\\'\'}'"
  ssh -i "$IDENTITY" -o UserKnownHostsFile="$KNOWN_HOSTS" -o IdentitiesOnly=yes -o LogLevel=ERROR \
    -c aes128-gcm@openssh.com "selfhelp@$ADDRESS" "sudo -n bash -c $program - $id $VERSION $hostname $edition $database $ports"
}

certificate() {
  openssl req -x509 -CA "$AUTHORITY/ca.pem" -CAkey "$AUTHORITY/ca.key" -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout "$1.key" -out "$1.crt" -days 90 -subj "/CN=$2" -addext "subjectAltName=DNS:$2" -addext basicConstraints=critical,CA:FALSE 2>/dev/null
}

config() {
  cat <<JSON
{"role": "$1", "environment": "peer/production", "tenant": "Peer SA", "locale": "fr",
 "listen": {"address": "127.0.0.1", "port": $2}, "admin": {"socket": "/run/$id-$1/admin.socket"},
 "urls": {"presentation": "https://$hostname", "edition": "https://$edition"},
 "database": {"host": "127.0.0.1", "port": $database, "name": "selfhelp", "user": "selfhelp", "passwordFile": "database-password",
  "tls": {"ca": "/etc/selfhelp/$id/database-ca.pem", "serverName": "$id-database.ezvsaas.test"}},
 "stateFile": "/etc/selfhelp/$id/state.json", "proxies": ["127.0.0.1"]}
JSON
}

# What the host reads: the size of the small files, these as a tar, the archive. The host makes the cluster meanwhile.
stream() {
  cd "$work"
  certificate database "$id-database.ezvsaas.test" &
  certificate presentation "$hostname" &
  certificate edition "$edition" &
  head -c 24 /dev/urandom | base64 | tr +/ -_ | tr -d '\n' >database-password
  read -r web edit <<<"$ports"
  config presentation "$web" >presentation.json
  config edition "$edit" >edition.json
  printf '{"mode":"closed","neutralised":false}\n' >state.json
  wait
  tar -cf small.tar database.crt database.key database-password ./*.json presentation.crt presentation.key edition.crt edition.key \
    -C "$AUTHORITY" ca.pem -C "$RELEASE" sums signature key -C "$UNITS" . -C "$PROGRAMS" ask.pl ready.pl
  stat -c %s small.tar
  cat small.tar "$RELEASE/archive"
}

create=$(
  cat <<'REMOTE'
set -eu
id=$1 version=$2 hostname=$3 edition=$4 database=$5 web=$6 edit=$7
bin=/usr/lib/postgresql/15/bin data=/var/lib/postgresql/15/$id etc=/etc/postgresql/15/$id home=/etc/selfhelp/$id edge=/etc/haproxy/selfhelp
tmp=$(mktemp -d /var/lib/selfhelp/peer.XXXXXX)
cd /
at() { echo "$EPOCHREALTIME $1"; }
as() { user=$1; shift; setpriv --reuid="$user" --regid="$user" --init-groups -- "$@"; }
sql() { as postgres $bin/psql -Xq -v ON_ERROR_STOP=1 -h /var/run/postgresql -p "$database" -d postgres -c "$1"; }

release() {
  sum=$(tee $tmp/archive | sha256sum)
  openssl pkeyutl -verify -pubin -inkey $tmp/key -rawin -in $tmp/sums -sigfile $tmp/signature >/dev/null
  grep -q "^${sum%% *} " $tmp/sums
  mkdir -p /opt/selfhelp/releases/.peer
  tar -xzf $tmp/archive -C /opt/selfhelp/releases/.peer --no-same-owner
  mv -T /opt/selfhelp/releases/.peer /opt/selfhelp/releases/$version
  at release
}

cluster() {
  cat >$etc/postgresql.conf <<CONF
data_directory = '$data'
hba_file = '$etc/pg_hba.conf'
ident_file = '$etc/pg_ident.conf'
external_pid_file = '/var/run/postgresql/15-$id.pid'
unix_socket_directories = '/var/run/postgresql'
port = $database
cluster_name = $id
listen_addresses = '127.0.0.1'
ssl = on
ssl_cert_file = '$home/database.crt'
ssl_key_file = '$home/database.key'
ssl_min_protocol_version = 'TLSv1.2'
password_encryption = 'scram-sha-256'
max_connections = 40
shared_buffers = 16MB
archive_mode = on
archive_command = '/bin/true'
archive_timeout = 0
track_commit_timestamp = on
timezone = UTC
log_timezone = UTC
CONF
  printf "%s\n" "local all postgres peer" "local selfhelp selfhelp_reader peer map=reader" "hostssl selfhelp selfhelp 127.0.0.1/32 scram-sha-256" "host all all 0.0.0.0/0 reject" "host all all ::/0 reject" >$etc/pg_hba.conf
  echo auto >$etc/start.conf
  : >$etc/environment; : >$etc/pg_ctl.conf; echo "reader postgres selfhelp_reader" >$etc/pg_ident.conf
  chown postgres:postgres $etc/*
  wait $initdb
  sync -f $data
  systemctl start --no-block postgresql@15-$id
  until $bin/pg_isready -q -h /var/run/postgresql -p "$database"; do sleep 0.02; done
  sql "create role selfhelp login password '$(cat $home/secret/database-password)'; create role selfhelp_reader login bypassrls; grant pg_read_all_data to selfhelp_reader"
  sql "create database selfhelp owner selfhelp template template0"
  sql "revoke all on database selfhelp from public; grant connect on database selfhelp to selfhelp_reader"
  at database
}

install -d -o postgres -g postgres ${data%/*} ${etc%/*} $etc
as postgres $bin/initdb --no-sync -D $data --data-checksums -E UTF8 --locale=C.UTF-8 -A peer --no-instructions >/dev/null &
initdb=$!
useradd --system --user-group --comment "Self Help peer/production" $id
read -r size
head -c "$size" | tar -x -C $tmp
release <&0 &
release=$!
install -d $home && install -d -m 700 $home/secret
install -m 600 $tmp/database-password $home/secret/
install -m 644 $tmp/ca.pem $home/database-ca.pem
install -m 640 -g postgres $tmp/database.crt $tmp/database.key $home/
install -m 640 -g $id $tmp/presentation.json $tmp/edition.json $tmp/state.json $home/
install -m 644 $tmp/$id-*.service $tmp/$id-*.socket /etc/systemd/system/
at files
cluster
wait $release
systemctl daemon-reload
systemctl start $id-migrate
at schema
systemctl enable -q --now $id-presentation.socket $id-edition.socket $id-presentation $id-edition
perl $tmp/ready.pl 30 /run/$id-presentation/admin.socket /run/$id-edition/admin.socket
at services
for one in "presentation $hostname $web" "edition $edition $edit"; do
  read -r role name port <<<"$one"
  cat $tmp/$role.crt $tmp/$role.key >$tmp/$role.pem
  install -m 600 $tmp/$role.pem $edge/cert/$name.pem
  echo "$edge/cert/$name.pem $name" >>$edge/crt.d/$id
  echo "$name $id-$role" >>$edge/host.d/$id
  printf "backend $id-$role\n  option httpchk GET /readyz\n  http-check expect status 200\n  server $role 127.0.0.1:$port check inter 2s fastinter 500ms fall 2 rise 1\n" >>$edge/backend.d/$id.cfg
done
cat $edge/crt.d/* >$edge/crt-list
cat $edge/host.d/* >$edge/hosts.map
cat $edge/backend.d/* >$edge/backends.cfg
haproxy -c -q -f /etc/haproxy/haproxy.cfg -f $edge/backends.cfg
systemctl reload haproxy
at edge
for account in "jane.doe@acme.test Jane administrator" "test@$edition Test test"; do
  read -r email name role <<<"$account"
  as $id perl $tmp/ask.pl /run/$id-edition/admin.socket POST /internal/accounts <<<"{\"email\":\"$email\",\"name\":\"$name\",\"role\":\"$role\",\"renew\":true}" >/dev/null
done
rm -rf $tmp
at accounts
REMOTE
)

remove=$(
  cat <<'REMOTE'
id=$1 version=$2 hostname=$3 edition=$4 edge=/etc/haproxy/selfhelp
rm -f $edge/crt.d/$id $edge/host.d/$id $edge/backend.d/$id.cfg
for part in "crt.d crt-list" "host.d hosts.map" "backend.d backends.cfg"; do cat $edge/${part% *}/* >$edge/${part#* } 2>/dev/null; done
systemctl reload haproxy
mkdir -p /run/selfhelp/loaded && : >/run/selfhelp/loaded/haproxy.service
rm -f $edge/cert/$hostname.pem $edge/cert/$edition.pem
systemctl disable -q --now $id-presentation.socket $id-edition.socket $id-presentation $id-edition
systemctl stop postgresql@15-$id
rm -rf /etc/systemd/system/$id-*.service /etc/systemd/system/$id-*.socket /etc/selfhelp/$id /etc/postgresql/15/$id /var/lib/postgresql/15/$id /var/log/postgresql/postgresql-15-$id.log
rm -rf /opt/selfhelp/releases/$version /opt/selfhelp/releases/.peer /var/lib/selfhelp/peer.*
userdel $id
systemctl daemon-reload
systemctl reset-failed $id-\* postgresql@15-$id 2>/dev/null
true
REMOTE
)

status() {
  curl --silent --output /dev/null --write-out '%{http_code}' --max-time 5 --cacert "$AUTHORITY/ca.pem" --resolve "$1:443:$ADDRESS" "https://$1/" || :
}

case $1 in
  create)
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    stream | on_host "$create"
    # During the installation its pages are closed.
    for name in "$hostname" "$edition"; do
      until [ "$(status "$name")" = 503 ]; do sleep 0.05; done
    done
    echo "$EPOCHREALTIME pages"
    ;;
  remove) on_host "$remove" </dev/null ;;
esac
