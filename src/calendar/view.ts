import type {Cell, View} from '../terminal/view.ts'
import type {Checked} from './check.ts'
import type {FreezeShown} from './freezing.ts'
import type {Reason} from './model.ts'
import type {OverrideShown} from './overriding.ts'

/** The decision, why, and what comes next. */
export function checkedView(checked: Checked, zone: string): View {
  const {environment, change, at, verdict, nextAllowed, reasons, conditions, budget, overrides} = checked
  const used = `${budget.used} of ${budget.commitment} min in ${budget.month}, ${budget.most} at the most`
  return [
    {
      fields: {
        environment,
        change,
        at: {at, zone},
        verdict: {text: verdict, tone: verdict === 'allowed' ? 'good' : 'bad'},
        'next allowed':
          verdict === 'allowed' ? undefined : nextAllowed ? {at: nextAllowed, zone} : 'when people make it so',
        'by override': overrides.length > 0 ? overrides.join(', ') : undefined,
        maintenance: used,
      },
    },
    {
      heads: ['', 'rule', 'source', 'because', 'from'],
      rows: [...reasons.map(row('bad')), ...conditions.map(row('warn'))],
    },
  ]
}

function row(tone: 'bad' | 'warn') {
  return ({rule, source, sentence, from}: Reason): readonly Cell[] => [
    {text: tone === 'bad' ? 'against' : 'condition', tone},
    rule,
    source,
    sentence,
    from,
  ]
}

/** Freezes as rows. */
export function freezeRows(items: readonly FreezeShown[], zone: string): View {
  return {
    heads: ['freeze', 'kind', 'tenant', 'from', 'until', 'by', 'why'],
    rows: items.map(({id, kind, tenant, from, until, declaredBy, why}) => [
      id ?? 'annual',
      kind,
      tenant ?? 'all',
      day(from, zone),
      day(until, zone),
      declaredBy,
      why,
    ]),
  }
}

/** A date with its time in full: told from now it would say less. */
function day(at: FreezeShown['from'], zone: string): string {
  return at.toZonedDateTimeISO(zone).toPlainDateTime().toString({smallestUnit: 'minute'}).replace('T', ' ')
}

/** One freeze that was added or removed. */
export function freezeLine({id, tenant, from, until, why}: FreezeShown, what: 'declared' | 'removed'): View {
  return `freeze ${id} of ${tenant ?? 'every production platform'} from ${from} to ${until} is ${what}: ${why}`
}

/** Overrides as rows. */
export function overrideRows(items: readonly OverrideShown[]): View {
  return {
    heads: ['override', 'rule', 'environment', 'change', 'state', 'from', 'until', 'asked by', 'approved by', 'reason'],
    rows: items.map(each => [
      each.id,
      each.rule,
      each.environment,
      each.change ?? 'any',
      {text: each.state, tone: each.state === 'in force' ? 'good' : each.state === 'timed out' ? 'bad' : 'plain'},
      each.from,
      each.until,
      each.requester,
      each.approver,
      each.reason,
    ]),
    empty: 'Nobody asked for an exception.',
  }
}

/** One override and what is to be done. */
export function overrideLine({id, rule, environment, state, answerBy, approver}: OverrideShown): View {
  if (state === 'waiting')
    return `override ${id} of ${rule} on ${environment} waits until ${answerBy}\n→ selfhelp override approve ${id}`
  return `override ${id} of ${rule} on ${environment} is ${state}, approved by ${approver}`
}
