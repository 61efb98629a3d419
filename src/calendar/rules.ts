import type {ChangeType} from '../runbook/model.ts'
import {usedMinutes} from './budget.ts'
import {annualFreezes, type Span, touches} from './freeze.ts'
import {type Asked, type LedgerFacts, type Operation, type Row, type RuleId, table} from './model.ts'
import {isInside, nextInside} from './range.ts'

/** What a rule says against a change, as data; words are made of it when somebody reads them. */
export interface Objection {
  readonly rule: RuleId
  /** `condition`: can still be met before it starts. */
  readonly verdict: 'refused' | 'needs' | 'condition'
  /** When this rule may think otherwise; none when that is for people to bring about. */
  readonly until?: number | undefined
  /** Which of the rule's sentences. */
  readonly say: string
  /** Instants, minutes and names for the sentence. */
  readonly facts?: Readonly<Record<string, number | string>> | undefined
}

/** A change as the rules look at it. */
export interface Case extends Span {
  readonly asked: Asked
  readonly row: Row
  readonly operation: Operation | undefined
  readonly facts: LedgerFacts
  /** Ids of the overrides that were needed. */
  readonly overrides: string[]
}

const minute = 60_000

/** All that speaks against a change at an instant, in the order of the table. */
export function objections(asked: Asked, facts: LedgerFacts, overrides: string[] = []): Objection[] {
  const operation = operationFor(asked, facts.operations)
  const own = operation ? (operation.until - operation.from) / minute : 0
  const minutes = asked.minutes ?? own
  const row = table[asked.change]
  const judged = {asked, row, operation, facts, overrides, from: asked.at, until: asked.at + minutes * minute}
  const rules = facts.production ? onProduction : everywhere
  const found: Objection[] = []
  for (const rule of rules) {
    const objection = rule(judged)
    if (objection) found.push(objection)
  }
  return found
}

type Rule = (judged: Case) => Objection | undefined

const everywhere: readonly Rule[] = [validated, settled, alone, running]
const onProduction: readonly Rule[] = [freeze, range, slot, told, budget, tried, ...everywhere]

function operationFor({operation, change, at}: Asked, operations: readonly Operation[]): Operation | undefined {
  if (operation !== undefined) return operations.find(({id}) => id === operation)
  return operations.find(
    each =>
      each.state !== 'done' && each.change === change && each.from <= at && at < Math.max(each.until, each.from + 1),
  )
}

function overridden({overrides, facts, asked}: Case, rule: 'freeze' | 'budget'): boolean {
  const found = facts.overrides.find(
    each =>
      each.rule === rule &&
      (each.change === undefined || each.change === asked.change) &&
      each.from <= asked.at &&
      asked.at < each.until,
  )
  if (found) overrides.push(found.id)
  return found !== undefined
}

function freeze(judged: Case): Objection | undefined {
  const {row, facts, asked} = judged
  if (row.freeze === 'runs') return undefined
  const frozen = frozenAt(judged)
  if (!frozen) return undefined
  if (row.freeze === 'counted') {
    const {fixesPerFreeze} = facts.limits
    const begun = facts.fixes.filter(at => frozen.from <= at && at < frozen.until && at <= asked.at).length
    if (begun < fixesPerFreeze || overridden(judged, 'freeze')) return undefined
    const said = {until: frozen.until, fixes: begun, most: fixesPerFreeze}
    return {rule: 'freeze', verdict: 'refused', until: frozen.until, say: 'fixes', facts: said}
  }
  if (overridden(judged, 'freeze')) return undefined
  const said = {from: frozen.from, until: frozen.until, ...(frozen.why ? {why: frozen.why} : {})}
  return {rule: 'freeze', verdict: 'refused', until: frozen.until, say: frozen.kind, facts: said}
}

interface Frozen extends Span {
  readonly kind: 'annual' | 'customer' | 'vendor'
  readonly why?: string
}

/** The freeze a change is in; of several the one that ends last. */
function frozenAt({from, until, facts}: Case): Frozen | undefined {
  const span = {from, until}
  let found: Frozen | undefined
  for (const annual of annualFreezes(span, facts.zone)) found = {...annual, kind: 'annual'}
  for (const declared of facts.freezes) {
    if (touches(declared, span) && declared.until > (found?.until ?? 0)) found = declared
  }
  return found
}

