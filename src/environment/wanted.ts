import type {
  DirectoryWanted,
  FileWanted,
  PgClusterWanted,
  PgDatabaseWanted,
  PgRoleWanted,
  UnitWanted,
  UserWanted,
  Wanted,
} from '../machine/model.ts'
import {render} from '../render/render.ts'
import type {Secret} from '../secret/secret.ts'
import {hardening} from './hardening.ts'
import {frontsOf, listening} from './listening.ts'
import {addressed, type Environment, fullName, originsOf, type RuntimeState, stateIn} from './model.ts'
import {at} from './place.ts'
import {asReader, reader} from './reader.ts'

/** The PostgreSQL of Debian 12. */
const postgresVersion = 15

export const faces = ['presentation', 'edition'] as const
export type Face = (typeof faces)[number]

/** What the database's own TLS is made of; the key travels as a secret. */
export interface DatabaseTls {
  readonly ca: string
  readonly chain: string
  readonly key: Secret<string>
}

export interface DatabaseSecrets {
  readonly password: Secret<string>
  readonly tls: DatabaseTls
}

/** Its user, folders and secrets: what everything else of the environment lies in. */
export function ground(environment: Environment, {password, tls}: DatabaseSecrets): readonly Wanted[] {
  const {id} = environment
  const user: UserWanted = {kind: 'user', name: id, comment: `Self Help ${fullName(environment)}`}
  return [
    user,
    folder(at.folder(id), {group: 'root', mode: '0755'}),
    folder(at.secrets(id), {group: 'root', mode: '0700'}),
    file(at.password(id), password, {group: 'root', mode: '0600'}),
    file(at.databaseCa(id), tls.ca, {group: 'root', mode: '0644'}),
    file(at.databaseCertificate(id), tls.chain, {group: 'postgres', mode: '0640'}),
    file(at.databaseKey(id), tls.key, {group: 'postgres', mode: '0640'}),
  ]
}

/** Its cluster, folder and user gone, with all that is in them. */
export function gone({id, ports}: Environment): readonly Wanted[] {
  const cluster = {kind: 'pg-cluster', version: postgresVersion, name: id, port: ports.database} as const
  return [
    {...cluster, settings: {}, access: [], absent: true},
    {...folder(at.folder(id), {group: 'root', mode: '0755'}), absent: true},
    {...file(at.farewell(id), '', {group: 'root', mode: '0600'}), absent: true},
    {kind: 'user', name: id, comment: '', absent: true},
  ]
}

/** Its own cluster, with a role that may do everything in one database and nothing else, and one that may only read. */
export function database(environment: Environment, {password}: DatabaseSecrets): readonly Wanted[] {
  const cluster = {version: postgresVersion, name: environment.id, port: environment.ports.database}
  const itself: PgClusterWanted = {
    kind: 'pg-cluster',
    ...cluster,
    settings: settingsOf(environment),
    access: [
      'local all postgres peer',
      `local selfhelp ${reader} peer map=reader`,
      'hostssl selfhelp selfhelp 127.0.0.1/32 scram-sha-256',
      'host all all 0.0.0.0/0 reject',
      'host all all ::/0 reject',
    ],
    identity: [`reader postgres ${reader}`],
  }
  const role: PgRoleWanted = {kind: 'pg-role', cluster, name: 'selfhelp', password}
  const looking: PgRoleWanted = {kind: 'pg-role', cluster, name: reader, reads: true}
  const guests = [reader]
  const own: PgDatabaseWanted = {kind: 'pg-database', cluster, name: 'selfhelp', owner: 'selfhelp', guests}
  return [itself, role, looking, own]
}

/** The files its services are started from; nothing runs yet. */
export function services(environment: Environment, state: RuntimeState = stateIn(environment)): readonly Wanted[] {
  const {id} = environment
  const name = fullName(environment)
  const program = programOf(environment.version)
  const units = faces.map(role =>
    file(
      at.unitFile(id, role),
      render('etc/systemd/system/environment-role.service', {
        id,
        name,
        role,
        hostname: environment.hostnames[role],
        program: program.join(' '),
        memoryMegabytes: 512,
        hardening,
      }),
      {group: 'root', mode: '0644'},
    ),
  )
  const sockets = faces.map(role =>
    file(
      at.socketFile(id, role),
      render('etc/systemd/system/environment-role.socket', {id, name, role, ...listening(environment, role)}),
      {group: 'root', mode: '0644'},
    ),
  )
  const migrate = render('etc/systemd/system/environment-migrate.service', {
    id,
    name,
    program: program.join(' '),
    hardening,
  })
  return [
    file(at.state(id), `${JSON.stringify(state)}\n`, {group: id, mode: '0640'}),
    ...faces.map(role => file(at.config(id, role), configOf(environment, role), {group: id, mode: '0640'})),
    ...sockets,
    ...units,
    file(at.unitFile(id, 'migrate'), migrate, {group: 'root', mode: '0644'}),
  ]
}

