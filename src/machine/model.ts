import type {Readable} from 'node:stream'
import type {Secret} from '../secret/secret.ts'
import type {HaproxyWanted} from './haproxy.ts'
import type {Removable} from './removable.ts'

/**
 * The language between us and a machine, all of it data.
 *
 *     Wanted ──questions──▶ Question ──exchange──▶ Answer ──compare──▶ Change ──exchange──▶ done, asked again
 *
 * One exchange is one round trip: frames go in on stdin, each frame's result comes back in order.
 */

/** Read-only: asks one fact by the name of a function of the reader's program. */
export interface Question {
  readonly ask: string
  readonly args: readonly string[]
}

export interface Answer {
  readonly exit: number
  readonly out: string
  readonly err: string
}

/** Bytes for an action's standard input: text, a secret, or a stream of known length for large things. */
export type Input = string | Uint8Array | Secret<string | Uint8Array> | {readonly size: number; open(): Readable}

/** Changes the machine: runs one function of the reader's program (`run` executes an argv, `put` replaces a file). */
export interface Action {
  readonly act: string
  readonly args: readonly string[]
  readonly input?: Input
  /** Holds the machine's own lock for its time, because the thing is shared between environments. */
  readonly shared?: boolean
  /** Its answer is a secret: the machine does not keep it to tell it again. */
  readonly secretAnswer?: boolean
}

/** One difference between what is wanted and what is, ready to print and to do. */
export interface Change {
  /** `file /etc/hostname`, `unit haproxy.service`. */
  readonly of: string
  /** What will happen: `create`, `mode 0644 → 0600`. */
  readonly what: string
  /** A unified diff for files; secrets are masked. */
  readonly diff?: string
  readonly actions: readonly Action[]
  /** Set where a mistake could lock us out: the machine takes it back unless a new connection confirms it. */
  readonly guard?: Guard
}

/** What must be put back if nobody confirms a change. */
export interface Guard {
  readonly files: readonly string[]
  /** Units that must read the old files again. */
  readonly units?: readonly string[]
  readonly ruleset?: boolean
}

/** Makes a superseded executor harmless: a machine refuses a lower epoch of the same lock. */
export interface Fence {
  readonly lock: string
  readonly run: string
  readonly epoch: number
}

/** The one way to a machine: sends frames, gives each one's answer, in one round trip. */
export interface Connection {
  readonly host: string
  /** Throws `Failure('host-unreachable')` naming how far it got, `Refusal('host-key-changed')`, `Refusal('epoch-superseded')`. */
  exchange(exchange: Exchange): Promise<readonly Answer[]>
  readonly roundTrips: number
  close(): Promise<void>
  /** A new connection of its own to the same machine, to prove that one can still be opened. */
  again(): Connection
}

/** Questions and actions in order. With a fence it may change things, without one it only asks. */
export interface Exchange {
  /** The same id asked again returns what the first attempt already did, and does only the rest. */
  readonly id: string
  readonly fence?: Fence
  readonly frames: readonly (Question | Action)[]
}

export interface Plan {
  readonly host: string
  readonly changes: readonly Change[]
  /** SHA-256 over the changes; equal when the same would happen. */
  readonly planHash: string
}

export interface Applied extends Plan {
  readonly roundTrips: number
}

/** A machine as runbooks see it: real over SSH, or scripted in tests. */
export interface Machine {
  readonly host: string
  /** One exchange; changes nothing. With a fence it waits for what a lost connection left at work under that lock. */
  plan(wanted: readonly Wanted[], fence?: Fence): Promise<Plan>
  /**
   * Compares anew, applies, asks again; what is left after that is a Bug. One exchange when nothing differs, two
   * otherwise; one less with `found`, what was planned a moment ago with the same fence.
   */
  apply(wanted: readonly Wanted[], how: {fence: Fence; expect?: string; found?: Plan}): Promise<Applied>
  /** Read-only questions, one exchange. */
  ask(questions: readonly Question[]): Promise<readonly Answer[]>
  /** Actions that are not wanted state (a signal, a token made): one exchange, never repeated for the same id. */
  act(id: string, actions: readonly Action[], fence: Fence): Promise<readonly Answer[]>
  readonly roundTrips: number
}

interface Owned {
  readonly owner: string
  readonly group: string
  /** Octal, four digits: `0640`. */
  readonly mode: string
}

