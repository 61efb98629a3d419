import {randomBytes} from 'node:crypto'
import {Readable} from 'node:stream'
import {program} from '../backup/steps.ts'
import {type Environment, hostOf} from '../environment/model.ts'
import {dumping, environmentLock, type Platform} from '../environment/steps.ts'
import {Failure} from '../error.ts'
import {deleteTransfer, putTransfer, type TransferRow, transferOf} from '../ledger/transfer.ts'
import type {Machine} from '../machine/model.ts'
import type {At, Undo} from '../runbook/model.ts'
import type {Fact} from '../runbook/step.ts'
import {Secret} from '../secret/secret.ts'
import {secretsOf} from './model.ts'

type Which = () => Promise<Environment>

const folder = '/var/lib/selfhelp/transfer'
const fileOf = ({tenant, name}: Environment, day: string, {run}: Pick<At, 'run'>) =>
  `${tenant}-${name}-${day}-${run.replace(/[^a-zA-Z0-9]/g, '').slice(-6)}.dump.enc`
const anyDay = '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'
const pathOf = ({file}: Pick<TransferRow, 'file'>) => `${folder}/${file}`

/** Everything of the database lies in one encrypted file on its host, and what it is is written down. */
export function archiveMade(platform: Platform, which: Which): Fact & {readonly undo: Undo} {
  const {ledger, clock} = platform
  return {
    holds: async at => {
      const row = await transferOf(ledger, at.run)
      return row !== undefined && (row.arrivedAt !== undefined || (await there(platform, await which(), row)))
    },
    make: async at => {
      const environment = await which()
      const day = clock.now().toString().slice(0, 10)
      const file = fileOf(environment, day, at)
      at.tell('encrypting a copy of the database')
      const {sha256, bytes} = await packed(platform, environment, {file, at})
      await putTransfer(ledger, {
        ...{run: at.run, environment: environment.id, file, bytes, sha256, madeAt: clock.now()},
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

/** Nothing of it is left on its host. */
export function archiveGone(platform: Platform, which: Which): Fact {
  return {
    holds: async at => {
      const row = await transferOf(platform.ledger, at.run)
      return row !== undefined && !(await there(platform, await which(), row))
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

async function packed(platform: Platform, environment: Environment, {file, at}: {file: string; at: At}) {
  const machine = await platform.machine(hostOf(environment, 'database'))
  const args = ['sh', '-c', program('transfer-pack.sh'), 'pack', pathOf({file}), ...dumping(environment)]
  const action = {act: 'run', args, input: new Secret(`${(await keyOf(platform, environment.id)).expose()}\n`)}
  // Each attempt packs anew: nobody knows how far an earlier one came.
  const id = `${at.run}-pack-${randomBytes(4).toString('hex')}`
  const [answer] = await machine.act(id, [action], at.fence(environmentLock(environment.id)))
  const [, sha256, bytes] = /^([0-9a-f]{64})\s.*\n(\d+)\n$/.exec(answer?.out ?? '') ?? []
  if (sha256 === undefined) throw notWhole(machine.host, file)
  return {sha256, bytes: Number(bytes)}
}

async function there(platform: Platform, environment: Environment, row: TransferRow): Promise<boolean> {
  const machine = await platform.machine(hostOf(environment, 'database'))
  const [answer] = await machine.ask([{ask: 'run', args: ['test', '-e', pathOf(row)]}])
  return answer?.exit === 0
}

/** Whatever attempts of this run have packed, also one that was cut before it was written down. */
async function removed(platform: Platform, environment: Environment, at: At): Promise<void> {
  const machine = await platform.machine(hostOf(environment, 'database'))
  const ofRun = ['-type', 'f', '-name', `${fileOf(environment, anyDay, at)}*`]
  const actions = [
    {act: 'directory', args: [folder, 'root', 'root', '0700']},
    {act: 'run', args: ['find', folder, '-maxdepth', '1', ...ofRun, '-delete']},
  ]
  await machine.act(
    `${at.run}-unpack-${randomBytes(4).toString('hex')}`,
    actions,
    at.fence(environmentLock(environment.id)),
  )
}

const block = 4_194_304
const read = `[ -f "$1" ] || exit 1; dd if="$1" bs=${block} iflag=skip_bytes skip="$2" count=1 status=none | base64 -w 0`

/** What lies there from that byte on, block by block, because answers are text. */
export function contentFrom(machine: Machine, row: TransferRow, from: number): Readable {
  return Readable.from(blocks(machine, row, from), {objectMode: false})
}

async function* blocks(machine: Machine, row: TransferRow, from: number): AsyncGenerator<Buffer> {
  for (let position = from; position < row.bytes; ) {
    const args = ['sh', '-c', read, 'read', pathOf(row), `${position}`]
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
