# FILE ROUNDS COMMAND…: what the command writes lies encrypted in the file, and nowhere else; the key comes on stdin. Prints sum and size.
set -eu
umask 077
exec 3<&0 </dev/null
out=$1 rounds=$2
shift 2
trap 'rm -f "$out.part" "$out.whole"' EXIT
trap 'exit 143' TERM
mkdir -p "$(dirname "$out")"
rm -f "$out.whole"
# A pipe ends when its writer ends, however that was: only what ended well says that it is whole.
{ "$@" && : >"$out.whole"; } | openssl enc -aes-256-cbc -salt -pbkdf2 -iter "$rounds" -pass fd:3 -out "$out.part"
[ -e "$out.whole" ]
mv "$out.part" "$out"
sha256sum <"$out"
stat -c %s "$out"
