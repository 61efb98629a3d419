# Tries whether the kernel can do ESP with AES-256-GCM, and has charon do it in user space where it cannot.
set -u
mkdir -p /run/selfhelp-esp
key=0x$(head -c 36 /dev/urandom | od -An -tx1 | tr -d ' \n')
state='src 127.0.0.9 dst 127.0.0.9 proto esp spi 0x5e1f0001'
load=yes
if ip xfrm state add $state mode transport aead 'rfc4106(gcm(aes))' "$key" 128 2>/dev/null; then
  ip xfrm state delete $state
  load=no
fi
printf 'kernel-libipsec {\n    load = %s\n}\n' "$load" >/run/selfhelp-esp/kernel-libipsec.conf
