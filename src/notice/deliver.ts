import type {Temporal} from 'temporal-polyfill'
import type {Clock} from '../clock.ts'
import {putEvent} from '../ledger/event.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {
  beginSending,
  claimDeliveries,
  type DeliveryRow,
  findUncertain,
  recordDelivery,
  sentSince,
  tenantsDue,
} from '../ledger/notice.ts'
import {pauses, type RelayRow, relays} from '../ledger/relay.ts'
import {setting} from '../ledger/setting.ts'
import type {Secret} from '../secret/secret.ts'
import {givenUpAfter, isOutside, nextTry, type Outcome} from './model.ts'
import {type Sending, send} from './smtp.ts'

/** What sending needs of the world. */
export interface Delivering {
  readonly ledger: Ledger
  readonly clock: Clock
  /** Who sends: one name per process. */
  readonly executor: string
  /** The password of a relay's account. */
  password(owner: string): Promise<Secret | undefined>
  /** Puts what lies sealed into a text, as it leaves. */
  fill?(tenant: string, text: string): Promise<string>
  readonly send?: (sending: Sending) => Promise<Outcome>
}

/** One attempt, as it is told. */
export interface Delivered {
  readonly notice: string
  readonly contact: string
  readonly email: string
  readonly state: string
  readonly reply: string
}

/** A claim outlives its sender by this long; nothing of it went out before the content began. */
const claimMinutes = 5
/** Longer than any relay may take over the content (RFC 5321 4.5.3.2). */
const contentMinutes = 15

/**
 * Sends what is due, once: at most once after its content began, and before that as often as it takes. Any number of
 * senders at once. What a dead sender left in the middle becomes `uncertain`, with an open event, and a person decides.
 */
export async function deliverDue(delivering: Delivering): Promise<{items: readonly Delivered[]}> {
  const {ledger, clock} = delivering
  const items: Delivered[] = []
  for (const lost of await findUncertain(ledger, clock.now()))
    items.push(await tellUncertain(ledger, lost, clock.now()))
  const [ways, paused, due, base] = await Promise.all([
    relays(ledger),
    pauses(ledger),
    tenantsDue(ledger, clock.now()),
    setting(ledger, 'base-domain'),
  ])
  if (paused.some(({owner}) => owner === 'all')) return {items}
  const open = due.filter(tenant => !paused.some(({owner}) => owner === tenant))
  for (const relay of ways) {
    const tenants = open.filter(tenant => wayOf(tenant, ways)?.owner === relay.owner)
    for (const row of await claimed(delivering, relay, tenants))
      items.push(await attempt(delivering, {relay, row, base: base ?? 'test'}))
  }
  return {items}
}

/** A tenant's own relay, or the platform's. */
function wayOf(tenant: string, ways: readonly RelayRow[]): RelayRow | undefined {
  return ways.find(({owner}) => owner === tenant) ?? ways.find(({owner}) => owner === 'platform')
}

/** A wave that is wrong must not reach everybody: no relay sends more than its hour's share. */
async function claimed(
  {ledger, clock, executor}: Delivering,
  relay: RelayRow,
  tenants: readonly string[],
): Promise<readonly DeliveryRow[]> {
  if (tenants.length === 0) return []
  const now = clock.now()
  const limit = relay.perHour - (await sentSince(ledger, tenants, now.subtract({hours: 1})))
  const inOrder = relay.owner !== 'platform'
  const until = now.add({minutes: claimMinutes})
  if (limit > 0) return claimDeliveries(ledger, {executor, now, until, tenants, inOrder, limit})
  await putEvent(
    ledger,
    {
      ...{kind: 'notice-cap', subject: relay.owner, tenant: undefined, owner: undefined},
      remedy: `selfhelp notice relay ${relay.owner} --per-hour N`,
      detail: {perHour: relay.perHour, tenants: tenants.length},
    },
    now,
  )
  return []
}

interface Attempt {
  readonly relay: RelayRow
  readonly row: DeliveryRow
  readonly base: string
}

async function attempt(delivering: Delivering, {relay, row, base}: Attempt): Promise<Delivered> {
  const {ledger, clock, executor} = delivering
  const {notice, contact, email} = row
  const copy = {notice, contact, executor}
  const outcome = isOutside(email, base)
    ? ({state: 'refused', reply: `${email} is outside of .test, and the base domain ${base} is for tests`} as const)
    : await given(delivering, {relay, row, copy})
  const now = clock.now()
  const late = outcome.state === 'deferred' && isOver(row, now)
  const state = late ? 'refused' : outcome.state
  const reply = late ? `given up after two days: ${outcome.reply}` : outcome.reply
  await recordDelivery(ledger, {...copy, state, reply, now, nextAt: nextTry(row.attempts + 1, now)})
  if (state === 'uncertain') await tellUncertain(ledger, {...row, reply}, now)
  return {notice, contact, email, state, reply}
}

interface Giving extends Omit<Attempt, 'base'> {
  readonly copy: {readonly notice: string; readonly contact: string; readonly executor: string}
}

async function given(delivering: Delivering, {relay, row, copy}: Giving): Promise<Outcome> {
  const {ledger, clock} = delivering
  const {name, email, messageId, subject, invitation, createdAt} = row
  const fill = async (text: string) => (await delivering.fill?.(row.tenant, text)) ?? text
  const [body, html, password] = await Promise.all([fill(row.body), fill(row.html), delivering.password(relay.owner)])
  return (delivering.send ?? send)({
    relay,
    password,
    letter: {to: {name, email}, messageId, subject, body, html, invitation, at: createdAt},
    beforeContent: () => {
      const now = clock.now()
      return beginSending(ledger, {...copy, now, until: now.add({minutes: contentMinutes})})
    },
  })
}

function isOver({createdAt}: DeliveryRow, now: Temporal.Instant): boolean {
  return now.since(createdAt).total({unit: 'hours'}) > givenUpAfter.total({unit: 'hours'})
}

async function tellUncertain(ledger: Ledger, row: DeliveryRow, now: Temporal.Instant): Promise<Delivered> {
  const {notice, contact, email, messageId, tenant, reply = ''} = row
  await putEvent(
    ledger,
    {
      ...{kind: 'notice-uncertain', subject: `${notice}/${contact}`, tenant, owner: undefined},
      remedy: `Look for ${messageId} in the log of the relay; if it is not there: selfhelp notice resend ${notice}`,
      detail: {email, messageId, reply},
    },
    now,
  )
  return {notice, contact, email, state: 'uncertain', reply}
}
