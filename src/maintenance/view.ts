import type {RunResult} from '../runbook/view.ts'
import type {Cell, View} from '../terminal/view.ts'
import type {BudgetShown, MaintenanceShown} from './list.ts'
import type {PatchInput} from './patching.ts'
import type {MaintenancePlanned} from './plan.ts'

/** What was planned, or would be: slot, why, and what is left to be met. */
export function plannedView({plan, from, until, because, items}: MaintenancePlanned): View {
  const zone = items[0]?.zone ?? 'UTC'
  return [
    {
      fields: {
        plan: plan ?? 'a forecast; nothing was planned',
        from: {at: from, zone},
        until: {at: until, zone},
        because,
      },
    },
    {
      heads: ['operation', 'environment', 'notice', 'trial', 'to be met'],
      rows: items.map(({id, environment, notice, trial, decision}) => [
        id,
        environment,
        notice,
        trial ? ('waiver' in trial ? `none: ${trial.waiver}` : `${trial.environment} ${trial.at}`) : undefined,
        decision.conditions.map(({sentence}) => sentence).join(' '),
      ]),
    },
  ]
}

/** Operations as rows. */
export function maintenanceRows(items: readonly MaintenanceShown[]): View {
  return {
    heads: ['operation', 'environment', 'change', 'state', 'begins', 'takes', 'notice', 'what'],
    rows: items.map(each => [
      each.id,
      each.environment,
      each.change,
      each.state,
      each.from,
      took(each),
      noticeOf(each),
      each.what,
    ]),
    empty: 'Nothing is planned.',
  }
}

/** One operation. */
export function maintenanceFields(each: MaintenanceShown): View {
  const {packages} = each
  return {
    fields: {
      operation: each.id,
      plan: each.plan,
      environment: each.environment,
      host: each.host,
      change: each.change,
      what: each.what,
      state: each.state,
      run: each.run,
      from: each.from,
      until: each.until,
      takes: took(each),
      because: each.because,
      'agreed by': each.agreedBy,
      notice: noticeOf(each),
      trial: each.trial === undefined ? undefined : JSON.stringify(each.trial),
      operator: each.operator,
      reason: each.reason,
      ticket: each.ticket,
      'security updates': packages?.security.join(', '),
      'other updates': packages?.others.join(', '),
      'way back kept': packages?.kept.join(', '),
      changed: packages?.changed.join(', '),
      restarted: packages?.restarted,
    },
  }
}

/** What patching a host did, or would. */
export function maintenanceRan(shown: MaintenanceShown, input: PatchInput, run?: RunResult) {
  const {host, operations, securityOnly} = input
  const result = {...shown, host, operations, securityOnly, run: run?.run, runState: run?.state, steps: run?.steps}
  if (run?.state === 'queued') return {result, view: `Run ${run.run} is queued: selfhelp run follow ${run.run}`}
  return {result, view: maintenanceFields(shown)}
}

function took({from, until, closedSeconds}: MaintenanceShown): string {
  const planned = Math.round(until.since(from).total({unit: 'minutes'}))
  return closedSeconds === undefined ? `${planned} min` : `${Math.round(closedSeconds / 6) / 10} of ${planned} min`
}

function noticeOf({noticeAcceptedAt, state}: MaintenanceShown): Cell {
  if (noticeAcceptedAt) return {text: `accepted ${noticeAcceptedAt.toString({smallestUnit: 'minute'})}`, tone: 'good'}
  return state === 'planned' ? {text: 'not accepted yet', tone: 'warn'} : undefined
}

/** Months as rows. */
export function budgetRows(items: readonly BudgetShown[]): View {
  return {
    heads: ['environment', 'month', 'used', 'promised', 'at the most', 'left'],
    rows: items.map(({environment, month, used, commitment, most}) => [
      environment,
      month,
      `${used} min`,
      `${commitment} min`,
      `${most} min`,
      {text: `${commitment - used} min`, tone: used <= commitment ? 'good' : used <= most ? 'warn' : 'bad'},
    ]),
    empty: 'No production is in service.',
  }
}
