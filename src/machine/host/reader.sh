# Runs on a machine as root: reads one exchange from stdin, does it, answers on stdout. Nothing of it is interpolated.
#
# In:  exchange ID LOCK RUN EPOCH CHANGING FRAMES TEXTBYTES BODYBYTES
#      per frame: KIND NAME HOW ARGC INPUTBYTES (HOW: 1 under the machine's own lock, 2 with an answer not to keep), then ARGC lines (backslash and newline escaped); then all inputs.
# Out: selfhelp 1, then per frame: frame N EXIT OUTBYTES ERRBYTES and these bytes; end | refused … | failed …

LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
root=${SELFHELP_ROOT:-}
base=$root/var/lib/selfhelp
newline='
'

main() {
  # Once begun, an operation outlives its connection.
  cd /
  trap '' HUP PIPE
  umask 077
  IFS=' ' read -r word id lock run epoch changing count text body || exit 70
  [ "$word" = exchange ] || exit 70
  printf 'selfhelp 1\n'
  for word in "$id" "$lock" "$run"; do
    case $word in '' | .* | *[!A-Za-z0-9._:@%-]*) leave "failed a name of the exchange has a forbidden character" ;; esac
  done
  if [ "$changing" = 1 ]; then spool; else scratch; fi
  [ "$lock" = - ] || fence
  frames
  leave end
}

# Facts need no trace: their answers pass through memory only.
scratch() {
  dir=$root/run/selfhelp/ask.$$
  for old in "$root"/run/selfhelp/ask.*; do [ ! -d "$old" ] || [ -e "/proc/${old##*.}" ] || rm -rf "$old"; done
  mkdir -p "$dir" || leave "failed no directory can be made under /run"
  trap 'rm -rf "$dir"' EXIT
  exec 3<&0
}

