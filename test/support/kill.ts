import {spawn} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {Test} from 'tap'
import {runById} from '../../src/ledger/run.ts'
import {execute} from '../../src/runbook/execute.ts'
import {requestRun} from '../../src/runbook/request.ts'
import {deaths, type Trial, twice} from './crash.ts'
import type {Order} from './crash-child.ts'
import {byAnn, plainly, testKernel} from './kernel.ts'
import {freshLedger} from './ledger.ts'

/**
 * Crash level two, on a real ledger with DBOS: one run whose process is killed by SIGKILL at three points of every step,
 * each next process resuming it. It ends like an undisturbed run, each effect once. The module exports `trial(file)`.
 */
export async function diesAtEveryStep(t: Test, module: string): Promise<void> {
  const {trial}: {trial(file: string): Trial} = await import(module)
  const folder = mkdtempSync(join(tmpdir(), 'selfhelp-crash-'))
  t.teardown(() => rmSync(folder, {recursive: true}))
  const ledger = await freshLedger(t)
  const calm = trial(join(folder, 'calm.json'))
  const kernel = testKernel(ledger, [calm.runbook])
  const ask = () => requestRun(kernel, {runbook: calm.runbook, input: calm.input, by: byAnn})
  t.strictSame(await execute(kernel, (await ask()).id, plainly()), {state: 'done'}, 'undisturbed')

  const file = join(folder, 'killed.json')
  const run = await ask()
  const order = {module, file, address: ledger.address, run: run.id}
  const steps = calm.runbook.steps(calm.input)
  for (const death of deaths(steps)) {
    const {signal, out} = await child({...order, death})
    t.equal(signal, 'SIGKILL', `died ${death.point} ${steps[death.position]?.name} ${out}`)
  }
  const {out} = await child(order)
  t.match(out, /"state":"done"/)
  t.equal((await runById(ledger, run.id)).state, 'done')
  t.strictSame(trial(file).state(), calm.state(), 'everything is as after an undisturbed run')
  t.strictSame(twice(trial(file), steps), [], 'each effect happened once')
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
