import {Temporal} from 'temporal-polyfill'
import {Bug} from '../error.ts'
import type {At, End, Records, RunEvent, Step, StepRecord, Stopped, Trouble, Way} from './model.ts'
import {type Patience, patiently} from './patience.ts'
import {isSuperseded, troubleOf} from './trouble.ts'

/** One execution of a run by one process, from where its records end. */
export interface Following extends Pick<Patience, 'clock' | 'random'> {
  readonly run: string
  readonly steps: readonly Step[]
  readonly way: Way
  /** Why it goes back, when it does. */
  readonly why?: Stopped
  readonly records: Records
  readonly at: Pick<At, 'operator' | 'reason' | 'fence'>
  /** `soon` stops after the step, `now` in the middle of it. */
  readonly interruption: {readonly soon: AbortSignal; readonly now: AbortSignal}
  /** Makes the result of a part durable; plain in tests. */
  once<T>(name: string, part: () => Promise<T>): Promise<T>
  tell(event: RunEvent): void
}

type Result = {readonly state: 'held' | 'made' | 'undone'} | {readonly trouble: Trouble}

const defaultWithin = 'PT2M'

/**
 * Follows a run to its end: what its records call passed is passed, `holds` is asked for the first step not recorded.
 * Throws `Refusal('epoch-superseded')` at once, and writes nothing more, when another executor follows it.
 */
export async function follow(f: Following): Promise<End> {
  const recorded = await f.records.steps()
  const differs = recorded.find(one => f.steps[one.position]?.name !== one.name)
  if (differs) return otherSteps(f, differs)
  const records: Known = new Map(recorded.map(one => [one.position, one]))
  if (f.way !== 'forward') return back(f, records, f.why ?? abandoning(f.way))
  await state(f, 'running')
  for (const [position, step] of renewals(f.steps, records)) {
    const result = await attempt(f, step, `${step.name}: renewed`, at => step.make(at).then(() => 'made' as const))
    if ('trouble' in result) return fails(f, records, position, result.trouble)
    await record(f, records, position, {state: 'made'})
  }
  for (const [position, step] of f.steps.entries()) {
    if (passed(records.get(position))) continue
    if (f.interruption.soon.aborted) return interrupted(f, step)
    const result = await pass(f, records, position)
    if ('trouble' in result) return fails(f, records, position, result.trouble)
    await record(f, records, position, {state: result.state})
  }
  await state(f, 'done')
  return {state: 'done'}
}

/** The step past which there is only forward, when the run has begun it. */
export function pointOfNoReturn(steps: readonly Step[], records: readonly StepRecord[]): Step | undefined {
  const begun = new Set(records.filter(touched).map(one => one.position))
  return steps.findLast((step, position) => step.undo?.kind === 'never' && begun.has(position))
}

type Known = Map<number, StepRecord>

/** An upgrade changed the runbook under the run: nobody can know which steps are meant. */
function otherSteps(f: Following, {name, position}: StepRecord): Promise<End> {
  const facts = {recorded: name, now: f.steps[position]?.name}
  const trouble = troubleOf(new Bug(`it was begun with other steps than its runbook has now`, {facts}))
  return stop(f, {step: name, trouble, exit: 1, way: f.way})
}

function passed(record: StepRecord | undefined): boolean {
  return record?.state === 'made' || record?.state === 'held'
}

/** True once `make` was begun by this run. */
function touched(record: StepRecord | undefined): boolean {
  return record !== undefined && !record.untouched
}

/** Brackets that an earlier executor left open. */
function renewals(steps: readonly Step[], records: Known): [number, Step][] {
  const closed = new Set([...records.values()].filter(passed).map(one => one.closes))
  return [...steps.entries()].filter(
    ([position, step]) => step.opens && passed(records.get(position)) && !closed.has(step.name),
  )
}

/** What holds without us is `held` and never undone; what we began is ours even when it was finished unrecorded. */
async function pass(f: Following, records: Known, position: number): Promise<Result> {
  const step = f.steps[position] as Step
  return attempt(f, step, step.name, async at => {
    const begun = touched(records.get(position))
    if (!step.opens && (await step.holds(at))) return begun ? 'made' : 'held'
    await record(f, records, position, {state: 'making'})
    await step.make(at)
    if (!(await step.holds(at))) throw new Bug(`step ${step.name} was made, and yet it does not hold`)
    return 'made'
  })
}

