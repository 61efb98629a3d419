# NAME FOLDER: a restored cluster gone, with all that is in it.
set -u
case $2 in /var/lib/postgresql/selfhelp-*) ;; *) echo "$2 is no scratch" >&2; exit 1 ;; esac
systemctl stop "selfhelp-scratch-$1" 2>/dev/null
systemctl reset-failed "selfhelp-scratch-$1" 2>/dev/null
rm -rf --one-file-system -- "$2" "/run/selfhelp-scratch-$1"
