// Follows a run with the product's own collaborators, and dies where it is told: `node lab-crash-child.ts ORDER`.
import {kernelOf} from '../../src/cli/kernel.ts'
import {makeWorld} from '../../src/cli/make-world.ts'
import {launchDbos} from '../../src/runbook/dbos.ts'
import {execute} from '../../src/runbook/execute.ts'
import {heartbeat} from '../../src/runbook/heartbeat.ts'
import type {Runbook} from '../../src/runbook/model.ts'
import {systemStreams} from '../../src/terminal/streams.ts'
import type {World} from '../../src/world.ts'
import {type Death, dying} from './crash.ts'
import {plainly} from './kernel.ts'

/** What the child is told, as its one argument; the home comes in `SELFHELP_HOME`. */
export interface LabOrder {
  readonly run: string
  readonly death?: Death
  /** A module that exports `bookOn(world)`: a runbook that the product does not have. */
  readonly book?: string
}

const {run, death, book}: LabOrder = JSON.parse(process.argv[2] ?? '{}')
const never = new AbortController().signal
const interruption = {soon: never, now: never}
const world = makeWorld({env: process.env, streams: systemStreams(), interruption, quiet: true})
const made = await kernelOf(world, 'command')
const own: {bookOn?(world: World): Promise<Runbook>} = book ? await import(book) : {}
const runbooks = async (id: string) => dying((await own.bookOn?.(world)) ?? (await made.runbooks(id)), death)
const kernel = {...made, runbooks}
const beating = await heartbeat(kernel)
const durable = await launchDbos({ledger: kernel.ledger, executor: kernel.executor.id})
const end = await execute(kernel, run, {...plainly(), durably: durable.here})
process.stdout.write(`${JSON.stringify(end)}\n`)
await durable.close()
await beating[Symbol.asyncDispose]()
await world.close()
