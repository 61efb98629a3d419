import {createHash} from 'node:crypto'
import {type Environment, fullName} from '../environment/model.ts'
import type {CommandWanted, FileWanted, UnitWanted, Wanted} from '../machine/model.ts'
import {render} from '../render/render.ts'
import {Secret} from '../secret/secret.ts'
import {hoursOf, keepDays} from './model.ts'
import {at} from './place.ts'

/** Who one end is to the other. */
export interface Identity {
  /** The name in the certificate. */
  readonly name: string
  readonly chain: string
  readonly key: Secret
}

export interface End {
  readonly host: string
  readonly address: string
  /** As the other end calls it; in its server's certificate. */
  readonly name: string
  /** What it shows when it calls the other end for this environment. */
  readonly client: Identity
  /** What the host shows to whoever calls; the same for all environments on it. */
  readonly server: Identity
}

/** The two ends of an environment's backups. */
export interface Pair {
  readonly environment: Environment
  /** PEM of the internal authority. */
  readonly authority: string
  readonly passphrase: Secret
  readonly database: End
  readonly repository: End
}

const port = 8432

/** What the host of the repository holds for an environment, before any backup is taken. */
export function repositoryEnd(pair: Pair): readonly Wanted[] {
  const {environment, repository, database, passphrase} = pair
  const {id} = environment
  const text = render('etc/pgbackrest/conf.d/repository.conf', {
    ...commonOf(environment),
    client: database.client.name,
    peer: database.name,
    repository: at.repository(id),
    passphrase: passphrase.expose(),
    keepDays,
  })
  const folder = {
    kind: 'directory',
    path: at.repository(id),
    owner: 'postgres',
    group: 'postgres',
    mode: '0750',
  } as const
  return [folder, ...ends(pair, repository, database), file(at.ofEnvironment(id), new Secret(text), '0640'), server]
}

/** What the host of the database holds for an environment's backups. */
export function databaseEnd(pair: Pair): readonly Wanted[] {
  const {environment, repository, database} = pair
  const text = render('etc/pgbackrest/conf.d/database.conf', {
    ...commonOf(environment),
    client: repository.client.name,
    peer: repository.name,
  })
  return [...ends(pair, database, repository), file(at.ofEnvironment(environment.id), text, '0640'), server]
}

/** What another host holds for as long as it reads an environment's backups; it is not where the database is. */
export function readerEnd(pair: Pair): readonly Wanted[] {
  const {environment, repository} = pair
  const common = commonOf(environment)
  const text = render('etc/pgbackrest/conf.d/database.conf', {
    ...common,
    client: repository.client.name,
    peer: repository.name,
  })
  return [...known(pair, pair.database, repository), file(at.ofEnvironment(environment.id), text, '0640')]
}

/** Backups are taken by the host itself, whether or not anybody of ours is there. */
export function repositorySchedule({environment}: Pair): readonly Wanted[] {
  const {id} = environment
  const [about, hours] = [{id, name: fullName(environment)}, hoursOf(id)]
  const run = (type: 'full' | 'incr') => render('etc/systemd/system/backup-run.service', {...about, type})
  return [
    ...timed(environment, {what: 'backup-full', calendar: hours.full, service: run('full')}),
    ...timed(environment, {what: 'backup-incr', calendar: hours.incremental, service: run('incr')}),
    ...timed(environment, {
      what: 'backup-verify',
      calendar: hours.verify,
      service: render('etc/systemd/system/backup-verify.service', about),
    }),
  ]
}

/** An idle database has a commit to stop at, each minute. */
export function databaseSchedule({environment}: Pair): readonly Wanted[] {
  const {id, ports} = environment
  const program = '/usr/lib/postgresql/15/bin/psql'
  const facts = {id, name: fullName(environment), program, port: ports.database}
  const service = render('etc/systemd/system/backup-heartbeat.service', facts)
  return timed(environment, {what: 'heartbeat', calendar: '*-*-* *:*:00', service, persistent: false})
}

