import {randomBytes} from 'node:crypto'
import {Temporal} from 'temporal-polyfill'
import {environmentNamed, type Platform} from '../environment/steps.ts'
import {Refusal} from '../error.ts'
import type {Queries} from '../ledger/ledger.ts'
import {changeRestore, insertRestore, type RestoreRow, restoreById} from '../ledger/restore.ts'
import {contactOf, neededTenant} from '../ledger/tenant.ts'
import {knownOf, refuseOutOfReach, restoreIn} from './known.ts'
import {dueFrom} from './model.ts'

export interface Asked {
  readonly tenant: string
  /** Where it is put; production, where it came from, when left out. */
  readonly environment?: string | undefined
  readonly target: Temporal.Instant
  /** The contact's id. */
  readonly by: string
  readonly channel: string
  readonly ticket: string
}

/**
 * Writes down that the customer asked to go back (R233), or for a copy of then in another environment; never the other way.
 * Throws `input-invalid` for the future, `restore-out-of-reach`, `contact-unfit`, `backup-inactive`, `not-found`.
 */
export async function requestRestore(
  platform: Platform,
  asked: Asked,
  {plan = false} = {},
): Promise<RestoreRow | undefined> {
  const {tenant, target, by, channel, ticket, environment = 'production'} = asked
  const typed = `${tenant}/production`
  const askedAt = platform.clock.now()
  await refuseUnknown(platform.ledger, {tenant, by})
  if (Temporal.Instant.compare(target, askedAt) > 0)
    throw new Refusal('input-invalid', `${target} is in the future: nothing can be restored from it.`, {
      facts: {target: target.toString(), now: askedAt.toString()},
      remedies: ['Give a moment that has passed.'],
    })
  const into =
    environment === 'production' ? undefined : await environmentNamed(platform.ledger, `${tenant}/${environment}`)
  const known = await knownOf(platform, typed)
  refuseOutOfReach(typed, known, target)
  if (plan) return undefined
  const id = `rs${randomBytes(4).toString('hex')}`
  const dueAt = dueFrom({target, askedAt})
  await insertRestore(platform.ledger, {
    id,
    environment: known.environment.id,
    copiedTo: into?.id,
    target,
    askedBy: by,
    channel,
    ticket,
    askedAt,
    dueAt,
  })
  return restoreById(platform.ledger, id)
}

/** Records when the customer wants it done (R237). Throws `restore-state`, `contact-unfit`. */
export async function agreeRestore(
  {ledger}: Pick<Platform, 'ledger'>,
  {id, at, by}: {id: string; at: Temporal.Instant; by: string},
): Promise<RestoreRow> {
  const {environment} = await restoreIn(ledger, id, ['planned', 'agreed'])
  await refuseUndecided(ledger, {tenant: environment.tenant, by})
  await changeRestore(ledger, {id, from: ['planned', 'agreed']}, {state: 'agreed', agreedFor: at, agreedBy: by})
  return (await restoreIn(ledger, id)).row
}

/** The customer does not want it any more, or we cannot. Throws `restore-state`. */
export async function endRequest(
  {ledger, clock}: Pick<Platform, 'ledger' | 'clock'>,
  {id, state, why}: {id: string; state: 'cancelled' | 'refused'; why: string},
): Promise<RestoreRow> {
  const from = ['requested', 'planned', 'agreed'] as const
  await restoreIn(ledger, id, from)
  await changeRestore(ledger, {id, from}, {state, endedAt: clock.now(), detail: {why}})
  return (await restoreIn(ledger, id)).row
}

async function refuseUnknown(ledger: Queries, {tenant, by}: {tenant: string; by: string}): Promise<void> {
  await neededTenant(ledger, tenant)
  if ((await contactOf(ledger, tenant, by)) !== undefined) return
  throw unfit(tenant, by, 'has no such contact')
}

async function refuseUndecided(ledger: Queries, {tenant, by}: {tenant: string; by: string}): Promise<void> {
  const contact = await contactOf(ledger, tenant, by)
  if (contact?.roles.includes('decision')) return
  throw unfit(tenant, by, contact === undefined ? 'has no such contact' : 'gave them no decision role')
}

function unfit(tenant: string, by: string, why: string): Refusal {
  return new Refusal('contact-unfit', `${by} cannot say that: tenant ${tenant} ${why} (R233, R237).`, {
    facts: {tenant, by},
    remedies: [`selfhelp tenant show ${tenant}`],
  })
}
