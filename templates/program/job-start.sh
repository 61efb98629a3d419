# NAME USER HOW COMMAND…: starts a command that outlives its connection. HOW `join`: what runs or ended well under that name is
# left as it is; `anew`: it is ended, and started again. What comes on stdin is its stdin, kept in memory until it is opened.
# systemd reads a name in braces after a dollar as its own, also within a word: programs of jobs have none.
set -eu
name=$1 user=$2 how=$3
shift 3
jobs=/var/lib/selfhelp/job dir=/var/lib/selfhelp/job/$name unit=selfhelp-job-$name in=/run/selfhelp-job-$name
mkdir -p -m 755 "$jobs"
find "$jobs" -mindepth 1 -maxdepth 1 -mmin +2880 -exec rm -rf {} +
if [ "$how" = join ]; then
  [ "$(cat "$dir/exit" 2>/dev/null || :)" != 0 ] || exit 0
  case $(systemctl show -p ActiveState --value "$unit") in active | activating | deactivating) exit 0 ;; esac
else
  systemctl stop "$unit" 2>/dev/null || :
fi
rm -rf "$dir"
mkdir -m 755 "$dir"
systemctl reset-failed "$unit" 2>/dev/null || :
rm -f "$in"
(umask 077 && cat >"$in")
exec systemd-run --quiet --collect --unit="$unit" --property=Nice=5 /bin/sh -c '
dir=$1 in=$2 user=$3
shift 3
cd /
exec 3<"$in"
rm -f "$in"
setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups -- "$@" >"$dir/out" 2>"$dir/err" <&3 3<&-
echo "$?" >"$dir/exit.new"
mv "$dir/exit.new" "$dir/exit"' job "$dir" "$in" "$user" "$@"