/** A file with this content; `check` runs on the new file (its path replaces `{}`) before it replaces the old one. */
export interface FileWanted extends Removable, Owned {
  readonly kind: 'file'
  readonly path: string
  readonly content: string | Secret<string>
  readonly check?: readonly string[]
  /** For sshd, sudo and the network: taken back by the machine unless a new connection confirms it. */
  readonly confirm?: boolean
}

export interface DirectoryWanted extends Removable, Owned {
  readonly kind: 'directory'
  readonly path: string
}

export interface UserWanted extends Removable {
  readonly kind: 'user'
  readonly name: string
  readonly comment: string
  readonly home?: string
  readonly shell?: string
  readonly groups?: readonly string[]
}

export interface PackageWanted extends Removable {
  readonly kind: 'package'
  readonly name: string
}

/** A systemd unit (service, timer, socket, target). Running, it is younger than each file it was started from. */
export interface UnitWanted extends Removable {
  readonly kind: 'unit'
  readonly name: string
  readonly enabled: boolean
  readonly running: boolean
  /** Restarted when one of these files is newer than its start. */
  readonly restartAfter?: readonly string[]
  /** Reloaded when one of these files is newer than its last load. */
  readonly reloadAfter?: readonly string[]
  /** Serves several environments: changed under the machine's own lock. */
  readonly shared?: boolean
}

/** One PostgreSQL cluster of Debian's packaging; never moved to another port or version. */
export interface PgClusterWanted extends Removable {
  readonly kind: 'pg-cluster'
  readonly version: number
  readonly name: string
  readonly port: number
  readonly settings: Readonly<Record<string, string>>
  /** Lines of pg_hba.conf, whole. */
  readonly access: readonly string[]
  /** Lines of pg_ident.conf, whole; as they are when left out. */
  readonly identity?: readonly string[]
}

export interface PgRoleWanted extends Removable {
  readonly kind: 'pg-role'
  readonly cluster: {readonly version: number; readonly name: string; readonly port: number}
  readonly name: string
  readonly password?: Secret<string>
  /** May read everything in every database, whoever owns it and whatever rows its owner hides, and change nothing. */
  readonly reads?: true
}

export interface PgDatabaseWanted extends Removable {
  readonly kind: 'pg-database'
  readonly cluster: {readonly version: number; readonly name: string; readonly port: number}
  readonly name: string
  readonly owner: string
  /** Roles that may enter it beside its owner. */
  readonly guests?: readonly string[]
}

/** A file put together on the machine, under its lock, from all fragments of a directory: shared between environments without reading theirs. */
export interface AssemblyWanted extends Removable, Owned {
  readonly kind: 'assembly'
  readonly path: string
  readonly from: string
  readonly check?: readonly string[]
}

/** The whole nftables ruleset, applied as a confirmed commit. */
export interface NftWanted extends Removable {
  readonly kind: 'nft'
  readonly ruleset: string
}

/** A release verified and unpacked at `/opt/selfhelp/releases/<version>`. */
export interface ReleaseWanted extends Removable {
  readonly kind: 'release'
  readonly version: string
  readonly archive: {readonly sha256: string; readonly size: number; open(): Readable}
  /** The signed text, its signature and the public key (PEM). */
  readonly manifest: string
  readonly signature: string
  readonly publicKey: string
}

/** Runs only while `unless` exits non-zero: for steps that have no other shape (a schema migration). */
export interface CommandWanted extends Removable {
  readonly kind: 'command'
  readonly name: string
  readonly argv: readonly string[]
  readonly unless: readonly string[]
  readonly user?: string
}

export type Wanted =
  | FileWanted
  | DirectoryWanted
  | UserWanted
  | PackageWanted
  | UnitWanted
  | PgClusterWanted
  | PgRoleWanted
  | PgDatabaseWanted
  | AssemblyWanted
  | NftWanted
  | ReleaseWanted
  | CommandWanted
  | HaproxyWanted

/** How one kind of wanted thing is asked for and compared; pure. */
export interface Operation<W extends Wanted = Wanted> {
  readonly kind: W['kind']
  title(want: W): string
  questions(want: W): readonly Question[]
  /**
   * The changes that make it so, none when it is so; `touched` are the paths that earlier changes of the same plan write.
   * Throws `Refusal` where a difference must not be repaired.
   */
  compare(want: W, answers: readonly Answer[], touched?: ReadonlySet<string>): readonly Change[]
  /** The path this thing writes, so that what depends on it knows. */
  path?(want: W): string
}
