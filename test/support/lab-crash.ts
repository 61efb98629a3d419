import {join} from 'node:path'
import type {Test} from 'tap'
import type {Centre} from './centre.ts'
import type {Death} from './crash.ts'
import type {LabOrder} from './lab-crash-child.ts'
import {run} from './process.ts'

/** `SELFHELP_SEED` makes a crash journey die at the same points again; `all` lets it die at every point. */
const seed = process.env.SELFHELP_SEED ?? String(Date.now() % 1_000_000)

/**
 * Crash level three, on lab hosts: a queued run whose process is killed by SIGKILL once in every step, at a point chosen by
 * the printed seed, each next process resuming it. It ends `done`; what the hosts are then is for the caller to compare.
 */
export async function diesOncePerStep(t: Test, cmc: Centre, id: string): Promise<void> {
  t.comment(`SELFHELP_SEED=${seed}`)
  const {answer} = await cmc.json('run', 'show', id)
  const names: string[] = answer.steps.map(({name}: {name: string}) => name)
  for (const [position, name] of names.entries())
    for (const point of pointsOf(position)) {
      const {exit, out, err} = await follow(cmc, {run: id, death: {position, point}})
      // A process that died by a signal has no exit; one that ended had the fact already.
      t.equal(exit, null, `died ${point} ${name} ${out}${err}`)
    }
  const {exit, err} = await cmc.type('run', 'resume', id)
  t.equal(exit, 0, err)
  t.match(await cmc.json('run', 'show', id), {exit: 0, answer: {state: 'done'}})
}

const points = ['before', 'between', 'after'] as const

function pointsOf(position: number): readonly Death['point'][] {
  if (seed === 'all') return points
  // A small generator (mulberry32): equal for equal seeds, on every machine.
  let state = (Number(seed) + position * 0x6d2b79f5) >>> 0
  state = Math.imul(state ^ (state >>> 15), state | 1)
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61)
  return [points[((state ^ (state >>> 14)) >>> 0) % 3] ?? 'between']
}

function follow(cmc: Centre, order: LabOrder) {
  const script = join(import.meta.dirname, 'lab-crash-child.ts')
  const env = {PATH: process.env.PATH, SELFHELP_HOME: cmc.home}
  return run([process.execPath, script, JSON.stringify(order)], {env})
}
