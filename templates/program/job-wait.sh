# NAME SECONDS: waits for a job's end. Prints its exit (`running`, `lost`), then what it said last, divided by zero bytes.
name=$1 left=$(($2 * 10)) dir=/var/lib/selfhelp/job/$1 state=running
while :; do
  if [ -s "$dir/exit" ]; then state=$(cat "$dir/exit"); break; fi
  case $(systemctl show -p ActiveState --value "selfhelp-job-$name") in
  active | activating | deactivating) ;;
  *) [ -s "$dir/exit" ] || { state=lost; break; } ;;
  esac
  [ "$left" -gt 0 ] || break
  left=$((left - 2))
  sleep 0.2
done
printf '%s\0' "$state"
[ ! -e "$dir/out" ] || tail -c 65536 "$dir/out"
printf '\0'
[ ! -e "$dir/err" ] || tail -c 4096 "$dir/err"
