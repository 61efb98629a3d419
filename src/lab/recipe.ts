import {createHash} from 'node:crypto'
import type {AptSources} from './apt.ts'

/** What a host has from the start, so that provisioning is quick and needs no network. */
export const hostPackages: readonly string[] = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'openssh-server',
  'sudo',
  'nftables',
  'ca-certificates',
  'curl',
  'iproute2',
  'iputils-ping',
  'less',
  'procps',
  'libfaketime',
  'postgresql-15',
  'pgbackrest',
  'haproxy',
]

/**
 * Runs in the new root before the packages: PostgreSQL must find this when it is installed, or it makes a cluster.
 */
export const beforePackages = `#!/bin/sh
set -eu
mkdir -p "$1/etc/postgresql-common/createcluster.d"
echo 'create_main_cluster = false' >"$1/etc/postgresql-common/createcluster.d/no-main.conf"
`

/**
 * Runs in the new root after the packages: a fresh host starts sshd and nothing else, has no host key and no
 * machine id, and never runs apt by itself.
 */
export const afterPackages = `#!/bin/sh
set -eu
chroot "$1" systemctl --quiet disable haproxy.service postgresql.service nftables.service || true
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer systemd-pstore.service e2scrub_reap.service getty@.service; do
  chroot "$1" systemctl --quiet disable "$unit" 2>/dev/null || true
done
for unit in console-getty.service systemd-firstboot.service apt-daily.service apt-daily-upgrade.service; do
  chroot "$1" systemctl --quiet mask "$unit"
done
chroot "$1" systemctl --quiet enable ssh.service
chroot "$1" systemctl --quiet set-default multi-user.target
rm -f "$1"/etc/ssh/ssh_host_* "$1/etc/machine-id" "$1/var/lib/dbus/machine-id" "$1/etc/hostname" "$1/etc/resolv.conf"
rm -f "$1"/etc/apt/sources.list.d/* "$1/etc/apt/apt.conf.d/99mmdebstrap"
: >"$1/etc/machine-id"
ln -sf /etc/machine-id "$1/var/lib/dbus/machine-id"
rm -rf "$1"/usr/share/doc/* "$1"/usr/share/man/* "$1"/var/cache/apt/archives/*.deb
mkdir -p "$1/root/.ssh"
chmod 700 "$1/root/.ssh"
`

/** The name of the image these packages and sources give: another list, another image. */
export function imageKey(apt: AptSources, architecture: string): string {
  const recipe = {hostPackages, beforePackages, afterPackages, architecture, sources: apt.sources, options: apt.options}
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 16)
}

export interface BuildCount {
  fetched: number
  unpacked: number
  configured: number
}

export const nothingBuilt: Readonly<BuildCount> = {fetched: 0, unpacked: 0, configured: 0}

/** Counts what a line of the build's talk says, into the counters given, and returns how far it is, in words. */
export function countLine(line: string, count: BuildCount): string | undefined {
  if (/^Get:\d+ /.test(line)) return `fetched ${++count.fetched} packages`
  // All are fetched before the first is unpacked, so that is how many there are; Debian's smallest system comes first.
  if (/^Unpacking /.test(line)) return `unpacked ${++count.unpacked} of ${Math.max(count.unpacked, count.fetched)}`
  if (/^Setting up /.test(line))
    return `configured ${++count.configured} of ${Math.max(count.configured, count.fetched)}`
  return undefined
}
