import {createHash, type Hash, randomBytes} from 'node:crypto'
import {createWriteStream} from 'node:fs'
import {mkdir, rename, rm} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'
import {Readable, Transform} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {Temporal} from 'temporal-polyfill'
import {packed} from '../backup/steps.ts'
import {type Environment, hostOf} from '../environment/model.ts'
import {type Environments, type Platform, placeOf} from '../environment/steps.ts'
import {Failure} from '../error.ts'
import {type FarewellRow, insertFarewell, keptFarewells} from '../ledger/farewell.ts'
import {putSchedule, type ScheduleRow} from '../ledger/schedule.ts'
import type {Fence, Machine} from '../machine/model.ts'
import type {At} from '../runbook/model.ts'
import type {Fact} from '../runbook/step.ts'
import {Secret} from '../secret/secret.ts'

/** Every day, also for days nobody was there. */
const farewellExpiry: Omit<ScheduleRow, 'since'> = {
  name: 'farewell-expiry',
  recurrence: '17 4 * * *',
  zone: 'UTC',
  runbook: 'farewell-expire',
  input: {},
  catchUp: true,
}

export interface Keeping {
  readonly tenant: string
  /** The repository host; none keeps it in `home`. */
  readonly repository?: {readonly host: string; readonly lock: string} | undefined
  /** Of the control plane. */
  readonly home: string
  /** ISO 8601. */
  readonly keep: string
}

/** The last dump of every database, encrypted where it was made, lies where it is kept, and the ledger knows until when. */
export function farewellKept(platform: Platform, environments: Environments, keeping: Keeping): Fact {
  const pathOf = (run: string, {id, name}: Environment) =>
    join(
      keeping.repository ? '/var/lib/selfhelp/repository/farewell' : join(keeping.home, 'farewell'),
      `${keeping.tenant}-${name}-${id}-${run}.dump.enc`,
    )
  return {
    holds: async at => {
      const kept = new Set((await keptFarewells(platform.ledger, keeping.tenant)).map(({path}) => path))
      return (await environments()).every(environment => kept.has(pathOf(at.run, environment)))
    },
    make: async at => {
      await putSchedule(platform.ledger, farewellExpiry)
      for (const environment of await environments()) {
        const path = pathOf(at.run, environment)
        const keySecret = `farewell/${path.split('/').at(-1)}`
        const dump = await dumped(platform, environment, {at, keySecret})
        await keepDump(platform, keeping, {path, dump, at})
        const expiresAt = platform.clock
          .now()
          .toZonedDateTimeISO('UTC')
          .add(Temporal.Duration.from(keeping.keep))
          .toInstant()
        await insertFarewell(platform.ledger, {
          tenant: keeping.tenant,
          host: keeping.repository?.host,
          path,
          sha256: dump.sha256,
          keySecret,
          expiresAt,
        })
      }
    },
  }
}

interface Dumping {
  readonly at: At
  readonly keySecret: string
}

/** An encrypted dump where it was made, of which only blocks are ever in our memory. */
interface Dump {
  readonly machine: Machine
  readonly file: string
  readonly sha256: string
  /** Bytes. */
  readonly size: number
}

async function dumped(platform: Platform, environment: Environment, {at, keySecret}: Dumping): Promise<Dump> {
  const key = (await platform.secrets.get(keySecret)) ?? new Secret(randomBytes(32).toString('hex'))
  await platform.secrets.put(keySecret, key)
  const machine = await platform.machine(hostOf(environment, 'database'))
  const file = placeOf.farewell(environment.id)
  // Each attempt dumps anew: what an earlier one made may be older than the last write.
  const {sha256, bytes} = await packed(platform, {environment, file, key, rounds: 100_000, anew: true}, at)
  return {machine, file, sha256, size: bytes}
}

async function keepDump(
  platform: Platform,
  {repository}: Keeping,
  {path, dump, at}: {path: string; dump: Dump; at: At},
): Promise<void> {
  const {machine, file, sha256, size} = dump
  const open = () => blocksOf(machine, file)
  if (repository === undefined) {
    await mkdir(dirname(path), {recursive: true, mode: 0o700})
    const sum = createHash('sha256')
    await pipeline(open(), counted(sum), createWriteStream(`${path}.part`, {mode: 0o600}))
    if (sum.digest('hex') !== sha256) throw notWhole('the control plane', path)
    return rename(`${path}.part`, path)
  }
  const kept = await platform.machine(repository.host)
  const actions = [
    {act: 'directory', args: [dirname(path), 'root', 'root', '0700']},
    {act: 'put', args: [path, 'root', 'root', '0600'], input: {size, open}},
  ]
  // Each dump is another: what an earlier attempt put there must not be taken for this one.
  await kept.act(`${at.run}-keep-${basename(path)}-${sha256.slice(0, 12)}`, actions, at.fence(repository.lock))
  const [answer] = await kept.ask([{ask: 'run', args: ['sha256sum', path]}])
  if (!answer?.out.startsWith(sha256)) throw notWhole(repository.host, path)
}

const block = 4_194_304
const read = `[ -f "$1" ] || exit 1; dd if="$1" bs=${block} skip="$2" count=1 status=none | base64 -w 0`

/** A file of a machine, block by block, because answers are text. */
export function blocksOf(machine: Machine, file: string): Readable {
  return Readable.from(readBlocks(machine, file), {objectMode: false})
}

async function* readBlocks(machine: Machine, file: string): AsyncGenerator<Buffer> {
  for (let at = 0; ; at++) {
    const [answer] = await machine.ask([{ask: 'run', args: ['sh', '-c', read, 'read', file, `${at}`]}])
    if (answer?.exit !== 0) throw notWhole(machine.host, file)
    const part = Buffer.from(answer.out, 'base64')
    if (part.length > 0) yield part
    if (part.length < block) return
  }
}

/** Hands on what it is given, and takes its sum on the way. */
export function counted(sum: Hash): Transform {
  return new Transform({
    transform(chunk: Buffer, _, done) {
      sum.update(chunk)
      done(null, chunk)
    },
  })
}

function notWhole(host: string, file: string): Failure {
  return new Failure('action-failed', `${host}: the dump ${file} did not arrive whole.`, {facts: {host, file}})
}

/** Takes a kept file away for good. */
export async function removeKept(
  platform: Platform,
  {id, host, path}: Pick<FarewellRow, 'id' | 'host' | 'path'>,
  {run, fence}: {run: string; fence: Fence},
): Promise<void> {
  if (host === undefined) return rm(path, {force: true})
  const machine = await platform.machine(host)
  await machine.act(`${run}-expire-${id}`, [{act: 'remove', args: [path]}], fence)
}
