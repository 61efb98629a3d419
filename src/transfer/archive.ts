import {randomBytes} from 'node:crypto'
import {Readable} from 'node:stream'
import {type Packed, packed, packGone} from '../backup/steps.ts'
import {type Environment, hostOf} from '../environment/model.ts'
import type {Platform} from '../environment/steps.ts'
import {Failure} from '../error.ts'
import {deleteTransfer, putTransfer, type TransferRow, transferOf} from '../ledger/transfer.ts'
import type {Machine} from '../machine/model.ts'
import type {At, Undo} from '../runbook/model.ts'
import type {Fact} from '../runbook/step.ts'
import {Secret} from '../secret/secret.ts'
import {secretsOf} from './model.ts'

type Which = () => Promise<Environment>

const folder = '/var/lib/selfhelp/transfer'
const word = (run: string) => run.replace(/[^a-zA-Z0-9]/g, '')
/** As the customer gets it. */
const fileOf = ({tenant, name}: Environment, day: string, {run}: Pick<At, 'run'>) =>
  `${tenant}-${name}-${day}-${word(run).slice(-6)}.dump.enc`
/** On its host: the same in every attempt of a run, whatever day it is. */
const pathOf = ({id}: Pick<Environment, 'id'>, run: string) => `${folder}/${id}-${word(run)}.dump.enc`

/** Everything of the database lies in one encrypted file on its host, and what it is is written down. */
export function archiveMade(platform: Platform, which: Which): Fact & {readonly undo: Undo} {
  const {ledger, clock} = platform
  return {
    holds: async at => {
      const row = await transferOf(ledger, at.run)
      return row !== undefined && (row.arrivedAt !== undefined || (await there(platform, await which(), at)))
    },
    make: async at => {
      const environment = await which()
      at.tell('encrypting a copy of the database')
      const {sha256, bytes} = await made(platform, environment, at)
      await putTransfer(ledger, {
        ...{run: at.run, environment: environment.id, bytes, sha256, madeAt: clock.now()},
        file: fileOf(environment, clock.now().toString().slice(0, 10), at),
        ...{arrivedAt: undefined, arrivedAtPlace: undefined},
      })
    },
    undo: {
      kind: 'by',
      undo: async at => {
        await removed(platform, await which(), at)
        await deleteTransfer(ledger, at.run)
      },
    },
  }
}

/** A copy that waited too long says nothing of today: another takes its place, and its name is of today. */
export async function madeAnew(platform: Platform, which: Which, at: At): Promise<void> {
  await removed(platform, await which(), at)
  await archiveMade(platform, which).make(at)
}

/** Nothing of it is left on its host. */
export function archiveGone(platform: Platform, which: Which): Fact {
  return {
    holds: async at => {
      const row = await transferOf(platform.ledger, at.run)
      return row !== undefined && !(await there(platform, await which(), at))
    },
    make: async at => removed(platform, await which(), at),
  }
}

/** The key that opens an environment's copies; made once, given to the customer apart from them. */
export async function keyOf({secrets}: Pick<Platform, 'secrets'>, id: string): Promise<Secret> {
  const {key} = secretsOf(id)
  const known = await secrets.get(key)
  if (known !== undefined) return known
  await secrets.put(key, new Secret(randomBytes(32).toString('hex')))
  return (await secrets.get(key)) as Secret
}

/** What an attempt that was cut left at work is joined; what it made and is gone is made again. */
async function made(platform: Platform, environment: Environment, at: At): Promise<Packed> {
  const packing = {environment, file: pathOf(environment, at.run), key: await keyOf(platform, environment.id), rounds}
  const joined = await packed(platform, {...packing, anew: false}, at)
  return (await there(platform, environment, at)) ? joined : packed(platform, {...packing, anew: true}, at)
}

const rounds = 600_000

async function there(platform: Platform, environment: Environment, {run}: Pick<At, 'run'>): Promise<boolean> {
  const machine = await platform.machine(hostOf(environment, 'database'))
  const [answer] = await machine.ask([{ask: 'run', args: ['test', '-e', pathOf(environment, run)]}])
  return answer?.exit === 0
}

async function removed(platform: Platform, environment: Environment, at: At): Promise<void> {
  await packGone(platform, {environment, file: pathOf(environment, at.run)}, at)
}

const block = 4_194_304
const read = `[ -f "$1" ] || exit 1; dd if="$1" bs=${block} iflag=skip_bytes skip="$2" count=1 status=none | base64 -w 0`

/** What lies there from that byte on, block by block, because answers are text. */
export function contentFrom(machine: Machine, row: TransferRow, from: number): Readable {
  return Readable.from(blocks(machine, row, from), {objectMode: false})
}

async function* blocks(machine: Machine, row: TransferRow, from: number): AsyncGenerator<Buffer> {
  for (let position = from; position < row.bytes; ) {
    const args = ['sh', '-c', read, 'read', pathOf({id: row.environment}, row.run), `${position}`]
    const [answer] = await machine.ask([{ask: 'run', args}])
    const part = Buffer.from(answer?.out ?? '', 'base64')
    if (answer?.exit !== 0 || part.length === 0) throw notWhole(machine.host, row.file)
    yield part
    position += part.length
  }
}

function notWhole(host: string, file: string): Failure {
  return new Failure('action-failed', `${host}: the copy ${file} is not there whole.`, {facts: {host, file}})
}
