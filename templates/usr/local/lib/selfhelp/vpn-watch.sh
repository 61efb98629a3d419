# Each 30 seconds: does traffic pass through the tunnels, and are they there? Charon tries a silent customer for ever, but
# one that said no it asks once: so each tunnel that is not there is begun again, until the customer has mended their end.
set -u
perl /usr/local/lib/selfhelp/vpn-probe.pl /etc/selfhelp/vpn /run/selfhelp-vpn
up=$(swanctl --list-sas --raw 2>/dev/null) || exit 0
for file in /etc/swanctl/conf.d/*.conf; do
  name=${file##*/} name=${name%.conf}
  [ -e "/etc/selfhelp/vpn/$name.probe" ] || continue
  case $up in *"event {$name {"*) continue ;; esac
  swanctl --initiate --child "$name" --timeout -1 >/dev/null 2>&1
done
exit 0
