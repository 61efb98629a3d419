# Fresh lists; then every installed package with its version, and what the sources have that is newer.
set -eu
export LC_ALL=C
apt-get -qq -o DPkg::Lock::Timeout=300 -o APT::Update::Error-Mode=any update
dpkg-query -W -f 'has\t${Package}\t${Version}\t${db:Status-Abbrev}\n'
apt-get -qq --simulate upgrade --with-new-pkgs
