# Confirmed commits: what was there comes back by itself unless a new connection says that it came through.

# SECONDS, then `file PATH`, `unit NAME` and `ruleset`, in pairs.
act_guard() {
  guard=$base/guard/$lock seconds=$1 n=0
  shift
  rm -rf "$guard" && mkdir -p "$guard" && : >"$guard/units" || return
  while [ "$#" -gt 0 ]; do
    case $1 in
    file)
      n=$((n + 1))
      printf '%s' "$2" >"$guard/$n.path"
      [ ! -e "$2" ] || cp -a -- "$2" "$guard/$n.copy" || return
      ;;
    unit) printf '%s\n' "$2" >>"$guard/units" ;;
    # Where nft is not installed yet there are no rules, and none is what comes back.
    ruleset) { echo 'flush ruleset' && nft list ruleset 2>/dev/null; } >"$guard/ruleset" || : ;;
    esac
    shift 2
  done
  printf '%s\n' "$take_back" >"$guard/take-back"
  if [ -d /run/systemd/system ]; then
    systemctl stop "selfhelp-guard-$lock.timer" 2>/dev/null
    systemd-run --quiet --collect --unit="selfhelp-guard-$lock" --on-active="$seconds" --timer-property=AccuracySec=1s \
      /bin/sh "$guard/take-back" "$guard"
  else
    setsid sh -c 'sleep "$1"; exec /bin/sh "$2/take-back" "$2"' - "$seconds" "$guard" </dev/null >/dev/null 2>&1 &
  fi
}

# Whoever renames the folder first wins: the confirmation or the timer.
take_back='mv "$1" "$1.taken-back" && cd "$1.taken-back" || exit 0
for name in *.path; do
  [ -e "$name" ] || continue
  path=$(cat "$name") copy=${name%.path}.copy
  if [ -e "$copy" ]; then cp -a -- "$copy" "$path.selfhelp-old" && mv -fT -- "$path.selfhelp-old" "$path"; else rm -f -- "$path"; fi
done
[ ! -e ruleset ] || nft -f ruleset
while read -r unit; do systemctl try-reload-or-restart "$unit"; done <units
rm -rf "$1.taken-back"'

act_confirm() {
  guard=$base/guard/$lock
  mv "$guard" "$guard.confirmed" || {
    echo 'the confirmation came too late: the old state is back' >&2
    return 1
  }
  rm -rf "$guard.confirmed"
  [ ! -d /run/systemd/system ] || systemctl stop "selfhelp-guard-$lock.timer"
}

# Nobody confirmed what an earlier exchange under this lock did: back to the old state before anything is compared.
unconfirmed() {
  [ ! -d "$base/guard/$lock" ] || /bin/sh "$base/guard/$lock/take-back" "$base/guard/$lock" >/dev/null 2>&1 3<&- 8>&-
}

# SUM: sum of the file, of what the kernel holds, of what it held when loaded; enabled or not; a file of another sum in base64.
ask_nft() {
  rules=$root/etc/nftables.conf sum= loaded= enabled=enabled wanted=$1
  set -- -
  [ ! -f "$rules" ] || set -- - "$rules"
  sums=$(nft -s list ruleset 2>/dev/null | sha256sum "$@")
  [ "$#" = 1 ] || { sum=${sums##*"$newline"} && sum=${sum%% *}; }
  [ ! -s "$base/nft.loaded" ] || read -r loaded <"$base/nft.loaded"
  nft_enabled || enabled=$(systemctl is-enabled nftables.service 2>/dev/null)
  printf '%s\n%s\n%s\n%s\n' "$sum" "${sums%% *}" "$loaded" "$enabled"
  [ ! -f "$rules" ] || [ "$sum" = "$wanted" ] || base64 -w 0 "$rules"
}

# Asking systemd costs more than all the rest; what is masked it must say itself.
nft_enabled() {
  units=$root/etc/systemd/system
  [ -L "$units/sysinit.target.wants/nftables.service" ] && [ ! -e "$units/nftables.service" ] && [ ! -L "$units/nftables.service" ]
}

# Without counters: those change by themselves.
nft_holds() { nft -s list ruleset 2>/dev/null | sha256sum | cut -c 1-64; }

# The rules are tried on, take their file's place, and are loaded at once and at each boot.
act_nft() {
  stage "$root/etc/nftables.conf" || return
  written "./$leaf" && rm -f "$base/nft.loaded" && finish - root root 0644 nft -c -f '{}'
  unstage "$?" || return
  nft -f "$root/etc/nftables.conf" && nft_holds >"$base/nft.loaded" || return
  systemctl is-enabled --quiet nftables.service || systemctl enable --quiet nftables.service
}
