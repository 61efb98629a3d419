# NAME: a job is at work no more, and nothing is known of it.
set -eu
systemctl stop "selfhelp-job-$1" 2>/dev/null || :
rm -rf "/var/lib/selfhelp/job/$1" "/run/selfhelp-job-$1"
