import {spawn} from 'node:child_process'
import {chmodSync, chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Temporal} from 'temporal-polyfill'
import type {BackupSet} from '../backup/model.ts'
import {engineTime, engineTrouble, stanzaIn} from '../backup/steps.ts'
import {Failure, Refusal} from '../error.ts'
import type {Place} from '../ledger/place.ts'
import {type Account, serviceAccount} from '../ledger/postgres-account.ts'
import {stanza} from '../ledger/postgres-files.ts'
import type {Secret} from '../secret/secret.ts'

/** Where a restore of the ledger ends: at a moment, at a restore point, or where its WAL ends. */
export type Goal =
  | {readonly kind: 'time'; readonly at: Temporal.Instant}
  | {readonly kind: 'point'; readonly name: string}
  | {readonly kind: 'end'}

/** Writes what the engine must know, readable by the server's account; the repository is beside it. */
export async function configure(place: Place, passphrase: Secret): Promise<void> {
  const account = await serviceAccount()
  const {folder, config} = place.keeping
  for (const name of ['', 'repository', 'lock', 'spool']) own(join(folder, name), account)
  const beside = `${config}.new`
  rmSync(beside, {force: true})
  writeFileSync(beside, configText(place, passphrase), {mode: 0o600, flag: 'wx'})
  if (account.dropped) chownSync(beside, account.uid, account.gid)
  renameSync(beside, config)
}

/** Where the backups of this machine lie. */
export const repositoryOf = ({keeping}: Place): string => join(keeping.folder, 'repository')

/** Makes room in the repository and proves that WAL arrives in it. Throws `Failure('backup-engine-failed')`. */
export async function begin(place: Place): Promise<void> {
  await engine(place, ['stanza-create'], 'making room')
  await engine(place, ['--archive-timeout=30', 'check'], 'the way of WAL to the repository')
}

/** Takes one now. Throws `Failure('backup-engine-failed')`. */
export async function take(place: Place, type: BackupSet['type']): Promise<void> {
  const words = ['--no-expire-auto', `--type=${type === 'full' ? 'full' : 'incr'}`, 'backup']
  await engine(place, words, `the ${type} backup`)
  await engine(place, ['expire'], 'taking away what is too old')
}

/** What the repository of this machine holds, the oldest first. Throws `Failure('backup-engine-failed')`. */
export async function setsOf(place: Place): Promise<readonly BackupSet[]> {
  const {out} = await engine(place, ['--output=json', 'info'], 'reading the repository')
  const {sets, trouble} = stanzaIn(out)
  if (trouble === undefined) return sets
  throw failed({doing: 'reading the repository', exit: 29, said: trouble})
}

/** Lays the files of a restore into the place of its data; the server that starts there replays WAL up to the goal. */
export async function layOut(
  place: Place,
  {goal, set, archiving}: {goal: Goal; set?: string | undefined; archiving: boolean},
): Promise<void> {
  // The engine goes on where it finds its own traces, and refuses a folder with anything else in it.
  const begun = ['PG_VERSION', 'backup.manifest'].some(name => existsSync(join(place.data, name)))
  if (!begun) rmSync(place.data, {recursive: true, force: true})
  own(place.data, await serviceAccount())
  const to = {
    time: () => ['--type=time', `--target=${engineTime((goal as Extract<Goal, {kind: 'time'}>).at)}`],
    point: () => ['--type=name', `--target=${(goal as Extract<Goal, {kind: 'point'}>).name}`],
    end: () => [],
  }[goal.kind]()
  const stop = goal.kind === 'end' ? [] : ['--target-action=promote']
  const chosen = set === undefined ? [] : [`--set=${set}`]
  // Nobody is let in before it is where it was to be: then a server that is ready is open.
  const off = ['--recovery-option=hot_standby=off', ...(archiving ? [] : ['--archive-mode=off'])]
  await engine(
    place,
    [...(begun ? ['--delta'] : []), ...chosen, ...to, ...stop, ...off, 'restore'],
    'laying out the restore',
  )
}

const program = '/usr/bin/pgbackrest'

async function engine(place: Place, words: readonly string[], doing: string): Promise<{out: string}> {
  if (!existsSync(program))
    throw new Refusal('backup-engine-missing', 'The ledger is backed up by pgBackRest, which is not installed here.', {
      remedies: ['apt-get install --no-install-recommends pgbackrest'],
    })
  const account = await serviceAccount()
  const argv = [`--config=${place.keeping.config}`, `--stanza=${stanza}`, ...words]
  const {exit, out, err} = await asAccount(account, argv)
  if (exit === 0) return {out}
  throw failed({doing, exit, said: `${out}\n${err}`.trim()})
}

function failed(end: {doing: string; exit: number; said: string}): Failure {
  const {message, facts} = engineTrouble({environment: 'the ledger', host: 'this machine', ...end})
  return new Failure('backup-engine-failed', message, {facts, remedies: ['selfhelp ledger list', 'df -h']})
}

async function asAccount({dropped, uid, gid}: Account, argv: readonly string[]) {
  const {promise, resolve, reject} = Promise.withResolvers<{exit: number; out: string; err: string}>()
  const env = {PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC'}
  const child = spawn(program, argv, {...(dropped ? {uid, gid} : {}), cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe']})
  const said = {out: '', err: ''}
  child.stdout.on('data', text => {
    said.out += text
  })
  child.stderr.on('data', text => {
    said.err += text
  })
  child.on('error', reject)
  child.on('close', code => resolve({exit: code ?? 1, ...said}))
  return promise
}

function own(folder: string, {dropped, uid, gid}: Account): void {
  mkdirSync(folder, {recursive: true, mode: 0o700})
  chmodSync(folder, 0o700)
  if (dropped) chownSync(folder, uid, gid)
}

/** As environments have it; `src/ledger/postgres-files.ts` names this file to the server. */
function configText(place: Place, passphrase: Secret): string {
  return `[global]
repo1-path=${repositoryOf(place)}
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass=${passphrase.expose()}
repo1-bundle=y
repo1-retention-full-type=time
repo1-retention-full=5
compress-type=zst
start-fast=y
lock-path=${join(place.keeping.folder, 'lock')}
spool-path=${join(place.keeping.folder, 'spool')}
log-level-file=off
log-level-console=off
log-level-stderr=error

[${stanza}]
pg1-path=${place.data}
pg1-socket-path=${place.socket}
pg1-port=5432
pg1-user=postgres
`
}