/** The same list, with everything gone, the last wanted first; what all environments of a host share stays. */
export function absent(list: readonly Wanted[]): readonly Wanted[] {
  const own = list.filter(one => one !== server && one.kind !== 'command' && !shared.has(titleOf(one)))
  const gone = own.filter(({kind}) => kind !== 'assembly').map(one => ({...one, absent: true}))
  return [...gone.reverse(), ...own.flatMap(stampOf), ...own.filter(({kind}) => kind === 'assembly')]
}

/** When a timer last fired, as systemd remembers it. */
function stampOf(one: Wanted): readonly Wanted[] {
  if (one.kind !== 'unit' || !one.name.endsWith('.timer')) return []
  return [{...file(`/var/lib/systemd/timers/stamp-${one.name}`, '', '0644'), group: 'root', absent: true}]
}

const shared: ReadonlySet<string> = new Set([
  at.serverTls.folder,
  at.serverTls.ca,
  at.serverTls.certificate,
  at.serverTls.key,
  at.names,
])

const titleOf = (one: Wanted) => ('path' in one ? one.path : '')

/** Serves the other end; a certificate of its host is changed by a restart, an environment by a reload. */
const server: UnitWanted = {
  kind: 'unit',
  name: 'pgbackrest.service',
  enabled: true,
  running: true,
  shared: true,
  restartAfter: [at.serverTls.certificate, at.serverTls.key, at.serverTls.ca],
  reloadAfter: [at.config, at.include],
}

/** What both ends have alike: who they are, and where the other one is. */
function ends(pair: Pair, own: End, other: End): readonly Wanted[] {
  const [folder, ...rest] = known(pair, own, other)
  const server = [
    file(at.serverTls.certificate, own.server.chain, '0640'),
    file(at.serverTls.key, own.server.key, '0640'),
  ]
  return [folder as Wanted, ...server, ...rest]
}

/** Who it is to the other end, and where that is. */
function known({environment, authority}: Pair, own: End, other: End): readonly Wanted[] {
  const {id} = environment
  const tls = at.clientTls(id)
  return [
    {kind: 'directory', path: at.serverTls.folder, owner: 'root', group: 'postgres', mode: '0750'},
    file(at.serverTls.ca, authority, '0644'),
    file(tls.certificate, own.client.chain, '0640'),
    file(tls.key, own.client.key, '0640'),
    {kind: 'directory', path: at.names, owner: 'root', group: 'root', mode: '0755'},
    systemNames,
    {...file(`${at.names}/${id}`, `${other.address} ${other.name}\n`, '0644'), group: 'root'},
    {kind: 'assembly', path: '/etc/hosts', from: at.names, owner: 'root', group: 'root', mode: '0644'},
  ]
}

/** What the machine called others before us stays: our names come after them. */
const systemNames: CommandWanted = {
  kind: 'command',
  name: 'keep the names that were in /etc/hosts',
  argv: ['cp', '--preserve=mode', '/etc/hosts', `${at.names}/00-system`],
  unless: ['test', '-e', `${at.names}/00-system`],
}

function commonOf({id, ports, ...environment}: Environment) {
  return {
    id,
    name: fullName(environment),
    port,
    tls: at.clientTls(id),
    data: at.data(id),
    database: ports.database,
  }
}

interface Timed {
  readonly what: string
  readonly calendar: string
  readonly service: string
  /** Done later when the machine was off. */
  readonly persistent?: boolean
}

function timed(environment: Environment, {what, calendar, service, persistent = true}: Timed): readonly Wanted[] {
  const {id} = environment
  const timer = render('etc/systemd/system/backup.timer', {
    id,
    name: fullName(environment),
    what,
    calendar,
    persistent,
    serviceHash: createHash('sha256').update(service).digest('hex').slice(0, 12),
  })
  const unit: UnitWanted = {kind: 'unit', name: at.unit(id, `${what}.timer`), enabled: true, running: true}
  const root = {group: 'root'}
  return [
    {...file(at.unitFile(id, `${what}.service`), service, '0644'), ...root},
    {...file(at.unitFile(id, `${what}.timer`), timer, '0644'), ...root},
    unit,
  ]
}

function file(path: string, content: string | Secret<string>, mode: string): FileWanted {
  return {kind: 'file', path, content, owner: 'root', group: 'postgres', mode}
}
