import type {LockRow} from '../ledger/lock.ts'
import type {RunState} from '../runbook/model.ts'
import type {Cell, Toned, View} from '../terminal/view.ts'
import type {RunForecast} from './forecast.ts'
import type {RunItem} from './list.ts'
import type {RunShown, ShownStep} from './show.ts'

/** A line for each run; what stands open comes first. */
export function runRows(items: readonly RunItem[]): View {
  return {
    heads: ['run', 'state', 'what', 'operator', 'since', 'why'],
    rows: items.map(item => [
      item.run,
      stateCell(item.state),
      item.title,
      item.operator,
      item.endedAt ?? item.queuedAt,
      whyOf(item),
    ]),
    empty: 'No runs yet.',
  }
}

/** One run, its steps, and what to type. */
export function runView(run: RunShown): View {
  const {stopped} = run
  return [
    {
      fields: {
        run: run.run,
        what: run.title,
        state: stateCell(run.state),
        operator: run.operator,
        reason: run.reason,
        queued: run.queuedAt,
        started: run.startedAt,
        ended: run.endedAt,
        why: stopped && `${stopped.trouble.message}${stopped.step ? ` (at ${stopped.step})` : ''}`,
        open: run.open && {text: `${run.open.step}, closes by itself at ${run.open.until}`, tone: 'bad'},
        'point of no return': run.pastReturn && `passed: ${run.pastReturn.because} (${run.pastReturn.document})`,
        executor: run.executor && (run.followed ? run.executor : `${run.executor}, which is gone`),
      },
    },
    '\n',
    {heads: ['#', 'step', 'what is true now', 'ended'], rows: run.steps.map(stepRow)},
    ...(run.heldLocks.length === 0 ? [] : ['\n', {heads: lockHeads, rows: run.heldLocks.map(lockRow)}]),
    ...(run.remedies.length === 0 ? [] : ['\n', run.remedies.map(line => `→ ${line}`).join('\n')]),
  ]
}

/** What going on with a run would do. */
export function runForecast({title, state, way, steps}: RunForecast): View {
  const head = way === 'back' ? 'what will be undone' : 'what will be true'
  return [`${title}: ${state}`, {heads: ['step', head], rows: steps.map((name, at) => [at + 1, name])}]
}

const lockHeads = ['lock', 'epoch', 'owner', 'process', 'reason', 'since', 'heartbeat']

function lockRow({name, epoch, owner, pid, machine, reason, takenAt, heartbeatAt}: LockRow): Cell[] {
  return [name, epoch, owner, `${pid} on ${machine}`, reason, takenAt, heartbeatAt]
}

function stepRow({position, name, state, endedAt, trouble}: ShownStep): Cell[] {
  const truth = {
    waiting: 'not begun',
    making: 'begun, perhaps half made',
    held: 'was so before this run',
    made: 'made by this run',
    failed: `failed: ${trouble?.message ?? ''}`,
    undone: 'undone',
    'undo-failed': `not undone: ${trouble?.message ?? ''}`,
  }[state]
  return [position + 1, name, truth, endedAt]
}

function whyOf({open, stopped, followed, state}: RunItem): Cell {
  if (open) return {text: `${open.step} is open until ${open.until}`, tone: 'bad'}
  const begun = state === 'running' || state === 'undoing'
  if (begun && !followed) return {text: 'its process is gone', tone: 'bad'}
  return stopped && `${stopped.step ? `${stopped.step}: ` : ''}${stopped.trouble.message}`
}

function stateCell(state: RunState): Toned {
  const tones = {
    done: 'good',
    stopped: 'bad',
    undone: 'bad',
    queued: 'dim',
    abandoned: 'dim',
    running: 'strong',
    undoing: 'strong',
  } as const
  return {text: state, tone: tones[state]}
}
