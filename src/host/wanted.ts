import type {Role} from '../flow/model.ts'
import {type Configured, ruleset} from '../flow/steps.ts'
import {portRanges} from '../ledger/port.ts'
import type {HaproxyPoolWanted} from '../machine/haproxy.ts'
import type {NftWanted, Wanted} from '../machine/model.ts'
import {defaultPolicy, haproxyTls, policies, type TlsPolicy} from '../tls/steps.ts'
import {edgeAssembled, edgeFiles, edgeFolders, edgeRuntime, edgeTickets, edgeUnit, freeBackend} from './edge.ts'
import {type Limits, limitsOf} from './limit.ts'
import {accountsOf, clockUnit, controlUser, type Host, seatOf} from './model.ts'
import {directory, file, judges, off, on, pkg, text} from './thing.ts'

/** What a host's wanted state is made from. */
export interface HostInput {
  readonly host: Host
  /** Every host in service: firewalls know their fellows. */
  readonly fleet: readonly Host[]
  /** The control plane's public key, `ssh-ed25519 AAAA…`. */
  readonly publicKey: string
  /** Links to customers, which its doors must know. */
  readonly more?: Configured
  /** What its edge may offer; the default when left out. */
  readonly tls?: TlsPolicy
  /** What its edge takes before it says no; the agreed numbers when left out. */
  readonly limits?: Limits
}

/** Everything a host must be before any environment is on it; pure. What can lock us out comes last. */
export function hostWanted(input: HostInput): readonly Wanted[] {
  const {host} = input
  return [
    ...account(input.publicKey),
    ...baseline(host),
    ...host.roles.flatMap(role => ofRole[role]?.(host, input) ?? []),
    ...backups(host),
    ...doors(input),
  ]
}

/** The control plane's own account: its key alone opens it, its sudo needs no terminal. */
export function account(publicKey: string): readonly Wanted[] {
  const home = `/home/${controlUser}`
  const owned = {owner: controlUser, group: controlUser}
  return [
    {kind: 'user', name: controlUser, comment: 'Self Help control plane', home, shell: '/bin/sh'},
    {kind: 'directory', path: `${home}/.ssh`, ...owned, mode: '0700'},
    {
      kind: 'file',
      path: `${home}/.ssh/authorized_keys`,
      ...owned,
      mode: '0600',
      content: `restrict ${publicKey} selfhelp-control-plane\n`,
      check: ['ssh-keygen', '-l', '-f', '{}'],
    },
    {
      ...file('etc/sudoers.d/selfhelp', {user: controlUser}),
      mode: '0440',
      check: ['visudo', '-c', '-q', '-f', '{}'],
      confirm: true,
    },
  ]
}

function baseline(host: Host): readonly Wanted[] {
  return [
    pkg('nftables'),
    {...file('etc/apt/apt.conf.d/99selfhelp', {}), check: judges.apt},
    off('apt-daily.timer'),
    off('apt-daily-upgrade.timer'),
    directory('/etc/systemd/journald.conf.d'),
    file('etc/systemd/journald.conf.d/selfhelp.conf', {megabytes: 500, days: 90}),
    on('systemd-journald.service', {restartAfter: ['/etc/systemd/journald.conf.d/selfhelp.conf']}, false),
    ...timeSync(host),
    directory('/etc/selfhelp'),
    directory('/var/lib/selfhelp', '0711'),
    directory('/opt/selfhelp'),
    directory('/opt/selfhelp/releases'),
  ]
}

function timeSync({facts}: Host): readonly Wanted[] {
  const unit = clockUnit(facts)
  if (unit === undefined) return []
  return [...(facts.timeSync === undefined ? [pkg('systemd-timesyncd')] : []), on(unit)]
}

const ofRole: Partial<Record<Role, (host: Host, input: HostInput) => readonly Wanted[]>> = {
  edge,
  database,
  gateway,
  repository: () => [directory('/var/lib/selfhelp/repository', '0700')],
}

function edge(host: Host, {fleet, tls = policies[defaultPolicy], limits = limitsOf()}: HostInput): readonly Wanted[] {
  const config = file('etc/haproxy/haproxy.cfg', {
    limits,
    threads: Math.min(host.facts.processors, 32),
    tls: haproxyTls(tls),
  })
  const {hosts, crtList, backends, staged, certificates} = edgeFolders
  return [
    pkg('haproxy'),
    directory('/etc/haproxy/selfhelp'),
    ...[hosts, crtList, backends].map(path => directory(path)),
    ...[certificates, staged].map(path => directory(path, '0700')),
    file('etc/haproxy/selfhelp/check.cfg', {}),
    file('etc/haproxy/selfhelp/check-certificate.cfg', {}),
    text(edgeFiles.acme, ''),
    edgeTickets,
    ...behind(host, fleet).flatMap(application => pools(application)),
    ...edgeAssembled,
    {...config, check: ['haproxy', '-c', '-q', '-f', '{}', '-f', edgeFiles.backends]},
    {...file('etc/default/haproxy', {}), check: judges.shell},
    edgeUnit,
    edgeRuntime,
  ]
}