/** Its services know their names; what they let in stays as it is. */
export function namedServices(environment: Environment): readonly Wanted[] {
  const state = at.state(environment.id)
  const files = services(environment).filter(want => !('path' in want && want.path === state))
  return [...files, ...running(environment)]
}

/** Its services run, each younger than the files it was started from, and know the state that was written. */
export function running({id}: Environment): readonly Wanted[] {
  return faces.flatMap((role): readonly UnitWanted[] => {
    const restartAfter = [at.unitFile(id, role), at.config(id, role), at.password(id), at.databaseCa(id)]
    const on = {kind: 'unit', enabled: true, running: true} as const
    const service: UnitWanted = {...on, name: at.unit(id, role), restartAfter, reloadAfter: [at.state(id)]}
    // The service brings its socket with it; going, the socket takes its service along, so that nobody wakes it again.
    return [service, {...on, name: at.socket(id, role)}]
  })
}

/** The start of a command line of the runtime: hosts have no Node, each release brings its own. */
function programOf(version: string): readonly string[] {
  return [`${at.release(version)}/bin/selfhelp-runtime`]
}

/** The command line that writes everything of its database to stdout. */
export function dumping({ports}: Environment): readonly string[] {
  return ['runuser', '-u', 'postgres', '--', ...asReader('pg_dump', {port: ports.database}), '--format=custom']
}

/**
 * Archiving is on from the first day with a command that keeps nothing: switching it on later would need a restart, and
 * the command needs none. Commit times tell to which moments a restore reaches, and what it loses.
 */
function settingsOf({id, archived}: Environment): Readonly<Record<string, string>> {
  const engine =
    '/usr/bin/pgbackrest --config=/etc/pgbackrest/pgbackrest.conf --config-include-path=/etc/pgbackrest/conf.d'
  return {
    cluster_name: id,
    listen_addresses: '127.0.0.1',
    password_encryption: 'scram-sha-256',
    ssl: 'on',
    ssl_cert_file: at.databaseCertificate(id),
    ssl_key_file: at.databaseKey(id),
    ssl_min_protocol_version: 'TLSv1.2',
    max_connections: '40',
    shared_buffers: '16MB',
    archive_mode: 'on',
    archive_command: archived ? `${engine} --stanza=${id} archive-push %p` : '/bin/true',
    archive_timeout: archived ? '60' : '0',
    track_commit_timestamp: 'on',
    timezone: 'UTC',
    log_timezone: 'UTC',
  }
}

function configOf(environment: Environment, role: Face): string {
  const {id, ports} = environment
  const people = addressed(environment)
  const fronts = frontsOf(environment, role)
  const config = {
    role,
    environment: fullName(environment),
    tenant: environment.legalName,
    locale: environment.locale,
    timeZone: environment.timeZone,
    listen: listening(environment, role),
    admin: {socket: at.adminSocket(id, role)},
    urls: {presentation: `https://${people.presentation}`, edition: `https://${people.edition}`},
    origins: originsOf(environment, role).map(name => `https://${name}`),
    database: {
      host: '127.0.0.1',
      port: ports.database,
      name: 'selfhelp',
      user: 'selfhelp',
      passwordFile: 'database-password',
      tls: {ca: at.databaseCa(id), serverName: databaseName(environment)},
    },
    stateFile: at.state(id),
    proxies: ['127.0.0.1', ...fronts],
  }
  return `${JSON.stringify(config, undefined, 2)}\n`
}

/** The name in the certificate of its database; no DNS knows it. */
export function databaseName({id, hostnames}: Pick<Environment, 'id' | 'hostnames'>): string {
  return `${id}-database.${hostnames.presentation.split('.').slice(1).join('.')}`
}

function folder(path: string, {group, mode}: {group: string; mode: string}): DirectoryWanted {
  return {kind: 'directory', path, owner: 'root', group, mode}
}

function file(
  path: string,
  content: string | Secret<string>,
  {group, mode}: {group: string; mode: string},
): FileWanted {
  return {kind: 'file', path, content, owner: 'root', group, mode}
}