function range({row, from, until, facts}: Case): Objection | undefined {
  if (row.when !== 'ranges') return undefined
  const next = isInside(facts.week, {from, until}, facts.zone)
    ? undefined
    : nextInside(facts.week, {from, until}, facts.zone)
  if (next !== undefined) return {rule: 'range', verdict: 'refused', until: next, say: 'outside', facts: {from, until}}
  const {windows} = facts
  if (!windows || windows.some(window => window.from <= from && until <= window.until)) return undefined
  const later = windows.find(window => window.from > from && window.until - window.from >= until - from)
  return {rule: 'range', verdict: 'refused', until: later?.from, say: 'window', facts: {from, until}}
}

function slot({row, operation}: Case): Objection | undefined {
  if (row.when !== 'agreed' || operation?.agreedBy !== undefined) return undefined
  return {rule: 'slot', verdict: 'needs', say: 'agreed'}
}

function told({row, operation, asked, facts}: Case): Objection | undefined {
  if (row.notice === 'none' || (row.notice === 'planned' && !operation)) return undefined
  const lead = row.notice === 'lead' ? facts.limits.leadMinutes * minute : 0
  const starts = operation?.from ?? asked.at
  const accepted = operation?.noticeAcceptedAt
  if (accepted !== undefined && accepted + lead <= starts) return undefined
  const last = starts - lead
  const said = {last, hours: lead / minute / 60}
  const planning = asked.at > facts.now
  if (planning && accepted === undefined && facts.now <= last) {
    return {rule: 'notice', verdict: 'condition', say: lead ? 'ahead' : 'first', facts: said}
  }
  const next = Math.max(facts.now, accepted ?? 0) + lead
  const until = lead > 0 && next > asked.at ? next : undefined
  return {rule: 'notice', verdict: 'needs', until, say: lead ? 'missing' : 'first', facts: said}
}

function budget(judged: Case): Objection | undefined {
  const {row, facts, operation, from, until} = judged
  if (row.budget !== 'judged') return undefined
  const {commitmentMinutes, mostMinutes} = facts.limits
  const others = facts.operations.filter(({id}) => id !== operation?.id)
  const {minutes, monthEnds} = usedMinutes({from, until}, others, facts.zone)
  if (minutes <= commitmentMinutes) return undefined
  const said = {minutes: Math.round(minutes), commitment: commitmentMinutes, most: mostMinutes}
  if (minutes > mostMinutes) return {rule: 'budget', verdict: 'refused', until: monthEnds, say: 'most', facts: said}
  if (overridden(judged, 'budget')) return undefined
  return {rule: 'budget', verdict: 'needs', until: monthEnds, say: 'commitment', facts: said}
}

function tried({row, asked, operation, facts}: Case): Objection | undefined {
  if (!row.trial || operation?.trial !== undefined) return undefined
  if (facts.trials.some(({change}) => change === asked.change)) return undefined
  return {rule: 'trial', verdict: asked.at > facts.now ? 'condition' : 'needs', say: 'first'}
}

const disturbing: readonly ChangeType[] = ['os-patch', 'configuration', 'scale', 'migration', 'restore']

function validated({asked, facts}: Case): Objection | undefined {
  if (!facts.validation || !disturbing.includes(asked.change)) return undefined
  const {since, what} = facts.validation
  return {rule: 'validation', verdict: 'refused', say: 'running', facts: {since, what}}
}

const waiting: readonly ChangeType[] = ['os-patch', 'configuration', 'scale', 'migration']

function settled({asked, facts}: Case): Objection | undefined {
  const [event] = facts.events
  if (!event || !waiting.includes(asked.change)) return undefined
  return {rule: 'event', verdict: 'refused', say: 'open', facts: {kind: event.kind, subject: event.subject}}
}

/** Two planned operations on one environment would each be half announced. */
function alone({asked, operation, facts, from, until}: Case): Objection | undefined {
  if (table[asked.change].notice === 'none') return undefined
  const other = facts.operations.find(
    each => each.id !== operation?.id && each.state !== 'done' && touches(each, {from, until}),
  )
  if (!other) return undefined
  const said = {id: other.id, from: other.from, until: other.until}
  return {rule: 'overlap', verdict: 'refused', until: other.until, say: 'other', facts: said}
}

/** The locks decide at the start; until then it is good to know. */
function running({facts}: Case): Objection | undefined {
  const [run] = facts.runs
  return run && {rule: 'run', verdict: 'condition', say: 'ends', facts: {id: run.id, title: run.title}}
}
