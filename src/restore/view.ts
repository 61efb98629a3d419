import type {RestoreRow} from '../ledger/restore.ts'
import type {RunResult} from '../runbook/view.ts'
import {stepTable} from '../runbook/view.ts'
import type {Cell, View} from '../terminal/view.ts'
import type {RestorePlan} from './model.ts'

/** A row for each request. */
export function restoreRows(
  items: readonly (RestoreRow & {readonly name: string; readonly copyOf?: string | undefined})[],
): View {
  return {
    heads: ['request', 'environment', 'copy of', 'to', 'state', 'asked by', 'ticket', 'due', 'agreed for', 'run'],
    rows: items.map((row): Cell[] => [
      row.id,
      row.name,
      row.copyOf,
      row.target,
      {text: row.state, tone: tones[row.state]},
      row.askedBy,
      row.ticket,
      row.endedAt === undefined ? row.dueAt : undefined,
      row.agreedFor,
      row.run,
    ]),
    empty: 'Nobody asked to go back.',
  }
}

const tones = {
  requested: 'warn',
  planned: 'warn',
  agreed: 'warn',
  running: 'warn',
  done: 'good',
  undone: 'plain',
  refused: 'plain',
  cancelled: 'plain',
} as const

/** One request with its clock. */
export function restoreFields(row: RestoreRow, name: string, copyOf?: string): View {
  const {until, safety, full, timeline, why} = row.detail as Record<string, string | undefined> & {
    safety?: {label: string}
  }
  return {
    fields: {
      request: row.id,
      environment: name,
      'copy of': copyOf,
      to: row.target,
      state: {text: row.state, tone: tones[row.state]},
      'asked by': `${row.askedBy} (${row.channel}, ${row.ticket})`,
      'asked at': row.askedAt,
      due: row.endedAt === undefined ? row.dueAt : undefined,
      'agreed for': row.agreedFor,
      'agreed by': row.agreedBy,
      run: row.run,
      'closed at most until': row.state === 'running' ? until : undefined,
      'way back': safety?.label,
      'new full': full,
      timeline,
      because: why,
      ended: row.endedAt,
    },
  }
}

/** What a restore would do, cost and lose. */
export function planView(plan: RestorePlan, name: string): View {
  const {set, builtOn, timeline, wal, lastReachable, space, seconds, closedSeconds, lost, steps, copy} = plan
  const rows = Object.entries(lost.rows)
  const range = (one: typeof seconds) => (one ? `${one.least}–${one.most} s` : 'no test restore was measured yet')
  return [
    {
      fields: {
        environment: name,
        unrecognisable: copy && (copy.masking.join(', ') || 'nothing: the contract has no `masking`'),
        backup: set,
        'built on': builtOn.join(', ') || undefined,
        timeline,
        WAL: `${wal.first} to ${wal.last}, without a gap`,
        'reaches to': lastReachable,
        space: `${megabytes(space.needed)} needed, ${megabytes(space.free)} free`,
        'takes about': range(seconds),
        'people are kept out for about': range(closedSeconds),
        'will be lost': [
          ...(copy ? [] : [`${lost.minutes} minutes`]),
          ...rows.map(([table, count]) => `${count} rows of ${table}`),
        ].join(', '),
      },
    },
    stepTable(steps),
  ]
}

/** What a run about a request did. */
export function restoreRan({row, name, copyOf}: Shown, run?: RunResult) {
  const result = {...row, run: run?.run ?? row.run, runState: run?.state}
  if (run?.state === 'queued') return {result, view: `Run ${run.run} is queued: selfhelp run follow ${run.run}`}
  return {result, view: restoreFields(row, name, copyOf)}
}

interface Shown {
  readonly row: RestoreRow
  readonly name: string
  readonly copyOf?: string | undefined
}

/** What may call out again, or would. */
export function lifted(environment: string, by: string, run?: RunResult | 'before') {
  if (run === 'before') return {result: {environment, lifted: true}, view: `${environment} may call out already.`}
  if (run === undefined) return {result: {environment, lifted: false}, view: `${environment} would call out again.`}
  const result = {environment, lifted: run.state === 'done', by, run: run.run, state: run.state}
  if (run.state === 'queued') return {result, view: `Run ${run.run} is queued: selfhelp run follow ${run.run}`}
  return {result, view: `${environment} may call out again, on the word of ${by} (run ${run.run}).`}
}

function megabytes(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`
}

/** The request that was written down, or that would be. */
export function requested(
  {tenant, environment}: {readonly tenant: string; readonly environment: string},
  row: RestoreRow | undefined,
) {
  const name = `${tenant}/${environment}`
  const copyOf = environment === 'production' ? undefined : `${tenant}/production`
  const result = {environment: name, copyOf, reachable: true, request: row}
  const what = copyOf ? `${name} can get what ${copyOf} held` : `${name} can be put back to what it was`
  if (row === undefined) return {result, view: `${what} at that moment; nothing was written down.`}
  return {result, view: [restoreFields(row, name, copyOf), `→ selfhelp restore plan ${row.id}`] satisfies View}
}
