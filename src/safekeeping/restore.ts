import {existsSync, mkdirSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import type {Temporal} from 'temporal-polyfill'
import type {Clock} from '../clock.ts'
import {Refusal} from '../error.ts'
import type {Ways} from '../host/steps.ts'
import {anchorsIn} from '../ledger/anchor.ts'
import {checkpoint} from '../ledger/drill.ts'
import {lockFile} from '../ledger/file-lock.ts'
import {append} from '../ledger/journal.ts'
import {journalHead} from '../ledger/journal-read.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {openLedger} from '../ledger/open.ts'
import {type Place, placeOf} from '../ledger/place.ts'
import {stopPrivate} from '../ledger/private.ts'
import {beginAnew} from '../ledger/restored.ts'
import {secretStore} from '../ledger/secret-store.ts'
import {signRequest} from '../operator/steps.ts'
import type {KeyEncryptionKey} from '../secret/envelope.ts'
import {keyFileOf, readKeys, writeKeys} from '../secret/key-file.ts'
import {readPrivateFile, writeWhole} from '../secret/private-file.ts'
import {Secret} from '../secret/secret.ts'
import {setsOf, take} from './engine.ts'
import {type KitContent, keysByRecovery, openKit, parseKit, putHomeFiles} from './kit.ts'
import {fetched, opened} from './laid.ts'
import {fetch} from './mirror.ts'

export interface LedgerRestore {
  readonly home: string
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  /** Files: the kit, and what opens it. */
  readonly kit: string
  readonly recoveryKey: string | undefined
  readonly keyFile: string | undefined
  /** The moment to go back to; all there is when left out. */
  readonly at: Temporal.Instant | undefined
  /** What was typed, to be signed and written down. */
  readonly request: Parameters<typeof signRequest>[0]
  readonly operatorKey: string | undefined
  /** The ways into hosts with the key that is in the kit. */
  ways(key: {key: Secret; publicKey: string}): Ways
  tell(text: string): void
}

export interface RestoredLedger {
  readonly home: string
  readonly from: string
  readonly at: string | undefined
  /** The journal's last entry in it. */
  readonly journal: {readonly sequence: number; readonly hash: string} | undefined
  /** Runs that were under way then: nobody follows them until somebody decides. */
  readonly stopped: readonly string[]
}

/**
 * A control plane in an empty home, from what another host keeps of one that is lost. Typed again after an interruption it
 * goes on. Refusals `in-the-way`, `input-invalid`, `secret-unreadable`, `restore-out-of-reach`, `operator-key-missing`,
 * and `restore-state` for another moment than the one it is laid out for.
 */
export async function restoreLedger(asked: LedgerRestore): Promise<RestoredLedger> {
  const {home, env, tell} = asked
  const {keys, content} = await kitOf(asked)
  mkdirSync(home, {recursive: true, mode: 0o711})
  await using _ = await lockFile(join(home, 'init.lock'))
  const place = placeOf(home, env)
  refuseOccupied(place, asked)
  refuseOtherGoal(place, asked)
  if (stageOf(place)?.stage !== 'open') {
    writeWhole(place.restoring, `laying ${goalOf(asked)}`)
    await stopPrivate(place)
    await laidOut(asked, {place, keys, content})
    writeWhole(place.restoring, `open ${goalOf(asked)}`)
  }
  const ledger = await openLedger({home, env})
  try {
    const journal = await journalHead(ledger)
    const stopped = await recorded(ledger, asked, content)
    tell('taking a full backup: a new line of history needs its own')
    await checkpoint({kind: 'private', place, database: 'postgres'})
    await take(place, 'full')
    rmSync(place.restoring)
    return {home, from: content.host.name, at: asked.at?.toString(), journal, stopped}
  } finally {
    await ledger.close()
  }
}

const goalOf = ({at}: Pick<LedgerRestore, 'at'>): string => at?.toString() ?? 'end'

/** How far a restore that was interrupted has come, and to where. */
function stageOf({restoring}: Place): {stage: string; goal: string | undefined} | undefined {
  if (!existsSync(restoring)) return undefined
  const [stage = '', goal] = readFileSync(restoring, 'utf8').split(' ')
  return {stage, goal}
}

interface Laying {
  readonly place: Place
  readonly keys: readonly KeyEncryptionKey[]
  readonly content: KitContent
}

async function laidOut({home, env, at, ways, tell}: LedgerRestore, {place, keys, content}: Laying): Promise<void> {
  const keyFile = keyFileOf(home, env)
  if (!existsSync(keyFile)) writeKeys(keyFile, keys)
  putHomeFiles(home, content.files)
  const {host, sshKey, sshPublicKey} = content
  const machine = ways({key: new Secret(sshKey), publicKey: sshPublicKey}).enter({...host, newcomer: true})
  try {
    tell(`bringing the ledger from ${host.name}`)
    await fetched(place, machine, content)
    const shelf = {here: join(home, 'releases'), there: join(content.folder, 'releases')}
    await fetch(machine, shelf).catch(() => tell('no releases were kept'))
  } finally {
    await machine.close()
  }
  tell('replaying it')
  await opened(place, {goal: at ? {kind: 'time', at} : {kind: 'end'}, set: await setBefore(place, at), archiving: true})
}

/** The newest that ended before the moment; the engine's own choice would do too, but says less when there is none. */
async function setBefore(place: Place, at: Temporal.Instant | undefined): Promise<string | undefined> {
  if (at === undefined) return undefined
  const sets = await setsOf(place)
  const set = sets.findLast(({endedAt}) => endedAt.epochMilliseconds < at.epochMilliseconds)
  if (set) return set.label
  throw new Refusal('restore-out-of-reach', `The oldest backup of the ledger ended at ${sets[0]?.endedAt}.`, {
    facts: {at: at.toString(), oldest: sets[0]?.endedAt.toString()},
    remedies: ['Give a later --at, or none for all there is.'],
  })
}

/** Said to the journal by whoever did it, together with what must not go on by itself. */
async function recorded(ledger: Ledger, asked: LedgerRestore, {host}: KitContent): Promise<readonly string[]> {
  const {home, env, clock, request, operatorKey} = asked
  const anchors = anchorsIn(secretStore(ledger, keyFileOf(home, env)))
  const signed = await signRequest(request, {ledger, anchors, clock, home, env, keyFile: operatorKey})
  const at = clock.now()
  return ledger.transaction(async tx => {
    const {stopped} = await beginAnew(tx, at)
    const {operator, account, machine, request: body, signature} = signed
    const about = {at, kind: 'command', subject: 'ledger', result: 'restored', operator, account, machine} as const
    await append(tx, {...about, body: {request: body, from: host.name, stopped}, signature})
    return stopped
  })
}

async function kitOf(asked: LedgerRestore): Promise<{keys: readonly KeyEncryptionKey[]; content: KitContent}> {
  const {kit: file, recoveryKey, keyFile, home, env} = asked
  const kit = parseKit(readText(file), file)
  const own = keyFileOf(home, env)
  if (recoveryKey !== undefined) {
    const keys = keysByRecovery(kit, new Secret(readPrivateFile(recoveryKey)))
    return {keys, content: openKit(kit, keys)}
  }
  const keys = readKeys(keyFile ?? own)
  return {keys, content: openKit(kit, keys)}
}

/** Begun by us it goes on; anything else that lies there is somebody's ledger. */
function refuseOccupied(place: Place, {env, home}: LedgerRestore): void {
  if (env.SELFHELP_DATABASE_URL)
    throw new Refusal('ledger-elsewhere', 'SELFHELP_DATABASE_URL names a PostgreSQL; a restore makes a private one.', {
      remedies: ['unset SELFHELP_DATABASE_URL'],
    })
  if (!existsSync(join(place.data, 'PG_VERSION')) || stageOf(place) !== undefined) return
  throw new Refusal('in-the-way', `There is a ledger in ${home}; it was not touched.`, {
    remedies: ['Set SELFHELP_HOME to an empty folder.'],
  })
}

/** Until it is laid out another moment may be chosen; then it is in the ledger. */
function refuseOtherGoal(place: Place, {home, at}: LedgerRestore): void {
  const {stage, goal} = stageOf(place) ?? {}
  if (stage !== 'open' || goal === undefined || goal === goalOf({at})) return
  const [to, flag] = goal === 'end' ? ['the end of what was kept', 'without --at'] : [goal, `with --at ${goal}`]
  throw new Refusal(
    'restore-state',
    `The ledger in ${home} was put back to ${to} already; only the rest is to be done.`,
    {
      facts: {goal, asked: goalOf({at})},
      remedies: [`Type it again ${flag} to finish it.`, 'For another moment set SELFHELP_HOME to an empty folder.'],
    },
  )
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Refusal('input-invalid', `${file} cannot be read.`, {cause})
  }
}
