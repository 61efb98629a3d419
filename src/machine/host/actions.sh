# Actions: each can be done twice and be as if done once. Exit 65 says that the thing's own checker refused it.

act_run() {
  if [ "$size" = 0 ]; then
    plainly "$@"
  else
    input 2>/dev/null | plainly "$@"
  fi
}

# USER COMMAND…
act_run_as() {
  user=$1
  shift
  if [ "$size" = 0 ]; then
    as "$user" "$@"
  else
    input 2>/dev/null | as "$user" "$@"
  fi
}

# We ignore a broken pipe; what we start must not.
plainly() { env --default-signal=PIPE -- "$@"; }

as() {
  user=$1
  shift
  # Asked once for each user: most of what one action does is done as the same.
  [ "$user" = "${gid_of:-}" ] || { gid=$(id -g -- "$user") && gid_of=$user; } || return
  cd / && setpriv --reuid="$user" --regid="$gid" --init-groups -- env --default-signal=PIPE -- "$@"
}

# PATH OWNER GROUP MODE [CHECK…]
act_put() {
  stage "$1" || return
  ours_alone written "./$leaf" && finish "$@"
  unstage "$?"
}

# Works in a directory of root's own beside the target: whoever owns the target's directory cannot slip a link under us.
stage() {
  leaf=${1##*/} stage=.selfhelp.$$
  cd -P -- "${1%/*}/" || return
  # Whoever owns a folder on the way may have put a link into it.
  [ "${PWD%/}" = "${1%/*}" ] || {
    echo "the folder of $1 is really $PWD" >&2
    return 1
  }
  # One of a process that is no more was left by a lost power.
  for old in .selfhelp.*; do
    [ -d "$old" ] || continue
    [ "$old" != "$stage" ] && [ -e "/proc/${old##*.}" ] || rm -rf "./$old"
  done
  mkdir -m 711 "$stage" && cd -P "$stage" && [ -O . ]
}

# Until it has its own mode nobody else may open it: it may be a secret.
ours_alone() {
  umask 077
  "$@"
  set -- "$?"
  umask 022
  return "$1"
}

# PATH OWNER GROUP MODE [CHECK…]: the staged file becomes the real one if its checker agrees.
finish() {
  [ "$2:$3" = root:root ] || chown -- "$2:$3" "./$leaf" || return
  chmod -- "$4" "./$leaf" || return
  shift 4
  [ "$#" = 0 ] || check "$PWD/$leaf" "$@" || return 65
  mv -fT -- "./$leaf" "../$leaf"
}

unstage() {
  cd .. && rm -rf "$stage"
  return "$1"
}

# FILE COMMAND…: with `{}` in the command replaced by the file.
check() {
  candidate=$1 left=$(($# - 1))
  shift
  while [ "$left" -gt 0 ]; do
    left=$((left - 1)) word=$1
    shift
    case $word in *'{}'*) word=${word%%'{}'*}$candidate${word#*'{}'} ;; esac
    set -- "$@" "$word"
  done
  plainly "$@"
}

# PATH OWNER GROUP MODE FOLDER [CHECK…]: all fragments of the folder in the order of their names.
act_assemble() {
  path=$1 owner=$2 group=$3 mode=$4 from=$5
  shift 5
  stage "$path" || return
  ours_alone gathered "$from" "./$leaf" && sync -d "./$leaf" && finish "$path" "$owner" "$group" "$mode" "$@"
  unstage "$?"
}

gathered() { fragments "$1" >"$2"; }

# PATH OWNER GROUP MODE
act_directory() { install -d -o "$2" -g "$3" -m "$4" -- "$1"; }

act_remove() { rm -rf --one-file-system -- "$1"; }

# NAME FLAG…: with a group of its own name, which may be there already.
act_useradd() {
  name=$1
  shift
  if getent group -- "$name" >/dev/null; then set -- --gid "$name" "$@"; else set -- --user-group "$@"; fi
  useradd --system "$@" -- "$name"
}

# install|purge NAME…
act_packages() {
  verb=$1
  shift
  export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
  apt_get "$verb" "$@" || { mended && apt_get "$verb" "$@"; }
}

# A power that went in the middle leaves dpkg half way, and lists grow old.
mended() (dpkg --force-confold --configure -a && { [ "$verb" != install ] || apt_get update; })

apt_get() {
  verb=$1
  shift
  apt-get --yes --quiet -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold --no-install-recommends "$verb" "$@"
}

# VERB,VERB,… UNIT…: neighbours are told together, so that they start at once and systemd reads its files once.
act_units() {
  verbs=$1,
  shift
  while [ -n "$verbs" ]; do
    verb=${verbs%%,*} verbs=${verbs#*,}
    case $verb in
    load) case $verbs in enable,*) ;; *) systemctl daemon-reload ;; esac ;;
    start | restart) up "$verb" "$@" ;;
    reload) reload "$@" ;;
    forget) forget "$@" ;;
    *) systemctl "$verb" -- "$@" ;;
    esac || return
  done
}

up() {
  verb=$1
  shift
  systemctl "$verb" -- "$@" && case $(systemctl show -p ActiveState,SubState --value -- "$@") in
  *failed* | *auto-restart*) false ;;
  esac && return
  for unit; do
    journalctl --no-pager -q -n 20 -o cat -u "$unit" >&2
  done
  return 69
}

# The stamp is older than the load, so a file changed between the two is seen as not loaded.
reload() {
  stamps=$root/run/selfhelp/loaded
  mkdir -p "$stamps" || return
  for unit; do
    : >"$stamps/$unit.new" && reload_one "$unit" && mv -f "$stamps/$unit.new" "$stamps/$unit" || return
  done
}

reload_one() {
  case $1 in
  haproxy.service) haproxy_reload ;;
  *) systemctl reload-or-restart -- "$1" ;;
  esac
}

forget() {
  systemctl reset-failed -- "$@" 2>/dev/null
  for unit; do
    rm -f "$root/run/selfhelp/loaded/$unit"
  done
}

# VERSION SHA256 SIGNEDTEXT SIGNATURE PUBLICKEY: proven before it is unpacked, in its place only when it is whole.
act_release() {
  mkdir -p -m 755 "$root/opt/selfhelp/releases" && stage "$root/opt/selfhelp/releases/$1" || return
  unpacked "$@"
  unstage "$?"
}

unpacked() {
  printf '%s' "$3" >signed && printf '%s' "$4" | base64 -d >signature && printf '%s' "$5" >key || return
  openssl pkeyutl -verify -pubin -inkey key -rawin -in signed -sigfile signature >/dev/null || return 65
  sum=$(input | sha256sum) || return
  [ "${sum%% *}" = "$2" ] && grep -qF -- "$2  selfhelp-runtime-$1-" signed || {
    echo 'the archive is not the one that was signed' >&2
    return 65
  }
  mkdir -m 755 whole && input | tar -xz -C whole --no-same-owner --no-same-permissions && printf '%s\n' "$2" >whole/.selfhelp-release || return
  sync -f whole && mv -T whole "../$leaf"
}
