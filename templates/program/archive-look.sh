# SQL (ID PORT)…: asks every database of the environments in SELFHELP_ENVIRONMENT the same; a line for each in their order, empty
# where none answers. One psql for all of them, since there may be hundreds on a host: it ends at the first that does not answer,
# and another one goes on behind that.
sql=$1 folder=/var/run/postgresql bin=/usr/lib/postgresql/15/bin
shift
# One that hangs keeps the others from their turn for seconds only.
export PGCONNECT_TIMEOUT=5 PGOPTIONS='-c search_path=pg_catalog -c statement_timeout=10s'
asked() {
  while [ "$#" -gt 0 ]; do
    printf '\\connect "host=%s port=%s user=postgres dbname=postgres"\n\\echo %s\n%s;\n' "$folder" "$2" "$1" "$sql"
    shift 2
  done
}
while [ "$#" -gt 0 ]; do
  out=$(asked "$@" | "$bin/psql" -XqAt -U postgres -h "$folder" -p "$2" -d postgres)
  printf '%s\n' "$out"
  left=$(printf '%s\n' "$out" | grep -c '^e[a-z2-7]\{6\}$')
  while [ "$left" -ge 0 ] && [ "$#" -gt 0 ]; do
    left=$((left - 1))
    shift 2
  done
done | awk '/^[{]/ { said[id] = $0; next } { id = $0 }
  END { count = split(ENVIRON["SELFHELP_ENVIRONMENT"], all, " "); for (at = 1; at <= count; at++) print said[all[at]] }'
