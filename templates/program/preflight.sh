# Asks a machine what it is, before anything is changed on it. One fact a line: a word, then its value.
# Read on standard input by `sh -s`; what comes before the first line is noise of the login shell.
echo 'selfhelp-preflight 1'
LC_ALL=C; export LC_ALL
PATH=/usr/sbin:/usr/bin:/sbin:/bin; export PATH
say() { printf '%s %s\n' "$1" "$(printf '%s' "$2" | tr '\n' ' ')"; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

say clock "$(date +%s.%N)"
say client "${SSH_CONNECTION%% *}"
say os "$(. /etc/os-release; echo "$ID $VERSION_ID")"
say architecture "$(dpkg --print-architecture)"
say init "$(cat /proc/1/comm)"
say container "$(systemd-detect-virt --container)"
say processors "$(nproc)"
say memory-kilobytes "$(awk '/^MemTotal:/ {print $2}' /proc/meminfo)"
say disk-kilobytes "$(df -Pk / | awk 'NR == 2 {print $4}')"
say sudo "$(sudo -n true 2>&1 && echo works)"
say synchronised "$(timedatectl show --property NTPSynchronized --value 2>/dev/null)"
for unit in chrony.service ntpsec.service systemd-timesyncd.service; do
  if systemctl --quiet is-active "$unit"; then say time-unit "$unit"; break; fi
done
# Whose programs may ask for packages, names, time and an address, where they are.
for account in _apt _chrony ntpsec systemd-timesync systemd-resolve unbound dnsmasq systemd-network dhcpcd; do
  getent passwd "$account" >/dev/null && say account "$account"
done
ip -o addr show scope global | awk '{sub("/.*", "", $4); print "address " $4}'
as_root ss -Hltnp 2>/dev/null | awk '{n = split($4, a, ":"); who = $6; gsub(/^users:\(\("|".*/, "", who); print "listens " a[n] " " who}'
grep -qiE '^[[:space:]]*Include[[:space:]]+/etc/ssh/sshd_config\.d/' /etc/ssh/sshd_config && say sshd-includes yes
# The ports behind which packages are: of the sources themselves, or of the proxy before them.
{
  apt-get --print-uris update 2>/dev/null | sed -n "s/^'\([^']*\)'.*/\1/p"
  apt-config dump | sed -n 's/^Acquire::https*::Proxy[^"]*"\(.*\)";$/\1/p'
} | sed -nE 's#^(https?)://([^/@]*@)?(\[[^]]*\]|[^/:]*)(:([0-9]+))?(/.*)?$#\1 \5#p' | sort -u | while read -r scheme port; do
  [ -n "$port" ] || case $scheme in http) port=80 ;; *) port=443 ;; esac
  say apt-port "$port"
done
apt-get --print-uris update 2>/dev/null | sed -n "s/^'\([^']*InRelease\)'.*/\1/p" | sort -u | {
  scratch=$(mktemp -d)
  reached=0
  while read -r uri; do
    if timeout 20 /usr/lib/apt/apt-helper -o Acquire::Retries=1 download-file "$uri" "$scratch/$reached" >"$scratch/said" 2>&1; then
      reached=$((reached + 1))
    else
      say apt-fault "$(tail -n 1 "$scratch/said")"
    fi
  done
  say apt-reached "$reached"
  rm -rf "$scratch"
}
say done yes
