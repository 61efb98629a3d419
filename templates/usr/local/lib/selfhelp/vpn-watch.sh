# Each 30 seconds: does traffic pass through the tunnels, and are they there? Charon tries a silent customer for ever, but
# one that said no it asks once: so each tunnel that is not there is begun again, until the customer has mended their end.
# Addresses and routes that somebody, or a line that came back, has taken away are laid anew before that.
set -u
sed -n 's|^ExecStart=/usr/sbin/ip ||p' /etc/systemd/system/vpn-*.service 2>/dev/null | ip -force -batch - 2>/dev/null
perl /usr/local/lib/selfhelp/vpn-probe.pl /etc/selfhelp/vpn /run/selfhelp-vpn
up=$(swanctl --list-sas --raw 2>/dev/null) || exit 0
for file in /etc/swanctl/conf.d/*.conf; do
  name=${file##*/} name=${name%.conf}
  [ -e "/etc/selfhelp/vpn/$name.probe" ] || continue
  case $up in *"event {$name {"*) continue ;; esac
  swanctl --initiate --child "$name" --timeout -1 >/dev/null 2>&1
done
exit 0
