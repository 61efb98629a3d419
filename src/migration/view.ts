import type {RunResult} from '../runbook/view.ts'
import type {Cell, View} from '../terminal/view.ts'
import type {MigrationShown} from './list.ts'
import type {MigrationState} from './model.ts'
import type {MigrationPlan} from './plan.ts'

/** A row for each migration. */
export function migrationRows(items: readonly MigrationShown[]): View {
  return {
    heads: ['migration', 'tenant', 'to', 'state', 'asked by', 'ticket', 'slot', 'run'],
    rows: items.map(({id, tenant, version, state, askedBy, ticket, slot, run}): Cell[] => [
      ...[id, tenant, version, stateCell(state), askedBy, ticket],
      slot?.from,
      run,
    ]),
    empty: 'Nobody is on the way to another version: selfhelp migration request TENANT --to VERSION',
  }
}

/** One migration, and what to type next. */
export function migrationFields(shown: MigrationShown): View {
  const {id, tenant, from, version, state, askedBy, ticket, askedAt, slot, operation, noticeAcceptedAt} = shown
  const {tried, validation, rejection, agreement, waiver, planningHours, closedSeconds, run, endedAt, next} = shown
  const {estimated, measured} = closedSeconds
  const seconds = (value: number | undefined) => (value === undefined ? undefined : `${value.toFixed(1)} s`)
  const fields: View = {
    fields: {
      migration: id,
      tenant,
      'from → to': `${from} → ${version}`,
      state: stateCell(state),
      'asked by': `${askedBy} (${ticket})`,
      'asked at': askedAt,
      from: slot?.from,
      until: slot?.until,
      operation,
      'notice accepted': noticeAcceptedAt,
      'tried on qualification': tried && `${tried.at}, data of ${tried.dataOf}, build ${tried.build.slice(0, 12)}`,
      'validated by': validation && `${validation.by} at ${validation.at}, ${validation.checklist.length} points`,
      'rejected by': rejection && `${rejection.by}: ${rejection.why}`,
      'without qualification': waiver,
      'agreed by': agreement && `${agreement.by} at ${agreement.at}`,
      'planned within': planningHours === undefined ? undefined : `${planningHours} working hours`,
      'closed, estimated': estimated && `${estimated.least} to ${estimated.most} s`,
      'closed, measured': seconds(measured),
      run,
      ended: endedAt,
    },
  }
  return next.length === 0 ? fields : [fields, next.map(each => `→ ${each}`).join('\n')]
}

const tones: Readonly<Record<MigrationState, 'good' | 'bad' | 'warn'>> = {
  requested: 'warn',
  'qualification-planned': 'warn',
  'qualification-running': 'warn',
  'awaiting-validation': 'warn',
  validated: 'good',
  rejected: 'bad',
  'production-proposed': 'warn',
  'production-planned': 'good',
  'production-running': 'warn',
  done: 'good',
  'rolling-back': 'warn',
  'rolled-back': 'bad',
  abandoned: 'bad',
}

function stateCell(state: MigrationState): Cell {
  return {text: state, tone: tones[state]}
}

/** What a run about a migration did, or would. */
export function migrationRan(shown: MigrationShown, run?: RunResult) {
  const result = {...shown, queued: run?.run, runState: run?.state, steps: run?.steps}
  if (run?.state === 'queued') return {result, view: `Run ${run.run} is queued: selfhelp run follow ${run.run}`}
  return {result, view: migrationFields(shown)}
}

/** What going back to before a migration loses, or lost. */
export function migrationBack(shown: MigrationShown, lost: Readonly<Record<string, number>>, run?: RunResult) {
  const result = {...shown, lost, runState: run?.state, steps: run?.steps}
  if (run?.state === 'queued') return {result, view: `Run ${run.run} is queued: selfhelp run follow ${run.run}`}
  const rows = Object.entries(lost)
  const table: View = {
    heads: ['written since, and lost', 'rows'],
    rows: rows.map(([name, count]): Cell[] => [name, {text: `${count}`, tone: 'bad'}]),
    empty: 'Nothing was written since.',
  }
  return {result, view: [migrationFields(shown), table].flat()}
}

/** A plan: what will be lost, what the calendar and the gate say, and the steps of both runbooks. */
export function migrationPlanned(plan: MigrationPlan): View {
  const {migration, steps, lostOnQualification, calendar, gate} = plan
  const lost = Object.entries(lostOnQualification)
  const most = Math.max(steps.qualification.length, steps.production.length)
  return [
    migrationFields(migration),
    {
      heads: ['only on qualification, lost by its refresh', 'rows'],
      rows: lost.map(([table, rows]): Cell[] => [table, rows]),
      empty: 'Nothing was written on qualification only.',
    },
    {
      heads: ['calendar', 'at', 'verdict', 'because'],
      rows: calendar.map(({environment, at, verdict, reasons, conditions}): Cell[] => [
        environment,
        at,
        {text: verdict, tone: verdict === 'allowed' ? 'good' : 'bad'},
        [...reasons, ...conditions].map(({sentence}) => sentence).join(' '),
      ]),
    },
    gate.length === 0 ? 'Production may be planned.' : `Production may not be planned yet: ${gate.join('; ')}.`,
    {
      heads: ['', 'on qualification', 'on production'],
      rows: Array.from({length: most}, (_, at): Cell[] => [at + 1, steps.qualification[at], steps.production[at]]),
    },
  ].flat()
}
