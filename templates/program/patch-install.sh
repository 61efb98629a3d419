# NAME=VERSION…: exactly these; configuration that was changed stays.
set -eu
export LC_ALL=C DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
dpkg --force-confold --configure -a
exec apt-get --yes --quiet -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold --no-install-recommends install "$@"
