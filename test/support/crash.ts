import type {Test} from 'tap'
import {Bug, Failure, Refusal} from '../../src/error.ts'
import {pointOfNoReturn} from '../../src/runbook/follow.ts'
import type {At, Runbook, Step, StepRecord} from '../../src/runbook/model.ts'
import {memoryRun} from './memory-run.ts'

/** A runbook with the world it changes, made anew for each try. */
export interface Trial {
  readonly runbook: Runbook
  readonly input: unknown
  /** What is true in that world, as data that can be compared. */
  state(): unknown
  /** How often each effect happened there. */
  effects(): Readonly<Record<string, number>>
}

const troubles = {
  failure: () => new Failure('host-unreachable', 'no answer'),
  refusal: () => new Refusal('not-found', 'the tool says no'),
  bug: () => new Bug('not so'),
} as const

/**
 * Crash level one, in memory: every step fails in each of the three ways, before and after its effect. Then the run is
 * gone on with, which ends like an undisturbed one with each effect once, and, from the beginning again, abandoned.
 */
export function failsAtEveryStep(t: Test, make: () => Trial): void {
  const undisturbed = make()
  const before = undisturbed.state()
  const steps = undisturbed.runbook.steps(undisturbed.input)
  let whole: unknown
  t.test('undisturbed', async t => {
    t.strictSame(await holding(undisturbed).follow(steps), {state: 'done'})
    whole = undisturbed.state()
  })
  for (const [position, {name}] of steps.entries())
    for (const kind of ['failure', 'refusal', 'bug'] as const)
      for (const after of [false, true])
        t.test(`${kind} ${after ? 'after' : 'before'} the effect of ${name}`, async t => {
          const trial = make()
          await failsOnce(t, trial, {position, kind, after, before, whole})
        })
}

/** A run in memory that holds the locks of its runbook. */
function holding({runbook, input}: Trial) {
  const locks = runbook.locks(input)
  const fence = (lock: string) => {
    if (!locks.includes(lock)) throw new Bug(`the run does not hold ${lock}`)
    return {lock, run: 'r1', epoch: 1}
  }
  return memoryRun({at: {operator: 'ann@cmc.test', reason: undefined, fence}})
}

interface Fault {
  readonly position: number
  readonly kind: keyof typeof troubles
  readonly after: boolean
  /** The state of the world before the run, and after an undisturbed one. */
  readonly before: unknown
  readonly whole: unknown
}

async function failsOnce(t: Test, trial: Trial, {before, whole, ...fault}: Fault): Promise<void> {
  const sound = trial.runbook.steps(trial.input)
  const run = holding(trial)
  const broken = sound.map((step, position) => (position === fault.position ? failing(step, fault) : step))
  const end = await run.follow(broken)
  if (end.state === 'done') return void t.comment('it held already')
  const past = pointOfNoReturn(sound, [...run.records.rows.values()]) !== undefined
  const exit = {failure: 4, bug: 1, refusal: past ? 6 : 3}[fault.kind]
  t.match(end, {state: exit === 3 ? 'undone' : 'stopped', stopped: {exit}})
  const asBefore = (how: string) => {
    const stays = sound.some((step, n) => ours(run.records.rows.get(n)) && step.undo?.kind !== 'by')
    if (stays) t.comment(`${how}: a step without undo leaves what it made`)
    else t.strictSame(trial.state(), before, `${how}, everything is as before`)
  }
  if (exit === 3) return asBefore('undone')
  if (!past && fault.after) {
    t.equal((await run.follow(sound, 'abandoned')).state, 'abandoned')
    return asBefore('abandoned')
  }
  t.strictSame(await run.follow(sound), {state: 'done'}, 'resumed')
  t.strictSame(trial.state(), whole, 'resumed, everything is as undisturbed')
  t.strictSame(twice(trial.effects(), sound), [], 'no effect happened twice')
}

/** True for a step whose effect this run may have brought about. */
function ours(record: StepRecord | undefined): boolean {
  return record !== undefined && record.state !== 'held' && !record.untouched
}

function failing(step: Step, {kind, after}: Pick<Fault, 'kind' | 'after'>): Step {
  const make = async (at: At) => {
    if (after) await step.make(at)
    throw troubles[kind]()
  }
  // No time is lost on retries, and what holds after its effect is never found out.
  return {...step, within: 'PT0S', make}
}

/** Effects that happened more than once; an opening may, since it is renewed. */
export function twice(effects: Readonly<Record<string, number>>, steps: readonly Step[]): string[] {
  const renewed = new Set(steps.filter(step => step.opens).map(step => step.name))
  return Object.entries(effects).flatMap(([name, times]) => (times > 1 && !renewed.has(name) ? [name] : []))
}

/** Where a process dies: before the effect of a step, after it and before its record, after its record. */
export interface Death {
  readonly position: number
  readonly point: 'before' | 'between' | 'after'
}

/** Every death of a runbook of so many steps, in the order in which one run can die of all of them. */
export function deathsOf(steps: number): readonly Death[] {
  return Array.from({length: steps}, (_, position) => position).flatMap(position =>
    (['before', 'between', 'after'] as const).map(point => ({position, point})),
  )
}

/** The same runbook, in which this process dies by SIGKILL at that point. */
export function dying(runbook: Runbook, death: Death | undefined): Runbook {
  if (!death) return runbook
  const last: Step = {name: 'never-recorded', holds: async () => true, make: async () => {}}
  return {
    ...runbook,
    steps: input => {
      const steps = [...runbook.steps(input)]
      // Asking the next step comes right after the record of the one before.
      if (death.point === 'after' && death.position === steps.length - 1) steps.push(last)
      return steps.map((step, position) => dyingStep(step, position, death))
    },
  }
}

function dyingStep(step: Step, position: number, {position: where, point}: Death): Step {
  if (point === 'after') return position === where + 1 ? {...step, holds: die, make: die} : step
  if (position !== where) return step
  let asked = false
  return {
    ...step,
    holds: async at => {
      const holds = await step.holds(at)
      if (holds && !asked) await die()
      asked = true
      return holds
    },
    make: async at => {
      if (point === 'between') await step.make(at)
      await die()
    },
  }
}

async function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => {})
}