/** One part with its retries; every trouble but being superseded is a value, so that it is recorded. */
function attempt(
  f: Following,
  step: Step,
  name: string,
  part: (at: At) => Promise<'held' | 'made' | 'undone'>,
): Promise<Result> {
  const at: At = {
    ...f.at,
    run: f.run,
    signal: f.interruption.now,
    tell: text => f.tell({kind: 'told', run: f.run, name: step.name, text}),
  }
  const how = {
    within: step.within ?? defaultWithin,
    onRetry: (thrown: unknown, inMilliseconds: number) =>
      f.tell({kind: 'retry', run: f.run, name: step.name, why: troubleOf(thrown).message, inMilliseconds}),
  }
  return f.once(name, async () => {
    try {
      const patience = {clock: f.clock, random: f.random, signal: f.interruption.now}
      return {state: await patiently(patience, how, () => part(at))}
    } catch (thrown) {
      if (isSuperseded(thrown)) throw thrown
      return {trouble: troubleOf(thrown)}
    }
  })
}

async function fails(f: Following, records: Known, position: number, trouble: Trouble): Promise<End> {
  const step = f.steps[position] as Step
  if (trouble.kind === 'interrupted') return interrupted(f, step)
  const before = records.get(position)
  const untouched = !touched(before) && {untouched: true as const}
  if (!passed(before)) await record(f, records, position, {state: 'failed', trouble, ...untouched})
  const at = {step: step.name, trouble}
  if (trouble.kind === 'bug') return stop(f, {...at, exit: 1, way: 'forward'})
  if (trouble.kind === 'failure') return stop(f, {...at, exit: 4, way: 'forward'})
  const never = pointOfNoReturn(f.steps, [...records.values()])
  if (never?.undo?.kind !== 'never') return back(f, records, {...at, exit: 3, way: 'undone'})
  const remedies = [...(trouble.remedies ?? []), `${never.undo.because}: see ${never.undo.document}`]
  return stop(f, {...at, trouble: {...trouble, remedies}, exit: 6, way: 'forward'})
}

/** Undoes what this run made, or may have half made, in reverse. */
async function back(f: Following, records: Known, why: Stopped): Promise<End> {
  await state(f, 'undoing', why)
  const ours = [...records.values()].filter(one => touched(one) && one.state !== 'held' && one.state !== 'undone')
  for (const {position} of ours.sort((a, b) => b.position - a.position)) {
    const step = f.steps[position] as Step
    const way = step.undo
    if (way?.kind !== 'by') continue
    if (f.interruption.soon.aborted) return interrupted(f, step, why.way)
    const result = await attempt(f, step, `${step.name}: undone`, at => way.undo(at).then(() => 'undone' as const))
    if ('trouble' in result) return undoFails(f, records, position, {why, trouble: result.trouble})
    await record(f, records, position, {state: 'undone'})
  }
  const end = why.way === 'abandoned' ? 'abandoned' : 'undone'
  await state(f, end, why)
  return {state: end, stopped: why}
}

async function undoFails(
  f: Following,
  records: Known,
  position: number,
  {why, trouble}: {why: Stopped; trouble: Trouble},
): Promise<End> {
  const step = f.steps[position] as Step
  if (trouble.kind === 'interrupted') return interrupted(f, step, why.way)
  await record(f, records, position, {state: 'undo-failed', trouble})
  const told = {
    ...trouble,
    message: `could not be undone: ${trouble.message} (going back because: ${why.trouble.message})`,
  }
  return stop(f, {step: step.name, trouble: told, exit: 6, way: why.way})
}

function interrupted(f: Following, step: Step, way: Way = 'forward'): Promise<End> {
  const trouble: Trouble = {kind: 'interrupted', code: 'interrupted', message: 'stopped by a signal'}
  return stop(f, {step: step.name, trouble, exit: 130, way})
}

async function stop(f: Following, stopped: Stopped): Promise<End> {
  await state(f, 'stopped', stopped)
  return {state: 'stopped', stopped}
}

function abandoning(way: Way): Stopped {
  return {exit: 3, way, trouble: {kind: 'refusal', code: 'run-undone', message: 'given up by an operator'}}
}

async function state(f: Following, state: Parameters<Records['state']>[0], stopped?: Stopped): Promise<void> {
  await f.records.state(state, stopped)
  f.tell({kind: 'run', run: f.run, state})
}

type What = Pick<StepRecord, 'state' | 'trouble' | 'untouched'>

async function record(f: Following, records: Known, position: number, what: What): Promise<void> {
  const {name, opens, closes} = f.steps[position] as Step
  const until = opens && f.clock.now().add(Temporal.Duration.from(opens.atMost)).toString()
  const one = {position, name, ...what, ...(until ? {until} : {}), ...(closes ? {closes} : {})}
  records.set(position, one)
  await f.records.step(one)
  f.tell({kind: 'step', run: f.run, position, of: f.steps.length, name, state: what.state})
}
