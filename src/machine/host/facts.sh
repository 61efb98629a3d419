# Facts: each function only reads. Several questions of one name arrive as one call; our side sorts the answers out.

# HASHES PATH…: stat records; sums; then the content of those unlike their hash (`-` never asks for content).
ask_file() {
  hashes=$1
  shift
  stat --printf '%n\0%a %U %G %s %.9Y %.9Z %F\0' -- "$@" 2>/dev/null
  printf '\0'
  sums=$(sums_of "$@")
  printf '%s\0' "$sums"
  for path; do
    hash=${hashes%% *} hashes=${hashes#* }
    [ "$hash" != - ] && [ -f "$path" ] && [ ! -L "$path" ] || continue
    case $sums in *"$hash  $path"*) continue ;; esac
    printf '%s\0' "$path"
    head -c 65536 -- "$path" | base64 -w 0
    printf '\0'
  done
}

# A pipe or a device in a file's place would keep sha256sum waiting.
sums_of() {
  n=$#
  for path; do
    [ ! -f "$path" ] || set -- "$@" "$path"
  done
  shift "$n"
  [ "$#" = 0 ] || sha256sum -- "$@" 2>/dev/null
}

ask_stat() {
  stat --printf '%n\0%a %U %G %s %.9Y %.9Z %F\0' -- "$@" 2>/dev/null
  return 0
}

ask_package() {
  dpkg-query -W -f '${Package}\t${db:Status-Status}\t${Version}\n' -- "$@" 2>/dev/null
  return 0
}

ask_unit() {
  systemctl show --no-pager --timestamp=us+utc \
    -p Id,Names,LoadState,ActiveState,SubState,UnitFileState,InactiveExitTimestamp,NeedDaemonReload -- "$@"
}

ask_user() {
  getent passwd -- "$@"
  printf '\0'
  getent group
}

# A command that changes nothing.
ask_run() { "$@"; }

# USER COMMAND…
ask_run_as() {
  user=$1
  shift
  as "$user" "$@"
}

# PATH FOLDER…: stat records of the paths; then for each pair the sum of the file, and that of what it should be put together from.
ask_assembly() {
  stat_firsts "$@"
  printf '\0'
  while [ "$#" -gt 0 ]; do
    sums_of_assembly "$1" "$2"
    printf '%s\0%s\0%s\n%s\0' "$1" "$2" "$is" "$be"
    shift 2
  done
}

stat_firsts() {
  left=$#
  while [ "$left" -gt 0 ]; do
    set -- "$@" "$1"
    shift 2
    left=$((left - 2))
  done
  stat --printf '%n\0%a %U %G %s %.9Y %.9Z %F\0' -- "$@" 2>/dev/null
}

sums_of_assembly() {
  is= be=$nothing
  if [ -f "$1" ]; then set -- "$1" "$2" -- - "$1"; else set -- "$1" "$2" -- -; fi
  if [ -s "$1" ] || ! empty "$2"; then
    path=$1 from=$2
    shift 2
    sums=$(fragments "$from" | sha256sum "$@")
    be=${sums%% *}
    [ ! -f "$path" ] || { is=${sums##*"$newline"} && is=${is%% *}; }
  elif [ -f "$1" ]; then
    is=$nothing
  fi
}

# The sum of no bytes at all, known without asking.
nothing=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

empty() {
  for fragment in "$1"/*; do
    [ ! -f "$fragment" ] || return 1
  done
}

# Thousands of them: no process for each, and one for all where they are what they should be.
fragments() {
  if files "$1"/*; then cat -- "$1"/*; else sorted_files "$1"; fi
}

files() {
  [ "$#" -lt 10000 ] || return
  for fragment; do
    [ -f "$fragment" ] && [ ! -L "$fragment" ] || return
  done
}

sorted_files() { find "$1" -mindepth 1 -maxdepth 1 -type f ! -name '.*' -print0 2>/dev/null | sort -z | xargs -0 -r cat --; }

# VERSION
ask_release() { cat "$root/opt/selfhelp/releases/$1/.selfhelp-release" 2>/dev/null; }

# RUN: what the exchanges of a run did here, as far as they are kept: a line for each, then one for each of its actions.
ask_exchanges() {
  for of in "$base"/exchange/*/of; do
    [ -f "$of" ] && IFS=' ' read -r by lock epoch <"$of" && [ "$by" = "$1" ] || continue
    folder=${of%/of}
    printf 'exchange %s %s %s %s\n' "${folder##*/}" "$(stat -c %.3Y "$of")" "$lock" "$epoch"
    for exit in "$folder"/*.exit; do
      [ ! -s "$exit" ] || { leaf=${exit##*/} && read -r line <"$exit" && printf '%s %s\n' "${leaf%.exit}" "$line"; }
    done
  done
}
