import type {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {operator} from '../ledger/operator.ts'
import {type OverrideRow, overrides} from '../ledger/override.ts'
import type {SignedRequest} from '../operator/model.ts'
import type {ChangeType, MayStart} from '../runbook/model.ts'
import {hashOf} from '../runbook/request.ts'
import {mayRun, nextAllowed} from './decide.ts'
import {factsOf, type Known} from './facts.ts'
import type {Asked, Decision} from './model.ts'

export interface Asking {
  readonly ledger: Ledger
  /** Refusal `signature-invalid` for what its operator did not sign: nobody grants an override by writing to the ledger. */
  verify(request: SignedRequest, signature: string): Promise<void>
}

/**
 * The calendar as the kernel asks it, before every run and at its start. What is not in the ledger yet has nothing to
 * protect. Throws `Refusal` `calendar-refused`, or `calendar-needs` when people can make it so.
 */
export function mayStartBy({ledger, verify}: Asking): MayStart {
  return async (change, environments, at) => {
    if (environments.length === 0) return
    const facts = await factsOf(ledger, {now: at}, environments)
    const decisions = facts.map(known => judged(change, known, at))
    const against = decisions.filter(({verdict}) => verdict !== 'allowed')
    if (against.length > 0) throw refusal(change, against, next(change, facts, at))
    await proven(ledger, verify, decisions)
  }
}

function judged(change: ChangeType, known: Known, at: Temporal.Instant): Decision {
  return mayRun(askedOf(change, known, at), known)
}

function askedOf(change: ChangeType, {environment}: Known, at: Temporal.Instant): Asked {
  return {change, environment, at: at.epochMilliseconds}
}

function next(change: ChangeType, facts: readonly Known[], at: Temporal.Instant): number | undefined {
  return nextAllowed(
    facts.map(known => askedOf(change, known, at)),
    facts,
  )
}

/** What several environments say against a change, as one refusal. */
function refusal(change: ChangeType, against: readonly Decision[], next: number | undefined): Refusal {
  const needs = against.every(({verdict}) => verdict === 'needs')
  const said = against.flatMap(({environment, reasons}) => reasons.map(each => `${environment}: ${each.sentence}`))
  const nextAllowed = next === undefined ? undefined : new Date(next).toISOString()
  const from = against.flatMap(({reasons}) => reasons.flatMap(each => each.from ?? []))
  const [first] = against
  return new Refusal(
    needs ? 'calendar-needs' : 'calendar-refused',
    `The calendar does not allow ${change} now. ${said.join(' ')}`,
    {
      facts: {
        change,
        environments: against.map(({environment, verdict, reasons}) => ({environment, verdict, reasons})),
        ...(nextAllowed ? {nextAllowed} : {}),
      },
      remedies: [
        ...new Set(from.map(who => `From ${who}`)),
        `selfhelp calendar check ${first?.environment} --change ${change}${nextAllowed ? ` --at ${nextAllowed}` : ''}`,
      ],
    },
  )
}

/**
 * The approved exception from a rule on an environment that holds at that instant, with both halves proven. Throws
 * `Refusal` `signature-invalid`; undefined when there is none.
 */
export async function overrideInForce(
  {ledger, verify}: Asking,
  {environment, rule, at}: {environment: string; rule: OverrideRow['rule']; at: Temporal.Instant},
): Promise<OverrideRow | undefined> {
  const when = at.epochMilliseconds
  const found = (await overrides(ledger, {since: at})).find(
    row =>
      row.environment === environment &&
      row.rule === rule &&
      row.approver !== undefined &&
      row.fromAt.epochMilliseconds <= when &&
      when < row.untilAt.epochMilliseconds,
  )
  if (found) await provenOverride(ledger, found, verify)
  return found
}

async function proven(ledger: Ledger, verify: Asking['verify'], decisions: readonly Decision[]): Promise<void> {
  for (const id of new Set(decisions.flatMap(({overrides: used}) => used))) {
    const [row] = await overrides(ledger, {id})
    if (row) await provenOverride(ledger, row, verify)
  }
}

/** Both halves are signed by who is named, say what the row says, and the second was by who still may approve. */
async function provenOverride(ledger: Ledger, row: OverrideRow, verify: Asking['verify']): Promise<void> {
  const {id, environment, rule, change, fromAt, untilAt} = row
  const asked = {id, environment, rule, change: change ?? undefined, from: `${fromAt}`, until: `${untilAt}`}
  const halves = [
    {request: row.request, signature: row.signature, by: row.requester, says: asked, command: 'override request'},
    {
      request: row.approval,
      signature: row.approvalSignature ?? '',
      by: row.approver,
      says: {id, request: hashOf(row.request)},
      command: 'override approve',
    },
  ]
  const person = await operator(ledger, row.approver ?? '')
  for (const {signature, by, says, command, ...half} of halves) {
    const request = half.request as SignedRequest
    await verify(request, signature)
    const said = Object.entries(says).every(([name, value]) => request.input[name] === value)
    const two = row.requester !== row.approver && person?.role === 'approver' && person.retiredAt === undefined
    if (said && two && request.operator === by && request.command === command) continue
    throw new Refusal('signature-invalid', `Override ${id} is not what ${by} signed; it counts for nothing.`, {
      facts: {override: id, operator: by},
      remedies: ['selfhelp override list', 'selfhelp journal verify'],
    })
  }
}
