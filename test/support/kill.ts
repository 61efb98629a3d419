import {spawn} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {Test} from 'tap'
import type {Ledger} from '../../src/ledger/ledger.ts'
import {runById} from '../../src/ledger/run.ts'
import {execute} from '../../src/runbook/execute.ts'
import type {Runbook} from '../../src/runbook/model.ts'
import {requestRun} from '../../src/runbook/request.ts'
import {type Death, deaths, twice} from './crash.ts'
import type {Order} from './crash-child.ts'
import {asAnn, plainly, testKernel} from './kernel.ts'
import {freshLedger, type TestLedger} from './ledger.ts'

/** Where a trial keeps its world. */
export interface Place {
  readonly ledger: Ledger
  readonly folder: string
}

/** A runbook with its world, kept where processes that are killed leave it. */
export interface Killable {
  readonly runbook: Runbook
  /** The input of a run, made once. */
  begin(): Promise<unknown>
  /** What is true, as data that can be compared. */
  state(): Promise<unknown>
  /** How often each effect happened; what may happen again left out. */
  effects(): Promise<Readonly<Record<string, number>>>
}

/**
 * Crash level two, on a real ledger with DBOS: one run whose process is killed by SIGKILL at three points of every step,
 * each next process resuming it, or at those chosen. It ends like an undisturbed run, each effect once. The module exports `killable(place)`.
 */
export async function diesAtEveryStep(
  t: Test,
  module: string,
  choose: (all: Death[]) => Death[] = all => all,
): Promise<void> {
  const {killable}: {killable(place: Place): Killable} = await import(module)
  const calm = await placeFor(t)
  const undisturbed = killable(calm)
  const {kernel, run: first} = await asked(calm.ledger, undisturbed)
  t.strictSame(await execute(kernel, first.id, plainly()), {state: 'done'}, 'undisturbed')

  const place = await placeFor(t)
  const killed = killable(place)
  const {run} = await asked(place.ledger, killed)
  const order = {module, folder: place.folder, address: place.ledger.address, run: run.id}
  const steps = killed.runbook.steps(run.input)
  for (const death of choose(deaths(steps))) {
    const {signal, out} = await child({...order, death})
    t.equal(signal, 'SIGKILL', `died ${death.point} ${steps[death.position]?.name} ${out}`)
  }
  t.match((await child(order)).out, /"state":"done"/)
  t.equal((await runById(place.ledger, run.id)).state, 'done')
  t.strictSame(await killed.state(), await undisturbed.state(), 'everything is as after an undisturbed run')
  t.strictSame(twice(await killed.effects(), steps), [], 'each effect happened once')
}

async function placeFor(t: Test): Promise<Place & {ledger: TestLedger}> {
  const folder = mkdtempSync(join(tmpdir(), 'selfhelp-crash-'))
  t.teardown(() => rmSync(folder, {recursive: true}))
  return {ledger: await freshLedger(t), folder}
}

async function asked(ledger: TestLedger, {runbook, begin}: Killable) {
  const kernel = testKernel(ledger, [runbook])
  return {kernel, run: await requestRun(kernel, {runbook, input: await begin(), by: asAnn})}
}

/** One process that follows a run, until it ends or dies. */
export function child(order: Order): Promise<{signal: NodeJS.Signals | null; out: string}> {
  const {promise, resolve} = Promise.withResolvers<{signal: NodeJS.Signals | null; out: string}>()
  const started = spawn(process.execPath, orderFor(order), {stdio: ['ignore', 'pipe', 'pipe']})
  let out = ''
  for (const stream of [started.stdout, started.stderr])
    stream.on('data', data => {
      out += data
    })
  started.on('close', (_, signal) => resolve({signal, out}))
  return promise
}

/** The arguments of node for such a process. */
export function orderFor(order: Order): string[] {
  return [fileURLToPath(new URL('crash-child.ts', import.meta.url)), JSON.stringify(order)]
}
