import type {Temporal} from 'temporal-polyfill'
import {Refusal} from '../error.ts'
import {closeEvents} from '../ledger/event.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {recipients, requeueDeliveries} from '../ledger/notice.ts'
import {endPause, putPause} from '../ledger/relay.ts'
import {shortId} from '../ledger/short-id.ts'
import {neededTenant} from '../ledger/tenant.ts'
import {enqueueNotice} from './enqueue.ts'
import {showNotice} from './list.ts'
import type {Kind} from './model.ts'
import {mailOf} from './text.ts'

/** A test to everybody who gets notices. Throws `Refusal` `not-found`, `contact-unfit`. */
export async function enqueueTest(ledger: Ledger, tenant: string, now: Temporal.Instant): Promise<string> {
  await neededTenant(ledger, tenant)
  const event = `test/${tenant}/${shortId('t')}`
  const notice = {event, kind: 'test', tenant, roles: ['operations'], what: 'test'} as const
  return ledger.transaction(tx => enqueueNotice(tx, notice, now))
}

/** Queues again what did not arrive, or may not have, under the same Message-ID. Throws `Refusal` `not-found`, `notice-sent`. */
export async function resendNotice(ledger: Ledger, id: string, now: Temporal.Instant) {
  const notice = await showNotice(ledger, id)
  const states = ['refused', 'bounced', 'uncertain']
  const rows = await requeueDeliveries(ledger, {notice: id, states, now})
  if (rows.length === 0) {
    throw new Refusal('notice-sent', `Notice ${id} is ${notice.state}; no copy of it needs to be sent again.`, {
      facts: {notice: id, copies: notice.copies.map(({contact, state}) => ({contact, state}))},
      remedies: [`selfhelp notice show ${id}`],
    })
  }
  for (const {contact} of rows)
    await closeEvents(ledger, {subject: `${id}/${contact}`, kinds: ['notice-uncertain', 'notice-bounced']}, now)
  return showNotice(ledger, id)
}

export interface Paused {
  readonly owner: string
  readonly paused: boolean
}

/** Nothing leaves for a tenant, or for `all`; or it does again. Throws `Refusal('not-found')`. */
export async function pauseNotices(
  ledger: Ledger,
  {owner, because, operator, resume}: {owner: string; because: string; operator: string; resume: boolean},
  now: Temporal.Instant,
): Promise<Paused> {
  if (owner !== 'all') await neededTenant(ledger, owner)
  if (resume) await endPause(ledger, owner)
  else await putPause(ledger, {owner, because, operator, since: now})
  return {owner, paused: !resume}
}

export interface Previewed {
  readonly items: readonly {
    readonly contact: string
    readonly email: string
    readonly subject: string
    readonly body: string
    readonly html: string
    readonly invitation?: string
  }[]
}

/** What the contacts of a tenant would get; nothing is written down or sent. Throws `Refusal('not-found')`. */
export async function previewNotice(
  ledger: Ledger,
  {tenant, kind}: {tenant: string; kind: Kind},
  now: Temporal.Instant,
): Promise<Previewed> {
  await neededTenant(ledger, tenant)
  const when = {from: now.add({hours: 72}), until: now.add({hours: 73})}
  const text = {fr: '…', en: '…'}
  const notice = {
    event: 'preview',
    kind,
    tenant,
    roles: [],
    environment: `${tenant}/production`,
    what: '…',
    why: '…',
    text,
  }
  const people = await recipients(ledger, tenant, ['operations'])
  const items = people.map(person => {
    const locale = person.language === 'fr' ? ('fr' as const) : ('en' as const)
    const dated = {...notice, when, operation: {id: 'preview', sequence: 0}}
    const {contact, email} = person
    return {
      contact,
      email,
      ...mailOf(kind.startsWith('maintenance') ? dated : {...notice, when}, {...person, locale}, now),
    }
  })
  return {items}
}