/** Free backends of an edge alone, and what runs as the files then say. */
export function edgePools(host: Host, fleet: readonly Host[]): readonly Wanted[] {
  return [...behind(host, fleet).flatMap(application => pools(application)), ...edgeAssembled, edgeRuntime]
}

/** Whose services an edge serves: its own host's, and as a front, which has none, those of every host that has some. */
function behind(host: Host, fleet: readonly Host[]): readonly {host: string; address: string}[] {
  const serves = ({roles}: Host) => roles.includes('presentation')
  if (serves(host)) return [{host: host.name, address: '127.0.0.1'}]
  return fleet.filter(serves).map(({name, address}) => ({host: name, address}))
}

function pools({host, address}: {host: string; address: string}): readonly HaproxyPoolWanted[] {
  return (['presentation', 'edition'] as const).map(face => ({
    kind: 'haproxy-pool',
    name: `${host} ${face}`,
    folder: edgeFolders.backends,
    host,
    ports: portRanges[face],
    free: {least: 8, most: 32},
    template: freeBackend({host, address, port: '{port}'}),
  }))
}

/**
 * What carries tunnels; each VPN leaves its own connection, credentials and addresses there. Files are in place before
 * the package, whose installation starts the service.
 */
function gateway(): readonly Wanted[] {
  const settings = ['etc/strongswan.d/selfhelp.conf', 'etc/strongswan.d/charon/kernel-libipsec.conf'] as const
  return [
    file('etc/sysctl.d/60-selfhelp-gateway.conf', {}),
    on('systemd-sysctl.service', {restartAfter: ['/etc/sysctl.d/60-selfhelp-gateway.conf']}, false),
    ...['/usr/local/lib/selfhelp', '/etc/selfhelp/vpn', '/etc/strongswan.d', '/etc/strongswan.d/charon'].map(path =>
      directory(path),
    ),
    ...(['esp.sh', 'vpn-loaded.sh', 'vpn-watch.sh'] as const).map(name => ({
      ...file(`usr/local/lib/selfhelp/${name}`, {}),
      check: judges.shell,
    })),
    {...file('usr/local/lib/selfhelp/vpn-probe.pl', {}), check: judges.perl},
    ...settings.map(path => file(path, {})),
    directory('/etc/systemd/system/strongswan.service.d'),
    file('etc/systemd/system/strongswan.service.d/selfhelp.conf', {}),
    {...file('etc/systemd/system/selfhelp-esp.service', {}), check: judges.unit},
    on('selfhelp-esp.service', {restartAfter: ['/usr/local/lib/selfhelp/esp.sh']}),
    ...['charon-systemd', 'strongswan-swanctl', 'libstrongswan-standard-plugins', 'libcharon-extra-plugins'].map(pkg),
    on('strongswan.service', {restartAfter: settings.map(path => `/${path}`)}),
    {...file('etc/systemd/system/selfhelp-vpn-probe.service', {}), check: judges.unit},
    {...file('etc/systemd/system/selfhelp-vpn-probe.timer', {}), check: judges.unit},
    on('selfhelp-vpn-probe.timer'),
  ]
}

/** The setting is in place before the package, whose installation would make a cluster nobody asked for. */
function database({facts}: Host): readonly Wanted[] {
  return [
    directory('/etc/postgresql-common'),
    directory('/etc/postgresql-common/createcluster.d'),
    file('etc/postgresql-common/createcluster.d/selfhelp.conf', {}),
    pkg(`postgresql-${postgresOf(facts.debian)}`),
    on('postgresql.service'),
  ]
}

/** Both ends of a backup run the same program; what it does is in the files of the environments. */
function backups({roles}: Host): readonly Wanted[] {
  if (!roles.includes('database') && !roles.includes('repository')) return []
  return [
    pkg('pgbackrest'),
    directory('/etc/pgbackrest'),
    directory('/etc/pgbackrest/conf.d'),
    file('etc/pgbackrest/pgbackrest.conf', {}),
  ]
}

/** The PostgreSQL that Debian's release brings. */
const postgresOf = (debian: number): number => (debian >= 13 ? 17 : 15)

/** The host's firewall alone, as its links and fellows want it. */
export function firewall({host, fleet, more}: Omit<HostInput, 'publicKey'>): NftWanted {
  return {
    kind: 'nft',
    ruleset: ruleset({
      host: seatOf(host),
      fleet: fleet.map(seatOf),
      around: {
        controlPlane: host.facts.controlPlane,
        packagePorts: host.facts.packagePorts,
        accounts: accountsOf(host.facts),
      },
      ...(more ? {more} : {}),
    }),
  }
}

function doors({host, fleet, more}: HostInput): readonly Wanted[] {
  const path = 'etc/ssh/sshd_config.d/10-selfhelp.conf'
  const networks = host.facts.controlPlane
  return [
    {...file(path, {user: controlUser, networks}), check: ['sshd', '-t', '-f', '{}'], confirm: true},
    on('ssh.service', {reloadAfter: [`/${path}`]}),
    firewall({host, fleet, ...(more ? {more} : {})}),
  ]
}