# The whole stream lies on disk before its first frame runs, so half a stream never runs.
spool() {
  [ "$lock" != - ] || leave "failed actions need a fence"
  dir=$base/exchange/$id
  mkdir -p "$dir" || leave "failed the exchange cannot be kept; the disk may be full"
  find "$base/exchange" -mindepth 1 -maxdepth 1 -mmin +1440 -exec rm -rf {} +
  # What a lost power left of others may hold secrets.
  for old in "$base"/exchange/*/spool.* "$base"/exchange/*/gone.* "$base"/exchange/*/ask.*; do [ -e "/proc/${old##*.}" ] || rm -f "$old"; done
  spool=$dir/spool.$$
  # Waited for, so that it cannot write its file after we took it away.
  printf '%s %s %s\n' "$run" "$lock" "$epoch" >"$dir/of" || leave "failed the exchange cannot be kept; the disk may be full"
  trap '[ -z "${watcher:-}" ] || { kill "$watcher"; wait "$watcher"; } 2>/dev/null; rm -f "$spool" "$dir/gone.$$" "$dir"/ask.*."$$"' EXIT
  head -c "$((text + body))" >"$spool" || leave "failed the exchange cannot be kept; the disk may be full"
  [ "$(stat -c %s "$spool")" = "$((text + body))" ] || exit 70
  exec 4<&0 3<"$spool"
  # Our side keeps stdin open to the end: its end before that is the connection's death.
  { read -r word; : >"$dir/gone.$$"; } <&4 3<&- >/dev/null 2>&1 &
  watcher=$!
  exec 4<&-
}

# Holds the lock's flock to the end of the exchange, and lets nobody with a lower epoch in.
fence() {
  mkdir -p "$base/epoch"
  exec 8>>"$base/epoch/$lock.lock"
  flock -w 300 8 || leave "failed another exchange under the lock $lock is still at work"
  highest=0 holder=-
  [ ! -s "$base/epoch/$lock" ] || read -r highest holder <"$base/epoch/$lock"
  [ "$epoch" -ge "$highest" ] || leave "refused $highest $holder"
  case $id in confirm.*) ;; *) unconfirmed ;; esac
  [ "$epoch" -gt "$highest" ] || return 0
  printf '%s %s\n' "$epoch" "$run" >"$base/epoch/$lock.new"
  sync "$base/epoch/$lock.new"
  mv -f "$base/epoch/$lock.new" "$base/epoch/$lock"
}

frames() {
  n=0 offset=$text size=0 asked=
  while [ "$n" -lt "$count" ]; do
    n=$((n + 1)) offset=$((offset + size))
    IFS=' ' read -r kind name how argc size <&3 || exit 70
    set --
    while [ "$argc" -gt 0 ]; do
      argc=$((argc - 1))
      IFS= read -r line <&3 || exit 70
      case $line in *\\*) line=$(printf '%b.' "$line") && line=${line%.} ;; esac
      set -- "$@" "$line"
    done
    case $kind in
    ask) ask "$@" ;;
    act) act "$@" || return 0 ;;
    *) exit 70 ;;
    esac
  done
  told
}

ask() {
  ! gone || exit 70
  (
    umask 022
    "ask_$name" "$@"
  ) </dev/null 3<&- 8>&- >"$dir/ask.$n.out.$$" 2>"$dir/ask.$n.err.$$"
  asked="$asked $n:$?"
}

# Neighbouring questions are answered together: telling each would cost more processes than asking it.
told() {
  [ -n "$asked" ] || return 0
  set --
  for one in $asked; do
    one=$dir/ask.${one%:*}
    set -- "$@" "$one.out.$$" "$one.err.$$"
  done
  lengths=$(stat -c %s "$@") || leave "failed the answers cannot be kept; the disk may be full"
  set --
  for one in $asked; do
    head=$dir/ask.${one%:*}
    out=${lengths%%"$newline"*} lengths=${lengths#*"$newline"}
    printf 'frame %s %s %s %s\n' "${one%:*}" "${one#*:}" "$out" "${lengths%%"$newline"*}" >"$head.head.$$"
    lengths=${lengths#*"$newline"}
    set -- "$@" "$head.head.$$" "$head.out.$$" "$head.err.$$"
  done
  asked=
  handed "$@"
  # Those of mere questions go with their folder.
  [ -z "${spool:-}" ] || rm -f "$@"
}

# Once and no more: a kept success is told again, not done again. False when it failed. Its record says what it was.
act() {
  told
  code=
  [ ! -s "$dir/$n.exit" ] || read -r code what <"$dir/$n.exit"
  if [ "$code" != 0 ]; then
    ! gone || exit 70
    if [ "$how" = 1 ]; then
      exec 9>>"$base/shared.lock"
      flock -w 300 9 || leave "failed the machine's own lock is still held"
    fi
    (
      umask 022
      "act_$name" "$@"
    ) </dev/null 3<&- 8>&- 9>&- >"$dir/$n.out" 2>"$dir/$n.err"
    code=$? what="$name $*"
    exec 9>&-
    printf '%s %s\n' "$code" "${what%%"$newline"*}" >"$dir/$n.exit"
  fi
  answer "$code" "$dir/$n.out" "$dir/$n.err"
  [ "$how" != 2 ] || : >"$dir/$n.out"
  [ "$code" = 0 ]
}

gone() { [ -e "$dir/gone.$$" ]; }

answer() {
  set -- "$@" 0 0
  if [ -s "$2" ] || [ -s "$3" ]; then
    lengths=$(stat -c %s "$2" "$3")
    set -- "$1" "$2" "$3" "${lengths%%[!0-9]*}" "${lengths##*[!0-9]}"
  fi
  printf 'frame %s %s %s %s\n' "$n" "$1" "$4" "$5" 2>/dev/null || : >"$dir/gone.$$"
  [ "$4$5" = 00 ] || handed "$2" "$3"
}

# A sender that is paused must not make us wait for ever with the lock in our hand.
handed() { timeout 60 cat "$@" 2>/dev/null || : >"$dir/gone.$$"; }

leave() {
  printf '%s\n' "$1"
  exit 0
}

# The input of the action that runs, as a stream.
input() {
  [ "$size" = 0 ] || dd if="$spool" bs=1M iflag=skip_bytes,count_bytes skip="$offset" count="$size" status=none
}

# The same as a file that is on the disk when this returns.
written() {
  [ "$size" != 0 ] || { : >"$1" && return; }
  dd if="$spool" bs=1M iflag=skip_bytes,count_bytes skip="$offset" count="$size" status=none of="$1" conv=fdatasync
}
