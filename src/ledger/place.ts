import {createHash} from 'node:crypto'
import {lstatSync, realpathSync, statSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {Refusal} from '../error.ts'

/** Where a private PostgreSQL keeps its things. */
export interface Place {
  readonly home: string
  readonly data: string
  readonly log: string
  readonly lock: string
  /** Its backups, and the settings of what takes them; archiving goes on while these are there. */
  readonly keeping: {readonly folder: string; readonly config: string}
  /** There while a restore of the ledger is under way; `laying` begins it while its data is not whole. */
  readonly restoring: string
  /** The socket's folder; its path stays far below the 100 bytes a socket may have. */
  readonly socket: string
  /** False for tests: faster, and lost with the machine's power. */
  readonly durable?: false
}

/** The account the server runs as when root starts it. */
export const serviceUser = 'selfhelp-ledger'

/** The places of the private PostgreSQL of a home; the home must exist, so that two spellings of it are one. */
export function placeOf(home: string, env: NodeJS.ProcessEnv): Place {
  const real = realpathSync(home)
  const hash = createHash('sha256').update(real).digest('hex').slice(0, 12)
  return {
    home: real,
    data: join(real, 'postgres'),
    log: join(real, 'postgres.log'),
    lock: join(real, 'postgres.lock'),
    restoring: join(real, 'ledger-restore'),
    keeping: {folder: join(real, 'ledger-backup'), config: join(real, 'ledger-backup/pgbackrest.conf')},
    socket: join(runtimeFolder(env), `selfhelp-${hash}`),
  }
}

/** The service user must be able to walk to its data: every folder above is passable, else a Refusal. */
export function assertPassable(home: string): void {
  const closed: string[] = []
  for (let folder = dirname(home); folder !== dirname(folder); folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) closed.push(folder)
  }
  if (closed.length === 0) return
  throw new Refusal('home-unusable', `${serviceUser} cannot reach its data below ${home}: a folder above is closed.`, {
    facts: {closed},
    remedies: ['Choose another SELFHELP_HOME, such as /var/lib/selfhelp.', `chmod o+x ${closed.join(' ')}`],
  })
}

/** Where anybody may make the socket's folder, one of somebody else would bring us a ledger of theirs. */
export function assertOwnSocket({socket}: Pick<Place, 'socket'>, uid = process.getuid?.() ?? 0): void {
  const found = lstatSync(socket, {throwIfNoEntry: false})
  if (uid === 0 || !found || (found.isDirectory() && found.uid === uid)) return
  throw new Refusal('home-unusable', `${socket} is not ours: somebody else made it.`, {
    facts: {owner: found.uid},
    remedies: ['Set XDG_RUNTIME_DIR to a folder of your own, or let its owner take it away.'],
  })
}

function runtimeFolder(env: NodeJS.ProcessEnv): string {
  if (process.getuid?.() === 0) return '/run'
  const own = env.XDG_RUNTIME_DIR
  return own && own.length < 60 ? own : '/tmp'
}
