import {join} from 'node:path'
import type {Test} from 'tap'
import {packageRoot} from '../../src/root.ts'
import type {Centre} from './centre.ts'
import {deathsOf} from './crash.ts'
import {died} from './kill.ts'
import type {LabOrder} from './lab-crash-child.ts'
import {run} from './process.ts'
import {chosen} from './seed.ts'

/**
 * Crash level three, on lab hosts: a queued run whose process is killed by SIGKILL once in every step, at a point chosen by
 * the printed seed, each next process resuming it. It ends `done`; what the hosts are then is for the caller to compare.
 */
export async function diesOncePerStep(t: Test, cmc: Centre, id: string): Promise<void> {
  const {answer} = await cmc.json('run', 'show', id)
  const names: string[] = answer.steps.map(({name}: {name: string}) => name)
  const deaths = chosen(deathsOf(names.length), answer.runbook)
  for (const death of deaths) {
    const {exit, out, err} = await follow(cmc, {run: id, death})
    // A process that died by a signal has no exit; one that ended had the fact already.
    t.equal(exit, null, `died ${death.point} ${names[death.position]} ${out}${err}`)
  }
  const {exit, err} = await cmc.type('run', 'resume', id)
  t.equal(exit, 0, err)
  t.match(await cmc.json('run', 'show', id), {exit: 0, answer: {state: 'done'}})
  if (t.passing()) t.comment(died(`${answer.runbook} on lab hosts`, names.length, deaths.length))
}

/** One process that follows a run, until it ends or dies. */
export function follow(cmc: Centre, order: LabOrder) {
  const script = join(import.meta.dirname, 'lab-crash-child.ts')
  const cache = join(packageRoot(), 'node_modules/.cache/compiled')
  const env = {...cmc.env, NODE_COMPILE_CACHE: cache}
  return run([process.execPath, script, JSON.stringify(order)], {env})
}
