import {type ChildProcess, spawn} from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import {rename} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {Failure, Refusal} from '../error.ts'
import {lockFile} from './file-lock.ts'
import {assertPassable, type Place} from './place.ts'
import {type Account, binaries, run, serviceAccount} from './postgres-account.ts'
import {hbaFile, identFile, settingsFile} from './postgres-files.ts'

const stopWithin = 60_000
const port = 5432

/** Makes the data directory if there is none, and starts the server unless it runs. Any number at once: one does it. */
export async function createPrivate(place: Place): Promise<void> {
  chmodSync(place.home, 0o711)
  await using _ = await lockFile(place.lock)
  if (!existsSync(join(place.data, 'PG_VERSION'))) await makeData(place)
  await startLocked(place)
}

/** Starts the server unless it runs; one that runs is adopted, one that lost its socket is restarted. */
export async function startPrivate(place: Place): Promise<void> {
  await using _ = await lockFile(place.lock)
  await startLocked(place)
}

/** Has a server that runs read its settings anew; one that was started without archiving is started again. */
export async function resettlePrivate(place: Place, archives: boolean): Promise<void> {
  await using _ = await lockFile(place.lock)
  const account = await serviceAccount()
  if (!archives) await stopLocked(place)
  if (postmasterOf(place) === undefined) return startLocked(place)
  writeSettings(place, account)
  process.kill(postmasterOf(place) ?? 0, 'SIGHUP')
}

/** Stops the server, if it runs, after its sessions were told to end. */
export async function stopPrivate(place: Place): Promise<'stopped' | 'was-stopped'> {
  if (!existsSync(place.data)) return 'was-stopped'
  await using _ = await lockFile(place.lock)
  const stopped = await stopLocked(place)
  rmSync(place.socket, {recursive: true, force: true})
  return stopped ? 'stopped' : 'was-stopped'
}

/** The process that serves this data directory now. */
export function postmasterOf(place: Place): number | undefined {
  const pid = Number(saidBy(join(place.data, 'postmaster.pid')).split('\n', 1)[0])
  try {
    // After a reboot the number may belong to somebody else: only a postgres of this directory counts.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(place.data) ? pid : undefined
  } catch {
    return undefined
  }
}

/** A server that stops takes the file away, at any moment. */
function saidBy(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw thrown
  }
}

async function makeData(place: Place): Promise<void> {
  const account = await serviceAccount()
  if (account.uid !== 0 && account.dropped) assertPassable(place.home)
  const fresh = `${place.data}.new`
  rmSync(fresh, {recursive: true, force: true})
  mkdirSync(fresh, {mode: 0o700})
  if (account.dropped) chownSync(fresh, account.uid, account.gid)
  const initdb = join(binaries(), 'initdb')
  const argv = ['-D', fresh, '-U', 'postgres', '--auth=peer', '--encoding=UTF8', '--locale=C.UTF-8', '--data-checksums']
  if (place.durable === false) argv.push('--no-sync')
  await run(initdb, argv, account)
  // Renamed last: half a data directory is never taken for one.
  await rename(fresh, place.data)
}

async function startLocked(place: Place): Promise<void> {
  const running = postmasterOf(place) !== undefined
  if (running && existsSync(join(place.socket, `.s.PGSQL.${port}`))) return ready(place)
  if (running) await stopLocked(place)
  else await buryDead(place)
  const account = await serviceAccount()
  makeSocketFolder(place.socket, account)
  writeSettings(place, account)
  await listening(place, spawnServer(place, account))
}

function writeSettings(place: Place, account: Account): void {
  for (const [name, text] of [
    ['postgresql.conf', settingsFile(place, port)],
    ['pg_hba.conf', hbaFile],
    ['pg_ident.conf', identFile(account)],
  ] as const) {
    writeFileSync(join(place.data, name), text, {mode: 0o600})
    if (account.dropped) chownSync(join(place.data, name), account.uid, account.gid)
  }
}

/**
 * The postmaster was killed and left its file. Its children may still write for a moment: starting waits for them,
 * and only then takes the file away (PostgreSQL itself would be fooled by a zombie of that number).
 */
async function buryDead(place: Place): Promise<void> {
  const file = join(place.data, 'postmaster.pid')
  if (!existsSync(file)) return
  const deadline = performance.now() + stopWithin
  while (workingIn(place.data)) {
    if (performance.now() > deadline)
      throw new Failure('ledger-unreachable', `Processes of a killed PostgreSQL still work in ${place.data}.`)
    await sleep(50)
  }
  rmSync(file, {force: true})
}

/** Every process of a PostgreSQL has its data directory as working directory. */
function workingIn(folder: string): boolean {
  return readdirSync('/proc').some(pid => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`) === folder
    } catch {
      return false
    }
  })
}

function makeSocketFolder(folder: string, account: Account): void {
  mkdirSync(folder, {recursive: true, mode: 0o700})
  const found = lstatSync(folder)
  const mine = found.uid === account.uid || found.uid === process.getuid?.()
  if (!found.isDirectory() || !mine)
    throw new Refusal('home-unusable', `${folder} is not ours: somebody else made it.`, {facts: {owner: found.uid}})
  if (account.dropped) chownSync(folder, account.uid, account.gid)
  chmodSync(folder, 0o700)
}

/** In a session of its own: ending the CLI, even its whole group, leaves the server running. */
function spawnServer(place: Place, account: Account): ChildProcess {
  const log = openSync(place.log, 'a', 0o600)
  const version = readFileSync(join(place.data, 'PG_VERSION'), 'utf8').trim()
  const server = spawn(join(binaries(version), 'postgres'), ['-D', place.data], {
    ...(account.dropped ? {uid: account.uid, gid: account.gid} : {}),
    detached: true,
    stdio: ['ignore', log, log],
    cwd: '/',
    env: {PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC'},
  })
  server.unref()
  return server
}

/** One that runs may still be reading its log after a crash. */
async function ready(place: Place): Promise<void> {
  while (postmasterOf(place) !== undefined && !isReady(place)) await sleep(20)
}

/** The eighth line of its file says so. */
function isReady(place: Place): boolean {
  return saidBy(join(place.data, 'postmaster.pid')).split('\n')[7]?.trim() === 'ready'
}

async function listening(place: Place, server: ChildProcess): Promise<void> {
  while (!isReady(place)) {
    if (server.exitCode !== null || server.signalCode !== null) {
      const log = readFileSync(place.log, 'utf8').trimEnd().split('\n').slice(-5)
      throw new Failure('ledger-unreachable', "The ledger's PostgreSQL ended while it was starting.", {
        facts: {log},
        remedies: [`Read ${place.log}.`],
      })
    }
    await sleep(10)
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGINT')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown
  }
}

async function stopLocked(place: Place): Promise<boolean> {
  const pid = postmasterOf(place)
  if (pid === undefined) return false
  end(pid)
  const deadline = performance.now() + stopWithin
  while (postmasterOf(place) === pid) {
    if (performance.now() > deadline)
      throw new Failure('ledger-unreachable', `The ledger's PostgreSQL (process ${pid}) does not stop.`)
    await sleep(20)
  }
  return true
}
