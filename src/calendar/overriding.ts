import {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'
import type {Ledger, Queries} from '../ledger/ledger.ts'
import {approveOverride, insertOverride, type OverrideRow, type OverrideRule, overrides} from '../ledger/override.ts'
import {enqueueNotice} from '../notice/steps.ts'
import type {Signed} from '../operator/model.ts'
import {hashOf} from '../runbook/request.ts'
import {knownOf} from './check.ts'

/** A request as its operator signed it. */
export interface OverrideAsked {
  readonly id: string
  readonly environment: string
  readonly rule: OverrideRule
  readonly change?: string
  /** RFC 3339: when it would hold. */
  readonly from: string
  readonly until: string
}

export interface OverrideShown {
  readonly id: string
  readonly rule: OverrideRule
  readonly environment: string
  readonly change?: string | undefined
  readonly state: 'waiting' | 'timed out' | 'in force' | 'to come' | 'over'
  readonly reason: string
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant
  readonly requester: string
  readonly answerBy: Temporal.Instant
  readonly approver?: string | undefined
  readonly approvedAt?: Temporal.Instant | undefined
}

/** Asks for an exception from a rule; somebody else must approve it in time. Throws `Refusal` `not-found`, `input-invalid`. */
export async function requestOverride(
  ledger: Ledger,
  {now, signed, answerWithin}: {now: Temporal.Instant; signed: Signed; answerWithin: Temporal.Duration},
): Promise<OverrideShown> {
  const asked = signed.request.input as unknown as OverrideAsked
  const {id, environment, rule, change, from, until} = asked
  await knownOf(ledger, now, environment)
  const span = {fromAt: Temporal.Instant.from(from), untilAt: Temporal.Instant.from(until)}
  const answerBy = earlier(now.add(answerWithin), span.untilAt)
  if (Temporal.Instant.compare(span.fromAt, span.untilAt) >= 0 || Temporal.Instant.compare(now, answerBy) >= 0) {
    throw new Refusal('input-invalid', `An override from ${from} to ${until} would hold at no time.`, {
      remedies: ['Give --until after --from, and in the future.'],
    })
  }
  await insertOverride(ledger, {
    ...{id, rule, environment, change, reason: signed.request.reason ?? '', ...span},
    ...{requester: signed.operator, requestedAt: now, answerBy, request: signed.request, signature: signed.signature},
  })
  return shown(await neededOverride(ledger, id), now)
}

/** SHA-256 of what was asked for, as its signer signed it; undefined when there is none of that id. */
export async function signedRequestOf(q: Queries, id: string): Promise<string | undefined> {
  const [row] = await overrides(q, {id})
  return row && hashOf(row.request)
}

/** Answers a request. Throws `Refusal` `not-found`, `override-final`, `override-not-yours`. */
export async function grantOverride(
  ledger: Ledger,
  {now, signed, id}: {now: Temporal.Instant; signed: Signed; id: string},
): Promise<OverrideShown> {
  const before = shown(await neededOverride(ledger, id), now)
  if (before.state !== 'waiting') {
    const how = before.approver === undefined ? `timed out at ${before.answerBy}` : `was approved by ${before.approver}`
    throw new Refusal('override-final', `Override ${id} ${how}, which is final.`, {
      facts: {override: id, state: before.state},
      remedies: ['selfhelp override list', `selfhelp override request ${before.environment} --rule ${before.rule}`],
    })
  }
  const {operator: approver, request, signature} = signed
  if (request.input.request !== (await signedRequestOf(ledger, id))) throw otherRequest(before)
  try {
    await ledger.transaction(async tx => {
      await approveOverride(tx, {id, approver, at: now, request, signature})
      await tellCustomer(tx, before, now)
    })
  } catch (thrown) {
    throw constraintOf(thrown) ? notYours(before, approver) : thrown
  }
  return shown(await neededOverride(ledger, id), now)
}

/** The customer hears of every exception; whoever of them there is. */
async function tellCustomer(
  tx: Queries,
  {id, environment, rule, change, reason, from, until}: OverrideShown,
  now: Temporal.Instant,
) {
  const about = {
    event: `override/${id}`,
    kind: 'override-approved',
    environment,
    why: reason,
    when: {from, until},
  } as const
  const what = `${rule}${change ? `, ${change}` : ''}`
  const roles = ['operations', 'decision', 'security']
  await enqueueNotice(tx, {...about, what, tenant: environment.split('/')[0] ?? '', roles}, now)
}

/** Overrides, the newest first. */
export async function listOverrides(q: Queries, now: Temporal.Instant): Promise<{items: readonly OverrideShown[]}> {
  return {items: (await overrides(q)).map(row => shown(row, now))}
}

async function neededOverride(q: Queries, id: string): Promise<OverrideRow> {
  const [row] = await overrides(q, {id})
  if (row) return row
  throw new Refusal('not-found', `There is no override ${id}.`, {
    facts: {override: id},
    remedies: ['selfhelp override list'],
  })
}

function shown(row: OverrideRow, now: Temporal.Instant): OverrideShown {
  const {id, rule, environment, change, reason, fromAt, untilAt, requester, answerBy, approver, approvedAt} = row
  const about = {id, rule, environment, change, reason, from: fromAt, until: untilAt, requester, answerBy}
  return {...about, state: stateOf(row, now), approver, approvedAt}
}

function stateOf({approver, answerBy, fromAt, untilAt}: OverrideRow, now: Temporal.Instant): OverrideShown['state'] {
  if (approver === undefined) return Temporal.Instant.compare(now, answerBy) < 0 ? 'waiting' : 'timed out'
  if (Temporal.Instant.compare(now, fromAt) < 0) return 'to come'
  return Temporal.Instant.compare(now, untilAt) < 0 ? 'in force' : 'over'
}

const constraints = ['two_people', 'approver_role', 'answered_in_time']

/** The database said no, whoever asked it. */
function constraintOf(thrown: unknown): string | undefined {
  const {constraint} = thrown as {constraint?: unknown}
  return constraints.find(name => name === constraint)
}

function otherRequest({id}: OverrideShown): Refusal {
  return new Refusal('override-final', `What was signed is not what override ${id} asks for; nothing was approved.`, {
    facts: {override: id},
    remedies: ['selfhelp override list', `selfhelp override approve ${id}`],
  })
}

function notYours({id, requester}: OverrideShown, approver: string): Refusal {
  const why = requester === approver ? 'asked for it' : 'is no approver'
  return new Refusal(
    'override-not-yours',
    `${approver} ${why} and cannot approve override ${id}; nothing was changed.`,
    {
      facts: {override: id, requester, approver},
      remedies: ['--operator-key FILE of another person with the role approver', 'selfhelp operator list'],
    },
  )
}

function earlier(a: Temporal.Instant, b: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(a, b) < 0 ? a : b
}
