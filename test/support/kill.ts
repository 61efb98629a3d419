import {spawn} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {Test} from 'tap'
import {runById} from '../../src/ledger/run.ts'
import {packageRoot} from '../../src/root.ts'
import {execute} from '../../src/runbook/execute.ts'
import {requestRun} from '../../src/runbook/request.ts'
import {type Death, deathsOf, twice} from './crash.ts'
import type {Order} from './crash-child.ts'
import {asAnn, plainly, testKernel} from './kernel.ts'
import {type Killable, type Place, type Trying, tryingAt} from './killable.ts'
import {freshLedger, type TestLedger} from './ledger.ts'

/**
 * Crash level two, on a real ledger with DBOS: one run whose process is killed by SIGKILL at three points of every step,
 * each next process resuming it, or at those chosen. It ends like an undisturbed run, each effect once.
 */
export async function diesAtEveryStep(
  t: Test,
  trying: Trying,
  choose: (all: readonly Death[], runbook: string) => readonly Death[] = all => all,
): Promise<void> {
  const calm = await placeFor(t)
  const undisturbed = await tryingAt(trying, calm)
  const {kernel, run: first} = await asked(calm.ledger, undisturbed)
  t.strictSame(await execute(kernel, first.id, plainly()), {state: 'done'}, 'undisturbed')

  const place = await placeFor(t)
  const killed = await tryingAt(trying, place)
  const {run} = await asked(place.ledger, killed)
  const order = {...trying, folder: place.folder, address: place.ledger.address, run: run.id}
  const steps = killed.runbook.steps(run.input)
  const all = choose(deathsOf(steps.length), killed.runbook.id)
  for (const death of all) {
    const {signal, out} = await child({...order, death})
    t.equal(signal, 'SIGKILL', `died ${death.point} ${steps[death.position]?.name} ${out}`)
  }
  t.match((await child(order)).out, /"state":"done"/)
  t.equal((await runById(place.ledger, run.id)).state, 'done')
  t.strictSame(await killed.state(), await undisturbed.state(), 'everything is as after an undisturbed run')
  t.strictSame(twice(await killed.effects(run.id), steps), [], 'each effect happened once')
  if (t.passing()) t.comment(died(killed.runbook.id, steps.length, all.length))
}

/** A folder and a fresh ledger of its own. */
export async function placeFor(t: Test): Promise<Place & {ledger: TestLedger}> {
  const folder = mkdtempSync(join(tmpdir(), 'selfhelp-crash-'))
  t.teardown(() => rmSync(folder, {recursive: true}))
  return {ledger: await freshLedger(t), folder}
}

async function asked(ledger: TestLedger, {runbook, begin}: Killable) {
  const kernel = testKernel(ledger, [runbook])
  return {kernel, run: await requestRun(kernel, {runbook, input: await begin(), by: asAnn})}
}

/** What a summary of all crashes is made of. */
export function died(runbook: string, steps: number, times: number): string {
  return `CRASHED ${runbook}: ${steps} steps, killed ${times} times, then done`
}

/** Processes that are killed never get far: most of their time would go into compiling. */
function environment(): NodeJS.ProcessEnv {
  // What tap puts into every process is of no use there.
  return {...process.env, NODE_OPTIONS: '', NODE_COMPILE_CACHE: join(packageRoot(), 'node_modules/.cache/compiled')}
}

/** One process that follows a run, until it ends or dies. */
export function child(order: Order): Promise<{signal: NodeJS.Signals | null; out: string}> {
  const {promise, resolve} = Promise.withResolvers<{signal: NodeJS.Signals | null; out: string}>()
  const started = spawn(process.execPath, orderFor(order), {env: environment(), stdio: ['ignore', 'pipe', 'pipe']})
  let out = ''
  for (const stream of [started.stdout, started.stderr])
    stream.setEncoding('utf8').on('data', data => {
      out += data
    })
  started.on('close', (_, signal) => resolve({signal, out}))
  return promise
}

/** The arguments of node for such a process. */
export function orderFor(order: Order): string[] {
  return [fileURLToPath(new URL('crash-child.ts', import.meta.url)), JSON.stringify(order)]
}
